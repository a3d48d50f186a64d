"""What a session's role may do beyond reading, and the SQL that takes it away."""

from __future__ import annotations

from dataclasses import dataclass

from watchglass.database.connection import Connection

_SHOWN = 3
"""Objects named in one objection."""


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a role must not prove statements, and SQL that mends it (or what to do)."""

    message: str
    hint: str


# Every role that a query could act as: `set_config('role', …)` inside a SELECT goes back to the session's login and to
# whatever that one is a member of. All below asks for all of them.
_ROLES = """WITH me AS (
    SELECT r.oid, r.rolname, r.rolsuper, r.rolreplication FROM pg_catalog.pg_roles r
    WHERE pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')
       OR pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER')
), spaces AS (
    SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), things AS (
    SELECT c.oid, c.relowner, c.relkind, pg_catalog.format('%I.%I', s.nspname, c.relname) AS name, s.oid AS space
    FROM pg_catalog.pg_class c JOIN spaces s ON s.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'f', 'm', 'S')
)
"""

_STRONG = (
    "'pg_write_all_data', 'pg_write_server_files', 'pg_read_server_files', 'pg_execute_server_program', "
    "'pg_signal_backend', 'pg_signal_autovacuum_worker', 'pg_maintain', 'pg_create_subscription'"
)

# Each question gives the names of what it objects to; {} in message and hint stands for them.
_QUESTIONS: tuple[tuple[str, str, str], ...] = (
    (
        "SELECT rolname FROM me WHERE rolsuper",
        "it is the superuser {}, or may become it",
        "CREATE ROLE watchglass LOGIN; then grant it SELECT on what the dashboards read, and connect as it",
    ),
    (
        "SELECT session_user::text WHERE session_user <> current_user",
        "the session's login is {}, to which a query could go back",
        "connect as the role itself, not by SET ROLE",
    ),
    (
        (
            "SELECT pg_catalog.quote_ident(datname) FROM pg_catalog.pg_database "
            "WHERE datname = pg_catalog.current_database() AND datdba IN (SELECT oid FROM me)"
        ),
        "it owns the database {}",
        "connect as a role that does not: ALTER DATABASE {} OWNER TO …",
    ),
    (
        "SELECT DISTINCT things.name FROM things JOIN me ON me.oid = things.relowner",
        "it owns {}",
        "connect as a role that does not: ALTER TABLE … OWNER TO …",
    ),
    (
        "SELECT rolname FROM me WHERE rolreplication",
        "{} may replicate, and so hold back the server's log",
        "ALTER ROLE {} NOREPLICATION",
    ),
    (
        f"SELECT rolname FROM me WHERE rolname IN ({_STRONG})",
        "it is a member of {}",
        "REVOKE {} FROM the role",
    ),
    (
        (
            "SELECT DISTINCT pg_catalog.quote_ident(pg_catalog.current_database()) FROM me "
            "WHERE pg_catalog.has_database_privilege(me.oid, pg_catalog.current_database(), 'CREATE')"
        ),
        "it may create schemas in the database {}",
        "REVOKE CREATE ON DATABASE {} FROM PUBLIC and from the role",
    ),
    (
        (
            "SELECT DISTINCT pg_catalog.quote_ident(nspname) FROM spaces, me "
            "WHERE pg_catalog.has_schema_privilege(me.oid, spaces.oid, 'CREATE')"
        ),
        "it may create tables in the schema {}",
        "REVOKE CREATE ON SCHEMA {} FROM PUBLIC and from the role",
    ),
    (
        (
            "SELECT DISTINCT name FROM things, me WHERE relkind <> 'S' "
            "AND pg_catalog.has_schema_privilege(me.oid, space, 'USAGE') "
            "AND (pg_catalog.has_table_privilege(me.oid, things.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') "
            "OR pg_catalog.has_any_column_privilege(me.oid, things.oid, 'INSERT, UPDATE'))"
        ),
        "it may write to {}",
        "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {} FROM PUBLIC and from the role",
    ),
    (
        (
            "SELECT DISTINCT name FROM things, me WHERE relkind = 'S' "
            "AND pg_catalog.has_schema_privilege(me.oid, space, 'USAGE') "
            "AND pg_catalog.has_sequence_privilege(me.oid, things.oid, 'USAGE, UPDATE')"
        ),
        "it may advance the sequence {}, which no rollback takes back",
        "REVOKE USAGE, UPDATE ON SEQUENCE {} FROM PUBLIC and from the role",
    ),
)


def role_objections(connection: Connection) -> tuple[Objection, ...]:
    """Say why the session's role is too strong to prove statements with; empty where it only reads."""
    found = []
    for question, message, hint in _QUESTIONS:
        names = sorted(str(row[0]) for row in connection.execute((_ROLES + question).encode()).fetchall())
        if names:
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            listed = ", ".join(names[:_SHOWN])
            found.append(Objection(message.replace("{}", listed + more), hint.replace("{}", listed)))
        if found and question is _QUESTIONS[0][0]:
            break  # a superuser may do all of the rest
    return tuple(found)


def has_role(connection: Connection, name: str) -> bool:
    """Tell whether the server has a role of that name."""
    asked = connection.execute("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = %s", (name,))
    return asked.fetchone() is not None
