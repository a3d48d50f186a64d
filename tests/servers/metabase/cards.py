"""`/api/card`: a POST makes another one each time, a PUT changes what it names, and may cost somebody their alerts."""

from __future__ import annotations

import copy
from typing import Any

from tests.servers.messages import Response, answer
from tests.servers.metabase import access, alert_loss, queries
from tests.servers.metabase.archiving import put_away, take_back
from tests.servers.metabase.call import Call
from tests.servers.metabase.card_forms import whole
from tests.servers.metabase.people import no_content
from tests.servers.metabase.refusals import forbidden, invalid, message, text
from tests.servers.metabase.state import TRASH, Card, Json

_TYPES = ("question", "model", "metric")


def listed(call: Call) -> Response:
    """`GET /api/card?f=`: every readable one with its body, no paging."""
    wanted = call.one("f", "all")
    if wanted not in ("all", "mine", "archived", "database"):
        raise invalid(f="value must be one of: all, archived, database, mine")
    found = [card for card in call.state.cards.values() if _is(call, card, wanted)]
    return answer(
        [whole(card, call.state, call.user) for card in sorted(found, key=lambda each: each.name.lower())]
    )


def _is(call: Call, card: Card, wanted: str) -> bool:
    if card.archived != (wanted == "archived") or not access.may_read(call.state, call.user, card):
        return False
    if wanted == "mine":
        return card.creator == call.user.id
    return wanted != "database" or card.query["database"] == call.number("model_id")


def get(call: Call) -> Response:
    """`GET /api/card/:id`."""
    card = call.card(by_entity=True)
    access.need_read(call.state, call.user, card)
    return answer(whole(card, call.state, call.user, legacy=call.version.mbql5 and call.flag("legacy-mbql")))


def dashboards(call: Call) -> Response:
    """`GET /api/card/:id/dashboards`."""
    card = call.card()
    access.need_read(call.state, call.user, card)
    boards = [
        each
        for each in call.state.dashboards.values()
        if not each.archived and any(place.card == card.id for place in each.dashcards.values())
    ]
    return answer([{"id": each.id, "name": each.name, "collection_id": each.collection} for each in boards])


def create(call: Call) -> Response:
    """`POST /api/card`: ``entity_id`` is taken and forgotten."""
    body = call.body
    _check(body, ("name", "display", "visualization_settings", "dataset_query"))
    if body.get("description") == "":
        raise invalid(description="nullable value must be a non-blank string.")
    place = _place(call, body)
    query = queries.kept(body["dataset_query"], call.version)
    access.need_write(call.state, call.user, place)
    _need_native(call, query)
    state = call.state
    number = state.next_id("card")
    state.cards[number] = Card(
        number,
        state.entity_id(),
        body["name"],
        body.get("description"),
        body["display"],
        body.get("type") or "question",
        query,
        copy.deepcopy(body["visualization_settings"]),
        place,
        call.user.id,
        call.now,
        call.now,
        position=body.get("collection_position"),
        parameters=copy.deepcopy(body.get("parameters") or queries.derived_parameters(query)),
        parameter_mappings=body.get("parameter_mappings") or [],
        cache_ttl=body.get("cache_ttl"),
        dashboard=body.get("dashboard_id"),
    )
    return answer(whole(_shaped(state.cards[number]), state, call.user))


def _check(body: Json, required: tuple[str, ...]) -> None:
    for name in required:
        if body.get(name) is None:
            raise invalid(**{name: "value must be given."})
    for name in ("name", "display"):
        if name in body and body[name] is not None and not str(body[name]).strip():
            raise invalid(**{name: "value must be a non-blank string."})
    for name, kind in (("visualization_settings", dict), ("parameters", list), ("parameter_mappings", list)):
        if body.get(name) is not None and not isinstance(body[name], kind):
            raise invalid(**{name: f"value must be a {kind.__name__}."})
    if body.get("type") not in (None, *_TYPES):
        raise invalid(type="enum of :question, :model, :metric")


def _place(call: Call, body: Json) -> int | None:
    given = body.get("collection_id")
    if isinstance(given, str) and len(given) == 21:
        given = next((each.id for each in call.state.collections.values() if each.entity_id == given), 0)
    return _checked_place(call, given)


def _checked_place(call: Call, given: Any) -> int | None:
    if given is None:
        return None
    if not isinstance(given, int) or isinstance(given, bool):
        raise invalid(collection_id="nullable value must be an integer greater than zero.")
    if given not in call.state.collections:
        raise call.absent()
    return given


def _need_native(call: Call, query: Json) -> None:
    if query["database"] not in call.state.databases:
        raise message(404, "Database not found")
    if not access.may_native(call.state, call.user, query["database"]):
        raise forbidden()


def _shaped(card: Card) -> Card:
    if card.type == "model":
        card.display = "table"
    return card


def update(call: Call) -> Response:
    """`PUT /api/card/:id`: the keys that are sent; null clears some, and leaves the rest."""
    card, body, state = call.card(), call.body, call.state
    access.need_write(state, call.user, card.collection)
    _check(body, ())
    before, card = card, copy.deepcopy(card)
    query = card.query
    if body.get("dataset_query") is not None:
        query = queries.kept(body["dataset_query"], call.version)
        _need_native(call, query)
    if "collection_id" in body and body["collection_id"] != TRASH:
        place = _checked_place(call, body["collection_id"])
        access.need_write(state, call.user, place)
        card.collection = place
    card.query, card.updated = query, call.now
    _assign(card, body)
    _archive(call, card, body)
    state.cards[card.id] = card
    alert_loss.after_edit(state, before, card)
    return answer(whole(_shaped(card), state, call.user))


_CLEARED = {
    "description": "description",
    "collection_position": "position",
    "cache_ttl": "cache_ttl",
    "dashboard_id": "dashboard",
}
_LEFT = {
    "name": "name",
    "display": "display",
    "type": "type",
    "visualization_settings": "settings",
    "parameters": "parameters",
    "parameter_mappings": "parameter_mappings",
}


def _assign(card: Card, body: Json) -> None:
    for name, attribute in _CLEARED.items():
        if name in body:
            setattr(card, attribute, body[name])
    for name, attribute in _LEFT.items():
        if body.get(name) is not None:
            setattr(card, attribute, copy.deepcopy(body[name]))


def _archive(call: Call, card: Card, body: Json) -> None:
    if body.get("archived") is True and not card.archived:
        put_away(card)
        alert_loss.of_cards(call.state, [card.id])
    elif body.get("archived") is False and card.archived:
        take_back(call.state, card, "collection_id" in body)


def delete(call: Call) -> Response:
    """`DELETE /api/card/:id`: for good, with its places and its alerts."""
    card, state = call.card(), call.state
    access.need_write(state, call.user, card.collection)
    forget(call, card.id)
    return no_content()


def forget(call: Call, number: int) -> None:
    """Remove a card from everywhere."""
    state = call.state
    alert_loss.of_cards(state, [number])
    for board in state.dashboards.values():
        board.dashcards = {each.id: each for each in board.dashcards.values() if each.card != number}
    for pulse in state.pulses.values():
        pulse.cards = [each for each in pulse.cards if each.card != number]
    del state.cards[number]


def duplicate(call: Call) -> Response:
    """`POST /api/card/:id/copy`: the description comes along."""
    card, state = call.card(), call.state
    access.need_read(state, call.user, card)
    access.need_write(state, call.user, card.collection)
    made = copy.deepcopy(card)
    made.id, made.entity_id = state.next_id("card"), state.entity_id()
    made.name, made.creator, made.created = f"Copy of {card.name}", call.user.id, call.now
    state.cards[made.id] = made
    return answer(whole(made, state, call.user))


def run(call: Call) -> Response:
    """`POST /api/card/:id/query`."""
    card = call.card()
    access.need_read(call.state, call.user, card)
    return result(call, card.query)


def dataset(call: Call) -> Response:
    """`POST /api/dataset`."""
    query = queries.kept(call.body, call.version)
    _need_native(call, query)
    return result(call, query)


def result(call: Call, query: Json) -> Response:
    """Run a query: 202 where it went well, and in older versions also where it did not."""
    if call.ask is None:
        raise text(500, "no database stands behind this server")
    try:
        rows = call.ask(query["native"].get("query", ""))
    except ValueError as error:
        failed = {"status": "failed", "error": str(error), "row_count": 0, "data": {"rows": [], "cols": []}}
        return answer(failed, 500 if call.version.failed_queries_fail else 202)
    names = list(rows[0]) if rows else []
    data = {"rows": [list(row.values()) for row in rows], "cols": [{"name": name} for name in names]}
    return answer({"status": "completed", "row_count": len(rows), "data": data}, 202)
