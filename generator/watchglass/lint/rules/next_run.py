"""The next run of a job of pg_cron, told without asking whether the job is active."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.lint.scope import Scope
from watchglass.lint.statement import outputs
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.lint.syntax import Syntax, walk

_JOBS = ("cron", "job")


def check(subject: Subject) -> Iterator[Finding]:
    """Find a next run computed from cron.job where nothing asks for ``active``."""
    for statement in subject.statements.values():
        scopes = statement.scopes
        if not any(item.table == _JOBS for scope in scopes for item in scope.items):
            continue
        if any(_asks_for_active(scope) for scope in scopes):
            continue
        for name, value in outputs(statement.scope):
            if "next" in name.casefold().split("_"):
                yield finding(
                    "lint-next-run",
                    f"'{name}' tells of a next run although the job may not be active",
                    statement.span(value),
                    statement.query.at.path,
                    hint="CASE WHEN active THEN … END: a job that is not active has no next run",
                )


def _asks_for_active(scope: Scope) -> bool:
    """Tell whether ``active`` decides something, other than being shown."""
    targets = [target.one("val") for target in scope.select.many("target_list")]
    shown = {id(value) for value in targets if value is not None}
    return any(
        node.name == "ColumnRef" and node.names("fields")[-1] == "active" and id(node) not in shown
        for node in _own(scope.select)
    )


def _own(select: Syntax) -> Iterator[Syntax]:
    return walk(select, into_selects=False)
