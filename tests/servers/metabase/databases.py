"""`/api/database`: which there are, what was synced of them, whether one may write SQL."""

from __future__ import annotations

from tests.servers.messages import Response, answer
from tests.servers.metabase import access
from tests.servers.metabase.call import Call
from tests.servers.metabase.refusals import forbidden, message
from tests.servers.metabase.state import Database, Json, Table


def shown(call: Call, database: Database) -> Json:
    """Show a database; its password is hidden."""
    native = access.may_native(call.state, call.user, database.id)
    body: Json = {
        "id": database.id,
        "name": database.name,
        "engine": database.engine,
        "description": None,
        "caveats": None,
        "points_of_interest": None,
        "features": ["basic-aggregations", "native-parameters", "schemas"],
        "is_sample": database.is_sample,
        "is_full_sync": True,
        "is_on_demand": False,
        "is_audit": False,
        "is_attached_dwh": False,
        "initial_sync_status": "complete",
        "native_permissions": "write" if native else "none",
        "auto_run_queries": True,
        "refingerprint": False,
        "settings": None,
        "timezone": "GMT",
        "cache_ttl": None,
        "cache_field_values_schedule": "0 0 5 * * ? *",
        "metadata_sync_schedule": "0 11 * * * ? *",
        "creator_id": 1,
        "created_at": database.created,
        "updated_at": database.created,
        "dbms_version": {"flavor": "PostgreSQL", "version": "16.4", "semantic-version": [16, 4]},
        "uploads_enabled": False,
        "uploads_schema_name": None,
        "uploads_table_prefix": None,
        "can_upload": False,
    }
    if call.version.mbql5:
        body |= {"router_database_id": None, "router_user_attribute": None, "provider_name": None}
    if call.user.is_superuser:
        body["details"] = database.details | {"password": "**MetabasePass**"}
    return body


def listed(call: Call) -> Response:
    """`GET /api/database`: those that one may query."""
    state = call.state
    found = [each for each in state.databases.values() if access.sees_database(state, call.user, each)]
    return answer({"data": [shown(call, each) for each in found], "total": len(found)})


def get(call: Call) -> Response:
    """`GET /api/database/:id`."""
    return answer(shown(call, _readable(call)))


def _readable(call: Call) -> Database:
    database = call.database()
    if not access.sees_database(call.state, call.user, database):
        raise forbidden()
    return database


def metadata(call: Call) -> Response:
    """`GET /api/database/:id/metadata`: tables with their columns."""
    database = _readable(call)
    return answer(shown(call, database) | {"tables": [_table(database, each) for each in database.tables]})


def _table(database: Database, table: Table) -> Json:
    return {
        "id": table.id,
        "db_id": database.id,
        "schema": table.schema,
        "name": table.name,
        "display_name": table.name.title(),
        "active": True,
        "visibility_type": None,
        "fields": [
            {
                "id": each.id,
                "table_id": table.id,
                "name": each.name,
                "display_name": each.name.title(),
                "base_type": each.base_type,
                "active": True,
            }
            for each in table.fields
        ],
    }


def create(call: Call) -> Response:
    """`POST /api/database`: tried before it is kept."""
    access.need_admin(call.user)
    body = call.body
    if not body.get("name") or not body.get("engine"):
        raise message(400, "name and engine are needed")
    if not (body.get("details") or {}).get("host"):
        raise message(400, "Hmm, we couldn't connect to the database.")
    number = call.state.next_id("database")
    made = Database(number, body["name"], body["engine"], dict(body["details"]), call.now)
    call.state.databases[number] = made
    return answer(shown(call, made))


def sync(call: Call) -> Response:
    """`POST /api/database/:id/sync_schema`."""
    access.need_admin(call.user)
    call.database()
    return answer({"status": "ok"})
