"""Into the Trash and back: what is put there directly, what goes along, what comes back with it."""

from __future__ import annotations

from tests.servers.metabase import alert_loss
from tests.servers.metabase.refusals import message
from tests.servers.metabase.state import Card, Collection, Dashboard, State


def put_away(what: Card | Dashboard) -> None:
    """Put one thing into the Trash."""
    what.archived = what.archived_directly = True
    what.operation = ""


def take_back(state: State, what: Card | Dashboard, placed: bool) -> None:
    """Take one thing out, to where it was or to where it was sent."""
    home = state.collections.get(what.collection) if what.collection is not None else None
    if home is not None and home.archived:
        if not placed:
            raise message(400, "Cannot unarchive: the original collection is in the Trash")
        raise message(400, "Cannot move to an archived collection")
    what.archived = what.archived_directly = False
    what.operation = ""


def inside(state: State, collection: Collection) -> list[Card | Dashboard | Collection]:
    """List all that lies in a collection and below it."""
    homes = {collection.id} | {each.id for each in below(state, collection)}
    found: list[Card | Dashboard | Collection] = [*below(state, collection)]
    found += [each for each in state.cards.values() if each.collection in homes]
    found += [each for each in state.dashboards.values() if each.collection in homes]
    return found


def below(state: State, collection: Collection) -> list[Collection]:
    """List the collections below one."""
    return [each for each in state.collections.values() if collection.id in each.parents]


def put_away_collection(state: State, collection: Collection) -> None:
    """Put a collection with all it holds into the Trash; alerts on its cards end."""
    operation = state.entity_id()
    collection.archived = collection.archived_directly = True
    collection.operation = operation
    for each in inside(state, collection):
        if not each.archived:
            each.archived, each.archived_directly, each.operation = True, False, operation
    homes = {collection.id} | {each.id for each in below(state, collection)}
    alert_loss.of_cards(state, [card.id for card in state.cards.values() if card.collection in homes])


def take_back_collection(state: State, collection: Collection) -> None:
    """Take a collection out, with what went along."""
    for each in inside(state, collection):
        if each.operation == collection.operation and not each.archived_directly:
            each.archived, each.operation = False, ""
    collection.archived = collection.archived_directly = False
    collection.operation = ""
