"""A backtest as text, Markdown, JSON and a picture: the same facts, safe in each form, the same bytes each time."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

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
    assert "Too &#124; much" in made
    assert "<b>" not in made
    assert made.count("<details>") == made.count("</details>")


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


def test_the_picture_is_the_same_bytes_each_time(tmp_path: Path, found: Report) -> None:
    assert as_svg(found) == as_svg(report(tmp_path, ROWS))


def test_a_picture_of_thousands_of_points_stays_small(tmp_path: Path) -> None:
    rows: list[Rows] = [{"a": float(index % 17)} for index in range(5000)]
    assert len(as_svg(report(tmp_path, rows))) < 400_000
