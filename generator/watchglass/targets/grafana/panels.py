"""One panel as Grafana's JSON: its query, its look, its links; and where each number and text of it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from watchglass import naming
from watchglass.artifact import Json, Note, Path, Statement
from watchglass.definition.layout import Place
from watchglass.definition.service import Alert, Column, Dashboard, Link, Metric, Panel, Service
from watchglass.definition.shown import (
    Shown,
    axis_of,
    curve_of,
    queries_of,
    shown,
    shown_with_history,
    step_places_of,
)
from watchglass.definition.telling import describe_panel, window
from watchglass.durations import Duration
from watchglass.sql.grafana import GrafanaDialect
from watchglass.sql.render import render
from watchglass.targets.grafana import fields
from watchglass.targets.grafana.data_sources import source_of
from watchglass.targets.grafana.kinds import look
from watchglass.targets.grafana.look import TIME, Look, Subject
from watchglass.targets.grafana.model import SqlTarget, Visual
from watchglass.thresholds import Thresholds

REF = "A"
"""The refId of a panel's only query."""

_TIMED = frozenset({"lines", "area", "bars", "states", "logs"})


@dataclass(frozen=True, slots=True)
class Board:
    """
    What a panel must know of its dashboard.

    Args:
        filters: the filters that the dashboard offers as variables.
        range: the time range that it opens with.
    """

    service: Service
    dashboard: Dashboard
    filters: frozenset[str]
    range: Duration


@dataclass(frozen=True, slots=True)
class Drawn:
    """A panel with its statement and the places of its parts; pointers stand within the panel."""

    visual: Visual
    statement: Statement | None
    origins: Mapping[str, Path]
    notes: tuple[Note, ...]


def number_of(board: Dashboard, panel: Panel) -> int:
    """Give the number by which Grafana's links and alerts know a panel."""
    return naming.panel_number(f"{board.id}/{panel.id}")


def build_panel(board: Board, panel: Panel, place: Place) -> Drawn:
    """Build one panel."""
    rows, curve = _rows(board.service, panel)
    seen = look(Subject(panel, rows, curve, {"service": board.service.id}))
    statement = _statement(board, panel, rows, seen, curve=curve) if panel.query is not None else None
    name = f"{board.dashboard.id}/{panel.id}"
    texts = (*seen.notes, *_without_curve(panel))
    notes = tuple(Note("grafana", name, text, panel.at.span) for text in texts)
    return Drawn(_visual(board, panel, seen, statement, place), statement, _origins(panel, rows, seen), notes)


def _rows(service: Service, panel: Panel) -> tuple[Shown, bool]:
    """Make the rows that a panel shows; a single number with a history shows it as a curve."""
    metric, query = panel.metric, panel.query
    if metric is not None and curve_of(panel) is not None:
        return shown_with_history(metric, service.timezone), True
    if query is None:
        return Shown((), ()), False
    timed = panel.kind in _TIMED or (panel.kind == "heatmap" and panel.x is None)
    return shown(panel, query, service.timezone, TIME if timed else ""), False


def _without_curve(panel: Panel) -> tuple[str, ...]:
    metric = panel.metric
    if panel.kind != "number" or metric is None or metric.history is None or curve_of(panel) is not None:
        return ()
    return (f"its history is kept at the source '{metric.history.query.source.id}': the number has no curve",)


def _statement(board: Board, panel: Panel, rows: Shown, seen: Look, *, curve: bool) -> Statement:
    service, query = board.service, panel.query
    assert query is not None, "only a panel with a query has a statement"
    dialect = GrafanaDialect(service.timezone, service.filters, offered=board.filters)
    read = dict.fromkeys(name for each in queries_of(panel) for name in each.template.filters)
    return Statement(
        "grafana",
        "panel",
        f"{board.dashboard.id}/{panel.id}",
        render(rows.pieces, dialect),
        "/targets/0/rawSql",
        panel.at.span,
        format=seen.shape,
        variables=tuple(name for name in read if name in board.filters),
        query=query.id if rows.whole else "",
        twin="" if curve else f"{board.dashboard.id}/{panel.id}",
        range=window(panel.range, board.dashboard.range, query),
        key=query.key if rows.whole else (),
        budget_ms=query.budget.seconds * 1000 if query.budget else None,
        source=query.source.id,
    )


def _visual(board: Board, panel: Panel, seen: Look, statement: Statement | None, place: Place) -> Visual:
    query, names = panel.query, board.filters
    source = source_of(query) if query is not None else None
    target = (
        [SqlTarget(refId=REF, datasource=source, shape=seen.shape, sql=statement.sql.text)]
        if statement is not None
        else []
    )
    options = dict(seen.options)
    if "content" in options:
        options["content"] = literal(options["content"], names)
    return Visual(
        kind=seen.kind,
        id=number_of(board.dashboard, panel),
        title=literal(panel.title, names),
        description=literal(describe_panel(panel), names),
        gridPos={"h": place.height, "w": place.width, "x": place.column, "y": place.row},
        dataSource=source,
        targets=target,
        timeFrom=_own_range(board, panel),
        transformations=list(seen.transformations),
        defaults=dict(seen.defaults) if seen.defaults is not None else None,
        overrides=list(seen.overrides),
        options=options,
        links=[
            {"title": link.title, "url": link.url, "targetBlank": True}
            for link in (*panel.links, *_runbooks(board.service.alerts.values(), panel.metric))
        ],
    )


def literal(text: str, names: Iterable[str]) -> str:
    """Keep a text from being read as a variable: a sign without width parts ``$`` or ``[[`` from a variable's name."""
    known = "|".join(sorted((re.escape(name) for name in names), key=len, reverse=True))
    any_name = rf"(?:{known}|__)" if known else "__"
    text = re.sub(rf"\$(?={any_name}|\{{{any_name})", "$\u200b", text)
    return re.sub(rf"\[\[(?={any_name})", "[\u200b[", text)


def _own_range(board: Board, panel: Panel) -> str | None:
    """Give the panel's own window; where the board names none, a query's window is its panels'."""
    query = panel.query
    if query is None or not any(each.template.uses_range for each in queries_of(panel)):
        return None
    if panel.range is not None:
        return panel.range.grafana
    named = board.dashboard.range is not None or not query.template.uses_range
    if named or query.range is None or query.range == board.range:
        return None
    return query.range.grafana


def _runbooks(alerts: Iterable[Alert], metric: Metric | None) -> Iterator[Link]:
    for alert in alerts:
        watched = {condition.metric.id for rule in alert.rules for condition in rule.conditions}
        if metric is not None and metric.id in watched and alert.runbook is not None and alert.runbook.url:
            yield Link(f"Runbook: {alert.title}", alert.runbook.url)


def _origins(panel: Panel, rows: Shown, seen: Look) -> dict[str, Path]:
    home = panel.at.path
    places: dict[str, Path] = {"/title": (*home, "title"), "/type": (*home, "as")}
    if panel.query is not None:
        places["/targets/0/rawSql"] = (*panel.query.at.path, "sql")
    if panel.range is not None:
        places["/timeFrom"] = (*home, "range")
    thresholds = axis_of(panel, rows)
    if thresholds is not None and seen.defaults is not None and "thresholds" in seen.defaults:
        where, spans = "/fieldConfig/defaults/thresholds/steps", step_places_of(panel, rows)
        if panel.level is None:
            places |= _step_places(where, thresholds, spans)
        elif panel.level in spans:
            places |= {
                f"{where}/{index}": spans[panel.level]
                for index in range(1, len(seen.defaults["thresholds"]["steps"]))
            }
    for index, override in enumerate(seen.overrides):
        places |= _override_places(index, override, rows)
    return places


def _step_places(where: str, thresholds: Thresholds, spans: Mapping[str, Path]) -> dict[str, Path]:
    return {
        f"{where}/{index}": spans[level.name]
        for index, level in enumerate(fields.levels_of_steps(thresholds))
        if level is not None and level.name in spans
    }


def _override_places(index: int, override: Json, rows: Shown) -> dict[str, Path]:
    column = _column_named(rows, override["matcher"]["options"])
    if column is None or column.thresholds is None:
        return {}
    for place, prop in enumerate(override["properties"]):
        if prop["id"] == "thresholds":
            where = f"/fieldConfig/overrides/{index}/properties/{place}/value/steps"
            return _step_places(where, column.thresholds, column.step_spans)
    return {}


def _column_named(rows: Shown, name: str) -> Column | None:
    return next((column for shown_name, column in rows.columns if shown_name == name), None)
