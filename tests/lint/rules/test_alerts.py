"""Rules on alerts: conditions in SQL, runbooks, times, doubles, what a panel shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.judged import BOOK, Judged, judge

ALERT = f"a: {{metric: m, when: above bad, for: 30m, severity: high, {BOOK}}}"


def alerts(
    folder: Path,
    *written: str,
    sql: str = "SELECT count(*) AS n FROM courses",
    keys: str = "",
    metric: str = "",
) -> Judged:
    """Judge alerts on one metric ``m`` of one query ``q``; further metrics in ``metric``."""
    lines = "".join(f"  {alert}\n" for alert in written)
    return judge(
        folder,
        f"""
queries:
  q:
    {keys}
    columns: {{n: integer, at: {{type: timestamp, nullable: true}}, s: text}}
    sql: |
      {sql}
  other: {{sql: SELECT 1 AS n, columns: {{n: integer}}}}
metrics:
  m: {{query: q, column: n, better: lower, thresholds: {{bad: 10, worse: 20}}}}
  o: {{query: other, column: n, better: lower, thresholds: {{bad: 10, worse: 20}}}}
{metric}
alerts:
{lines}
""",
    )


@pytest.mark.parametrize(
    ("sql", "pointed"),
    [
        ("SELECT count(*) AS n FROM courses HAVING count(*) > 100", "count(*) > 100"),
        ("SELECT count(*) AS n FROM courses HAVING max(weight) > 100", "max(weight) > 100"),
        ("SELECT count(*) AS n FROM courses WHERE status = 'a' HAVING n > 100", "n > 100"),
        ("SELECT s.n FROM (SELECT count(*) AS n FROM courses) AS s WHERE s.n >= 100", "s.n >= 100"),
        ("WITH w AS (SELECT count(*) AS n FROM courses) SELECT w.n FROM w WHERE n > 3", "n > 3"),
        ("SELECT s.n FROM (SELECT count(*) AS n FROM courses) AS s WHERE s.n BETWEEN 5 AND 9", "s.n BETWEEN 5 AND 9"),
        ("SELECT extract(epoch FROM now() - max_at) / 3600 AS n FROM w WHERE extract(epoch FROM now() - max_at) / 3600 > 2",
         "extract(epoch FROM now() - max_at) / 3600 > 2"),
        ("SELECT capacity AS n FROM courses WHERE status = 'a' AND capacity > {{ threshold('m', 'bad') }} LIMIT 1", "capacity >"),
    ],
)  # fmt: skip
def test_a_condition_inside_of_an_alerts_query_is_found(sql: str, pointed: str, tmp_path: Path) -> None:
    found = alerts(tmp_path, ALERT, sql=sql).of("lint-condition-in-query")
    assert [text[: len(pointed)] for text in found] == [pointed]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) AS n FROM courses WHERE weight > 100",
        "SELECT count(*) AS n FROM courses WHERE created_at > now() - INTERVAL '1 hour'",
        "SELECT max(weight) AS n FROM courses WHERE weight > 0",
        "SELECT s.n FROM (SELECT count(*) AS n FROM courses HAVING count(*) > 5) AS s",
        "SELECT r.n FROM (SELECT weight AS n, id FROM courses) AS r WHERE r.n = r.id",
        "SELECT r.n FROM (SELECT weight AS n FROM courses) AS r WHERE r.n IS NOT NULL",
    ],
)
def test_a_condition_on_something_else_is_no_finding(sql: str, tmp_path: Path) -> None:
    assert alerts(tmp_path, ALERT, sql=sql).of("lint-condition-in-query") == []


KEYED = "SELECT status AS s, count(*) AS n FROM courses GROUP BY 1 HAVING count(*) > {}"


def test_a_keyed_query_may_drop_what_is_not_there_but_not_what_is_good(tmp_path: Path) -> None:
    assert alerts(tmp_path, ALERT, sql=KEYED.format(0), keys="key: [s]").of("lint-condition-in-query") == []
    assert (
        len(alerts(tmp_path, ALERT, sql=KEYED.format(50), keys="key: [s]").of("lint-condition-in-query")) == 1
    )


def test_a_condition_in_a_query_that_no_alert_reads_is_no_finding(tmp_path: Path) -> None:
    sql = "SELECT count(*) AS n FROM courses HAVING count(*) > 100"
    assert (
        alerts(tmp_path, ALERT.replace("metric: m", "metric: o"), sql=sql).of("lint-condition-in-query") == []
    )


@pytest.mark.parametrize("book", ["", "runbook: {prevention: [Care.]}"])
def test_an_alert_that_does_not_say_what_to_do_is_found(book: str, tmp_path: Path) -> None:
    assert alerts(tmp_path, ALERT.replace(BOOK, book)).of("lint-no-runbook") == ["a"]


@pytest.mark.parametrize(
    "book",
    [
        BOOK,
        "runbook: {url: 'https://example.com'}",
        "runbook: {actions: Look.}",
        "runbook: {file: schema.sql}",
    ],
)
def test_any_form_of_a_runbook_will_do(book: str, tmp_path: Path) -> None:
    assert alerts(tmp_path, ALERT.replace(BOOK, book)).of("lint-no-runbook") == []


def test_alerts_without_an_owner_are_found_and_a_service_without_alerts_needs_none(tmp_path: Path) -> None:
    from tests.lint import judged

    head = judged.HEAD
    text = "queries: {q: {sql: SELECT 1 AS n, columns: {n: integer}}}\nmetrics: {m: {query: q, column: n}}\n"
    for owner, alert, count in ((", owner: me", True, 0), ("", True, 1), ("", False, 0)):
        whole = text + (f"alerts: {{{ALERT.replace('above bad', 'above 3')}}}\n" if alert else "")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(judged, "HEAD", head.replace(", owner: me", owner))
            assert len(judge(tmp_path, whole).of("lint-no-owner")) == count


@pytest.mark.parametrize(
    ("times", "count"),
    [
        ("for: 5m, every: 5m", 1),
        ("for: 9m, every: 5m", 1),
        ("for: 30s, every: 1m", 1),
        ("for: 10m, every: 5m", 0),
        ("every: 5m", 0),
        ("for: 0s, every: 5m", 0),
        ("for: 1h, every: 30m", 0),
    ],
)
def test_a_wait_shorter_than_two_evaluations_is_found(times: str, count: int, tmp_path: Path) -> None:
    found = alerts(tmp_path, ALERT.replace("for: 30m", times)).of("lint-short-for")
    assert found == ([times.split(",", maxsplit=1)[0].removeprefix("for: ")] if count else [])


MOMENT = ALERT.replace("for: 30m, ", "")


@pytest.mark.parametrize(
    "sql",
    ["SELECT count(*) AS n FROM courses", "SELECT max(capacity) AS n FROM courses WHERE created_at > now()"],
)
def test_an_alert_that_comes_and_goes_is_found(sql: str, tmp_path: Path) -> None:
    assert alerts(tmp_path, MOMENT, sql=sql).of("lint-flapping") == ["a"]


@pytest.mark.parametrize(
    ("alert", "sql"),
    [
        (ALERT, "SELECT count(*) AS n FROM courses"),
        (f"{MOMENT[:-1]}, resolve: {{when: below bad}}}}", "SELECT count(*) AS n FROM courses"),
        (f"{MOMENT[:-1]}, resolve: {{for: 15m}}}}", "SELECT count(*) AS n FROM courses"),
        (MOMENT, "SELECT count(*) AS n FROM courses AS c WHERE {{ in_range('c.created_at') }}"),
        (MOMENT, "SELECT extract(epoch FROM now() - max(c.created_at)) / 3600 AS n FROM courses AS c"),
    ],
    ids=["waits", "comes back lower", "comes back later", "a stretch of time", "time since something"],
)
def test_an_alert_that_waits_or_cannot_turn_is_no_finding(alert: str, sql: str, tmp_path: Path) -> None:
    assert alerts(tmp_path, alert, sql=sql).of("lint-flapping") == []


def second(**changed: str) -> str:
    words = {"metric": "m", "when": "above bad", "for": "30m", "severity": "high"} | {
        key.rstrip("_"): text for key, text in changed.items()
    }
    return f"b: {{{', '.join(f'{key}: {text}' for key, text in words.items())}, {BOOK}}}"


@pytest.mark.parametrize(
    ("other", "count"),
    [
        (second(), 1),
        (second(for_="1h"), 1),
        (second(severity="low"), 1),
        (second(for_="1h", severity="critical"), 0),
        (second(when="above worse"), 0),
        (second(when="at least bad"), 0),
        (second(metric="o"), 0),
    ],
)
def test_two_alerts_with_one_condition_are_found(other: str, count: int, tmp_path: Path) -> None:
    assert len(alerts(tmp_path, ALERT, other).of("lint-same-alert")) == count


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [("open", "off", 0), ("open", "open", 1), ("open", "late", 1), ("off", "late", 1), ("open", "", 1)],
)
def test_alerts_that_never_speak_at_one_time_are_none_twice(
    first: str, second: str, count: int, tmp_path: Path
) -> None:
    one, other = ALERT.replace("severity", f"during: {first}, severity"), ALERT.replace("a:", "b:", 1)
    if second:
        other = other.replace("severity", f"during: {second}, severity")
    hours = "hours: {open: {days: monday..friday}, off: {outside: open}, late: {from: '20:00'}}"
    assert len(alerts(tmp_path, one, other, metric=hours).of("lint-same-alert")) == count


ANY = "{metric: o, when: bad}, {metric: m, when: above bad}"
ONE_OF_MANY = "SELECT capacity AS n FROM courses"


@pytest.mark.parametrize(
    ("joined", "no_data", "sql", "keys", "count"),
    [
        ("any", "no_data: ok, ", ONE_OF_MANY, "", 1),
        ("any", "no_data: keep, ", ONE_OF_MANY, "", 1),
        ("any", "no_data: ok, ", "SELECT count(*) AS n FROM courses HAVING count(*) > 0", "", 1),
        ("any", "no_data: ok, ", "SELECT count(*) OVER () AS n FROM courses", "", 1),
        ("any", "no_data: alert, ", ONE_OF_MANY, "", 0),
        ("any", "", ONE_OF_MANY, "", 0),
        ("all", "no_data: ok, ", ONE_OF_MANY, "", 0),
        ("any", "no_data: ok, ", "SELECT count(*) AS n FROM courses", "", 0),
        ("any", "no_data: ok, ", "SELECT round(100 * avg(weight)) AS n FROM courses", "", 0),
        ("any", "no_data: ok, ", "SELECT 1 AS n", "", 0),
        ("any", "", "SELECT status AS s, count(*) AS n FROM courses GROUP BY 1", "key: [s]", 0),
    ],
)  # fmt: skip
def test_a_number_of_any_whose_missing_row_silences_the_others_is_found(
    joined: str, no_data: str, sql: str, keys: str, count: int, tmp_path: Path
) -> None:
    alert = f"a: {{{joined}: [{ANY}], for: 30m, {no_data}severity: high, {BOOK}}}"
    found = alerts(tmp_path, alert, sql=sql, keys=keys).of("lint-silenced-any")
    assert found == ["m"] * count


@pytest.mark.parametrize(
    ("metric", "count"),
    [
        ("pick: last", 1),
        ("where: {s: x}", 1),
        ("pick: last, when_null: skip", 0),
        ("pick: last, when_null: 0", 0),
    ],
)
def test_a_row_that_is_chosen_may_be_missing_unless_its_metric_says_what_that_means(
    metric: str, count: int, tmp_path: Path
) -> None:
    alert = f"a: {{any: [{{metric: o, when: bad}}, {{metric: p, when: above 3}}], for: 30m, no_data: ok, severity: high, {BOOK}}}"
    found = alerts(tmp_path, alert, metric=f"  p: {{query: q, column: n, {metric}}}")
    assert len(found.of("lint-silenced-any")) == count


def test_beside_a_key_no_data_is_healthy_by_itself_and_a_missing_row_silences_every_key(
    tmp_path: Path,
) -> None:
    alert = f"a: {{any: [{{metric: p, when: above 3}}, {{metric: m, when: bad}}], for: 30m, severity: high, {BOOK}}}"
    by_status = "SELECT status AS s, count(*) AS n FROM courses GROUP BY 1"
    found = alerts(
        tmp_path, alert, sql=by_status, keys="key: [s]", metric="  p: {query: q, column: n, pick: last}"
    )
    assert found.of("lint-silenced-any") == ["p"]


def boards(panel: str) -> str:
    return f"dashboards: {{d: {{title: D, rows: [{{title: R, panels: [{panel}]}}]}}}}"


@pytest.mark.parametrize(
    ("panel", "count"),
    [
        ("{metric: o, as: number}", 1),
        ("{query: q, as: table, columns: [s]}", 1),
        ("{as: alerts}", 1),
        ("{metric: m, as: number}", 0),
        ("{metric: twin, as: number}", 0),
        ("{query: q, as: table}", 0),
        ("{query: q, as: bar, x: s, y: n}", 0),
    ],
)
def test_an_alert_on_a_number_that_no_panel_shows_is_found(panel: str, count: int, tmp_path: Path) -> None:
    found = alerts(tmp_path, ALERT, metric=f"  twin: {{query: q, column: n}}\n{boards(panel)}")
    assert len(found.of("lint-unseen-level")) == count


def test_without_dashboards_nobody_looks_anyway(tmp_path: Path) -> None:
    assert alerts(tmp_path, ALERT).of("lint-unseen-level") == []


@pytest.mark.parametrize(
    ("alert", "count"),
    [
        (ALERT.replace("above bad", "above 10"), 1),
        (ALERT.replace("above bad", "at least 20"), 1),
        (f"{ALERT[:-1]}, resolve: {{when: below 10}}}}", 1),
        (ALERT.replace("above bad", "above 15"), 0),
        (ALERT, 0),
    ],
)
def test_a_number_that_stands_twice_is_found(alert: str, count: int, tmp_path: Path) -> None:
    assert len(alerts(tmp_path, alert).of("lint-repeated-number")) == count


def test_an_alert_with_all_that_it_needs_breaks_no_rule(tmp_path: Path) -> None:
    assert alerts(tmp_path, ALERT).codes == []
