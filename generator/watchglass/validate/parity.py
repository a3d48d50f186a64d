"""Twins: what Grafana's panel and Metabase's question send for the same range and filters must give the same rows."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from watchglass.artifact import Statement
from watchglass.database.proof import Outcome
from watchglass.database.proof import Statement as Sent
from watchglass.definition.service import Service
from watchglass.problems import Problem
from watchglass.sql.metabase import FROM_TAG, TO_TAG
from watchglass.validate.cases import Case, Chosen, choices, grafana_case, metabase_case, window_of
from watchglass.validate.finding import Finding, in_cases, in_statements

TIMEZONES = ("UTC", "Pacific/Apia")
"""Session time zones under which twins are compared: a result that depends on them is wrong in one of them."""

_EXACT = frozenset(
    {"text", "varchar", "bool", "int2", "int4", "int8", "numeric", "date", "timestamp", "timestamptz", "uuid"}
)
"""Types whose values are told alike where Python takes them for equal: no zero with a sign, no time of another zone."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two cases of one twin, for one choice of filter values."""

    grafana: Case
    metabase: Case

    @property
    def sent(self) -> tuple[Sent, ...]:
        """What is sent in one snapshot: both under each of the time zones."""
        both = (self.grafana.sent, self.metabase.sent)
        return tuple(replace(each, timezone=zone) for zone in TIMEZONES for each in both)


def pairs(
    service: Service,
    grafana: Statement,
    metabase: Statement,
    values: Mapping[str, tuple[str, ...]],
    now: datetime.datetime,
) -> list[Pair]:
    """Give a twin, for whole days, for each choice of filters."""
    at = window_of(metabase, now, service.timezone)
    ranged = FROM_TAG in metabase.tags
    days = {FROM_TAG: at.first_day, TO_TAG: at.last_day} if ranged else {}
    shared = tuple(name for name in grafana.variables if name in metabase.variables)
    chosen: dict[str, Chosen] = choices(shared, values, service.filters)
    return [
        Pair(
            grafana_case(service, grafana, picked, "" if name else "all", name, at),
            metabase_case(service, metabase, picked, days, name),
        )
        for name, picked in chosen.items()
        if _says_the_same(service, picked)
    ]


def judge(answered: Iterable[tuple[Pair, Sequence[Outcome]]]) -> tuple[Finding, ...]:
    """Tell the twins that differ, from each other or between time zones."""
    findings: dict[tuple[str, str], Finding] = {}
    for pair, outcomes in answered:
        if any(outcome.error for outcome in outcomes):
            continue  # told by the run of the statement itself
        found = _judge(pair, outcomes)
        if found is not None:
            cases = [pair.grafana, pair.metabase]
            findings.setdefault((pair.grafana.statement.twin, found.code), in_cases(found, cases))
    return tuple(findings.values())


def in_zones(case: Case) -> tuple[Sent, ...]:
    """Give what is sent for a case in one snapshot: a query, which is pasted into an editor, under each of the time zones."""
    if case.statement.target != "plain":
        return (case.sent,)
    return tuple(replace(case.sent, timezone=zone) for zone in TIMEZONES)


def judge_zones(groups: Iterable[tuple[Case, Sequence[Outcome]]]) -> tuple[Finding, ...]:
    """Tell the queries whose rows depend on the session's time zone."""
    found = []
    for case, outcomes in groups:
        if len(outcomes) == 1 or any(outcome.error for outcome in outcomes):
            continue  # told by the run of the statement itself
        if _differ(*outcomes):
            problem = _zone_problem(case.statement, case.statement.name, _difference(*outcomes))
            found.append(in_statements(problem, case.statement))
    return tuple(found)


def twins(statements: Iterable[Statement]) -> tuple[tuple[Statement, Statement], ...]:
    """
    Pair the statements of Grafana and Metabase that show the same.

    A panel with a range of its own is left out: it ends now at both, but Grafana sends the instant that its own clock
    shows and Metabase asks the database, so the rows at the edges may differ.
    """
    found: dict[str, dict[str, Statement]] = {}
    for statement in statements:
        if statement.twin:
            found.setdefault(statement.twin, {})[statement.target] = statement
    return tuple(
        (pair["grafana"], pair["metabase"])
        for pair in found.values()
        if len(pair) == 2 and (FROM_TAG in pair["metabase"].tags or "$__time" not in pair["grafana"].sql.text)
    )


def _says_the_same(service: Service, picked: Chosen) -> bool:
    """Tell whether both can be asked it: a text tag of Metabase takes one value of fixed options."""
    return all(service.filters[name].table is not None or len(values) <= 1 for name, values in picked.items())


def _judge(pair: Pair, outcomes: Sequence[Outcome]) -> Problem | None:
    grafana, metabase, elsewhere, _ = outcomes
    statement = pair.grafana.statement
    suffix = f" ({pair.grafana.name})" if pair.grafana.name else ""
    if _differ(grafana, elsewhere):
        return _zone_problem(statement, f"{statement.name}{suffix}", _difference(grafana, elsewhere))
    if _differ(grafana, metabase):
        message = f"{statement.name}{suffix}: Grafana and Metabase would show different rows: {_difference(grafana, metabase)}"
        return Problem("twin-differs", message, statement.span)
    return None


def _zone_problem(statement: Statement, name: str, difference: str) -> Problem:
    message = f"{name}: the rows depend on the session's time zone ({' or '.join(TIMEZONES)}): {difference}"
    hint = "cut days with {{ bucket(…) }}, or with AT TIME ZONE and the service's zone"
    return Problem("session-timezone", message, statement.span, hint=hint)


def _differ(one: Outcome, other: Outcome) -> bool:
    """Tell whether two outcomes have other rows, in whatever order."""
    types = [[column.type_name for column in outcome.columns] for outcome in (one, other)]
    if types[0] == types[1] and _EXACT.issuperset(types[0]) and one.rows == other.rows:
        return False
    return _normal(one.rows) != _normal(other.rows)


def _difference(one: Outcome, other: Outcome) -> str:
    left, right = _normal(one.rows), _normal(other.rows)
    if len(left) != len(right):
        return f"{len(left)} and {len(right)} rows"
    here, there = next((pair for pair in zip(left, right, strict=True) if pair[0] != pair[1]), ((), ()))
    return f"({', '.join(here)}) and ({', '.join(there)})"


def _normal(rows: Iterable[Sequence[object]]) -> list[tuple[str, ...]]:
    return sorted(tuple(_value(value) for value in row) for row in rows)


def _value(value: object) -> str:
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(datetime.UTC).isoformat()
    if isinstance(value, (int, float, decimal.Decimal)) and not isinstance(value, bool):
        return f"{float(value):.9g}"
    return str(value)
