"""Values as SQL: literals of their type, and identifiers quoted where PostgreSQL needs it."""

from __future__ import annotations

import re

from watchglass.sql.pieces import Value

_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_OFFSET = re.compile(r":\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}(?::?\d{2})?)$")
"""What ends an instant that has one; the end of a day alone looks like it."""

# Words that PostgreSQL reserves: as a column or table name they need quotes.
_RESERVED = frozenset(
    [
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "both",
        "case",
        "cast",
        "check",
        "collate",
        "column",
        "constraint",
        "create",
        "current_date",
        "current_role",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "false",
        "fetch",
        "for",
        "foreign",
        "from",
        "grant",
        "group",
        "having",
        "in",
        "initially",
        "intersect",
        "into",
        "lateral",
        "leading",
        "limit",
        "localtime",
        "localtimestamp",
        "not",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "placing",
        "primary",
        "references",
        "returning",
        "select",
        "session_user",
        "some",
        "symmetric",
        "system_user",
        "table",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "variadic",
        "when",
        "where",
        "window",
        "with",
        "authorization",
        "binary",
        "collation",
        "concurrently",
        "cross",
        "current_schema",
        "freeze",
        "full",
        "ilike",
        "inner",
        "is",
        "isnull",
        "join",
        "left",
        "like",
        "natural",
        "notnull",
        "outer",
        "overlaps",
        "right",
        "similar",
        "tablesample",
        "verbose",
    ]
)


def quote(text: str) -> str:
    """Make a string literal; doubled quotes suffice, since ``standard_conforming_strings`` is on everywhere since 9.1."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """Make an identifier; dots separate schema and name, quotes are added where they are needed."""
    return ".".join(
        part if _PLAIN_NAME.fullmatch(part) and part not in _RESERVED else quoted_name(part)
        for part in text.split(".")
    )


def quoted_name(text: str) -> str:
    """Make one identifier in quotes."""
    return '"' + text.replace('"', '""') + '"'


def identifier(text: str) -> str:
    """Make one identifier, with quotes where they are needed; a dot is a part of it."""
    return quoted_name(text) if "." in text else name(text)


def literal(value: Value, timezone: str) -> str:
    """
    Render a typed value.

    Args:
        timezone: what a timestamp without an offset is read in.
    """
    text = str(value.value)
    if value.type == "boolean":
        return "TRUE" if value.value else "FALSE"
    if value.type in ("integer", "number"):
        return f"({text})" if text.startswith("-") else text
    if value.type == "identifier":
        return name(text)
    if value.type == "timestamp" and not _OFFSET.search(text):
        return f"(TIMESTAMP {quote(text)} AT TIME ZONE {quote(timezone)})"
    word = {"interval": "INTERVAL ", "date": "DATE ", "timestamp": "TIMESTAMPTZ "}.get(value.type, "")
    return f"{quote(text)}::uuid" if value.type == "uuid" else f"{word}{quote(text)}"
