"""One mistake is one problem: what only follows from it is not told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.definition.resolving import SHOP, told

METRICS = """  a: {query: orders, column: n, same_as: b}
  b: {query: orders, column: n, same_as: a}
  c: {query: orders, column: n, same_as: b}
"""
FILTERS = """filters:
  a: {title: A, from: t, value: v, depends_on: {b: c}}
  b: {title: B, from: t, value: v, depends_on: {a: c}}
  c: {title: C, from: t, value: v, depends_on: {a: c}}
"""


NULLABLE = SHOP.replace("{n: integer}", "{n: {type: integer, nullable: true}}", 1)
WATCHED = "alerts: {much: {metric: n, when: high, severity: page}}\n"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param(METRICS, ["reference-cycle: b"], id="same_as in a circle"),
        pytest.param(FILTERS, ["reference-cycle: {b: c}"], id="filters in a circle"),
        pytest.param(
            "  m: {query: orders, column: n, better: lower, thresholds: {high: {durng: {x: 1}, otherwise: 2}}}\n",
            ["unknown-key: durng"],
            id="a threshold by hours",
        ),
    ],
)
def test_one_mistake_is_one_problem(tmp_path: Path, more: str, expected: list[str]) -> None:
    assert told(tmp_path, more) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("sources: {main: {type: postgres}}", "sources: {}", ["source-missing: sources"]),
        ("columns: {region: text, day: date, n: integer}", "columns: {}", ["columns-missing: columns"]),
    ],
)
def test_what_queries_lack_is_told_without_what_reads_them(
    tmp_path: Path, old: str, new: str, expected: list[str]
) -> None:
    more = "  m: {query: by_region, column: n}\nalerts: {much: {metric: m, when: above 3, severity: page}}\n"
    assert old in SHOP
    assert told(tmp_path, more, SHOP.replace(old, new)) == expected


def test_a_column_that_is_no_number_is_pointed_at(tmp_path: Path) -> None:
    panel = "{query: by_region, as: bar, x: region, y: [n, region]}"
    board = f"dashboards: {{d: {{title: D, rows: [{{title: R, panels: [{panel}]}}]}}}}\n"
    assert told(tmp_path, board) == ["panel-numbers: region"]


def test_a_wrong_meaning_of_null_is_not_a_missing_one(tmp_path: Path) -> None:
    shop = NULLABLE.replace("worst: 20}}", "worst: 20}, when_null: wrst}")
    assert told(tmp_path, WATCHED, shop) == ["unknown-name: wrst"]


CLASHING = """
notify:
  contacts: {team: {type: email, addresses: team@example.com}}
  group: {by: [region]}
  routes:
    - {alert: many, labels: {region: north}, contact: team}
    - {contact: team}
alerts:
  many: {metric: per_region, when: above 5, severity: page, show: [day], summary: "{{ labels.region }} {{ labels.day }}"}
  joined: {any: [{metric: n, when: high}, {metric: m, when: above 3}], severity: page, resolve: {metric: back, when: below 1}}
  by_level: {metric: shared, severity: {high: page, worst: wake}}
tests:
  - name: numbers
    steps:
      - {at: 0m, values: {n: 0, m: 0, back: 5}}
      - {at: 5m, expect: {joined: {is: normal, values: {back: 5}}}}
dashboards:
  d: {title: D, rows: [{title: R, panels: [{metric: past, as: lines}]}]}
"""
METRICS_OF_IT = """  per_region: {query: by_region, column: n}
  m: {query: orders, column: n}
  back: {query: orders, column: n}
  shared: {query: orders, column: n, same_as: n}
  past: {query: orders, column: n, history: {query: by_region, time: day}}
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("key: [region]", "key: [regoin]"),
        ("per_region: {query: by_region", "per_region: {query: by_regoin"),
        ("same_as: n", "same_as: m1"),
        ("history: {query: by_region, time: day}", "history: {query: by_region, time: dya}"),
        ("show: [day]", "show: [dya]"),
        ("{alert: many,", "{alert: mnay,"),
        ("metric: per_region, when", "metric: per_regoin, when"),
        ("any: [{metric: n, when: high}", "any: [{metric: n, when: hgih}"),
        ("resolve: {metric: back", "resolve: {metric: bakc"),
        ("contact: team}\n    - {", "contact: taem}\n    - {"),
        ("back: {query: orders, column: n", "back: {query: orders, column: nn"),
    ],
)
def test_a_name_that_is_wrong_is_told_where_it_stands_and_nowhere_else(
    tmp_path: Path, old: str, new: str
) -> None:
    assert told(tmp_path, METRICS_OF_IT + CLASHING) == []
    text = SHOP + METRICS_OF_IT + CLASHING
    assert old in text
    found = told(tmp_path, "", text.replace(old, new, 1))
    assert [each.partition(":")[0] for each in found] == ["unknown-name"]


def test_an_address_of_a_mail_is_pointed_at_in_its_list(tmp_path: Path) -> None:
    panel = "{query: orders, as: table}"
    board = f"dashboards: {{d: {{title: D, publish: metabase, rows: [{{title: R, panels: [{panel}]}}]}}}}\n"
    hourly = "dashboard: d, at: {hourly: true}"
    mails = f"subscriptions:\n  one: {{{hourly}, to: [nobody]}}\n  plain: {{{hourly}, to: none}}\n"
    assert told(tmp_path, board + mails) == ["subscription-form: nobody", "subscription-form: none"]


def test_blanks_around_a_target_mean_nothing(tmp_path: Path) -> None:
    shop = SHOP.replace("worst: 20}}", "worst: 20}, target: ' better than high '}")
    assert told(tmp_path, "", shop) == []


@pytest.mark.parametrize("second", ["n-number", "n_number"])
def test_two_panels_of_one_id_are_told_once_also_where_they_are_questions(
    tmp_path: Path, second: str
) -> None:
    panels = f"[{{id: n-number, metric: n, as: number}}, {{id: {second}, metric: n, as: gauge}}]"
    board = f"dashboards: {{b: {{title: B, publish: metabase, rows: [{{title: R, panels: {panels}}}]}}}}\n"
    assert [problem.partition(":")[0] for problem in told(tmp_path, board)] == ["panel-id-twice"]
