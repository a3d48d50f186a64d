"""A definition around one statement, or around a few lines, and what the rules say of it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.lint import lint
from watchglass.problems import Problem

SCHEMA = """
CREATE SCHEMA cron;
CREATE TABLE courses (
  id uuid PRIMARY KEY, organization_id uuid, status text, generation_status text, created_at timestamptz NOT NULL,
  local_at timestamp, day date, weight numeric, capacity integer CHECK (capacity > 0)
);
CREATE TABLE organizations (id uuid PRIMARY KEY, name text);
CREATE TABLE cron.job (jobid bigint, schedule text, command text, active boolean, jobname text);
CREATE TABLE cron.job_run_details (jobid bigint, runid bigint, status text, start_time timestamptz, end_time timestamptz);
CREATE VIEW recent AS SELECT c.*, o.name FROM courses AS c JOIN organizations AS o ON o.id = c.organization_id;
"""

HEAD = """
version: 1
service: {id: t, title: T, timezone: Europe/Berlin, owner: me}
levels: {good: green, bad: orange, worse: red}
"""

BOOK = "runbook: {impact: Bad., actions: [Look.]}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say of a definition."""

    problems: tuple[Problem, ...]
    text: str

    def of(self, code: str) -> list[str]:
        """List the words at which findings of a rule point."""
        return [self.pointed(problem) for problem in self.problems if problem.code == code]

    @property
    def codes(self) -> list[str]:
        """List the rules that are broken."""
        return sorted(problem.code for problem in self.problems)

    def pointed(self, problem: Problem) -> str:
        """Give the words at the place of a problem."""
        at = problem.span
        return self.text.split("\n")[at.line - 1][at.column - 1 : at.end_column - 1]


def judge(folder: Path, text: str, schema: str | None = SCHEMA) -> Judged:
    """Judge a whole definition, less its head and its source."""
    source = "sources: {main: {fixture: {schema: schema.sql}}}\n"
    whole = HEAD + (source if schema is not None else "sources: {main: {}}\n") + textwrap.dedent(text)
    if schema is not None:
        (folder / "schema.sql").write_text(schema, "utf-8")
    file = folder / "definition.yaml"
    file.write_text(whole, "utf-8")
    reading = read(file)
    assert reading.definition is not None, reading.problems
    resolved = resolve(reading.definition)
    assert resolved.service is not None, resolved.problems
    return Judged(lint(reading.definition, resolved.service), whole)


def judge_sql(
    folder: Path, sql: str, schema: str | None = SCHEMA, columns: str = "n: {type: integer, nullable: true}"
) -> Judged:
    """Judge one statement, in the query ``q``."""
    lines = textwrap.indent(textwrap.dedent(sql).strip(), "      ")
    return judge(folder, f"queries:\n  q:\n    columns: {{{columns}}}\n    sql: |\n{lines}\n", schema)
