"""
The clock as SQL: a schema whose functions read a setting of the session, the server's own time where it is not set.

They are plain SQL that the planner puts in place of the call. For many instants at once there are no functions: the words
are columns of a relation of instants.
"""

from __future__ import annotations

SCHEMA = "watchglass_clock"
SETTING = "watchglass.now"

TYPES = {
    "now": "timestamptz",
    "transaction_timestamp": "timestamptz",
    "statement_timestamp": "timestamptz",
    "clock_timestamp": "timestamptz",
    "current_timestamp": "timestamptz",
    "localtimestamp": "timestamp",
    "current_date": "date",
    "current_time": "timetz",
    "localtime": "time",
}
"""Word → its type; each is a cast of the instant, in the session's time zone."""

_NOW = f"coalesce(CAST(nullif(pg_catalog.current_setting('{SETTING}', true), '') AS timestamptz), pg_catalog.now())"
_DAY = "YYYY-MM-DD"

TEXTS = {
    "timeofday": "pg_catalog.to_char({at}, 'Dy Mon DD HH24:MI:SS.US YYYY TZ')",
    "text_of_now": "pg_catalog.to_char({at}, 'YYYY-MM-DD HH24:MI:SS.USTZH:TZM')",
    "text_of_today": f"pg_catalog.to_char({{at}}, '{_DAY}')",
    "text_of_tomorrow": f"pg_catalog.to_char(CAST({{at}} AS date) + 1, '{_DAY}')",
    "text_of_yesterday": f"pg_catalog.to_char(CAST({{at}} AS date) - 1, '{_DAY}')",
}
"""Word → its text; the last four stand for the words that a date's input may hold."""

_AGES = {
    "timestamp": ("interval", 'pg_catalog.age(CAST({schema}."current_date"() AS timestamp), x)'),
    "timestamptz": ("interval", 'pg_catalog.age(CAST({schema}."current_date"() AS timestamptz), x)'),
    "xid": ("integer", "pg_catalog.age(x)"),
}

MOMENT = "watchglass_moment"
"""The relation of many instants: its columns are named like the words."""


def install() -> str:
    """Give the SQL that makes the clock; whoever may use the database may read it."""
    made = [
        f"CREATE SCHEMA {SCHEMA};",
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO PUBLIC;",
        _function("now", "timestamptz", _NOW),
    ]
    made += [
        _function(name, kind, body.format(at=f"{SCHEMA}.now()"))
        for name, kind, body in _words()
        if name != "now"
    ]
    made += [
        _function("age", result, body.format(schema=SCHEMA), f"x {kind}")
        for kind, (result, body) in _AGES.items()
    ]
    return "\n".join(made) + "\n"


def over_moments(sql: str, parameter: int) -> str:
    """
    Give a statement that runs another one for each of many instants: its first column is the instant's number, from 1.

    Args:
        sql: a SELECT that reads the clock from `MOMENT`.
        parameter: number of the one that holds the instants, as the text of an array.
    """
    columns = ", ".join(f'{body.format(at="at")} AS "{name}"' for name, _, body in _words())
    # OFFSET 0 has the words made once an instant, not once a row.
    return (
        f"SELECT {MOMENT}.watchglass_number, watchglass_rows.* FROM (SELECT watchglass_number, {columns}\n"
        f"FROM unnest(CAST(CAST(${parameter} AS text) AS timestamptz[])) WITH ORDINALITY AS given(at, watchglass_number)\n"
        f"OFFSET 0) AS {MOMENT} CROSS JOIN LATERAL (\n{sql}\n) AS watchglass_rows"
    )


def _words() -> list[tuple[str, str, str]]:
    casts = [(name, kind, f"CAST({{at}} AS {kind})") for name, kind in TYPES.items()]
    return casts + [(name, "text", body) for name, body in TEXTS.items()]


def _function(name: str, kind: str, body: str, argument: str = "") -> str:
    return f'CREATE FUNCTION {SCHEMA}."{name}"({argument}) RETURNS {kind} LANGUAGE sql STABLE PARALLEL SAFE RETURN {body};'
