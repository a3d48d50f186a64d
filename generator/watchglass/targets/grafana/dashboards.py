"""A dashboard of a definition as Grafana's JSON: rows, panels on the grid, variables, annotations, links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from grafanalib import core

from watchglass import naming
from watchglass.artifact import Artifact, Json, Note, Path, Statement
from watchglass.definition.colors import hex_color
from watchglass.definition.layout import COLUMNS, Place, arrange
from watchglass.definition.service import Annotation, Dashboard, Metric, Panel, Row, Service
from watchglass.definition.telling import unread_filters
from watchglass.durations import USUAL_RANGE, Duration
from watchglass.sql import wrap
from watchglass.sql.grafana import GrafanaDialect
from watchglass.sql.render import render
from watchglass.sql.wrap import Item
from watchglass.targets.grafana import model
from watchglass.targets.grafana.data_sources import source_of
from watchglass.targets.grafana.panels import Board, Drawn, build_panel, literal, number_of
from watchglass.targets.grafana.variables import Offered, build_variables

_SIZES: Mapping[str, tuple[int, int]] = {
    "number": (4, 5),
    "gauge": (4, 7),
    "bar_gauge": (8, 7),
    "pie": (8, 8),
    "table": (24, 9),
    "heatmap": (24, 10),
    "logs": (24, 9),
    "states": (24, 6),
    "text": (24, 3),
    "alerts": (24, 8),
}
_CHART = (12, 8)
_BUILT_IN: Json = {
    "name": "Annotations & Alerts",
    "builtIn": 1,
    "type": "dashboard",
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
}


@dataclass(slots=True)
class _Built:
    """What comes together while the panels of a board are built."""

    panels: list[model.Visual | model.Row] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    origins: dict[str, Path] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def add(self, drawn: Drawn, pointer: str) -> None:
        """Take what a panel has besides its JSON; the pointer leads to the panel in the board."""
        self.notes += drawn.notes
        self.origins |= {f"{pointer}{inner}": path for inner, path in drawn.origins.items()}
        if drawn.statement is not None:
            self.statements.append(replace(drawn.statement, pointer=f"{pointer}{drawn.statement.pointer}"))


def dashboard_uid(service: Service, board: Dashboard) -> str:
    """Give the uid of a board."""
    return naming.uid(service.id, service.environment.suffix, board.id)


def panel_place(service: Service, metric: Metric) -> tuple[str, int] | None:
    """Find the panel that shows a metric: the uid of its board and the panel's number; None where there is none."""
    for board in service.dashboards.values():
        for panel in board.panels if "grafana" in board.publish else ():
            if _shows(panel, metric):
                return dashboard_uid(service, board), number_of(board, panel)
    return None


def _shows(panel: Panel, metric: Metric) -> bool:
    if panel.metric is not None:
        return panel.metric.id == metric.id
    columns = panel.columns or panel.y or tuple(panel.query.columns if panel.query is not None else ())
    return panel.query is not None and panel.query.id == metric.query.id and metric.column.name in columns


def build_dashboard(service: Service, dashboard: Dashboard) -> tuple[Artifact, tuple[Note, ...]]:
    """Build a board with its statements."""
    offered = build_variables(service, dashboard)
    board = Board(service, dashboard, offered.filters, range_of(dashboard))
    built = _panels(board)
    annotations = _annotations(board)
    made = model.as_json(_dashboard(board, offered, built, annotations))
    uid = dashboard_uid(service, dashboard)
    path = naming.path(
        service.id, service.environment.suffix, "grafana", "dashboards", naming.slug(dashboard.id), "json"
    )
    home = dashboard.at.path
    origins: dict[str, Path] = {
        "/title": (*home, "title"),
        "/refresh": (*home, "refresh"),
        "/time/from": (*home, "range"),
        "/templating": (*home, "filters"),
        **built.origins,
    }
    statements = (*built.statements, *offered.statements, *(each for _, each in annotations))
    artifact = Artifact("grafana", "dashboards", uid, path, made, origins, statements)
    unread = [
        Note("grafana", dashboard.id, text, dashboard.at.span)
        for text in unread_filters(dashboard, offered.filters)
    ]
    return artifact, (*built.notes, *unread)


def range_of(dashboard: Dashboard) -> Duration:
    """Give the range that a board opens with: its own, else the one that most of its queries have."""
    if dashboard.range is not None:
        return dashboard.range
    asked = [
        panel.query.range
        for panel in dashboard.panels
        if panel.query is not None and panel.query.range is not None and panel.query.template.uses_range
    ]
    return Counter(asked).most_common(1)[0][0] if asked else USUAL_RANGE


def _dashboard(
    board: Board, offered: Offered, built: _Built, annotations: list[tuple[Json, Statement]]
) -> model.Dashboard:
    service, dashboard = board.service, board.dashboard
    return model.Dashboard(
        uid=dashboard_uid(service, dashboard),
        title=dashboard.title,
        description=dashboard.description.strip() or service.description.strip() or service.title,
        tags=["watchglass", naming.owner_tag(service.id, service.environment.suffix)],
        editable=dashboard.editable,
        timezone=service.timezone,
        time=core.Time(f"now-{board.range.grafana}", "now"),
        refresh=dashboard.refresh.grafana if dashboard.refresh is not None else "",
        graphTooltip=1,
        schemaVersion=model.SCHEMA_VERSION,
        links=_links(board),
        templating=core.Templating(list(offered.variables)),
        annotations=core.Annotations([_BUILT_IN, *(each for each, _ in annotations)]),
        panels=built.panels,
    )


def _links(board: Board) -> list[Json]:
    links = [(link.title, link.url) for link in board.dashboard.links]
    url = board.service.environment.metabase_url
    if "metabase" in board.dashboard.publish and url and "${" not in url:
        links.append(("In Metabase", f"{url.rstrip('/')}/search?q={_query(board.dashboard.title)}"))
    return [
        {
            "title": literal(title, board.filters),
            "type": "link",
            "url": url,
            "icon": "external link",
            "tooltip": "",
            "tags": [],
            "asDropdown": False,
            "targetBlank": True,
            "includeVars": False,
            "keepTime": False,
        }
        for title, url in links
    ]


def _query(text: str) -> str:
    return "".join(
        chr(byte) if chr(byte).isalnum() and byte < 128 else f"%{byte:02X}" for byte in text.encode()
    )


def _panels(board: Board) -> _Built:
    built = _Built()
    top = 0
    for row in board.dashboard.rows:
        head = model.Row(
            id=naming.panel_number(f"{board.dashboard.id}/row/{naming.slug(row.title)}/{_twin(board, row)}"),
            title=literal(row.title, board.filters),
            collapsed=row.collapsed,
            gridPos={"h": 1, "w": COLUMNS, "x": 0, "y": top},
        )
        built.panels.append(head)
        places, bottom = arrange([_size(panel) for panel in row.panels], top + 1)
        top = top + 1 if row.collapsed else bottom
        _row(board, row, places, head, built)
    return built


def _twin(board: Board, row: Row) -> str:
    """Tell rows of one title apart by their order among themselves."""
    same = [each for each in board.dashboard.rows if naming.slug(each.title) == naming.slug(row.title)]
    return str(same.index(row)) if same.index(row) else ""


def _row(board: Board, row: Row, places: list[Place], head: model.Row, built: _Built) -> None:
    at = len(built.panels) - 1
    for index, (panel, place) in enumerate(zip(row.panels, places, strict=True)):
        drawn = build_panel(board, panel, place)
        if row.collapsed:
            head.panels.append(drawn.visual)
            built.add(drawn, f"/panels/{at}/panels/{index}")
        else:
            built.panels.append(drawn.visual)
            built.add(drawn, f"/panels/{len(built.panels) - 1}")


def _size(panel: Panel) -> tuple[int, int]:
    width, height = _SIZES.get(panel.kind, _CHART)
    return panel.width or width, panel.height or height


def _annotations(board: Board) -> list[tuple[Json, Statement]]:
    return [
        _annotation(board, each, index)
        for index, each in enumerate(board.dashboard.annotations, 1)  # the built-in one stands first
    ]


def _annotation(board: Board, each: Annotation, index: int) -> tuple[Json, Statement]:
    service, query = board.service, each.query
    columns = query.columns
    items = [Item(each.time, columns[each.time].type, "time", role="time")]
    if each.end is not None:
        items.append(Item(each.end, columns[each.end].type, "timeend", role="time"))
    items.append(Item(each.text, columns[each.text].type, "text", role="text"))
    dialect = GrafanaDialect(service.timezone, service.filters, offered=board.filters)
    sql = render(wrap.rows(query.template.pieces, tuple(items), service.timezone, "1"), dialect)
    body = {
        "name": each.title,
        "datasource": source_of(query),
        "enable": True,
        "hide": False,
        "iconColor": hex_color(each.color),
        "target": {
            "refId": "Anno",
            "format": "table",
            "rawQuery": True,
            "editorMode": "code",
            "rawSql": sql.text,
        },
    }
    statement = Statement(
        "grafana",
        "annotation",
        f"{board.dashboard.id}/annotations/{each.id}",
        sql,
        f"/annotations/list/{index}/target/rawSql",
        each.at.span,
        format="table",
        variables=tuple(name for name in query.template.filters if name in board.filters),
        range=board.range,
        budget_ms=query.budget.seconds * 1000 if query.budget else None,
        source=query.source.id,
    )
    return body, statement
