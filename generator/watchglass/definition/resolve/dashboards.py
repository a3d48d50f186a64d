"""Dashboards: rows of panels, filters, annotations."""

from __future__ import annotations

from collections.abc import Mapping

from watchglass.artifact import Path
from watchglass.definition.model.dashboards import DashboardPart
from watchglass.definition.resolve.axis import check_color
from watchglass.definition.resolve.context import Context
from watchglass.definition.resolve.panels import resolve_panel
from watchglass.definition.service import Annotation, Dashboard, Link, Metric, Panel, Query, Row
from watchglass.sql.pieces import Filter


def resolve_dashboards(
    context: Context,
    metrics: Mapping[str, Metric],
    queries: Mapping[str, Query],
    filters: Mapping[str, Filter],
) -> dict[str, Dashboard]:
    """Resolve every board."""
    written = context.definition.model.dashboards
    return {
        name: _dashboard(context, name, part, metrics, queries, filters) for name, part in written.items()
    }


def _dashboard(
    context: Context,
    name: str,
    part: DashboardPart,
    metrics: Mapping[str, Metric],
    queries: Mapping[str, Query],
    filters: Mapping[str, Filter],
) -> Dashboard:
    path: Path = ("dashboards", name)
    context.distinct(part.filters, (*path, "filters"))
    for index, filter_id in enumerate(part.filters):
        context.find("filter", filter_id, filters, (*path, "filters", index))
    if not part.rows:
        context.report("dashboard-empty", "a dashboard has rows of panels", (*path, "rows"), key=True)
    if not part.publish:
        context.report("dashboard-empty", "the dashboard is published nowhere", (*path, "publish"))
    context.some_time(part.range, (*path, "range"))
    if part.refresh is not None and part.refresh.seconds < 1:
        context.report("wrong-duration", "a dashboard asks again after 1s or more", (*path, "refresh"))
    rows = []
    for index, row in enumerate(part.rows):
        at = (*path, "rows", index)
        panels = [
            resolve_panel(context, panel, (*at, "panels", place), metrics, queries)
            for place, panel in enumerate(row.panels)
        ]
        rows.append(
            Row(
                row.title,
                bool(row.collapsed),
                tuple(panel for panel in panels if panel is not None),
                context.at(at),
            )
        )
    _check_ids(context, [panel for row in rows for panel in row.panels])
    return Dashboard(
        name,
        part.title,
        part.description,
        tuple(dict.fromkeys(part.publish)),
        tuple(part.filters),
        part.range,
        part.refresh,
        bool(part.editable),
        tuple(rows),
        tuple(Link(link.title or link.url, link.url) for link in part.links),
        _annotations(context, part, queries, path),
        context.at(path),
        dict(part.allow),
    )


def _check_ids(context: Context, panels: list[Panel]) -> None:
    seen: dict[str, Panel] = {}
    for panel in panels:
        key = panel.id.casefold().replace("_", "-")
        if key in seen:
            context.report(
                "panel-id-twice", f"two panels have the id '{panel.id}'", panel.at.path, hint="give one of them an `id:`",
                related=[(seen[key].at.path, "the other one")],
            )  # fmt: skip
        seen.setdefault(key, panel)


def _annotations(
    context: Context, part: DashboardPart, queries: Mapping[str, Query], home: Path
) -> tuple[Annotation, ...]:
    made = []
    for name, written in part.annotations.items():
        path = (*home, "annotations", name)
        query = context.find_query(written.query, queries, (*path, "query"))
        if query is None:
            continue
        for key, column in (("time", written.time), ("end", written.end), ("text", written.text)):
            found = (
                context.find(f"column of '{query.id}'", column, query.columns, (*path, key))
                if column
                else None
            )
            if found is not None and key != "text" and not found.temporal:
                context.report("time-column", f"'{found.name}' is no date or timestamp", (*path, key))
        check_color(context, written.color, (*path, "color"))
        title = written.title or query.title
        made.append(
            Annotation(
                name, title, query, written.time, written.end, written.text, written.color, context.at(path)
            )
        )
    return tuple(made)
