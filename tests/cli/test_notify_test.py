"""A test message as it is typed: what is refused, what is asked, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_publishing import ADDRESSES, typed
from tests.publish.grafana.shop import ENVIRONMENT, shop_server
from tests.publish.grafana.told import DEFINITION
from tests.servers.grafana.server import GrafanaServer

NAME = "shop notify-test"


@pytest.fixture
def server() -> Iterator[GrafanaServer]:
    with shop_server() as running:
        yield running


@pytest.fixture
def home(server: GrafanaServer, tmp_path: Path) -> Path:
    """A folder with the shop's definition, which is published."""
    (tmp_path / "shop.yaml").write_text(DEFINITION.replace("grafana: {folder: Shop}", ADDRESSES), "utf-8")
    assert typed(server, tmp_path, "apply", "shop.yaml", "--yes", **ENVIRONMENT).returncode == 0
    server.forget()
    return tmp_path


def groups(server: GrafanaServer) -> set[str]:
    return {rule.group for rule in server.state.rules.values()}


def written(server: GrafanaServer) -> list[str]:
    return [record.line[0] for record in server.requests if record.line[0] != "GET"]


def test_a_contact_is_sent_a_test(server: GrafanaServer, home: Path) -> None:
    server.state.firing.add(NAME)
    found = typed(server, home, "notify-test", "chat", "shop.yaml", "--yes", "--wait", "0s", **ENVIRONMENT)
    assert (found.returncode, found.stderr) == (0, "")
    assert "did 'chat' get its message?" in found.stdout
    assert written(server) == ["PUT", "DELETE"]
    assert NAME not in groups(server)


def test_nothing_is_written_where_nobody_agrees(server: GrafanaServer, home: Path) -> None:
    found = typed(server, home, "notify-test", "chat", "shop.yaml", **ENVIRONMENT)
    assert found.returncode == 2
    assert "fires after 2 minutes and tells 'chat' alone" in found.stdout
    assert "say --yes" in found.stderr
    assert written(server) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("cat",), "nobody tells a contact 'cat' anything here; did you mean 'chat'?"),
        (("chat", "--wait", "soon"), "--wait"),
    ],
)
def test_what_is_typed_wrongly_is_told(
    words: tuple[str, ...], said: str, server: GrafanaServer, home: Path
) -> None:
    contact, *more = words
    found = typed(server, home, "notify-test", contact, "shop.yaml", *more, **ENVIRONMENT)
    assert found.returncode == 2
    assert said in found.stderr
    assert written(server) == []


def test_a_contact_that_is_not_published_is_told(server: GrafanaServer, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(DEFINITION.replace("grafana: {folder: Shop}", ADDRESSES), "utf-8")
    found = typed(server, tmp_path, "notify-test", "chat", "shop.yaml", "--yes", **ENVIRONMENT)
    assert found.returncode == 1
    assert "watchglass apply" in found.stderr
    assert written(server) == []


def test_a_definition_without_notify_has_nobody_to_tell(server: GrafanaServer, tmp_path: Path) -> None:
    text = DEFINITION.replace("grafana: {folder: Shop}", ADDRESSES)
    text = text[: text.index("notify:")] + text[text.index("environments:") :]
    (tmp_path / "shop.yaml").write_text(text.replace(", escalate: [{after: 1h, contact: boss}]", ""), "utf-8")
    found = typed(server, tmp_path, "notify-test", "chat", "shop.yaml", "--yes")
    assert found.returncode == 2
    assert "nobody tells a contact 'chat' anything here" in found.stderr


def test_a_signal_removes_the_rule(server: GrafanaServer, home: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
    environment |= {"GRAFANA_URL": server.url, "GRAFANA_TOKEN": server.editor_token, **ENVIRONMENT}
    words = [sys.executable, "-m", "watchglass", "notify-test", "chat", "shop.yaml", "--yes"]
    with subprocess.Popen(words, cwd=home, env=environment, stderr=subprocess.PIPE, text=True) as running:
        ends = time.monotonic() + 30
        while NAME not in groups(server) and time.monotonic() < ends:
            time.sleep(0.05)
        assert NAME in groups(server)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "the rule is removed again" in said
    assert NAME not in groups(server)


@pytest.mark.parametrize(
    ("instead", "told"),
    [("none", "nobody is told in place of 'chat'"), ("boss", "'boss' is told in place of 'chat'")],
)
def test_a_contact_that_the_environment_replaces_is_told(
    instead: str, told: str, server: GrafanaServer, home: Path
) -> None:
    file = home / "shop.yaml"
    text = file.read_text("utf-8").rstrip("\n")
    file.write_text(f"{text}\n    contacts: {{chat: {instead}}}\n", "utf-8")
    found = typed(server, home, "notify-test", "chat", "shop.yaml", "--yes", **ENVIRONMENT)
    assert found.returncode == 2
    assert f"in the environment 'production' {told}: it says `contacts: {{chat: {instead}}}`" in found.stderr
