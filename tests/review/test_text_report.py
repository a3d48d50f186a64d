"""Problems are shown with their source line, marks, hint and related places."""

from __future__ import annotations

import pytest

from tests.review.findings import SOURCES, TWICE, UNKNOWN, span, with_message
from watchglass.problems import Problem, Span
from watchglass.review import report

EXPECTED = """\
x.yaml:3:14: error: unknown query 'draft_stat' (unknown-name)
  3 |   a: {query: draft_stat}
    |              ^^^^^^^^^^
  hint: did you mean 'draft_state'?

x.yaml:4:3: error: key 'a' stands twice (yaml-duplicate-key)
  4 |   a: 2
    |   ^
  x.yaml:3:3: it stands here already
  3 |   a: {query: draft_stat}
    |   ^

2 errors
"""


def test_problems_are_shown_in_the_order_of_the_file_with_both_places() -> None:
    assert report([TWICE, UNKNOWN, TWICE], "text", SOURCES) == EXPECTED


def test_nothing_is_written_where_there_is_no_problem() -> None:
    assert report([], "text", SOURCES) == ""


def test_each_level_is_counted() -> None:
    problems = [
        with_message("a"),
        with_message("b", "warning"),
        with_message("c", "warning"),
        with_message("d", "note"),
    ]
    assert report(problems).endswith("\n1 error, 2 warnings, 1 note\n")


def test_a_place_of_several_lines_is_marked_to_the_end_of_its_first() -> None:
    text = report([Problem("c", "m", Span("x.yaml", 3, 6, 4, 3))], "text", SOURCES)
    assert "    |      ^^^^^^^^^^^^^^^^^^^\n" in text


def test_without_its_source_a_problem_is_shown_alone() -> None:
    assert report([UNKNOWN]).splitlines()[1] == "  hint: did you mean 'draft_state'?"


@pytest.mark.parametrize("line", [0, 99])
def test_a_place_outside_of_its_file_is_no_reason_to_fail(line: int) -> None:
    assert "1 error" in report([Problem("c", "m", span(line, 1, 2))], "text", SOURCES)


def test_colour_is_written_only_when_asked_for() -> None:
    assert "\x1b" not in report([UNKNOWN], "text", SOURCES)
    assert "\x1b[1;31merror\x1b[0m" in report([UNKNOWN], "text", SOURCES, color=True)


def test_fault_7_nothing_from_a_file_reaches_the_terminal_as_a_command() -> None:
    hostile = "\x1b[31m\r\u202e\u2066\x9b##vso[task]"
    problem = Problem("c", hostile, span(1, 1, 9, f"x{hostile}"), hint=hostile)
    text = report([problem], "text", {f"x{hostile}": hostile + "\n"})
    assert not [character for character in text if character in "\x1b\r\u202e\u2066\x9b"]
    assert "##vso[" not in text
    assert text.count("\\x1b[31m\\x0d\\u202e\\u2066\\x9b\\x23#vso[") >= 3


@pytest.mark.parametrize("message", ["a\n::error::b", "a\r\n::set-output name=x::y", "::add-mask::x"])
def test_fault_58_no_line_of_the_report_is_a_workflow_command(message: str) -> None:
    lines = report([with_message(message, file="::error::x.yaml")], "text", SOURCES).splitlines()
    assert not [line for line in lines if line.lstrip().startswith("::")]
