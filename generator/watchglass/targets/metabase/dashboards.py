"""A dashboard of questions: rows as headings on a grid of 24 columns, parameters mapped to every card."""

from __future__ import annotations

from collections.abc import Mapping

from watchglass import naming
from watchglass.artifact import Artifact, Json, Note, Path
from watchglass.definition.layout import COLUMNS, Place, arrange
from watchglass.definition.service import Dashboard, Panel, Service
from watchglass.definition.telling import unread_filters
from watchglass.targets.metabase.cards import Card, card_id
from watchglass.targets.metabase.parameters import dashboard_parameters, mappings

_SIZES: Mapping[str, tuple[int, int]] = {
    "number": (6, 3),
    "gauge": (6, 5),
    "bar_gauge": (8, 4),
    "pie": (8, 7),
    "table": (24, 8),
    "heatmap": (24, 8),
    "logs": (24, 8),
    "states": (24, 6),
    "text": (24, 3),
    "alerts": (12, 4),
}
_CHART = (12, 7)


def build_dashboard(
    service: Service, board: Dashboard, cards: Mapping[str, Card]
) -> tuple[Artifact, tuple[Note, ...]]:
    """
    Make a dashboard's body; cards, collection and database are named, publishing puts numbers in their place.

    Args:
        cards: panel id → its question; a panel that is not there is text.
    """
    dashcards, notes = _dashcards(service, board, cards)
    read = {name for card in cards.values() for name in card.tags}
    notes += tuple(Note("metabase", board.id, text, board.at.span) for text in unread_filters(board, read))
    mark = naming.marker(service.id, service.environment.suffix, "dashboard", board.id)
    body = {
        "name": board.title,
        "description": f"{board.description.strip() or service.title}\n\n{mark}",
        "collection_id": {"collection": service.environment.metabase_collection},
        "width": "full",
        "auto_apply_filters": True,
        "parameters": dashboard_parameters(service, board, read),
        "tabs": [],
        "dashcards": dashcards,
    }
    path = naming.path(
        service.id, service.environment.suffix, "metabase", "dashboards", naming.slug(board.id), "json"
    )
    origins: dict[str, Path] = {
        "/name": (*board.at.path, "title"),
        "/parameters": (*board.at.path, "filters"),
    }
    return Artifact("metabase", "dashboards", board.id, path, body, origins), notes


def _dashcards(
    service: Service, board: Dashboard, cards: Mapping[str, Card]
) -> tuple[list[Json], tuple[Note, ...]]:
    made: list[Json] = []
    notes: list[Note] = []
    top = 0
    for row in board.rows:
        made.append(
            _virtual(f"row/{naming.slug(row.title)}", "heading", row.title, Place(0, top, COLUMNS, 1))
        )
        top += 1
        if row.collapsed:
            notes.append(
                Note(
                    "metabase",
                    f"{board.id}/{row.title}",
                    "rows do not fold: the row stands open",
                    row.at.span,
                )
            )
        places, top = arrange([_size(panel) for panel in row.panels], top)
        for panel, place in zip(row.panels, places, strict=True):
            made.append(_panel(service, board, panel, cards.get(panel.id), place))
            notes += _replaced(board, panel)
    return made, tuple(notes)


def _size(panel: Panel) -> tuple[int, int]:
    width, height = _SIZES.get(panel.kind, _CHART)
    return panel.width or width, max(panel.height or height, 2)


def _panel(service: Service, board: Dashboard, panel: Panel, card: Card | None, place: Place) -> Json:
    if card is None:
        text = panel.text if panel.kind == "text" else _alert_text(service, panel)
        return _virtual(panel.id, "text", text, place)
    return {
        "key": panel.id,
        "card_id": {"card": card_id(board, panel)},
        **_place(place),
        "series": [],
        "parameter_mappings": mappings(service, board, card_id(board, panel), card.tags),
        "visualization_settings": {"card.title": panel.title},
    }


def _place(place: Place) -> dict[str, Json]:
    return {"col": place.column, "row": place.row, "size_x": place.width, "size_y": place.height}


def _virtual(key: str, display: str, text: str, place: Place) -> Json:
    card: dict[str, Json] = {
        "name": None,
        "display": display,
        "visualization_settings": {},
        "dataset_query": {},
        "archived": False,
    }
    return {
        "key": key,
        "card_id": None,
        **_place(place),
        "series": [],
        "parameter_mappings": [],
        "visualization_settings": {"virtual_card": card, "text": _escaped(text)},
    }


def _escaped(text: str) -> str:
    """Keep braces of a text from being read as a parameter of the board."""
    return text.replace("{{", "{\u200b{")


def _alert_text(service: Service, panel: Panel) -> str:
    """List the alerts, since Metabase knows nothing of their states."""
    url = service.environment.grafana_url
    link = f"\n\n[Alerts in Grafana]({url.rstrip('/')}/alerting/list)" if url and "${" not in url else ""
    lines = [
        f"- **{alert.title}** ({', '.join(rule.severity for rule in alert.rules)})"
        for alert in service.alerts.values()
    ]
    return f"### {panel.title}\n\n" + "\n".join(lines) + link


def _replaced(board: Dashboard, panel: Panel) -> list[Note]:
    if panel.kind != "alerts":
        return []
    message = "no alert list: a text with the alerts' names stands in its place"
    return [Note("metabase", card_id(board, panel), message, panel.at.span)]
