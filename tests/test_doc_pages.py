"""The pages are whole: every panel kind with its keys, every word of SQL, every command and option, every room."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import click
import pytest

import watchglass
from watchglass.cli.commands import COMMANDS
from watchglass.definition.resolve.panels import KEYS
from watchglass.sql.vocabulary import WORDS
from watchglass.thresholds.axis import Better

DOCS = Path(__file__).parents[1] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def code(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize("kind", KEYS)
def test_a_panel_kind_has_its_row_with_exactly_the_keys_that_it_takes(kind: str) -> None:
    row = re.search(rf"^\| `{kind}` \| (.*?) \|", page("panels.md"), re.MULTILINE)
    assert row is not None
    takes = KEYS["lines"] if row[1] == "as `lines`" else set(code(row[1]))
    assert takes == KEYS[kind]


@pytest.mark.parametrize("word", WORDS)
def test_a_neutral_word_is_explained(word: str) -> None:
    assert f"{{{{ {word}(" in page("sql.md")


def options(command: click.Command) -> set[str]:
    return {
        name
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_its_section_with_every_option_and_no_other(name: str) -> None:
    module, _, attribute = COMMANDS[name].path.partition(":")
    command = getattr(importlib.import_module(module), attribute)
    section = page("commands.md").split(f"\n## `watchglass {name}`\n")[1].split("\n## ")[0]
    assert {text for text in code(section) if re.fullmatch(r"--?[a-z-]+", text)} == options(command)


@pytest.mark.parametrize(
    "room",
    sorted(path.name for path in Path(watchglass.__path__[0]).iterdir() if (path / "__init__.py").exists()),
)
def test_every_room_is_on_the_page_about_architecture(room: str) -> None:
    if room != "starter":
        assert f"| `{room}/` |" in page("architecture.md")


@pytest.mark.parametrize("better", Better.__args__)
def test_every_side_of_an_axis_is_explained(better: str) -> None:
    assert f"| `{better}` |" in page("thresholds.md")
