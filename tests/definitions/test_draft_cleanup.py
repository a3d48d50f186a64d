"""The first deployment compiles, and every statement of it runs, whatever the tables hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.database.servers import server_15
from tests.definitions import worlds
from watchglass.database.embedded import Server
from watchglass.definition.schema import schema_text
from watchglass.lint import lint
from watchglass.sql.literals import name
from watchglass.validate.engine import Report, statements_of

TARGETS = {"grafana", "metabase", "plain"}

NOTES = {
    "grafana-semantics": {
        "draft_pollution_high",
        "old_drafts_pending",
        "notify",
        "draft_pollution_high, draft_pollution_critical, cleanup_job_stalled, cleanup_job_failures, old_drafts_pending",
    },
    "target-limit": {
        "investigation/hourly_traffic-heatmap",
        "report/health",
        "report/unused_drafts-number",
        "report/old_drafts-number",
        "report/job_gap-number",
        "trends/runs_per_day-number",
        "daily_report",
    },
}
"""What a target does otherwise than it is written: ways back, held messages, what follows, heat maps, numbers, PDF."""

QUERIES = {
    "system_health", "drafts_by_age", "cleanup_job", "cleanup_runs", "top_organizations", "daily_trend", "pending_audit",
    "hourly_traffic", "redis_consistency", "job_by_week", "before_after_redis", "session_duration", "weekly_trend",
    "monthly_trend", "job_by_day", "job_streaks", "job_performance", "recent_failures", "scheduled_jobs", "scheduler",
    "spike_sources", "suspicious_creators", "recent_drafts", "unused_average", "traffic_by_shift",
}  # fmt: skip


def told(report: Report) -> list[str]:
    """List what is wrong; that pg_cron's row security decides what the role sees is noted, and meant.

    Nor does the time that a statement takes count here: a busy machine is not a fault of the definition.
    """
    passed = {"row-security", "over-budget"}
    return [f"{each.code}: {each.message}" for each in report.problems if each.code not in passed]


@pytest.mark.parametrize("environment", [None, "staging"])
def test_it_compiles_without_a_problem(environment: str | None) -> None:
    made = worlds.compiled(environment)
    assert [problem.message for problem in made.problems] == []
    assert {artifact.target for artifact in made.artifacts} == TARGETS


def test_no_rule_has_anything_against_it() -> None:
    definition = worlds.compiled().definition
    assert definition is not None
    assert [problem.message for problem in lint(definition, worlds.service())] == []


def test_only_known_limits_of_the_targets_are_noted() -> None:
    notes = {(note.code, note.object) for note in worlds.compiled().notes}
    assert notes == {(code, each) for code, objects in NOTES.items() for each in objects}


def test_it_holds_every_query_and_shows_each_on_a_board_or_in_an_alert() -> None:
    service = worlds.service()
    boards = service.dashboards.values()
    panels = [panel for board in boards for row in board.rows for panel in row.panels]
    shown = {panel.query.id for panel in panels if panel.query is not None}
    asked = {
        each.metric.query.id
        for alert in service.alerts.values()
        if not alert.made_of
        for rule in alert.rules
        for each in rule.conditions
    }
    assert set(service.queries) == QUERIES
    assert shown | asked == QUERIES


def test_every_metric_is_shown_or_watched() -> None:
    service = worlds.service()
    panels = [panel for board in service.dashboards.values() for row in board.rows for panel in row.panels]
    used = {panel.metric.id for panel in panels if panel.metric is not None}
    for alert in service.alerts.values():
        used |= {each.metric.id for rule in alert.rules for each in rule.conditions}
        used |= {alert.resolve.condition.metric.id} if alert.resolve.condition else set()
    assert sorted(service.metrics.keys() - used) == []


def test_every_alert_says_what_to_do_and_by_when() -> None:
    for alert in (each for each in worlds.service().alerts.values() if not each.made_of):
        assert alert.respond_within is not None
        assert alert.summary.parts
        assert alert.description.parts
        assert alert.resolve.condition is not None
        assert alert.runbook is not None
        assert alert.runbook.impact
        assert len(alert.runbook.actions) >= 3
        assert alert.runbook.prevention
        assert alert.runbook.url.startswith("https://")


def test_every_panel_and_metric_is_described() -> None:
    service = worlds.service()
    boards = service.dashboards.values()
    panels = [panel for board in boards for row in board.rows for panel in row.panels]
    assert [panel.id for panel in panels if not (panel.title and panel.description)] == []
    assert [metric.id for metric in service.metrics.values() if not metric.description] == []


def test_no_statement_calls_a_function_that_deletes() -> None:
    texts = [statement.sql.text for statement in statements_of(worlds.compiled().artifacts)]
    assert [text for text in texts if "trigger_manual_cleanup" in text] == []


def test_the_schema_beside_it_is_that_of_the_model(golden: Callable[[Path, str], None]) -> None:
    golden(worlds.HOME / "schema/watchglass.schema.json", schema_text())


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Report:
    """Give the report on the fixtures as they are."""
    return worlds.validated(tmp_path_factory.mktemp("full"), server)


def test_every_statement_runs_on_the_fixtures(full: Report) -> None:
    assert told(full) == []
    assert {timing.statement.target for timing in full.timings} == TARGETS


@pytest.mark.parametrize(
    "change",
    [worlds.NO_DRAFTS, worlds.EMPTY, worlds.NEVER_RAN, worlds.NO_JOB],
    ids=["no drafts", "no rows at all", "a job that never ran", "no job"],
)
def test_every_statement_runs_where_there_is_nothing(change: str, tmp_path: Path, server: Server) -> None:
    assert told(worlds.validated(tmp_path, server, change)) == []


def test_every_statement_runs_on_postgresql_15(tmp_path: Path) -> None:
    with server_15() as running:
        assert told(worlds.validated(tmp_path, Server(Path(running.host)))) == []


def test_the_fixtures_are_large_and_odd_enough_to_try_statements_on(full: Report) -> None:
    plain = [proof for proof in full.proofs if proof.case.statement.target == "plain"]
    rows = {proof.case.statement.query: proof.outcome.rows for proof in plain}
    bare = {query for query, found in rows.items() if not found}
    assert bare <= {"spike_sources", "suspicious_creators"}  # these are about the last hour alone
    assert len(rows["top_organizations"]) == 10
    assert len(rows["monthly_trend"]) >= 12
    texts = {value for found in rows.values() for row in found for value in row if isinstance(value, str)}
    assert {"$__timeFilter(created_at) GmbH", "100% Online", 'Teacher\'s "draft" {{title}}'} <= texts
    assert "50% off [[today]] $__from" in texts


def test_the_fixtures_show_a_quiet_day(server: Server) -> None:
    data = (worlds.HOME / "fixtures/data.sql").read_text("utf-8")
    with worlds.database(server, worlds.SCHEMA, data) as dsn, worlds.world(dsn) as quiet:
        assert quiet.firing() == set()


def test_the_role_reads_what_the_queries_need_and_no_more(server: Server) -> None:
    with worlds.database(server, worlds.SCHEMA) as dsn, psycopg.connect(dsn) as connection:
        refused = [
            "DELETE FROM public.courses",
            "SELECT encrypted_password FROM auth.users",
            "SELECT command FROM cron.job",
            "SELECT * FROM public.trigger_manual_cleanup()",
            "SELECT * FROM public.check_pending_cleanup()",
        ]
        for sql in refused:
            connection.execute(f"SET ROLE {name(worlds.ROLE)}".encode())
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql.encode())
            connection.rollback()
