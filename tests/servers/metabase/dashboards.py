"""`/api/dashboard`: a POST takes little; a PUT replaces cards and tabs whole, by their ids."""

from __future__ import annotations

import copy

from tests.servers.messages import Response, answer
from tests.servers.metabase import access
from tests.servers.metabase.alert_loss import pulse_recipients
from tests.servers.metabase.archiving import put_away, take_back
from tests.servers.metabase.call import Call
from tests.servers.metabase.card_forms import bare, brief, edited, placed, root
from tests.servers.metabase.dashcards import replace
from tests.servers.metabase.people import no_content
from tests.servers.metabase.refusals import invalid, message
from tests.servers.metabase.state import TRASH, Dashboard, Dashcard, Json


def _brief(call: Call, board: Dashboard) -> Json:
    shown: Json = {
        "id": board.id,
        "entity_id": board.entity_id,
        "name": board.name,
        "description": board.description,
        "collection_id": access.shown_collection(board),
        "collection_position": board.position,
        "position": None,
        "archived": board.archived,
        "auto_apply_filters": board.auto_apply_filters,
        "width": board.width,
        "parameters": board.parameters,
        "cache_ttl": board.cache_ttl,
        "caveats": None,
        "points_of_interest": None,
        "show_in_getting_started": False,
        "creator_id": board.creator,
        "created_at": board.created,
        "updated_at": board.updated,
        "enable_embedding": False,
        "embedding_params": None,
        "initially_published_at": None,
        "made_public_by_id": None,
        "public_uuid": None,
        "view_count": 0,
    }
    if call.version.mbql5:
        shown |= {
            "archived_directly": board.archived_directly,
            "dependency_analysis_version": 0,
            "is_remote_synced": False,
            "last_viewed_at": board.created,
        }
    return shown


def whole(call: Call, board: Dashboard) -> Json:
    """Show a dashboard with its cards, in no order that one could rely on."""
    state = call.state
    collection = state.collections.get(board.collection) if board.collection is not None else None
    places = sorted(board.dashcards.values(), key=lambda each: (each.id * 7) % 11)
    shown = _brief(call, board) | {
        "dashcards": [_place(call, board, each) for each in places],
        "tabs": [
            {
                "id": tab.id,
                "entity_id": tab.entity_id,
                "name": tab.name,
                "position": index,
                "dashboard_id": board.id,
            }
            for index, tab in enumerate(board.tabs)
        ],
        "can_write": access.may_write(state, call.user, board),
        "collection": root(call.version) if collection is None else brief(collection),
        "collection_authority_level": None,
        "last-edit-info": edited(state.users[board.creator], board.updated),
        "last_used_param_values": {},
        "param_fields": {} if call.version.mbql5 else None,
    }
    if call.version.mbql5:
        return shown | {"can_restore": board.archived, "can_delete": board.archived, "moderation_reviews": []}
    return shown | {"param_values": None}


def _place(call: Call, board: Dashboard, place: Dashcard) -> Json:
    shown: Json = {
        "id": place.id,
        "entity_id": place.entity_id,
        "dashboard_id": board.id,
        "dashboard_tab_id": place.tab,
        "card_id": place.card,
        "action_id": None,
        "row": place.row,
        "col": place.col,
        "size_x": place.size_x,
        "size_y": place.size_y,
        "visualization_settings": place.settings,
        "parameter_mappings": place.parameter_mappings,
        "series": [bare(call.state.cards[each], call.version) for each in place.series],
        "collection_authority_level": None,
        "created_at": place.created,
        "updated_at": place.updated,
    }
    if call.version.mbql5:
        shown["inline_parameters"] = None
    return shown | {"card": _card(call, place)}


def _card(call: Call, place: Dashcard) -> Json:
    if place.card is None:
        return {"query_average_duration": None}
    card = call.state.cards[place.card]
    if not access.may_read(call.state, call.user, card):
        return {"query_average_duration": None}
    return placed(card, call.version)


def listed(call: Call) -> Response:
    """`GET /api/dashboard?f=`: without their cards."""
    wanted = call.one("f", "all")
    found = [
        each
        for each in call.state.dashboards.values()
        if each.archived == (wanted == "archived")
        and (wanted != "mine" or each.creator == call.user.id)
        and access.may_read(call.state, call.user, each)
    ]
    return answer([_brief(call, each) for each in sorted(found, key=lambda each: each.name.lower())])


def get(call: Call) -> Response:
    """`GET /api/dashboard/:id`."""
    board = call.dashboard(by_entity=True)
    access.need_read(call.state, call.user, board)
    return answer(whole(call, board))


def create(call: Call) -> Response:
    """`POST /api/dashboard`: neither cards, tabs nor width."""
    body = call.body
    if not str(body.get("name") or "").strip():
        raise invalid(name="value must be a non-blank string.")
    home = body.get("collection_id")
    if home is not None and home not in call.state.collections:
        raise call.absent()
    access.need_write(call.state, call.user, home)
    state = call.state
    number = state.next_id("dashboard")
    made = Dashboard(
        number, state.entity_id(), body["name"], body.get("description"), home, call.user.id, call.now, call.now,
        position=body.get("collection_position"),
        parameters=copy.deepcopy(body.get("parameters") or []),
        cache_ttl=body.get("cache_ttl"),
    )  # fmt: skip
    state.dashboards[number] = made
    return answer(whole(call, made))


def update(call: Call) -> Response:
    """`PUT /api/dashboard/:id`: all of it, or nothing."""
    board, body, state = call.dashboard(), call.body, call.state
    access.need_write(state, call.user, board.collection)
    if body.get("name") is not None and not str(body["name"]).strip():
        raise invalid(name="value must be a non-blank string.")
    if body.get("width") not in (None, "fixed", "full"):
        raise invalid(width="enum of fixed, full")
    if ("dashcards" in body or "tabs" in body) and board.archived:
        raise message(400, "Cannot modify an archived dashboard's cards")
    changed = copy.deepcopy(board)
    _assign(call, changed, body)
    if "dashcards" in body:
        replace(call, changed, body["dashcards"], body.get("tabs") or [])
    changed.updated = call.now
    state.dashboards[board.id] = changed
    _drop_attachments(call, changed)
    _end_subscriptions(call, board, changed)
    return answer(whole(call, changed))


def _assign(call: Call, board: Dashboard, body: Json) -> None:
    if "collection_id" in body and body["collection_id"] != TRASH:
        home = body["collection_id"]
        if home is not None and home not in call.state.collections:
            raise call.absent()
        access.need_write(call.state, call.user, home)
        board.collection = home
    for name in ("description", "cache_ttl"):
        if name in body:
            setattr(board, name, body[name])
    if "collection_position" in body:
        board.position = body["collection_position"]
    for name in ("name", "parameters", "width", "auto_apply_filters"):
        if body.get(name) is not None:
            setattr(board, name, copy.deepcopy(body[name]))
    if body.get("archived") is True and not board.archived:
        put_away(board)
    elif body.get("archived") is False and board.archived:
        take_back(call.state, board, "collection_id" in body)


def _drop_attachments(call: Call, board: Dashboard) -> None:
    """Forget what subscriptions attach of places that are gone."""
    for pulse in call.state.pulses.values():
        if pulse.dashboard == board.id:
            pulse.cards = [
                each for each in pulse.cards if each.dashcard is None or each.dashcard in board.dashcards
            ]


def _end_subscriptions(call: Call, before: Dashboard, after: Dashboard) -> None:
    """Archive subscriptions that filter by what is gone, and those of a dashboard that goes."""
    gone = {each["id"] for each in before.parameters} - {each["id"] for each in after.parameters}
    for pulse in call.state.pulses.values():
        if pulse.dashboard != after.id or pulse.archived:
            continue
        if gone & {each.get("id") for each in pulse.parameters}:
            pulse.archived = True
            call.state.mail(pulse_recipients(call.state, pulse), f"Subscription to {after.name} removed")
        elif after.archived and not before.archived:
            pulse.archived = True


def delete(call: Call) -> Response:
    """`DELETE /api/dashboard/:id`: for good, with its subscriptions."""
    board = call.dashboard()
    access.need_write(call.state, call.user, board.collection)
    for pulse in [each for each in call.state.pulses.values() if each.dashboard == board.id]:
        del call.state.pulses[pulse.id]
    del call.state.dashboards[board.id]
    return no_content()
