"""Answers are recorded once and compared from then on: the same on every day, and told row by row where they differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.live import missing
from watchglass.database.embedded import NoServer, Server, embedded_server
from watchglass.pipeline import Compiled, compile_definition
from watchglass.problems import Problem
from watchglass.validate.answers.recording import judge_answers, record_answers

DEFINITION = """version: 1
service: {id: shop, title: Shop, timezone: Europe/Berlin}
levels: {fine: green, bad: red}
sources: {main: {type: postgres, fixture: {schema: schema.sql, data: data.sql, role: reader}}}
filters:
  state: {title: State, from: orders, value: state, type: text}
queries:
  filtered:
    sql: SELECT count(*) AS n FROM orders WHERE {{ matches('state', 'state') }}
    columns: {n: integer}
  ages:
    sql: |
      SELECT state, count(*) AS n, round(avg(extract(epoch FROM now() - at)) / 3600, 1) AS hours
      FROM orders WHERE at > now() - INTERVAL '2 days' GROUP BY state ORDER BY state
    key: [state]
    columns: {state: text, n: integer, hours: number}
  listed:
    sql: SELECT token, state FROM orders ORDER BY at
    columns: {token: text, state: text}
  none:
    sql: SELECT max(hours) AS hours FROM (SELECT NULL::float8 AS hours) AS nothing
    columns: {hours: {type: number, nullable: true}}
metrics:
  open: {query: ages, column: n, where: {state: open}, title: Open, better: lower, thresholds: {bad: 2}}
  longest: {query: none, column: hours, title: Longest, better: lower, thresholds: {bad: 2}, when_null: 7}
  each: {query: ages, column: hours, title: Ages, better: lower, thresholds: {bad: 10}}
"""
SCHEMA = """CREATE TABLE orders (token text DEFAULT gen_random_uuid()::text, state text NOT NULL, at timestamptz NOT NULL);
CREATE ROLE reader; GRANT SELECT ON orders TO reader;
"""
DATA = """INSERT INTO orders (state, at) VALUES ('open', now() - INTERVAL '1 hour'), ('open', now() - INTERVAL '3 hours'),
  ('paid', now() - INTERVAL '20 hours'), ('paid', now() - INTERVAL '3 days');
"""
Shop = Callable[..., Compiled]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    try:
        with embedded_server() as made:
            yield made
    except NoServer as absent:
        missing(absent.message)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    def compiled(old: str = "", new: str = "", data: str = DATA) -> Compiled:
        assert old in DEFINITION
        (tmp_path / "shop.yaml").write_text(DEFINITION.replace(old, new) if old else DEFINITION)
        (tmp_path / "schema.sql").write_text(SCHEMA)
        (tmp_path / "data.sql").write_text(data)
        made = compile_definition(tmp_path / "shop.yaml")
        assert [problem.message for problem in made.problems if problem.level == "error"] == []
        return made

    return compiled


def recorded(made: Compiled, server: Server) -> Path:
    assert made.definition is not None
    assert made.service is not None
    return record_answers(made.definition, made.service, made.artifacts, lambda: server)


def judged(made: Compiled, server: Server) -> tuple[Problem, ...] | None:
    assert made.definition is not None
    assert made.service is not None
    return judge_answers(made.definition, made.service, made.artifacts, lambda: server)


def test_what_was_recorded_is_the_same_from_then_on(shop: Shop, server: Server) -> None:
    path = recorded(shop(), server)
    first = path.read_bytes()
    assert judged(shop(), server) == ()
    assert recorded(shop(), server).read_bytes() == first


def test_rows_and_levels_are_written_and_what_chance_makes_is_not(shop: Shop, server: Server) -> None:
    found = json.loads(recorded(shop(), server).read_text("utf-8"))
    assert found["queries"]["ages"]["rows"] == [["open", 2, 2], ["paid", 1, 20]]
    assert found["queries"]["filtered"]["rows"] == [[4]]
    assert found["queries"]["filtered | state"]["rows"] == [[2]]
    assert found["queries"]["listed"]["columns"] == ["state"]
    assert found["metrics"] == {
        "open": {"columns": ["value", "level"], "rows": [[2, "bad"]]},
        "longest": {"columns": ["value", "level"], "rows": [[7, "bad"]]},
        "each": {"columns": ["state", "value", "level"], "rows": [["open", 2, "fine"], ["paid", 20, "bad"]]},
    }


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("at > now()", "at >= now()", None),
        ("at > now()", "at < now()", "1 row, where 2 were recorded"),
        ("'2 days'", "'4 days'", "row 2: n was 1 and is 2, hours was 20 and is 46"),
        ("/ 3600", "/ 60", "row 1: hours was 2 and is 120"),
        ("WHERE at > now() - INTERVAL '2 days' ", "", "n was 1 and is 2"),
        ("where: {state: open}", "where: {state: paid}", "the metric 'open' is another than was recorded: row 1: value was 2"),
        ("thresholds: {bad: 2}}\n  longest", "thresholds: {bad: 3}}\n  longest", "level was bad and is fine"),
        ("when_null: 7", "when_null: 1", "value was 7 and is 1, level was bad and is fine"),
        ("ORDER BY state\n", "ORDER BY state DESC\n", "row 1: state was open and is paid"),
        ("{{ matches('state', 'state') }}", "TRUE", "'filtered' with a value of state chosen was recorded"),
        ("max(hours)", "1 / max(0)", "it fails: division by zero"),
    ],
)  # fmt: skip
def test_another_answer_is_told(old: str, new: str, words: str | None, shop: Shop, server: Server) -> None:
    recorded(shop(), server)
    found = judged(shop(old, new), server)
    assert found is not None
    assert [problem.code for problem in found] == ([] if words is None else ["answer-changed"] * len(found))
    assert words is None or words in found[0].message


def test_without_a_file_nothing_is_compared_and_no_server_is_asked_for(shop: Shop) -> None:
    made = shop()
    assert made.definition is not None
    assert made.service is not None
    assert judge_answers(made.definition, made.service, made.artifacts, lambda: pytest.fail("asked")) is None


def test_a_query_that_came_later_is_a_warning(shop: Shop, server: Server) -> None:
    path = recorded(shop(), server)
    found = json.loads(path.read_text("utf-8"))
    del found["queries"]["listed"]
    path.write_text(json.dumps(found))
    (problem,) = judged(shop(), server) or ()
    assert (problem.code, problem.level) == ("answer-missing", "warning")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"form": 2}', '{"form": 1, "at": "x"}', "<<<<<<< HEAD"])
def test_a_file_that_is_none_is_told(text: str, shop: Shop, server: Server) -> None:
    recorded(shop(), server).write_text(text)
    (problem,) = judged(shop(), server) or ()
    assert problem.code == "answer-file"


def test_a_fixture_that_is_refused_leaves_no_answer_unsaid(shop: Shop, server: Server) -> None:
    recorded(shop(), server)
    found = judged(shop(data="INSERT INTO nowhere VALUES (1);"), server) or ()
    assert [problem.message.partition(":")[0] for problem in found] == [
        f"'{name}' gives no answer" for name in ("filtered", "ages", "listed", "none")
    ]
