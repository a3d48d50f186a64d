"""Panels over what is recorded: compiled for Grafana and Metabase, and run on the run's own database with its empty table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live import missing
from watchglass.database.embedded import NoServer
from watchglass.pipeline import Compiled, compile_definition
from watchglass.validate.session import Session

SCHEMA = """
CREATE TABLE queue (site text, lane text, waiting int);
INSERT INTO queue VALUES ('n', 'a', 3), ('n', 'b', 7);
CREATE ROLE dash;
GRANT SELECT ON queue TO dash;
"""
DEFINITION = """version: 1
service: {id: queue, title: Queue, owner: us, timezone: Europe/Berlin}
levels: {fine: green, bad: orange, broken: red}
sources:
  main: {type: postgres, fixture: {schema: schema.sql, role: dash}}
  archive: {type: postgres, fixture: {schema: schema.sql, role: dash}}
queries:
  waiting:
    source: main
    sql: SELECT sum(waiting) AS at FROM queue
    columns: {at: {type: integer, levels: waiting}}
  by_lane:
    source: main
    key: [site, lane]
    sql: SELECT site, lane, sum(waiting) AS waiting FROM queue GROUP BY site, lane
    columns: {site: text, lane: text, waiting: {type: integer, levels: lane}}
metrics:
  waiting: {query: waiting, column: at, better: lower, thresholds: {bad: 10, broken: 50}, history: {record: 5m, keep: 90d}}
  lane: {query: by_lane, column: waiting, better: lower, thresholds: {bad: 5, broken: 50}, history: {record: 1m}}
  far: {query: waiting, column: at, better: lower, thresholds: {bad: 5}, history: {record: 1h, source: archive}}
dashboards:
  board:
    title: Board
    publish: [grafana, metabase]
    rows:
      - title: All
        panels:
          - {metric: waiting, as: number, title: Now, description: d}
          - {metric: waiting, as: lines, title: Over time, description: d}
          - {metric: lane, as: bars, title: Lanes, description: d}
          - {metric: far, as: number, title: Far, description: d}
          - {metric: far, as: area, title: Far over time, description: d}
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    folder = tmp_path_factory.mktemp("queue")
    (folder / "schema.sql").write_text(SCHEMA)
    (folder / "queue.yaml").write_text(DEFINITION)
    return compile_definition(folder / "queue.yaml")


def statements(compiled: Compiled) -> dict[tuple[str, str], str]:
    return {
        (each.target, each.name): each.sql.text
        for artifact in compiled.artifacts
        for each in artifact.statements
    }


def test_a_panel_over_time_reads_the_readings_of_its_metric(compiled: Compiled) -> None:
    assert [problem.message for problem in compiled.problems] == []
    for target in ("grafana", "metabase"):
        sql = statements(compiled)[target, "board/waiting-lines"]
        assert "watchglass.readings" in sql
        assert "r.metric = 'waiting'" in sql


def test_a_number_has_the_curve_of_what_was_recorded_at_its_own_source_alone(compiled: Compiled) -> None:
    made = statements(compiled)
    assert "watchglass.readings" in made["grafana", "board/waiting-number"]
    assert "watchglass.readings" not in made["grafana", "board/far-number"]
    notes = [note.message for note in compiled.notes if note.object == "board/far-number"]
    assert "its history is kept at the source 'archive': the number has no curve" in notes


def test_each_key_has_its_own_line(compiled: Compiled) -> None:
    sql = statements(compiled)["grafana", "board/lane-bars"]
    assert "concat_ws(' / ', r.key ->> 'site', r.key ->> 'lane') AS \"series\"" in sql
    assert 'q."series"' in sql


def test_every_panel_runs_where_nothing_was_recorded_yet(compiled: Compiled) -> None:
    assert compiled.definition is not None
    assert compiled.service is not None
    try:
        with Session() as session:
            report = session.validate(compiled.definition, compiled.service, compiled.artifacts)
    except NoServer as absent:
        missing(absent.message)
    assert [problem.message for problem in report.problems] == []


def test_the_output_does_not_hang_on_the_environment_that_is_default(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text(SCHEMA)
    text = DEFINITION + "environments: {production: {default: true}, staging: {}}\n"
    (tmp_path / "queue.yaml").write_text(text)
    usual = statements(compile_definition(tmp_path / "queue.yaml"))["grafana", "board/waiting-lines"]
    staging = statements(compile_definition(tmp_path / "queue.yaml", "staging"))[
        "grafana", "board/waiting-lines"
    ]
    assert "r.service = 'queue'" in usual
    assert "r.service = 'queue-staging'" in staging
