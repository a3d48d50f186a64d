"""A question as it is answered: alone, in lists, within a dashboard; keys by generation."""

from __future__ import annotations

from tests.servers.metabase import access, queries
from tests.servers.metabase.people import shown_user
from tests.servers.metabase.state import TRASH, Card, Collection, Json, State, User
from tests.servers.metabase.versions import Version

WRITTEN_BY = "v0.50.5 (48f6978)"


def bare(card: Card, version: Version) -> Json:
    """Show what a dashboard shows of a card."""
    shown: Json = {
        "id": card.id,
        "entity_id": card.entity_id,
        "name": card.name,
        "description": card.description,
        "display": card.display,
        "type": card.type,
        "dataset_query": queries.shown(card.query, version),
        "query_type": "native",
        "database_id": card.query["database"],
        "table_id": None,
        "visualization_settings": card.settings,
        "parameters": card.parameters,
        "parameter_mappings": card.parameter_mappings,
        "result_metadata": _columns(card),
        "collection_id": access.shown_collection(card),
        "collection_position": card.position,
        "collection_preview": True,
        "archived": card.archived,
        "cache_ttl": card.cache_ttl,
        "cache_invalidated_at": None,
        "creator_id": card.creator,
        "created_at": card.created,
        "updated_at": card.updated,
        "last_used_at": card.updated,
        "view_count": 0,
        "enable_embedding": card.embedding,
        "embedding_params": None,
        "initially_published_at": None,
        "made_public_by_id": None,
        "public_uuid": None,
        "metabase_version": WRITTEN_BY,
    }
    if version.mbql5:
        shown |= {
            "legacy_query": queries.as_text(card.query),
            "card_schema": 22,
            "source_card_id": None,
            "dashboard_id": card.dashboard,
            "document_id": None,
            "archived_directly": card.archived_directly,
            "dependency_analysis_version": 0,
        }
    return shown


def _columns(card: Card) -> list[Json]:
    """Make what the server found out about the rows: nobody sends it, everybody gets it."""
    metrics = card.settings.get("graph.metrics") or [card.settings.get("scalar.field", "count")]
    return [
        {"name": str(name), "display_name": str(name), "base_type": "type/Integer", "fingerprint": None}
        for name in metrics
    ]


def placed(card: Card, version: Version) -> Json:
    """Show a card on a dashboard."""
    return bare(card, version) | {"can_write": True, "moderation_reviews": [], "query_average_duration": None}


def whole(card: Card, state: State, user: User, *, legacy: bool = False) -> Json:
    """Show a card that was asked for by itself."""
    version = state.version
    collection = state.collections.get(card.collection) if card.collection is not None else None
    shown = bare(card, version) | {
        "can_write": access.may_write(state, user, card),
        "can_run_adhoc_query": True,
        "collection": root(version) if collection is None else brief(collection),
        "creator": shown_user(state.users[card.creator]),
        "dashboard_count": sum(
            any(place.card == card.id for place in board.dashcards.values())
            for board in state.dashboards.values()
        ),
        "average_query_time": None,
        "last_query_start": None,
        "last-edit-info": edited(state.users[card.creator], card.updated),
        "moderation_reviews": [],
        "parameter_usage_count": 0,
    }
    if version.mbql5:
        shown |= {
            "can_manage_db": user.is_superuser,
            "can_restore": card.archived,
            "can_delete": card.archived,
            "dashboard": None,
            "is_remote_synced": False,
        }
    return shown | ({"dataset_query": card.query} if legacy else {})


def edited(user: User, moment: str) -> Json:
    """Say who changed something last."""
    return {
        "id": user.id, "email": user.email, "first_name": user.name, "last_name": None, "timestamp": moment,
    }  # fmt: skip


def root(version: Version) -> Json:
    """Show the root within an answer."""
    name = "metabase.collections.models" if version.mbql5 else "metabase.models"
    return {
        f"{name}.collection.root/is-root?": True,
        "authority_level": None,
        "name": "Our analytics",
        "is_personal": False,
        "id": "root",
        "can_write": True,
    }


def brief(collection: Collection) -> Json:
    """Show a collection within an answer."""
    return {
        "id": TRASH if access.in_trash(collection) else collection.id,
        "name": collection.name,
        "authority_level": None,
        "type": collection.type,
        "is_personal": collection.personal_owner is not None,
        "location": "/" + "".join(f"{each}/" for each in collection.parents),
    }
