"""Adopting and drift as they are typed: what is said, what is written, what is refused before anything is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.test_publishing import ADDRESSES, typed
from tests.publish.grafana.shop import DEFINITION, shop_server
from tests.servers.grafana.server import GrafanaServer
from watchglass.artifact import Json

STAGING = f"""  staging:
    sources: {{main: {{grafana: {{uid: shop-db}}}}}}
    {ADDRESSES.replace("folder: Shop", "folder: Staging")}
    thresholds: {{failed: {{bad: 4}}}}   # fewer
"""
TEXT = DEFINITION.replace("grafana: {folder: Shop}", ADDRESSES) + STAGING


@pytest.fixture(scope="module")
def running() -> Iterator[GrafanaServer]:
    with shop_server() as server:
        yield server


@pytest.fixture
def home(running: GrafanaServer, tmp_path: Path) -> Path:
    """Give a folder whose definition is published to both environments."""
    (tmp_path / "shop.yaml").write_text(TEXT, "utf-8")
    for environment in ("production", "staging"):
        done = typed(running, tmp_path, *APPLY, "-e", environment)
        assert done.returncode == 0, done.stderr
    return tmp_path


APPLY = ("apply", "shop.yaml", "--yes", "--overwrite-drift", "--allow-large")


def edit_rule(server: GrafanaServer, uid: str, edit: Callable[[Json], None]) -> None:
    place = f"/api/v1/provisioning/alert-rules/{uid}"
    rule = server.get(place).json()
    edit(rule)
    assert server.ask("PUT", place, rule, {"X-Disable-Provenance": "true"}).status == 200


def limit(number: float) -> Callable[[Json], None]:
    """Move the threshold of a rule."""

    def edit(rule: Json) -> None:
        rule["data"][-1]["model"]["conditions"][0]["evaluator"]["params"] = [number]

    return edit


def text_of(home: Path) -> str:
    return (home / "shop.yaml").read_text("utf-8")


def test_without_write_the_edits_are_said_with_what_stands_there(running: GrafanaServer, home: Path) -> None:
    edit_rule(running, "shop-some-failed", limit(3))
    said = typed(running, home, "adopt", "shop.yaml")
    assert said.returncode == 3
    assert said.stdout.endswith(
        ": failed.watch 2 → 3\nnothing was written: --write writes this into the files\n"
    )
    assert text_of(home) == TEXT
    typed(running, home, *APPLY)


@pytest.mark.parametrize("number", [6, 4.5], ids=["the default environment", "another one"])
def test_an_edit_that_breaks_an_environment_is_told_and_nothing_is_written(
    number: float, running: GrafanaServer, home: Path
) -> None:
    edit_rule(running, "shop-some-failed", limit(number))
    edit_rule(running, "shop-few-orders", lambda rule: rule.update(title="Hardly any orders"))
    said = typed(running, home, "adopt", "shop.yaml", "--write")
    assert said.returncode == 1
    assert "(thresholds-order)" in said.stderr
    assert "nothing was written" in said.stderr
    assert text_of(home) == TEXT
    typed(running, home, *APPLY)


def test_an_edit_at_another_environment_leaves_the_default_one_as_it_is(
    running: GrafanaServer, home: Path
) -> None:
    edit_rule(running, "shop-staging-some-failed", limit(3))
    said = typed(running, home, "adopt", "shop.yaml", "-e", "staging", "--write")
    assert said.returncode == 0, said.stderr
    assert text_of(home) == TEXT.replace("{failed: {bad: 4}}", "{failed: {watch: 3, bad: 4}}")
    assert typed(running, home, "drift", "shop.yaml").returncode == 0
    again = typed(running, home, "plan", "shop.yaml", "-e", "staging")
    assert "only what is made from them" in again.stdout
    typed(running, home, *APPLY, "-e", "staging")


def test_a_part_that_is_included_is_edited_where_it_stands(running: GrafanaServer, home: Path) -> None:
    start, end = TEXT.index("metrics:"), TEXT.index("alerts:")
    part = TEXT[start:end]
    (home / "metrics.yaml").write_text(part, "utf-8")
    (home / "shop.yaml").write_text(f"include: metrics.yaml\n{TEXT[:start].lstrip()}{TEXT[end:]}", "utf-8")
    before = text_of(home)
    edit_rule(running, "shop-some-failed", limit(3))
    assert typed(running, home, "adopt", "shop.yaml", "--write").returncode == 0
    assert text_of(home) == before
    assert (home / "metrics.yaml").read_text("utf-8") == part.replace("watch: 2,", "watch: 3,")
    typed(running, home, *APPLY)


def test_what_was_deleted_at_the_server_is_drift(running: GrafanaServer, home: Path) -> None:
    assert running.ask("DELETE", "/api/dashboards/uid/shop-details").status == 200
    group = "/api/v1/provisioning/folder/shop-folder/rule-groups/shop%20every%201m"
    assert running.ask("DELETE", group, None, {"X-Disable-Provenance": "true"}).status == 204
    drift = typed(running, home, "drift", "shop.yaml")
    assert drift.returncode == 3
    assert "2 not there" in drift.stdout
    assert "- dashboard 'Details' is not there: deleted at the server, or not applied yet" in drift.stdout


def test_where_nothing_of_ours_is_there_is_no_drift(home: Path) -> None:
    with shop_server() as server:
        drift = typed(server, home, "drift", "shop.yaml")
    assert drift.returncode == 0
    assert "nothing of ours is there yet" in drift.stdout
