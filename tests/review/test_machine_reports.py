"""Programs get the same findings as JSON, workflow commands and SARIF."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest

from tests.review.findings import SOURCES, TWICE, UNKNOWN, with_message
from watchglass.problems import Problem, Span
from watchglass.review import FORMATS, Format, report

HOSTILE = "100% done\r\n::error file=y.yaml::gone, a:b ##vso[x]\x1b[31m\u202e"

REGION = {
    "type": "object",
    "required": ["startLine", "startColumn", "endLine", "endColumn"],
    "additionalProperties": False,
    "properties": {
        name: {"type": "integer", "minimum": 1}
        for name in ("startLine", "startColumn", "endLine", "endColumn")
    },
}
LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation", "region"],
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "properties": {"uri": {"type": "string", "pattern": "^[!-~]+$"}},
                },
                "region": REGION,
            },
        }
    },
}
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
RESULT = {
    "type": "object",
    "required": ["ruleId", "ruleIndex", "level", "message", "locations"],
    "additionalProperties": False,
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": TEXT,
        "locations": {"type": "array", "minItems": 1, "items": LOCATION},
        "relatedLocations": {
            "type": "array",
            "items": LOCATION | {"required": ["id", "physicalLocation", "message"]},
        },
    },
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {"type": "array", "items": RESULT},
                },
            },
        },
    },
}


def test_json_holds_every_place_and_the_counts() -> None:
    read = json.loads(report([TWICE, UNKNOWN], "json"))
    assert (read["errors"], read["warnings"], read["notes"]) == (2, 0, 0)
    first, second = read["problems"]
    assert first["code"] == "unknown-name"
    assert (first["file"], first["line"], first["column"], first["end_column"]) == ("x.yaml", 3, 14, 24)
    assert second["related"] == [
        {
            "message": "it stands here already",
            "file": "x.yaml",
            "line": 3,
            "column": 3,
            "end_line": 3,
            "end_column": 4,
        }
    ]


def test_a_github_command_names_file_place_and_code() -> None:
    assert report([UNKNOWN], "github") == (
        "::error file=x.yaml,line=3,endLine=3,col=14,endColumn=23,title=unknown-name"
        "::unknown query 'draft_stat'%0Ahint: did you mean 'draft_state'?\n"
    )


def test_a_github_command_of_several_lines_has_no_columns() -> None:
    text = report([Problem("c", "m", Span("x.yaml", 3, 6, 4, 3), "note")], "github")
    assert text == "::notice file=x.yaml,line=3,endLine=4,title=c::m\n"


def test_fault_58_a_message_cannot_end_a_github_command_or_begin_another() -> None:
    text = report([with_message(HOSTILE, file="a,b:c%\n::x.yaml")], "github")
    assert text.count("\n") == 1
    assert text.startswith("::error file=a%2Cb%3Ac%25\\x0a%3A%3Ax.yaml,line=1,")
    assert "::100%25 done\\x0d\\x0a::error" in text


@pytest.mark.parametrize("form", FORMATS)
def test_fault_58_every_format_is_harmless_in_a_log(form: Format) -> None:
    text = report([with_message(HOSTILE, file=f"x{HOSTILE}")], form, {f"x{HOSTILE}": HOSTILE})
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]|##\w*\[", text)
    assert not [line for line in text.splitlines()[1:] if line.lstrip().startswith("::")]


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_a_hostile_text_comes_back_readable_from_json(form: Format) -> None:
    assert "::error file=y.yaml::gone, a:b ##vso[x]" in str(json.loads(report([with_message(HOSTILE)], form)))


def test_sarif_keeps_to_the_schema() -> None:
    log = json.loads(report([TWICE, UNKNOWN, with_message("m", "note", "a b/ü.yaml")], "sarif", SOURCES))
    jsonschema.validate(log, SARIF)
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["some-code", "unknown-name", "yaml-duplicate-key"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]
    } == {
        "x.yaml",
        "a%20b/%C3%BC.yaml",
    }


def test_a_sarif_rule_links_to_its_page_where_pages_are_published() -> None:
    rules = json.loads(report([UNKNOWN], "sarif", docs="https://example.com/problems"))["runs"][0]["tool"][
        "driver"
    ]["rules"]
    assert rules[0]["helpUri"] == "https://example.com/problems/unknown-name.md"
    assert "docs/problems/unknown-name.md" in rules[0]["help"]["text"]


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_no_problems_is_still_a_whole_document(form: Format) -> None:
    assert json.loads(report([], form))
