"""A change that a migration makes to statements, and what two sides of it are compared by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from watchglass.artifact import Role, Statement
from watchglass.database.proof import Outcome
from watchglass.definition.service import Service
from watchglass.problems import Severity, Span
from watchglass.validate.cases import Case
from watchglass.validate.migration.facts import Facts
from watchglass.validate.migration.looking import Answer, Side


@dataclass(frozen=True, slots=True)
class Spot:
    """A statement that a change is true of, and the place in the definition that shows it."""

    target: str
    name: str
    role: Role
    span: Span

    @classmethod
    def of(cls, statement: Statement, span: Span | None = None) -> Self:
        """Make one; its place is the statement's own where none is given."""
        return cls(statement.target, statement.name, statement.role, span or statement.span)


@dataclass(frozen=True, slots=True)
class Moment:
    """A database amid a migration: what a case gives there, and its structure."""

    ask: Callable[[Case], Answer]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Change:
    """
    One change.

    Args:
        cause: what happened, in words; changes of one cause are told as one.
        probe: what is another thing after the statement of the migration that did it.
        detail: what of the statement is meant, such as a column; changes of one cause are told with all of theirs.
        breaks: whether PostgreSQL refuses the statement from now on.
        by_rows: whether it was seen in the rows alone, which a statement that changes data is meant to do.
    """

    cause: str
    spots: tuple[Spot, ...]
    probe: Callable[[Moment], object]
    level: Severity = "error"
    hint: str = ""
    detail: str = ""
    breaks: bool = False
    by_rows: bool = False


@dataclass(slots=True)
class Comparison:
    """
    What is compared.

    Args:
        has_data: whether there are rows of a fixture; a structure that was pulled has none.
        again: runs cases once more as they were before: what differs there, too, was not changed.
        ask: asks a case as it was before.
    """

    service: Service
    has_data: bool
    before: Side
    after: Side
    again: Callable[[Sequence[Case]], list[Outcome]]
    ask: Callable[[Case], Answer]
    told: set[tuple[str, str]] = field(default_factory=set)
    """Statements, by target and name, of which something was told."""
