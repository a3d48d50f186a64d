"""A number that is no count, drawn without a unit."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.definition.service import Column, Panel
from watchglass.lint.subject import Finding, Subject, finding

_DRAWN = frozenset({"number", "gauge", "bar_gauge", "lines", "area", "bars", "bar", "histogram", "pie"})


def check(subject: Subject) -> Iterator[Finding]:
    """Find columns of type number that panels draw, and metrics that they show, without a unit."""
    seen: set[tuple[str | int, ...]] = set()
    for panel in subject.panels:
        for column in _columns(panel):
            if column.at.path not in seen:
                seen.add(column.at.path)
                yield finding(
                    "lint-no-unit",
                    f"'{column.name}' has no unit, and the panel '{panel.id}' shows it: of what?",
                    column.at.span,
                    column.at.path,
                    hint=f"{column.name}: {{type: number, unit: …}}; any text is a unit",
                )


def _columns(panel: Panel) -> Iterator[Column]:
    if panel.kind not in _DRAWN or panel.query is None:
        return
    if panel.metric is not None:
        shown = panel.metric.column
        if panel.metric.unit is None and shown.type == "number" and shown.unit is None:
            yield shown
        return
    for name in (*panel.y, panel.value):
        column = panel.query.columns.get(name or "")
        if column is not None and column.type == "number" and column.unit is None:
            yield column
