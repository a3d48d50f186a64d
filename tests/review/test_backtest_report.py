"""A backtest as text, Markdown, JSON and a picture: the same facts, safe in each form, the same bytes each time."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.backtest import simulated
from tests.backtest.simulated import Rows, report
from watchglass.backtest import Report
from watchglass.review.backtest_report import as_json, as_markdown, as_text
from watchglass.review.backtest_svg import as_svg

ROWS: list[Rows | None] = [
    {"a": 1.0, "<b>": 2.0},
    *[{"a": 12.0, "<b>": 2.0}] * 6,
    None,
    *[{"a": 18.0, "<b>": None}] * 6,
    {"a": 1.0, "<b>": 3.0},
]


HOSTILE = [
    "\x1b[31mred\r\x9b2J",
    "a\n::add-mask::b",
    "##vso[x]",
    "\u202egnp",
    "@team https://evil.example.com <b>",
    "a | `b` *c* &amp; #1",
]


@pytest.fixture
def found(tmp_path: Path) -> Report:
    return report(tmp_path, ROWS)


def test_the_text_tells_how_often_how_long_and_when(found: Report) -> None:
    text = as_text(found)
    assert "now      1      55m       55m" in text
    assert "changed  1      20m       20m" in text
    assert "2026-03-28 23:15  2026-03-29 00:10" in text  # local time
    assert "much: now and changed differ at" in text
    assert "1 evaluations are left out" in text


def test_markdown_lets_nothing_of_the_definition_be_read_as_markdown(found: Report) -> None:
    made = as_markdown(found)
    assert "Too \\| much" in made
    assert "<b>" not in made
    assert made.count("<details>") == made.count("</details>")


def test_what_a_database_says_drives_no_terminal_and_no_log(tmp_path: Path) -> None:
    hostile = report(tmp_path, [dict.fromkeys(HOSTILE, 30.0)] * 6)
    for made in (as_text(hostile), as_markdown(hostile), as_json(hostile)):
        assert not re.search(r"##\w*\[", made)
        assert not [line for line in made.splitlines() if line.lstrip().startswith("::")]
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", made)
    firings = json.loads(as_json(hostile))["variants"][0]["rules"][0]["stretches"]
    assert {each["labels"]["lane"] for each in firings} == set(HOSTILE)


def test_what_a_database_says_opens_no_cell_and_no_markup(tmp_path: Path) -> None:
    made = as_markdown(report(tmp_path, [dict.fromkeys(HOSTILE, 30.0)] * 6))
    lines = [line for line in made.splitlines() if "lane=" in line]
    assert len(lines) == 2 * len(HOSTILE)
    for line in lines:
        assert len(re.split(r"(?<!\\)\|", line)) == 6
        assert not re.search(r"@(?!\u2060)|://|<|&(?!lt;|gt;|amp;)|(?<!\\)[`*_\[\]#~]", line)


def test_json_has_every_stretch_in_utc(found: Report) -> None:
    made = json.loads(as_json(found))
    firing = [each for each in made["variants"][0]["rules"][0]["stretches"] if each["state"] == "firing"]
    assert firing[0]["labels"] == {"lane": "a"}
    assert firing[0]["from"] == "2026-03-28T22:15:00Z"
    assert made["differences"]["much"][0]["now"] == "pending"


def test_the_picture_is_well_formed_and_holds_levels_values_and_firings(found: Report) -> None:
    root = ElementTree.fromstring(as_svg(found))
    titles = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}title")]
    assert {"good", "high", "worst", "lane=a", "firing lane=a"} <= set(titles)
    paths = [element.get("d", "") for element in root.iter("{http://www.w3.org/2000/svg}path")]
    # The unknown instant and the missing numbers leave gaps: two parts of lane a, two of the other.
    assert len(paths) == 4


def test_a_level_has_its_own_colour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated, "TEXT", simulated.TEXT.replace("worst: red", "worst: light-purple"))
    assert 'fill="#CA95E5"' in as_svg(report(tmp_path, ROWS))


def test_the_picture_of_any_names_is_well_formed(tmp_path: Path) -> None:
    root = ElementTree.fromstring(as_svg(report(tmp_path, [dict.fromkeys(HOSTILE, 30.0)] * 6)))
    titles = {element.text for element in root.iter("{http://www.w3.org/2000/svg}title")}
    assert "lane=\\x1b[31mred\\x0d\\x9b2J" in titles


def test_the_picture_is_the_same_bytes_each_time(tmp_path: Path, found: Report) -> None:
    assert as_svg(found) == as_svg(report(tmp_path, ROWS))


def test_a_picture_of_thousands_of_points_stays_small(tmp_path: Path) -> None:
    rows: list[Rows] = [{"a": float(index % 17)} for index in range(5000)]
    assert len(as_svg(report(tmp_path, rows))) < 400_000
