"""The repository's own definitions break no rule, and the rules find what is broken in them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service
from watchglass.lint import lint
from watchglass.lint.subject import Subject, subject

ROOT = Path(__file__).parents[2]
FIRST = ROOT / "definitions/draft-cleanup.yaml"
GOOD = [
    *sorted((ROOT / "tests/cases/good").glob("*/definition.yaml")),
    *sorted((ROOT / "definitions").glob("*.yaml")),
]


def judged(file: Path) -> tuple[Subject, list[str]]:
    definition = read(file).definition
    assert definition is not None
    service = resolve(definition).service
    assert isinstance(service, Service)
    return subject(definition, service), [
        f"{each.code}: {each.message}" for each in lint(definition, service)
    ]


@pytest.mark.parametrize("file", GOOD, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_good_definition_breaks_no_rule_and_all_its_statements_are_judged(file: Path) -> None:
    of, problems = judged(file)
    assert problems == []
    assert set(of.statements) == set(of.service.queries)
    assert all(catalog.relations for catalog in of.catalogs.values())


COLUMNS = re.compile(r"\b(?:c|course|run|job|o|creator)\.(\w+)")


def test_a_column_renamed_anywhere_in_the_first_definition_is_found(tmp_path: Path) -> None:
    shutil.copytree(FIRST.parent, tmp_path, dirs_exist_ok=True)
    file = tmp_path / FIRST.name
    text = FIRST.read_text("utf-8")
    queries = range(text.index("\nqueries:"), text.index("\nmetrics:"))
    found = [match for match in COLUMNS.finditer(text) if match.start() in queries]
    assert len(found) > 40
    for match in found[:: len(found) // 6]:
        file.write_text(f"{text[: match.end()]}x{text[match.end() :]}", "utf-8")
        problems = judged(file)[1]
        assert any(match[1] in problem and "lint-unknown-column" in problem for problem in problems), match[0]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("NULLIF(count(*), 0)", "count(*)", "lint-unguarded-rate"),
        ("for: 15m", "for: 6m", "lint-short-for"),
    ],
)
def test_what_a_careless_change_breaks_is_found(old: str, new: str, code: str, tmp_path: Path) -> None:
    shutil.copytree(FIRST.parent, tmp_path, dirs_exist_ok=True)
    file = tmp_path / FIRST.name
    text = FIRST.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    assert code in {problem.partition(":")[0] for problem in judged(file)[1]}
