"""The draft cleanup in states of its database: its own fixtures, changed by SQL, and what queries and alerts say of them."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from watchglass.artifact import Statement
from watchglass.database.embedded import Server
from watchglass.database.fixtures import scratch_database
from watchglass.definition.service import Alert, Service
from watchglass.pipeline import Compiled, compile_definition
from watchglass.targets.grafana.alert_queries import refs_of
from watchglass.validate.cases import Window, grafana_case, grafana_cases, window_of
from watchglass.validate.engine import Report, statements_of
from watchglass.validate.run import validate_definition

HOME = Path(__file__).parents[2] / "definitions"
DEFINITION = HOME / "draft-cleanup.yaml"
SCHEMA = (HOME / "fixtures/schema.sql").read_text("utf-8")
ROLE = "dashboards"

NO_DRAFTS = "DELETE FROM public.courses WHERE status = 'draft'"
NEVER_RAN = "TRUNCATE cron.job_run_details"
NO_JOB = "TRUNCATE cron.job, cron.job_run_details"
EMPTY = "TRUNCATE public.courses, public.organizations, auth.users, cron.job, cron.job_run_details"


@cache
def compiled(environment: str | None = None) -> Compiled:
    """Compile the definition as it stands."""
    return compile_definition(DEFINITION, environment)


def service() -> Service:
    """Give the resolved definition."""
    found = compiled().service
    assert found is not None
    return found


def validated(folder: Path, server: Server, change: str = "") -> Report:
    """Validate the definition in a copy whose fixtures are changed by SQL."""
    shutil.copytree(HOME, folder, dirs_exist_ok=True)
    if change:
        data = folder / "fixtures/data.sql"
        data.write_text(f"{data.read_text('utf-8')}\n{change};\n", "utf-8")
    made = compile_definition(folder / DEFINITION.name)
    assert made.definition is not None
    assert made.service is not None
    return validate_definition(made.definition, made.service, made.artifacts, {}, server)


@dataclass(frozen=True, slots=True)
class World:
    """One transaction in which the state is set as the superuser and asked for as the role of the dashboards."""

    connection: psycopg.Connection[Any]

    def run(self, sql: str) -> None:
        """Change the state."""
        self.connection.execute("RESET ROLE")
        self.connection.execute(sql.encode())

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """Ask as the dashboards' role."""
        self.connection.execute(f"SET LOCAL ROLE {ROLE}".encode())
        cursor = self.connection.execute(sql.encode())
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Give the rows of a query of the definition, as its plain SQL asks for them."""
        return self.ask(_plain()[query].sql.text)

    def shown(self, panel: str, end: datetime.timedelta) -> list[dict[str, Any]]:
        """Give the rows of a Grafana panel whose range ends so long after now."""
        (statement,) = [each for each in _statements() if (each.target, each.name) == ("grafana", panel)]
        now = datetime.datetime.now(tz=datetime.UTC)
        at = Window(now - datetime.timedelta(days=14), now + end, now.date(), now.date())
        return self.ask(grafana_case(service(), statement, {}, "all", "", at).sent.sql)

    def value(self, alert: Alert, metric: str) -> float | None:
        """Give the number that an alert's rule gets for a metric: the worst of its keys; None for no row."""
        rule = alert.rules[0]
        rows = self.ask(_sent(_alerts()[f"{rule.id}/{refs_of(alert, rule)[metric]}"]))
        return max((row["value"] for row in rows), default=None)

    def fires(self, alert: Alert) -> bool:
        """Tell whether the alert's conditions hold at one evaluation."""
        join = all if alert.rules[0].join == "all" else any
        numbers = [(each, self.value(alert, each.metric.id)) for each in alert.rules[0].conditions]
        return join(number is not None and each.comparison.holds(number) for each, number in numbers)

    def back(self, alert_id: str) -> bool:
        """Tell whether an alert that fires would be on its way back."""
        alert = service().alerts[alert_id]
        condition = alert.resolve.condition
        assert condition is not None
        number = self.value(alert, condition.metric.id)
        return number is not None and condition.comparison.holds(number)

    def firing(self) -> set[str]:
        """List the alerts whose conditions hold, without the watchdog: that of it holds always."""
        watching = (alert for alert in service().alerts.values() if alert.made_of != "watchdog")
        return {alert.id for alert in watching if self.fires(alert)}


@contextmanager
def database(server: Server, *files: str) -> Iterator[str]:
    """Fill a database with SQL texts, and give its connection string."""
    with scratch_database(server, "draft-cleanup-worlds") as scratch:
        scratch.load(files)
        yield scratch.dsn()


@contextmanager
def world(dsn: str) -> Iterator[World]:
    """Open a world in a database; what is changed in it is rolled back."""
    with psycopg.connect(dsn) as connection:
        yield World(connection)
        connection.rollback()


@cache
def _statements() -> tuple[Statement, ...]:
    return statements_of(compiled().artifacts)


def _plain() -> dict[str, Statement]:
    return {each.query: each for each in _statements() if each.target == "plain"}


def _alerts() -> dict[str, Statement]:
    return {each.name: each for each in _statements() if each.role == "alert"}


def _sent(statement: Statement) -> str:
    at = window_of(statement, datetime.datetime.now(tz=datetime.UTC), service().timezone)
    (case,) = grafana_cases(service(), statement, {}, at)
    return case.sent.sql
