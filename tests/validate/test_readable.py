"""Rows that a panel cannot take are told, at the stated limits and not below them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.validate.builders import DEFINITION, service
from watchglass.artifact import Role, Statement
from watchglass.database.proof import Column, Outcome
from watchglass.database.proof import Statement as Sent
from watchglass.definition.service import Service
from watchglass.problems import Span
from watchglass.sql.offsets import OffsetMap
from watchglass.sql.rendered import Rendered
from watchglass.validate.cases import Case
from watchglass.validate.readable import BARS, CARD_ROWS, POINTS, ROWS, SERIES, SLICES, judge

KINDS = {
    "table": "{id: p, query: q, as: table, title: T, description: D}",
    "few": "{id: p, query: q, as: table, title: T, description: D, limit: 50}",
    "pie": "{id: p, query: q, as: pie, title: T, description: D, x: shop, y: orders}",
    "bar": "{id: p, query: q, as: bar, title: T, description: D, x: shop, y: orders}",
    "lines": "{id: p, query: q, as: lines, title: T, description: D, time: last, y: [orders, total], series: shop}",
    "logs": "{id: p, query: q, as: logs, title: T, description: D, time: last, message: shop}",
}
PANEL = "{query: q, as: table, title: Orders, description: All orders}"


def built(folder: Path, kind: str) -> Service:
    assert PANEL in DEFINITION
    return service(folder, DEFINITION.replace(PANEL, KINDS[kind]))


def told(
    of: Service,
    rows: list[tuple[object, ...]],
    *,
    target: str = "grafana",
    role: Role = "panel",
    shape: str = "",
) -> list[str]:
    columns = tuple(
        Column(name, kind) for name, kind in (("time", "timestamptz"), ("shop", "text"), ("orders", "int8"))
    )
    if shape == "two":
        columns = (*columns, Column("total", "int8"))
    statement = Statement(
        target, role, "board/p", Rendered("SELECT 1"), "", Span.of_file("x"), "time_series" if shape else ""
    )
    case = Case(statement, "", Sent("SELECT 1"), OffsetMap.identity(8), {})
    return [finding.problem.message for finding in judge(of, [(case, Outcome(columns, rows))])]


def rows(count: int, shops: int = 1) -> list[tuple[object, ...]]:
    return [(index, f"shop {index % shops}", 1) for index in range(count)]


@pytest.mark.parametrize(
    ("kind", "most"),
    [("table", ROWS), ("logs", ROWS), ("pie", SLICES), ("bar", BARS)],
)
def test_a_panel_takes_as_many_rows_as_is_stated_and_no_more(tmp_path: Path, kind: str, most: int) -> None:
    of = built(tmp_path, kind)
    assert told(of, rows(most)) == []
    (message,) = told(of, rows(most + 1))
    assert f"{most + 1:,}" in message
    assert f"over {most:,}" in message


def test_a_panels_own_limit_is_what_is_shown(tmp_path: Path) -> None:
    assert told(built(tmp_path, "few"), rows(5000)) == []


@pytest.mark.parametrize("target", ["grafana", "metabase"])
def test_lines_are_counted_by_their_labels_and_columns(tmp_path: Path, target: str) -> None:
    of = built(tmp_path, "lines")
    role: Role = "panel" if target == "grafana" else "card"
    assert told(of, rows(100, SERIES), target=target, role=role, shape="one") == []
    (message,) = told(of, rows(100, SERIES + 1), target=target, role=role, shape="one")
    assert f"{SERIES + 1} series" in message
    doubled = [(*row, 1) for row in rows(100, SERIES // 2 + 1)]
    assert f"{SERIES + 2} series" in told(of, doubled, target=target, role=role, shape="two")[0]


def test_points_are_counted_over_all_lines(tmp_path: Path) -> None:
    of = built(tmp_path, "lines")
    assert told(of, rows(POINTS), shape="one") == []
    (message,) = told(of, [(*row, 1) for row in rows(POINTS // 2 + 1)], shape="two")
    assert f"{POINTS + 2:,} points" in message


def test_metabase_leaves_rows_out(tmp_path: Path) -> None:
    of = built(tmp_path, "bar")
    messages = told(of, rows(CARD_ROWS + 1), target="metabase", role="card")
    assert any("Metabase leaves out" in message for message in messages)
    assert not any(
        "leaves out" in message for message in told(of, rows(CARD_ROWS), target="metabase", role="card")
    )


@pytest.mark.parametrize("role", ["variable", "annotation"])
def test_a_variable_offers_and_an_annotation_marks_a_thousand(tmp_path: Path, role: Role) -> None:
    of = built(tmp_path, "table")
    assert told(of, rows(ROWS), role=role) == []
    assert len(told(of, rows(ROWS + 1), role=role)) == 1


def test_the_largest_case_is_told_once(tmp_path: Path) -> None:
    of = built(tmp_path, "table")
    statement = Statement("grafana", "panel", "board/p", Rendered("SELECT 1"), "", Span.of_file("x"))
    cases = [
        (Case(statement, name, Sent("SELECT 1"), OffsetMap.identity(8), {}), Outcome((), rows(count)))
        for name, count in (("one", 1001), ("all", 1200), ("none", 1100))
    ]
    (finding,) = judge(of, cases)
    assert "(all) gives 1,200 rows" in finding.problem.message
    assert finding.problem.level == "warning"
