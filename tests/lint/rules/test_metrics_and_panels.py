"""Rules on metrics and panels: levels, units, how much a reader can tell apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.judged import BOOK, judge

SQL = "SELECT '' AS s, 1 AS n, 1.5 AS x, now() AS at"
COLUMNS = "s: text, n: integer, x: number, u: {type: number, unit: EUR}, i: interval, at: timestamp"


def panels(folder: Path, *written: str, sql: str = SQL, columns: str = COLUMNS, more: str = "") -> list[str]:
    """Judge panels over one query ``q`` and its metrics."""
    found = judge(
        folder,
        f"""
queries:
  q: {{sql: "{sql}", columns: {{{columns}}}}}
metrics:
  plain: {{query: q, column: x, pick: last}}
  given: {{query: q, column: x, pick: last, unit: percent, better: lower, thresholds: {{bad: 5}}}}
  count: {{query: q, column: n, pick: last}}
{more}
dashboards: {{d: {{title: D, rows: [{{title: R, panels: [{", ".join(written)}]}}]}}}}
""",
    )
    return found.codes


@pytest.mark.parametrize(
    "panel",
    [
        "{metric: plain, as: number}",
        "{query: q, as: lines, y: x}",
        "{query: q, as: bar, x: s}",
        "{query: q, as: histogram, value: x}",
    ],
)
def test_a_number_without_a_unit_is_found_where_it_is_drawn(panel: str, tmp_path: Path) -> None:
    assert panels(tmp_path, panel) == ["lint-no-unit"]


@pytest.mark.parametrize(
    "panel",
    [
        "{metric: given, as: number}",
        "{metric: count, as: number}",
        "{query: q, as: lines, y: [n, u, i]}",
        "{query: q, as: table}",
        "{as: text, text: x}",
    ],
)
def test_a_count_or_a_number_with_a_unit_is_no_finding(panel: str, tmp_path: Path) -> None:
    assert panels(tmp_path, panel) == []


def test_a_number_that_several_panels_draw_is_told_once(tmp_path: Path) -> None:
    assert panels(tmp_path, "{metric: plain, as: number}", "{query: q, as: lines, y: x}") == ["lint-no-unit"]


@pytest.mark.parametrize(("kind", "limit", "count"), [("pie", 9, 1), ("pie", 8, 0), ("bar", 40, 0)])
def test_a_pie_of_many_slices_is_found(kind: str, limit: int, count: int, tmp_path: Path) -> None:
    panel = f"{{query: q, as: {kind}, x: s, y: n, limit: {limit}}}"
    assert panels(tmp_path, panel) == ["lint-crowded-panel"] * count
    sql = f"SELECT status AS s, 1 AS n FROM courses LIMIT {limit}"
    assert (
        panels(tmp_path, f"{{query: q, as: {kind}, x: s, y: n}}", sql=sql) == ["lint-crowded-panel"] * count
    )


@pytest.mark.parametrize(("kind", "most"), [("table", 15), ("lines", 20)])
def test_a_panel_of_too_many_columns_is_found(kind: str, most: int, tmp_path: Path) -> None:
    for count in (most, most + 1):
        names = [f"c{index}" for index in range(count)]
        columns = ", ".join(["n: integer, x: number, at: timestamp", *(f"{name}: integer" for name in names)])
        key = "columns" if kind == "table" else "y"
        panel = f"{{query: q, as: {kind}, {key}: [{', '.join(names)}]}}"
        assert panels(tmp_path, panel, columns=columns) == ["lint-crowded-panel"] * (count - most)


def test_a_gauge_without_levels_is_found(tmp_path: Path) -> None:
    assert panels(tmp_path, "{metric: count, as: gauge}") == ["lint-no-level"]
    assert panels(tmp_path, "{metric: given, as: gauge}", "{metric: count, as: number}") == []


def test_an_alert_on_a_metric_without_levels_is_found(tmp_path: Path) -> None:
    alert = f"alerts: {{a: {{metric: count, when: above 5, for: 1h, severity: low, {BOOK}}}}}"
    assert panels(tmp_path, "{metric: count, as: number}", more=alert) == ["lint-no-level"]


@pytest.mark.parametrize(
    ("metric", "count"),
    [
        ("twin: {query: q, column: x, pick: last, unit: percent, better: lower, thresholds: {bad: 3}}", 1),
        ("twin: {query: q, column: x, pick: last, unit: percent, same_as: given}", 0),
        ("twin: {query: q, column: x, pick: first, unit: percent, better: lower, thresholds: {bad: 3}}", 0),
        ("twin: {query: q, column: n, pick: last, better: lower, thresholds: {bad: 3}}", 0),
    ],
)
def test_one_number_with_two_axes_is_found(metric: str, count: int, tmp_path: Path) -> None:
    assert panels(tmp_path, "{as: text, text: x}", more=f"  {metric}") == ["lint-two-axes"] * count


WATCHED = """
queries:
  q: {{range: 1d, sql: "SELECT count(*) AS n FROM courses AS c WHERE {where}", columns: {{n: integer}}}}
metrics: {{n: {{query: q, column: n, better: lower, thresholds: {{bad: 5}}}}}}
alerts: {{a: {{metric: n, when: bad, for: 15m, every: 5m, severity: high, {book}}}}}
dashboards: {{d: {{title: D, {board}rows: [{{title: R, panels: [{{metric: n, as: number{panel}}}]}}]}}}}
"""
RANGED = "{{ in_range('c.created_at') }}"


@pytest.mark.parametrize(
    ("board", "panel", "where", "found"),
    [
        ("range: 30d, ", "", RANGED, ["lint-other-window"]),
        ("", ", range: 7d", RANGED, ["lint-other-window"]),
        ("range: 30d, ", ", range: 1d", RANGED, []),
        ("range: 24h, ", "", RANGED, []),
        ("", "", RANGED, []),
        ("range: 30d, ", "", "c.status = 'draft'", ["lint-unread-range"]),
    ],
    ids=["the board's", "its own", "made equal", "equal in hours", "the query's", "no range in the query"],
)
def test_a_watched_number_is_shown_over_the_stretch_that_its_alert_looks_at(
    board: str, panel: str, where: str, found: list[str], tmp_path: Path
) -> None:
    text = WATCHED.format(where=where, book=BOOK, board=board, panel=panel)
    assert judge(tmp_path, text).codes == found


FILTERED = """
filters:
  of: {title: Of, from: organizations, value: id}
  state: {title: State, options: {draft: Draft}}
queries:
  narrowed:
    sql: "SELECT count(*) AS n FROM courses AS c WHERE {{ matches('of', 'c.organization_id') }} AND %s"
    columns: {n: integer}
  whole: {sql: "%s", columns: {n: integer}}
dashboards:
  d: {title: D, filters: %s, rows: [{title: R, panels: [{query: narrowed, as: table}, {query: whole, as: table}]}]}
"""
STATE = "{{ matches('state', 'status') }}"
STATE_OF_Y = STATE.replace("status", "y.s")
ALL = "SELECT count(*) AS n FROM courses"


@pytest.mark.parametrize(
    ("condition", "sql", "filters"),
    [
        ("TRUE", ALL, "of"),
        (STATE, ALL + " AS x JOIN organizations AS o ON TRUE", "state"),
        (f"c.id IN (SELECT y.id FROM (SELECT id, status AS s FROM courses) AS y WHERE {STATE_OF_Y})", ALL, "state"),
        (STATE, "SELECT count(*) AS n FROM organizations AS o WHERE EXISTS (SELECT FROM courses AS c)", "of"),
    ],
    ids=["an alias", "a name alone", "a subquery", "inside of EXISTS"],
)  # fmt: skip
def test_a_panel_that_shows_all_of_what_others_narrow_is_found(
    condition: str, sql: str, filters: str, tmp_path: Path
) -> None:
    found = judge(tmp_path, FILTERED % (condition, sql, filters))
    assert found.of("lint-unread-filter") == ["{query: whole, as: table}"]


@pytest.mark.parametrize(
    ("sql", "filters"),
    [
        (ALL + " AS c WHERE {{ matches('of', 'c.organization_id') }}", "of"),
        (ALL + " AS c WHERE {{ matches('of', 'c.organization_id') }} AND " + STATE, "[of, state]"),
        ("SELECT count(*) AS n FROM organizations", "of"),
        ("SELECT count(*) AS n FROM recent", "of"),
        ("WITH courses AS (SELECT 1 AS id) SELECT count(*) AS n FROM courses", "of"),
        (ALL, "[]"),
    ],
    ids=["it reads the filter", "it reads both", "another table", "a view", "a name of its own", "a board without filters"],
)  # fmt: skip
def test_a_panel_that_reads_the_filter_or_has_nothing_to_narrow_is_no_finding(
    sql: str, filters: str, tmp_path: Path
) -> None:
    condition = STATE if filters == "[of, state]" else "TRUE"
    assert judge(tmp_path, FILTERED % (condition, sql, filters)).of("lint-unread-filter") == []


def test_a_filter_that_nothing_on_its_board_reads_is_found_at_the_board(tmp_path: Path) -> None:
    found = judge(tmp_path, FILTERED % ("TRUE", "SELECT 1 AS n", "[of, state]"))
    assert found.of("lint-unread-filter") == ["state"]
    chained = (FILTERED % ("TRUE", "SELECT 1 AS n", "[of, state]")).replace(
        "value: id}", "value: id, depends_on: {state: name}}"
    )
    assert judge(tmp_path, chained).of("lint-unread-filter") == []


def test_what_is_read_of_a_past_or_by_events_is_read_on_the_board(tmp_path: Path) -> None:
    more = "annotations: {a: {query: events, time: at, text: s}}"
    text = (FILTERED % ("TRUE", "SELECT 1 AS n", "[of, state]")).replace("{title: D,", f"{{title: D, {more},")
    events = f"""  events:
    sql: "SELECT end_time AS at, status AS s FROM cron.job_run_details WHERE {STATE}"
    columns: {{at: timestamp, s: text}}
dashboards:"""
    assert judge(tmp_path, text.replace("dashboards:", events)).of("lint-unread-filter") == []


@pytest.mark.parametrize(
    ("sql", "panel", "count"),
    [
        (SQL, "{query: q, as: table, range: 7d}", 1),
        (SQL, "{metric: count, as: number, range: 7d}", 1),
        (SQL, "{query: q, as: table}", 0),
        (f"{SQL} WHERE {{{{ in_range('now()') }}}}", "{query: q, as: table, range: 7d}", 0),
        (SQL, "{metric: past, as: number, range: 7d}", 0),
    ],
)
def test_a_range_that_nothing_reads_is_found(sql: str, panel: str, count: int, tmp_path: Path) -> None:
    more = "  past: {query: q, column: n, pick: last, history: {record: 5m}}"
    assert panels(tmp_path, panel, sql=sql, more=more).count("lint-unread-range") == count


def test_a_range_of_a_query_that_reads_none_is_found_where_it_stands(tmp_path: Path) -> None:
    queries = "queries:\n  q: {sql: SELECT count(*) AS n FROM courses, range: 7d, columns: {n: integer}}\n"
    assert judge(tmp_path, queries).of("lint-unread-range") == ["range"]
