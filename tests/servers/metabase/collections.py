"""`/api/collection`: names are not unique; a PUT that does not say ``archived`` takes back from the Trash."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.servers.messages import Response, answer
from tests.servers.metabase import access
from tests.servers.metabase.archiving import below, inside, put_away_collection, take_back_collection
from tests.servers.metabase.call import Call
from tests.servers.metabase.cards import forget
from tests.servers.metabase.people import no_content
from tests.servers.metabase.refusals import forbidden, invalid, message
from tests.servers.metabase.state import TRASH, Card, Collection, Dashboard, Json


def shown(call: Call, collection: Collection) -> Json:
    """Show a collection in the list of all."""
    body: Json = {
        "id": collection.id,
        "entity_id": collection.entity_id,
        "name": collection.name,
        "slug": quote(collection.name.lower().replace(" ", "_").replace("'", "_"), safe=""),
        "description": collection.description,
        "location": location(collection),
        "archived": collection.archived,
        "authority_level": None,
        "namespace": None,
        "type": collection.type,
        "is_sample": False,
        "is_personal": collection.personal_owner is not None,
        "personal_owner_id": collection.personal_owner,
        "created_at": collection.created,
        "can_write": access.right(call.state, call.user, collection.id) == "write",
    }
    if call.version.mbql5:
        body |= {
            "is_remote_synced": False,
            "archive_operation_id": collection.operation or None,
            "archived_directly": collection.archived_directly or None,
            "can_delete": collection.archived_directly and call.user.is_superuser,
        }
    return body


def root(call: Call) -> Json:
    """Show the root in the list of all."""
    body: Json = {
        "id": "root",
        "name": "Our analytics",
        "authority_level": None,
        "can_write": access.right(call.state, call.user, None) == "write",
        "effective_ancestors": [],
        "effective_location": None,
        "parent_id": None,
        "is_personal": False,
    }
    if call.version.mbql5:
        body |= {"is_remote_synced": False, "can_restore": False, "can_delete": False}
    return body


def location(collection: Collection) -> str:
    """Give a collection's place as a path of ids; one that was archived directly lies below the Trash."""
    if access.in_trash(collection):
        return f"/{TRASH}/"
    return "/" + "".join(f"{each}/" for each in collection.parents)


def _whole(call: Call, collection: Collection) -> Json:
    parents = [] if access.in_trash(collection) else list(collection.parents)
    ancestors = [{"id": each, "name": call.state.collections[each].name} for each in parents]
    return shown(call, collection) | {
        "parent_id": TRASH if access.in_trash(collection) else next(reversed(parents), None),
        "effective_location": location(collection),
        "effective_ancestors": ancestors,
    }


def _readable(call: Call, archived: bool) -> list[Collection]:
    return [
        each
        for each in sorted(call.state.collections.values(), key=lambda each: each.name.lower())
        if each.type != "trash"
        and each.archived == archived
        and access.right(call.state, call.user, each.id) != "none"
    ]


def listed(call: Call) -> Response:
    """`GET /api/collection`: all that one may see, the root first."""
    archived = call.flag("archived")
    found = [shown(call, each) for each in _readable(call, archived)]
    show_root = not archived and access.right(call.state, call.user, None) != "none"
    return answer([root(call), *found] if show_root else found)


def tree(call: Call) -> Response:
    """`GET /api/collection/tree`."""
    every = _readable(call, archived=False)

    def branch(above: tuple[int, ...]) -> list[Json]:
        return [
            shown(call, each) | {"children": branch((*above, each.id)), "here": [], "below": []}
            for each in every
            if each.parents == above
        ]

    return answer(branch(()))


def get(call: Call) -> Response:
    """`GET /api/collection/:id`."""
    if call.parameters[0] == "root":
        return answer(root(call))
    collection = _named(call)
    _need_read(call, collection)
    return answer(_whole(call, collection))


def _named(call: Call) -> Collection:
    if call.parameters[0] == "trash":
        return call.state.collections[TRASH]
    return call.collection(by_entity=True)


def _need_read(call: Call, collection: Collection) -> None:
    if collection.type != "trash" and access.right(call.state, call.user, collection.id) == "none":
        raise forbidden()


def create(call: Call) -> Response:
    """`POST /api/collection`: two make two."""
    body = call.body
    if not str(body.get("name") or "").strip():
        raise invalid(name="value must be a non-blank string.")
    if body.get("description") == "":
        raise invalid(description="nullable value must be a non-blank string.")
    parents = _parents(call, body.get("parent_id"))
    access.need_write(call.state, call.user, parents[-1] if parents else None)
    made = access.add_collection(call.state, body["name"], body.get("description"), parents, call.now)
    return answer(_whole(call, made))


def _parents(call: Call, parent: Any) -> tuple[int, ...]:
    if parent is None:
        return ()
    if not isinstance(parent, int) or parent not in call.state.collections:
        raise call.absent()
    above = call.state.collections[parent]
    return (*above.parents, above.id)


def update(call: Call) -> Response:
    """`PUT /api/collection/:id`: ``archived`` is false where it is not said."""
    collection, body = call.collection(), call.body
    access.need_write(call.state, call.user, collection.id)
    if collection.type == "trash" or collection.personal_owner is not None:
        raise message(400, "This collection cannot be changed")
    if body.get("name") is not None:
        if not str(body["name"]).strip():
            raise invalid(name="value must be a non-blank string.")
        collection.name = body["name"]
    if "description" in body:
        collection.description = body["description"]
    archived = body.get("archived", False)
    if archived and not collection.archived:
        put_away_collection(call.state, collection)
    elif not archived and collection.archived:
        take_back_collection(call.state, collection)
    if "parent_id" in body and body["parent_id"] != TRASH:
        _move(call, collection, _parents(call, body["parent_id"]))
    return answer(_whole(call, collection))


def _move(call: Call, collection: Collection, parents: tuple[int, ...]) -> None:
    if parents == collection.parents:
        return
    if collection.id in parents:
        raise message(400, "A collection cannot be moved into itself")
    access.need_write(call.state, call.user, parents[-1] if parents else None)
    old, new = (*collection.parents, collection.id), (*parents, collection.id)
    for each in below(call.state, collection):
        each.parents = new + each.parents[len(old) :]
    collection.parents = parents


def delete(call: Call) -> Response:
    """`DELETE /api/collection/:id`: out of the Trash, for administrators, in newer versions."""
    if not call.version.deletes_collections:
        raise call.absent()
    collection = call.collection()
    access.need_admin(call.user)
    if not collection.archived:
        raise message(400, "Collection must be trashed before it can be deleted")
    for each in inside(call.state, collection):
        if isinstance(each, Card):
            forget(call, each.id)
        elif isinstance(each, Dashboard):
            del call.state.dashboards[each.id]
        else:
            del call.state.collections[each.id]
    del call.state.collections[collection.id]
    return no_content()
