"""Statements are expanded as a real Grafana 12.3 did it, letter for letter (tests/contracts/grafana-postgresql.json)."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from watchglass.validate.expansion import ExpansionError
from watchglass.validate.grafana_expand import Variable, expand_macros, interpolate

RECORDED = json.loads((Path(__file__).parents[1] / "contracts" / "grafana-postgresql.json").read_text())
START = datetime.datetime.fromtimestamp(RECORDED["from_ms"] / 1000, datetime.UTC)
END = datetime.datetime.fromtimestamp(RECORDED["to_ms"] / 1000, datetime.UTC)
INTERVAL = datetime.timedelta(milliseconds=RECORDED["interval_ms"])


def expanded(sql: str) -> str:
    return expand_macros(sql, time_from=START, time_to=END, interval=INTERVAL).text


def asked(record: dict[str, Any]) -> str:
    """Give the statement that was sent: two macros and comments stood bare in a list, the rest in parentheses."""
    bare = record["macro"].startswith(("$__time(", "$__timeEpoch(", "--"))
    return f"select {record['macro']} from courses c limit 1" if bare else f"select ({record['macro']}) as x"


EXECUTED = [record for record in RECORDED["macros"] if "executed" in record]
REFUSED = [record for record in RECORDED["macros"] if "executed" not in record]


def test_every_recorded_macro_is_compared() -> None:
    assert (len(EXECUTED), len(REFUSED)) == (43, 5)


@pytest.mark.parametrize("record", EXECUTED, ids=lambda record: record["macro"])
def test_a_macro_becomes_what_the_server_executed(record: dict[str, Any]) -> None:
    assert expanded(asked(record)) == record["executed"]


@pytest.mark.parametrize("record", REFUSED, ids=lambda record: record["macro"])
def test_what_the_server_refused_is_refused_in_its_words(record: dict[str, Any]) -> None:
    with pytest.raises(ExpansionError) as refused:
        expanded(asked(record))
    assert f"interpolation failed: {refused.value}" == record["error"]
    assert asked(record)[refused.value.offset] == "$"


@pytest.mark.parametrize(
    "record",
    [record for record in RECORDED["shapes"] if "executed" in record],
    ids=lambda record: record["sql"],
)
def test_a_recorded_statement_becomes_what_the_server_executed(record: dict[str, Any]) -> None:
    assert expanded(record["sql"]) == record["executed"]


MANY = Variable("org", multi=True, include_all=True, all_value="NULL", selected=("a", "it's"))
ONE = Variable("org", multi=False, include_all=False, selected=("it's",))
ALL = Variable("org", multi=True, include_all=True, all_value="NULL")
LISTED = Variable("org", multi=True, include_all=True, options=(("A", "a"), ("B", "b")))
NONE = Variable("org", multi=True, include_all=True, all_value="NULL", selected=())


@pytest.mark.parametrize(
    ("text", "variable", "result"),
    [
        ("ARRAY[${org}]", MANY, "ARRAY['a','it''s']"),
        ("[[org]] $org ${org}", MANY, "'a','it''s' 'a','it''s' 'a','it''s'"),
        ("'$org'", ONE, "'it''s'"),
        ("ARRAY[${org}]", ALL, "ARRAY[NULL]"),
        ("ARRAY[${org}]", LISTED, "ARRAY['a','b']"),
        ("ARRAY[${org}]", NONE, "ARRAY[]"),
        ("${org:raw} ${org:csv} ${org:pipe} [[org:raw]]", MANY, "a,it's a,it's a|it's a,it's"),
        ("${org:sqlstring}", MANY, "'a','it''s'"),
        ("${org:text}", ALL, "All"),
        ("$other ${other} [[other]] $orga", MANY, "$other ${other} [[other]] $orga"),
        ("${__from} $__to $__range_s", MANY, "1767225600000 1767312000000 86400"),
    ],
)
def test_a_variable_is_filled_in(text: str, variable: Variable, result: str) -> None:
    assert interpolate(text, {"org": variable}, time_from=START, time_to=END).text == result


def test_a_value_is_not_read_for_variables_again() -> None:
    org = Variable("org", multi=True, include_all=True, selected=("$org",))
    assert interpolate("${org}", {"org": org}).text == "'$org'"


@pytest.mark.parametrize("word", ["before", "after"])
def test_every_character_kept_is_found_again(word: str) -> None:
    sql = "before $__timeFilter(t) $__interval $__interval_ms ${org} after"
    filled = interpolate(sql, {"org": MANY}, time_from=START, time_to=END)
    sent = expand_macros(filled.text, time_from=START, time_to=END, interval=INTERVAL)
    way = sent.map.then(filled.map)
    assert way.source(sent.text.index(word)) == sql.index(word)
    assert sql[way.source(sent.text.index("BETWEEN"))] == "$"
