"""`/api/collection/:id/items`: what lies in a collection, the root or the Trash, page by page."""

from __future__ import annotations

from collections.abc import Iterator

from tests.servers.messages import Response, answer
from tests.servers.metabase import access
from tests.servers.metabase.call import Call
from tests.servers.metabase.card_forms import edited
from tests.servers.metabase.collections import location
from tests.servers.metabase.refusals import forbidden, invalid
from tests.servers.metabase.state import TRASH, Card, Collection, Dashboard, Json

_MODELS = {"question": "card", "model": "dataset", "metric": "metric"}
_COLUMNS = {"name": "name", "last_edited_at": "edited", "model": "model"}


def items(call: Call) -> Response:
    """`GET …/items?models=&archived=&limit=&offset=&sort_column=&sort_direction=`."""
    found = list(_found(call))
    wanted = set(call.request.query.get("models", []))
    if wanted:
        found = [each for each in found if each["model"] in wanted]
    found = _sorted(call, found)
    page = [{key: value for key, value in each.items() if key != "edited"} for each in call.page(found)]
    return answer({
        "data": page,
        "total": len(found),
        "models": sorted({each["model"] for each in found}),
        "limit": call.number("limit"),
        "offset": call.number("offset"),
    })  # fmt: skip


def _sorted(call: Call, found: list[Json]) -> list[Json]:
    column = call.one("sort_column", "name")
    if column not in _COLUMNS:
        raise invalid(sort_column="enum of :name, :last_edited_at, :last_edited_by, :model")
    down = call.one("sort_direction", "asc") == "desc"
    return sorted(found, key=lambda each: (str(each[_COLUMNS[column]]).lower(), each["id"]), reverse=down)


def _things(call: Call) -> list[Card | Dashboard]:
    return [*call.state.cards.values(), *call.state.dashboards.values()]


def _found(call: Call) -> Iterator[Json]:
    name = call.parameters[0]
    if name == "trash" or name == str(TRASH):
        yield from _trash(call)
        return
    home: int | None = None
    archived = call.flag("archived")
    if name != "root":
        collection = call.collection(by_entity=True)
        home, archived = collection.id, archived or collection.archived
    if access.right(call.state, call.user, home) == "none":
        raise forbidden()
    for each in _things(call):
        if each.collection == home and each.archived == archived and not access.in_trash(each):
            yield _item(call, each)
    parents = () if home is None else (*call.state.collections[home].parents, home)
    for under in call.state.collections.values():
        seen = under.type != "trash" and access.right(call.state, call.user, under.id) != "none"
        if seen and under.parents == parents and under.archived == archived and not access.in_trash(under):
            yield _collection(call, under)


def _trash(call: Call) -> Iterator[Json]:
    for each in _things(call):
        if access.in_trash(each) and access.may_read(call.state, call.user, each):
            yield _item(call, each)
    for collection in call.state.collections.values():
        if access.in_trash(collection) and access.right(call.state, call.user, collection.id) != "none":
            yield _collection(call, collection)


def _item(call: Call, each: Card | Dashboard) -> Json:
    common: Json = {
        "id": each.id,
        "entity_id": each.entity_id,
        "name": each.name,
        "description": each.description,
        "collection_id": access.shown_collection(each),
        "collection_position": each.position,
        "archived": each.archived,
        "can_write": access.may_write(call.state, call.user, each),
        "last-edit-info": edited(call.state.users[each.creator], each.updated),
        "moderated_status": None,
        "edited": each.updated,
    }
    if isinstance(each, Dashboard):
        return common | {"model": "dashboard"}
    more = {"display": each.display, "database_id": each.query["database"], "fully_parameterized": True}
    return common | {"model": _MODELS[each.type]} | more


def _collection(call: Call, collection: Collection) -> Json:
    return {
        "id": collection.id,
        "entity_id": collection.entity_id,
        "name": collection.name,
        "description": collection.description,
        "model": "collection",
        "location": location(collection),
        "archived": collection.archived,
        "authority_level": None,
        "type": collection.type,
        "can_write": access.right(call.state, call.user, collection.id) == "write",
        "here": [],
        "below": [],
        "edited": "",
    }
