"""The answers of a rule's queries become the values, or the error, of every query and expression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from watchglass.evaluation.expressions.command import CommandFailed, Moment
from watchglass.evaluation.results import Answer, Failure, Refused, Unreadable, read
from watchglass.evaluation.rule import Rule
from watchglass.evaluation.values import NoData, Values


@dataclass(frozen=True, slots=True)
class NodeError:
    """
    Why a node has no values.

    Args:
        ref: the node that failed first; an expression fails with the first input that failed.
        kind: ``query`` where PostgreSQL or the conversion of its answer failed: the alert is told of the query then.
    """

    ref: str
    kind: Literal["query", "expression"]
    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """What each node gave: values or an error."""

    values: Mapping[str, Values]
    errors: Mapping[str, NodeError]


def run(rule: Rule, answers: Mapping[str, Answer], moment: Moment) -> Run:
    """Read all answers and compute all expressions, those that the condition does not need, too."""
    values: dict[str, Values] = {}
    errors: dict[str, NodeError] = {}
    for ref, query in rule.queries.items():
        answer = answers[ref]
        if isinstance(answer, Failure):
            errors[ref] = NodeError(ref, "query", _failed(ref, f"db query error: {answer.text}"))
            continue
        try:
            values[ref] = read(answer, query.form)
        except Refused as error:
            errors[ref] = NodeError(ref, "query", _failed(ref, str(error)))
        except Unreadable as error:
            errors[ref] = NodeError(ref, "query", f"[sse.readDataError] [{ref}] got error: {error}")
    for ref, command in rule.commands.items():
        failed = next((errors[need] for need in command.needs if need in errors), None)
        if failed is not None:
            errors[ref] = failed
            continue
        try:
            values[ref] = command.run(values, moment)
        except CommandFailed as error:
            errors[ref] = NodeError(ref, "expression", f"failed to execute expression [{ref}]: {error}")
    return Run(values, errors)


def _failed(ref: str, text: str) -> str:
    return f"[sse.dataQueryError] failed to execute query [{ref}]: {text}"


def empty_queries(rule: Rule, made: Run) -> dict[str, list[str]]:
    """List, by data source, the queries without rows; one that failed counts as empty here."""
    found: dict[str, list[str]] = {}
    for ref in sorted(rule.queries):
        values = made.values.get(ref, ())
        if not values or isinstance(values[0], NoData):
            found.setdefault(rule.queries[ref].source, []).append(ref)
    return found
