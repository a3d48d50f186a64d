"""Fault 57: a closed pipe, no terminal, a locale without letters: every command ends in words, never in a traceback."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.publish.grafana.shop import DEFINITION, shop_server
from tests.servers.grafana.server import GrafanaServer

ADDRESSES = 'grafana: {url: "${env:GRAFANA_URL}", token: "${env:GRAFANA_TOKEN}", folder: Shop}'
COMMANDS = ["--help", "check wrong.yaml", "test shop.yaml", "plan shop.yaml --format json", "apply shop.yaml"]
"""One of each way to speak: the help, problems, a table, what machines read, a question."""

CLOSED = {
    "an output that nobody reads": "| true",
    "no output": ">&-",
    "no errors": "2>&-",
    "no input": "<&-",
    "nothing at all": "<&- >&- 2>&-",
    "a full disk": "> /dev/full",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder to type in, and the server that is published to."""

    folder: Path
    server: GrafanaServer

    def typed(self, line: str, how: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
        """Type a line, with something in front of or behind it that a shell does."""
        program = f"{shlex.quote(sys.executable)} -m watchglass {line} {how}"
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", program],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            env={
                **os.environ,
                "GRAFANA_URL": self.server.url,
                "GRAFANA_TOKEN": self.server.editor_token,
                "WATCHGLASS_CACHE": str(self.folder / "cache"),
                "TMPDIR": str(self.folder / "temporary"),
                **environment,
            },
        )

    def reports(self) -> list[str]:
        """List the reports of bugs."""
        return [path.read_text("utf-8") for path in (self.folder / "temporary").glob("watchglass-*.txt")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "temporary").mkdir()
    text = DEFINITION.replace("grafana: {folder: Shop}", ADDRESSES).replace(
        "title: Overview", "title: Übersicht €"
    )
    (folder / "shop.yaml").write_text(text, "utf-8")
    (folder / "wrong.yaml").write_text(text.replace("column: failed", "column: fähled"), "utf-8")
    with shop_server() as server:
        yield Desk(folder, server)


@pytest.mark.parametrize("how", CLOSED.values(), ids=list(CLOSED))
@pytest.mark.parametrize("line", COMMANDS)
def test_fault_57_a_command_ends_well_without(line: str, how: str, desk: Desk) -> None:
    done = desk.typed(line, how)
    said = (done.stdout + done.stderr).decode()
    assert desk.reports() == []
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert done.returncode in (0, 1, 2, 3), said


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("check wrong.yaml", 1),
        ("compile shop.yaml", 0),
        ("plan shop.yaml", 3),
        ("plan shop.yaml --format markdown", 3),
        ("apply shop.yaml --yes", 0),
        ("destroy shop.yaml --yes", 0),
    ],
)
def test_fault_57_a_locale_without_letters_is_no_reason_to_stop(line: str, code: int, desk: Desk) -> None:
    poor = desk.typed(line, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="ascii")
    assert (poor.returncode, b"Traceback" in poor.stderr, desk.reports()) == (code, False, [])


def test_fault_57_nobody_is_asked_where_there_is_no_input(desk: Desk) -> None:
    desk.typed("apply shop.yaml --yes")
    for how in ("< /dev/null", "<&-"):
        done = desk.typed("destroy shop.yaml", how)
        assert (done.returncode, b"nobody is there to ask" in done.stderr) == (2, True)
