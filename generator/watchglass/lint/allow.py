"""Rules that the definition switches off for one object, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from watchglass.artifact import Path
from watchglass.definition.read import Definition
from watchglass.definition.service import Alert, Dashboard, Metric, Panel, Query, Service
from watchglass.lint.subject import Finding
from watchglass.nearest import suggest
from watchglass.problems import Problem

_HOME: Path = ("service",)
_OWN = frozenset({"queries", "metrics", "alerts", "dashboards"})
"""Parts whose objects have an ``allow`` of their own."""


def allows(service: Service) -> dict[Path, Mapping[str, str]]:
    """Map the objects that allow something to what they allow."""
    parts: list[Query | Metric | Alert | Dashboard | Panel] = [
        *service.queries.values(),
        *service.metrics.values(),
    ]
    parts += [*service.alerts.values(), *service.dashboards.values()]
    parts += [panel for board in service.dashboards.values() for panel in board.panels]
    made = {part.at.path: part.allow for part in parts}
    return {path: allow for path, allow in {_HOME: service.allow, **made}.items() if allow}


def apply_allows(
    definition: Definition, service: Service, found: Iterable[Finding], rules: Iterable[str]
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Give what is not allowed, and what is allowed although nothing happens."""
    allowed = allows(service)
    used: set[tuple[Path, str]] = set()
    kept = []
    for each in found:
        homes = [path for path in _homes(each.path) if each.problem.code in allowed.get(path, {})]
        used |= {(path, each.problem.code) for path in homes}
        if not homes:
            kept.append(each.problem)
    codes = tuple(rules)
    idle = [(path, code) for path, allow in allowed.items() for code in allow if (path, code) not in used]
    unused = [_unused(definition, (*path, "allow", code), code, codes) for path, code in idle]
    return tuple(kept), tuple(unused)


def _homes(path: Path) -> tuple[Path, ...]:
    """Give the objects around a place."""
    if path[:1] and path[0] not in _OWN:
        return (_HOME,)
    return tuple(path[:length] for length in range(2, len(path) + 1))


def _unused(definition: Definition, path: Path, code: str, codes: tuple[str, ...]) -> Problem:
    known = code in codes
    message = f"nothing here breaks the rule '{code}'" if known else f"there is no rule '{code}'"
    hint = "remove it" if known else suggest(code, codes)
    return Problem("lint-unused-allow", message, definition.key_span(path), "warning", hint)
