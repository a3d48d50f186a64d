"""Statements around a query: one number of it, one number a key for an alert, its rows as a target can show them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from watchglass.sql.lexer import tokens
from watchglass.sql.literals import quote, quoted_name
from watchglass.sql.pieces import Group, Piece, Text, Value
from watchglass.sql.words import number

Pick = Literal["first", "last"]
VALUE = "value"
"""The name of the one float column of an alert's query."""


@dataclass(frozen=True, slots=True)
class Item:
    """
    One column of a wrapped query.

    Args:
        column: its name in the query; ``alias``: its name outside (the same where empty).
        type: the contract's type. An interval becomes seconds, a date as ``time`` the local midnight.
        role: ``shown`` as it is, ``text`` as a label, ``time`` as an instant.
    """

    column: str
    type: str
    alias: str = ""
    scale: float | None = None
    role: Literal["shown", "text", "time"] = "shown"
    names: tuple[tuple[str, str], ...] = ()
    """Values and what is shown for them."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """What stands for NULL or no row: a number, or nothing at all (``skip``)."""

    value: float | None
    skip: bool = False


def expression(item: Item, timezone: str) -> str:
    """Give an item as SQL over the wrapped query ``q``."""
    column = f"q.{quoted_name(item.column)}"
    if item.names:
        named = " ".join(f"WHEN {quote(value)} THEN {quote(name)}" for value, name in item.names)
        return f"CASE {column}::text {named} ELSE {column}::text END"
    if item.role == "text":
        # A day's text must not follow the session's DateStyle.
        return f"to_char({column}, 'YYYY-MM-DD')" if item.type == "date" else f"{column}::text"
    if item.role == "time":
        return f"({column}::timestamp AT TIME ZONE {quote(timezone)})" if item.type == "date" else column
    if item.type == "interval":
        column = f"extract(epoch FROM {column})"
    return f"({column} * {number(item.scale)})" if item.scale is not None else column


def rows(
    pieces: tuple[Piece, ...],
    items: tuple[Item, ...],
    timezone: str,
    order: str = "",
    limit: int | None = None,
) -> tuple[Piece, ...]:
    """Select the items of a query; ``order`` is SQL over the items' aliases or numbers, empty for the query's own order."""
    listed = ", ".join(
        f"{expression(item, timezone)} AS {quoted_name(item.alias or item.column)}" for item in items
    )
    tail = (f"\nORDER BY {order}" if order else "") + (f"\nLIMIT {limit}" if limit is not None else "")
    return (Text(f"SELECT {listed}\nFROM "), _inner(pieces), Text(f" AS q{tail}"))


def limited(pieces: tuple[Piece, ...], limit: int | None) -> tuple[Piece, ...]:
    """Cut a query after its first rows."""
    return (
        pieces if limit is None else (Text("SELECT *\nFROM "), _inner(pieces), Text(f" AS q\nLIMIT {limit}"))
    )


def metric_value(
    pieces: tuple[Piece, ...],
    item: Item,
    where: tuple[tuple[str, str], ...],
    pick: Pick | None,
    nothing: Nothing | None,
    timezone: str,
) -> tuple[Piece, ...]:
    """Select the one number of a metric, always in one row; NULL only where ``nothing`` gives no number."""
    alias = quoted_name(item.alias or item.column)
    found = _one(pieces, item, where, pick, timezone)
    if nothing is None or nothing.value is None:
        return (Text("SELECT "), Group(found), Text(f" AS {alias}"))
    return (Text("SELECT COALESCE("), Group(found), Text(f", {_number(nothing.value)}) AS {alias}"))


def alert_value(
    pieces: tuple[Piece, ...],
    item: Item,
    where: tuple[tuple[str, str], ...],
    pick: Pick | None,
    nothing: Nothing | None,
    timezone: str,
) -> tuple[Piece, ...]:
    """Select the one number of a metric as a float column ``value``: one row, or none where nothing is to be skipped."""
    found = _one(pieces, item, where, pick, timezone)
    default = "" if nothing is None or nothing.value is None else f", {_number(nothing.value)}"
    head = (Text("SELECT COALESCE("), Group(found), Text(f"{default})::float8 AS {quoted_name(VALUE)}"))
    if nothing is None or not nothing.skip:
        return head
    return (Text("SELECT a.value\nFROM "), Group(head), Text(" AS a\nWHERE a.value IS NOT NULL"))


def alert_values(
    pieces: tuple[Piece, ...],
    item: Item,
    key: tuple[str, ...],
    worse: Literal["max", "min"] | tuple[float, float],
    nothing: Nothing | None,
    limit: int | None,
    timezone: str,
) -> tuple[Piece, ...]:
    """
    Select one number a key: the key's columns as text, then a float column ``value``, the worst first.

    Args:
        worse: which of two numbers of one key counts: the larger, the smaller, or the one further from a band.
    """
    value = f"{expression(item, timezone)}::float8"
    labels = [f"COALESCE(q.{quoted_name(column)}::text, '')" for column in key]
    named = ", ".join(f"{label} AS {quoted_name(column)}" for label, column in zip(labels, key, strict=True))
    chosen = _worst(value, worse)
    default = "" if nothing is None or nothing.value is None else f", {_number(nothing.value)}"
    chosen = f"COALESCE({chosen}{default})" if default else chosen
    where = f"\nWHERE {value} IS NOT NULL" if nothing is not None and nothing.skip else ""
    order = _distance(f"a.{VALUE}", worse)
    tail = f"\nORDER BY {order} DESC, {', '.join(str(index + 1) for index in range(len(key)))}"
    cut = f"\nLIMIT {limit}" if limit is not None else ""
    inner = (
        Text(f"SELECT {named}, {chosen} AS {quoted_name(VALUE)}\nFROM "),
        _inner(pieces),
        Text(f" AS q{where}\nGROUP BY {', '.join(labels)}"),
    )
    return (Text("SELECT a.*\nFROM "), Group(inner), Text(f" AS a{tail}{cut}"))


def _one(
    pieces: tuple[Piece, ...],
    item: Item,
    where: tuple[tuple[str, str], ...],
    pick: Pick | None,
    timezone: str,
) -> tuple[Piece, ...]:
    conditions: list[Piece] = []
    for index, (column, value) in enumerate(where):
        conditions += [
            Text(f"{' AND ' if index else ' WHERE '}q.{quoted_name(column)}::text = "),
            Value(value, "text"),
        ]
    shown = expression(item, timezone)
    if pick == "last":
        # The query's own order is kept by numbering its rows, then turned round.
        numbered = (
            Text("SELECT q.*, row_number() OVER () AS watchglass_row FROM "),
            _inner(pieces),
            Text(" AS q"),
        )
        return (
            Text(f"SELECT {shown} FROM "),
            Group(numbered),
            Text(" AS q"),
            *conditions,
            Text(" ORDER BY q.watchglass_row DESC LIMIT 1"),
        )
    return (Text(f"SELECT {shown} FROM "), _inner(pieces), Text(" AS q"), *conditions, Text(" LIMIT 1"))


def _inner(pieces: tuple[Piece, ...]) -> Group:
    """Put a statement in parentheses; the blanks, semicolons and comments at its end stay outside."""
    texts = list(takewhile(lambda piece: isinstance(piece, Text), reversed(pieces)))
    kept = [*pieces[: len(pieces) - len(texts)]]
    left = _end("".join(piece.text for piece in reversed(texts) if isinstance(piece, Text)))
    for piece in reversed(texts):
        if isinstance(piece, Text) and left > 0:
            kept.append(Text(piece.text[:left], piece.origin))
            left -= len(piece.text)
    return Group(tuple(kept))


def _end(sql: str) -> int:
    """Find where a statement's last word ends."""
    for token in reversed(tokens(sql)):
        if token.kind == "comment":
            continue
        if token.kind != "code":
            return token.end
        if kept := token.text.rstrip("; \t\r\n\f\v"):
            return token.start + len(kept)
    return 0


def _number(value: float) -> str:
    text = number(value)
    return f"({text})" if text.startswith("-") else text


def _worst(value: str, worse: Literal["max", "min"] | tuple[float, float]) -> str:
    if isinstance(worse, str):
        return f"{worse}({value})"
    return f"(array_agg({value} ORDER BY {_distance(value, worse)} DESC NULLS LAST))[1]"


def _distance(value: str, worse: Literal["max", "min"] | tuple[float, float]) -> str:
    if isinstance(worse, str):
        return value if worse == "max" else f"-{value}"
    return f"greatest({_number(worse[0])} - {value}, {value} - {_number(worse[1])})"
