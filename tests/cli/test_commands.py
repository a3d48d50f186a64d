"""Every command of the list is there, is imported only when it is called, and has its section in the docs."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click
import pytest

from watchglass.cli.commands import COMMANDS, Entry
from watchglass.cli.group import LazyGroup
from watchglass.cli.main import program, run

DOCS = Path(__file__).parents[2] / "docs" / "commands.md"
SECTION = re.compile(r"^## `watchglass ([a-z-]+)", re.MULTILINE)


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LazyGroup:
    """A program with one command in a module that nothing has imported."""
    (tmp_path / "planted_command.py").write_text(
        "import click\n@click.command()\ndef command():\n    'Do what was planted.'\n    return 3\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "planted_command", raising=False)
    return LazyGroup(entries={"grow": Entry("planted_command:command", "Grow it.")}, params=program.params)


def test_every_listed_command_can_be_imported() -> None:
    with click.Context(program) as context:
        commands = [program.get_command(context, name) for name in program.list_commands(context)]
    assert len(commands) == len(COMMANDS)


def test_every_listed_command_has_a_section_in_the_docs_and_no_other_has() -> None:
    assert SECTION.findall(DOCS.read_text("utf-8")) == list(COMMANDS)


def test_the_help_lists_commands_without_importing_them(
    planted: LazyGroup, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--help"], planted) == 0
    assert re.search(r"^  grow +Grow it\.$", capsys.readouterr().out, re.MULTILINE)
    assert "planted_command" not in sys.modules


def test_a_command_is_imported_when_its_own_help_is_asked(
    planted: LazyGroup, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["grow", "--help"], planted) == 0
    assert "Do what was planted." in capsys.readouterr().out


def test_a_command_is_imported_when_it_is_called(planted: LazyGroup) -> None:
    assert run(["grow"], planted) == 3
