"""Every code of a problem has a page of one form; every page is of a code in use; what reading refuses has a case."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cases.runner import EXPECTED, cases
from tests.problem_codes import codes, codes_of

PAGES = Path(__file__).parents[1] / "docs" / "problems"
PAGE = re.compile(
    r"# (?P<code>[a-z0-9-]+)\n\n[^#`\n].*?\n\n## Example\n\n```.*?```\n\n.*?## How to mend it\n\n\S.*\n",
    re.DOTALL,
)


def written() -> dict[str, str]:
    return {
        path.stem: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md") if path.stem != "README"
    }


def test_every_code_has_a_page() -> None:
    missing = {code: sorted(modules) for code, modules in codes().items() if code not in written()}
    assert not missing, "\n".join(
        f"docs/problems/{code}.md is missing: {modules}" for code, modules in missing.items()
    )


def test_every_page_is_of_a_code_in_use() -> None:
    assert sorted(written().keys() - codes().keys()) == []


@pytest.mark.parametrize("code", sorted(written()))
def test_a_page_says_what_it_means_shows_an_example_and_how_to_mend_it(code: str) -> None:
    match = PAGE.fullmatch(written()[code])
    assert match is not None
    assert match["code"] == code


def test_every_code_of_reading_has_a_bad_case_that_shows_its_place() -> None:
    reading = {
        code
        for code, modules in codes().items()
        if any(module.startswith("definition/") and "/resolve/" not in module for module in modules)
    }
    shown = "".join((case / EXPECTED).read_text(encoding="utf-8") for case in cases("bad"))
    places = set(re.findall(r"^\S+:\d+:\d+: \w+: .* \(([a-z0-9-]+)\)$", shown, re.MULTILINE))
    assert sorted(reading - places) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('Problem("a-b", "m", span)', {"a-b"}),
        ('self.context.report("a-b", "no-code", path)', {"a-b"}),
        ('raise problem("a-b" if x else "c-d", "m")', {"a-b", "c-d"}),
        ('Note("grafana", code="a-b")', {"a-b"}),
        ('class A:\n    code: str = "a-b"', {"a-b"}),
        ('code = "a-b" if x else "c-d"', {"a-b", "c-d"}),
        ('print("a-b")\nProblem(code, "a-b")', set()),
    ],
)
def test_codes_are_found_wherever_they_are_reported(text: str, found: set[str]) -> None:
    assert codes_of(text) == found
