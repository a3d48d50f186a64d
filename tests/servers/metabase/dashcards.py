"""A dashboard's cards and tabs, as a PUT replaces them: an id that is known stays, another one is new, what is missing goes."""

from __future__ import annotations

import copy
from typing import Any

from tests.servers.metabase import access
from tests.servers.metabase.call import Call
from tests.servers.metabase.refusals import forbidden, invalid, message
from tests.servers.metabase.state import Dashboard, Dashcard, Json, Tab

_PLACE = ("row", "col", "size_x", "size_y")


def replace(call: Call, board: Dashboard, dashcards: Any, tabs: Any) -> None:
    """Put the lists in place of those that are there."""
    _check(dashcards)
    given = {tab["id"]: _tab(call, board, tab) for tab in tabs}
    board.tabs = list(given.values())
    if len(tabs) > 1 and any(each.get("dashboard_tab_id") is None for each in dashcards):
        raise message(400, "This dashboard has tabs, makes sure every card has a tab")
    placed = [_placed(call, board, each, given) for each in dashcards]
    board.dashcards = {each.id: each for each in placed}


def _check(dashcards: Any) -> None:
    if not isinstance(dashcards, list):
        raise invalid(dashcards="nullable value must be a sequence of maps.")
    for each in dashcards:
        for name in ("id", *_PLACE):
            number = each.get(name)
            if not isinstance(number, int) or (name.startswith("size") and number < 1):
                raise invalid(dashcards=f"each needs {name}, an integer")
            if name in ("row", "col") and number < 0:
                raise invalid(dashcards=f"{name} must be an integer greater or equal than zero.")
    ids = [each["id"] for each in dashcards]
    if len(set(ids)) != len(ids):
        raise invalid(dashcards="value must be a sequence of maps in which the value of key `:id` is unique.")


def _tab(call: Call, board: Dashboard, tab: Json) -> Tab:
    if not str(tab.get("name") or "").strip():
        raise invalid(tabs="each tab needs a name")
    known = {each.id: each for each in board.tabs}.get(tab["id"])
    if known is not None:
        return Tab(known.id, known.entity_id, tab["name"])
    return Tab(call.state.next_id("tab"), call.state.entity_id(), tab["name"])


def _placed(call: Call, board: Dashboard, given: Json, tabs: dict[int, Tab]) -> Dashcard:
    known = board.dashcards.get(given["id"])
    card = given.get("card_id")
    if card is not None and (known is None or known.card != card):
        _may_stand(call, board, card)
    tab = given.get("dashboard_tab_id")
    if tab is not None and tab not in tabs:
        raise message(400, "A card names a tab that is none of the dashboard's")
    if tab is None and len(tabs) == 1:
        tab = next(iter(tabs))
    return Dashcard(
        known.id if known else call.state.next_id("dashcard"),
        known.entity_id if known else call.state.entity_id(),
        card,
        tabs[tab].id if tab is not None else None,
        row=given["row"],
        col=given["col"],
        size_x=given["size_x"],
        size_y=given["size_y"],
        settings=copy.deepcopy(given.get("visualization_settings") or {}),
        parameter_mappings=copy.deepcopy(given.get("parameter_mappings") or []),
        series=[each["id"] for each in given.get("series") or []],
        created=known.created if known else call.now,
        updated=call.now,
    )


def _may_stand(call: Call, board: Dashboard, number: int) -> None:
    card = call.state.cards.get(number)
    if card is None:
        raise call.absent()
    if card.archived:
        raise message(404, "The object has been archived.")
    if card.dashboard not in (None, board.id):
        raise message(400, "Cards must be saved in the same dashboard")
    if not access.may_read(call.state, call.user, card):
        raise forbidden()
