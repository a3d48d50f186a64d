"""Nothing is accepted in silence: what means nothing, or drops something, is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.definition.resolving import SHOP, told


def alert(more: str) -> str:
    return f"alerts:\n  much: {{metric: n, when: high, severity: page, {more}}}\n"


def board(panel: str, more: str = "") -> str:
    return f"dashboards:\n  d: {{title: D, {more + ',' if more else ''} rows: [{{title: R, panels: [{panel}]}}]}}\n"


def contact(written: str) -> str:
    return f"notify:\n  contacts: {{c: {{{written}}}}}\n  routes: {{contact: c}}\n{alert('for: 5m')}"


EMPTY_HOST = "{grafana: {uid: u, manage: {host: '', database: d, user: u}}}"
MANAGED = "{grafana: {uid: u, manage: {host: 'postgres://x', database: d, user: u}}}"
EVENTS = "query: by_region, time: day, text: region, color: rde"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("alerts: {much: {any: [], severity: page}}", "alert-form: []"),
        ("alerts: {much: {all: [], severity: page}}", "alert-form: []"),
        ("alerts: {much: {metric: n, when: high, severity: ' '}}", "empty-text: ' '"),
        ("alerts: {much: {metric: n, severity: {high: page, worst: ''}}}", "empty-text: {high: page, worst: ''}"),
        ('alerts: {much: {metric: n, when: high, severity: "${env:WORD}"}}', 'secret-not-allowed: "${env:WORD}"'),
        ("constants: {since: {timestamp: 2025-W01-1}}", "wrong-date: {timestamp: 2025-W01-1}"),
        ("constants: {since: {timestamp: 2025-11-31T09:00}}", "wrong-date: {timestamp: 2025-11-31T09:00}"),
        ('constants: {since: {timestamp: "2025-11-08T09:00+01:00:30"}}', 'wrong-date: {timestamp: "2025-11-08T09:00+01:00:30"}'),
        ("hours: {open: {timezone: localtime}}", "unknown-timezone: localtime"),
        ("hours: {open: {timezone: posix/Europe/Berlin}}", "unknown-timezone: posix/Europe/Berlin"),
        ("environments: {a: {grafana: {version: newest}}}", "wrong-version: newest"),
        ("environments: {a: {default: true}, b: {metabase: {version: abc}}}", "wrong-version: abc"),
        ("environments: {a: {default: true}, b: {grafana: {organization: 0}}}", "wrong-number: 0"),
        (f"environments: {{a: {{default: true}}, b: {{sources: {{main: {MANAGED}}}}}}}", "managed-source: 'postgres://x'"),
        ("environments: {a: {contacts: {boss: none}}}", "unknown-name: boss"),
        (board("{as: text, text: t, range: 7d}"), "panel-key: range"),
        (board("{as: alerts, range: 7d}"), "panel-key: range"),
        (board("{as: table, query: by_region, range: 0d}"), "wrong-duration: 0d"),
        (board("{as: gauge, metric: n, min: 5, max: 5}"), "panel-size: 5"),
        (board("{as: text, text: t}", "publish: []"), "dashboard-empty: []"),
        (board("{as: text, text: t}", "range: 0h"), "wrong-duration: 0h"),
        (board("{as: text, text: t}", "refresh: 5ms"), "wrong-duration: 5ms"),
        (board("{as: text, text: t}", f"annotations: {{a: {{{EVENTS}}}}}"), "unknown-color: rde"),
        ("snippets: {draft: ''}", "empty-text: ''"),
        ("notify:", "wrong-type: notify"),
        (alert("for: "), "wrong-type: for"),
        (alert("resolve: {when: , for: 5m}"), "wrong-type: when"),
        (board("{as: text, text: t, width: }"), "wrong-type: width"),
        ("environments: {a: {sources: {main: {grafana: {uid: a b}}}}}", "wrong-id: a b"),
        (f"environments: {{a: {{sources: {{main: {EMPTY_HOST}}}}}}}", "managed-source: ''"),
        (contact("type: email, addresses: [a@b.de, nobody]"), "contact-form: nobody"),
        (contact("type: email, addresses: [a@b.de, a@b.de]"), "listed-twice: a@b.de"),
        (contact("type: webhook, url: ftp://a"), "contact-form: ftp://a"),
        (contact("type: webhook, url: https://a, max_alerts: -1"), "wrong-number: -1"),
        (alert("for: 101y"), "wrong-duration: 101y"),
        (alert("resolve: {}"), "missing-key: resolve"),
        ("  m: {query: orders, column: n, same_as: n, better: higher}", "thresholds-twice: better"),
        (
            "  m: {query: orders, column: n, history: {query: by_region, time: day, column: region}}",
            "metric-not-number: region",
        ),
    ],
)  # fmt: skip
def test_it_is_told(tmp_path: Path, more: str, expected: str) -> None:
    assert told(tmp_path, f"{more}\n") == [expected]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("region: {type: text, decimals: 2}", "unit-without-number: 2"),
        ("region: {type: text, levels: n}", "unit-without-number: n"),
        ("region: {type: text, scale: 2}", "unit-without-number: 2"),
        ("region: {type: text, values: {a: {text: A, color: rde}}}", "unknown-color: rde"),
        ("region: text, m: {type: integer, scale: 0}", "wrong-number: 0"),
        ("region: text, m: {type: integer, values: {abc: A, 1: One}}", "wrong-value: abc"),
        ("region: text, m: {type: boolean, values: {yes: A, true: B}}", "wrong-value: yes"),
    ],
)
def test_what_a_column_never_shows_is_told(tmp_path: Path, columns: str, expected: str) -> None:
    shop = SHOP.replace("columns: {region: text,", f"columns: {{{columns},")
    assert told(tmp_path, "", shop) == [expected]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{commands: {up: {ping: true}}}", ["source-form: commands"]),
        ("{type: redis, fixture: {schema: s.sql}}", ["source-form: fixture"]),
        (
            "{type: redis, commands: {up: {ping: true, count: a}, down: {}}}",
            ["source-form: up", "source-form: down"],
        ),
    ],
)
def test_what_a_source_of_its_type_does_not_have_is_told(
    tmp_path: Path, source: str, expected: list[str]
) -> None:
    shop = SHOP.replace("{type: postgres}}", f"{{type: postgres}}, other: {source}}}")
    shop = shop.replace("sql: SELECT", "source: main, sql: SELECT", 1).replace(
        "    key:", "    source: main\n    key:"
    )
    assert told(tmp_path, "", shop) == expected


def test_sql_is_not_asked_of_a_source_that_has_none(tmp_path: Path) -> None:
    shop = SHOP.replace("{type: postgres}}", "{type: postgres}, cache: {type: redis}}")
    shop = shop.replace("    key:", "    source: cache\n    key:")
    assert told(tmp_path, "", shop) == ["source-form: cache"]


def test_an_alert_that_a_line_makes_is_not_left_out_because_the_line_is_empty(tmp_path: Path) -> None:
    assert told(tmp_path, "", SHOP.replace("{type: postgres}", "{heartbeat: }")) == ["wrong-type: heartbeat"]


def test_where_nothing_is_a_value_it_is_read(tmp_path: Path) -> None:
    test = "tests: [{name: t, steps: [{at: 0m, values: {n: }}, {at: 5m, expect: {much: normal}}]}]\n"
    assert told(tmp_path, alert("for: 5m") + test) == []


def test_an_address_from_the_environment_is_known_there_alone(tmp_path: Path) -> None:
    assert told(tmp_path, contact('type: webhook, url: "${env:HOOK}"')) == []
    assert told(tmp_path, contact('type: email, addresses: "${env:MAIL}"')) == []


def test_a_way_back_may_not_overlap_by_however_little(tmp_path: Path) -> None:
    overlapping = (
        "alerts: {much: {metric: n, when: above 0, severity: page, resolve: {when: below 0.0000000001}}}\n"
    )
    assert told(tmp_path, overlapping) == ["alert-resolve: below 0.0000000001"]
    assert told(tmp_path, overlapping.replace("below 0.0000000001", "at most 0")) == []
