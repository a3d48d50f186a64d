"""A service as Metabase's artifacts: a collection, a question for each panel, dashboards, dashboards and metrics by mail."""

from __future__ import annotations

from collections import Counter

from watchglass import naming
from watchglass.artifact import Artifact, Note, Rendering
from watchglass.definition.service import Dashboard, Panel, Service
from watchglass.problems import Problem
from watchglass.targets.metabase.alerts import Drawn, build_alert
from watchglass.targets.metabase.cards import Card, build_card
from watchglass.targets.metabase.dashboards import build_dashboard
from watchglass.targets.metabase.subscriptions import build_subscription


def render(service: Service) -> Rendering:
    """Render what is published to Metabase: dashboards with their questions, subscriptions, the collection that holds them."""
    boards = [board for board in service.dashboards.values() if "metabase" in board.publish]
    if not boards and not service.metric_subscriptions:
        return Rendering(())
    names = _names(boards)
    artifacts: list[Artifact] = [_collection(service), *_permissions(service)]
    notes: list[Note] = []
    problems: list[Problem] = []
    drawn: list[Drawn] = []
    for board in boards:
        cards: dict[str, Card] = {}
        for panel in board.panels:
            query = panel.query
            if query is not None:
                card = build_card(service, board, panel, query, names[board.id, panel.id])
                cards[panel.id] = card
                drawn.append(Drawn(board, panel, card.artifact))
        made, found = build_dashboard(service, board, cards)
        artifacts += [*(card.artifact for card in cards.values()), made]
        notes += [*(note for card in cards.values() for note in card.notes), *found]
        for each in service.subscriptions:
            if each.dashboard == board.id:
                mail, more, wrong = build_subscription(service, board, each, made.body["parameters"])
                artifacts.append(mail)
                notes += more
                problems += wrong
    taken = {*names.values()}
    for watched in service.metric_subscriptions:
        alert = build_alert(service, watched, drawn, taken)
        taken |= {each.body["name"] for each in alert if each.kind == "cards"}
        artifacts += alert
    return Rendering(tuple(artifacts), tuple(notes), tuple(problems))


def _names(boards: list[Dashboard]) -> dict[tuple[str, str], str]:
    """Name the questions: by the panel's title, with the board's before it where two would be the same."""
    drawn: list[tuple[Dashboard, Panel]] = [
        (board, panel) for board in boards for panel in board.panels if panel.query
    ]
    counted = Counter(panel.title for _, panel in drawn)
    names = {
        (board.id, panel.id): panel.title if counted[panel.title] == 1 else f"{board.title}: {panel.title}"
        for board, panel in drawn
    }
    twice = Counter(names.values())
    return {key: name if twice[name] == 1 else f"{name} ({key[1]})" for key, name in names.items()}


def _collection(service: Service) -> Artifact:
    environment = service.environment
    mark = naming.marker(service.id, environment.suffix, "collection", service.id)
    body = {"name": environment.metabase_collection, "description": f"{service.title}\n\n{mark}"}
    path = naming.path(
        service.id, environment.suffix, "metabase", "collections", naming.slug(service.id), "json"
    )
    return Artifact(
        "metabase",
        "collections",
        service.id,
        path,
        body,
        {"/name": (*environment.at.path, "metabase", "collection")},
    )


def _permissions(service: Service) -> tuple[Artifact, ...]:
    """Give what groups may do with the collection, where the environment says it."""
    environment = service.environment
    if not environment.metabase_permissions:
        return ()
    name, suffix = naming.slug(service.id), environment.suffix
    path = naming.path(service.id, suffix, "metabase", "permissions", name, "json")
    home = (*environment.at.path, "metabase", "permissions")
    groups = dict(environment.metabase_permissions)
    body = {"name": f"of {environment.metabase_collection}", "groups": groups}
    origins = {f"/groups/{number}": (*home, number) for number in groups}
    return (Artifact("metabase", "permissions", service.id, path, body, origins),)
