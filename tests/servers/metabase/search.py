"""`/api/search`: an index that is behind until it is told to catch up; entity ids as numbers."""

from __future__ import annotations

from collections.abc import Mapping

from tests.servers.messages import Response, answer
from tests.servers.metabase import access
from tests.servers.metabase.call import Call
from tests.servers.metabase.state import Card, Collection, Dashboard, State


def index(state: State) -> None:
    """Let the index catch up, as time does."""
    state.indexed = {
        (model, each.id): {"id": each.id, "model": model, "name": each.name, "description": each.description}
        for model, every in (("card", state.cards), ("dashboard", state.dashboards))
        for each in every.values()
        if not each.archived
    }


def search(call: Call) -> Response:
    """`GET /api/search?q=&models=`: what the index knew when it last caught up."""
    wanted = set(call.request.query.get("models", []))
    text = call.one("q").lower()
    found = [
        row
        for (model, number), row in call.state.indexed.items()
        if (not wanted or model in wanted) and text in row["name"].lower() and _readable(call, model, number)
    ]
    page = call.page(found)
    return answer(
        {"data": page, "total": len(found), "limit": call.number("limit"), "offset": call.number("offset")}
    )


def _readable(call: Call, model: str, number: int) -> bool:
    if model == "card":
        card = call.state.cards.get(number)
        return card is not None and access.may_read(call.state, call.user, card)
    board = call.state.dashboards.get(number)
    return board is not None and access.may_read(call.state, call.user, board)


def translate(call: Call) -> Response:
    """`POST /api/eid-translation/translate`: entity ids to numbers."""
    if (call.request.parts[1] == "eid-translation") != call.version.renamed_utilities:
        raise call.absent()
    every: dict[str, Mapping[int, Card | Dashboard | Collection]] = {
        "card": call.state.cards,
        "dashboard": call.state.dashboards,
        "collection": call.state.collections,
    }
    found = {}
    for model, names in call.body.get("entity_ids", {}).items():
        known = {each.entity_id: each.id for each in every.get(model, {}).values()}
        for name in names:
            found[name] = (
                {"type": model, "status": "ok", "id": known[name]}
                if name in known
                else {"type": model, "status": "not-found"}
            )
    return answer({"entity_ids": found})
