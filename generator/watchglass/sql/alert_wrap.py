"""
Statements of alert rules around a query: one float column, text labels, one row a key, no number that says nothing.

A NaN counts as NULL, since Grafana takes neither for what fires. Rows without a number are left out, so that "no data"
speaks for them, except where a joined condition has others that may still hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from watchglass.sql.literals import quote, quoted_name
from watchglass.sql.pieces import Group, Piece, Text
from watchglass.sql.wrap import Item, Nothing, Pick, expression, inner, number_of, one_row
from watchglass.thresholds import Comparison

Worse = Literal["max", "min"] | tuple[float, float]
"""Which of two numbers of one key counts: the larger, the smaller, or the one further from a band."""

VALUE = "value"
"""The name of the one float column of an alert's query, unless a column of its key has it."""

_OPERATORS: Mapping[str, str] = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}

_VALUES, _KEYS = "watchglass_values", "watchglass_keys"


@dataclass(frozen=True, slots=True)
class Keyed:
    """
    A query with one number a key.

    Args:
        worse: which of two numbers of one key counts.
        nothing: what NULL means; without a number it means that the key has none.
    """

    pieces: tuple[Piece, ...]
    item: Item
    key: tuple[str, ...]
    worse: Worse
    nothing: Nothing | None
    timezone: str

    @property
    def labels(self) -> tuple[str, ...]:
        """The key's columns as text, as SQL over the query ``q``."""
        return tuple(f"COALESCE(q.{quoted_name(column)}::text, '')" for column in self.key)

    @property
    def named(self) -> str:
        """The labels under the columns' names."""
        return ", ".join(
            f"{label} AS {quoted_name(column)}" for label, column in zip(self.labels, self.key, strict=True)
        )

    @property
    def places(self) -> str:
        """The labels' places in a list of what is selected."""
        return ", ".join(str(index + 1) for index in range(len(self.key)))

    @property
    def value(self) -> str:
        """The name of the number's column."""
        return quoted_name(free_name(VALUE, self.key))


def free_name(name: str, taken: tuple[str, ...]) -> str:
    """Give a column a name that no other has."""
    while name in taken:
        name += "_"
    return name


def alert_value(
    pieces: tuple[Piece, ...],
    item: Item,
    where: tuple[tuple[str, str], ...],
    pick: Pick | None,
    nothing: Nothing | None,
    timezone: str,
    *,
    always: bool = False,
) -> tuple[Piece, ...]:
    """
    Select the one number of a metric as a float column ``value``: one row, or none where there is no number.

    Args:
        always: give a row with NULL instead of none.
    """
    found = one_row(pieces, expression(item, timezone), where, pick)
    begin, end = _or_default("NULLIF(\0::float8, 'NaN')", nothing).split("\0")
    head = (Text(f"SELECT {begin}"), Group(found), Text(f"{end} AS {quoted_name(VALUE)}"))
    if always or (nothing is not None and nothing.value is not None):
        return head
    return (Text("SELECT a.value\nFROM "), Group(head), Text(" AS a\nWHERE a.value IS NOT NULL"))


def alert_values(of: Keyed, limit: int | None = None) -> tuple[Piece, ...]:
    """Select one number a key: the key's columns as text, then a float column ``value``, the worst first."""
    cut = f"\nLIMIT {limit}" if limit is not None else ""
    tail = f"\nORDER BY {_distance(f'a.{of.value}', of.worse)} DESC NULLS LAST, {of.places}{cut}"
    found = _numbers(of)
    if of.nothing is None or of.nothing.value is None:
        found = (*found, Text(f"\nHAVING {_worst(_number(of), of.worse)} IS NOT NULL"))
    return (Text("SELECT a.*\nFROM "), Group(found), Text(f" AS a{tail}"))


def breaches(found: tuple[Piece, ...], comparison: Comparison, value: str = VALUE) -> tuple[Piece, ...]:
    """
    Select from the rows of ``alert_value`` or ``alert_values`` those that meet a condition, the worst first.

    Args:
        value: the name of the float column.
    """
    number = f"a.{quoted_name(value)}"
    order = _distance(number, worse_by(comparison))
    return (
        Text("SELECT a.*\nFROM "),
        Group(found),
        Text(f" AS a\nWHERE {_meets(number, comparison)}\nORDER BY {order} DESC"),
    )


def worse_by(comparison: Comparison) -> Worse:
    """Tell which of two numbers of one key counts by a condition: the one that meets it sooner."""
    if comparison.upper is not None:
        return (comparison.number, comparison.upper)
    return "max" if comparison.operator.startswith("gt") else "min"


def _meets(value: str, comparison: Comparison) -> str:
    number = number_of(comparison.number)
    if comparison.upper is not None:
        return f"({value} < {number} OR {value} >= {number_of(comparison.upper)})"
    return f"{value} {_OPERATORS[comparison.operator]} {number}"


def shown_numbers(of: Keyed, show: tuple[Item, ...], value: str) -> tuple[Piece, ...]:
    """
    Select one number a key and what is shown beside it, from the row whose number counts.

    Args:
        value: the name of the float column.
    """
    number = f"{_or_default(_number(of), of.nothing)} AS {quoted_name(value)}"
    shown = "".join(f", {_beside(each, of.timezone)} AS {quoted_name(each.column)}" for each in show)
    return (
        Text(f"SELECT DISTINCT ON ({of.places}) {of.named}, {number}{shown}\nFROM "),
        inner(of.pieces),
        Text(f" AS q\nORDER BY {of.places}, {_distance(_number(of), of.worse)} DESC NULLS LAST"),
    )


def _beside(item: Item, timezone: str) -> str:
    """Give numbers as they are, all else as a text that a person reads."""
    numeric = item.type in ("integer", "number", "interval")
    return expression(item, timezone) if numeric else _readable(item, timezone)


def key_values(of: Keyed) -> tuple[Piece, ...]:
    """Select one number a key as it is, NULL where there is none: the key's columns as text, then a float column."""
    return _numbers(of)


def joined_values(
    of: Keyed, others: tuple[Keyed, ...], limit: int | None = None, *, alone: bool = False
) -> tuple[Piece, ...]:
    """
    Select one number for each key of any of several queries; NULL where a key has none here and NULL means nothing.

    Grafana drops what one side of a join has alone, and joins what does not belong together where each has one row.

    Args:
        alone: without any key there is one row of empty labels, so that a number without labels still counts.
    """
    names = ", ".join(quoted_name(column) for column in of.key)
    keys: list[Piece] = [
        Text(f"WITH {_VALUES} AS "),
        Group(_numbers(of)),
        Text(f", {_KEYS} AS (\nSELECT {names} FROM {_VALUES}"),
    ]
    for other in others:
        keys += [Text(f"\nUNION\nSELECT {other.named} FROM "), inner(other.pieces), Text(" AS q")]
    listed, cut = _KEYS, f"\nLIMIT {limit}" if limit is not None else ""
    if alone:
        nobody = ", ".join("''" for _ in of.key)
        listed = f"(SELECT * FROM {_KEYS} UNION ALL SELECT {nobody} WHERE NOT EXISTS (SELECT FROM {_KEYS}))"
    chosen = _or_default(f"a.{of.value}", of.nothing)
    return (
        *keys,
        Text(
            f"\n)\nSELECT {names}, {chosen} AS {of.value}\nFROM {listed} AS k LEFT JOIN {_VALUES} AS a USING ({names})"
            f"\nORDER BY {_distance(chosen, of.worse)} DESC NULLS LAST, {of.places}{cut}"
        ),
    )


def shown_once(
    pieces: tuple[Piece, ...],
    show: tuple[Item, ...],
    where: tuple[tuple[str, str], ...],
    pick: Pick | None,
    timezone: str,
) -> tuple[Piece, ...]:
    """Select what a message shows beside the one number of a metric, as text; the number is always 1."""
    named = ", ".join(f"{_readable(each, timezone)} AS {quoted_name(each.column)}" for each in show)
    return _never_empty(one_row(pieces, named, where, pick), tuple(each.column for each in show))


def shown_values(of: Keyed, show: tuple[Item, ...], limit: int | None = None) -> tuple[Piece, ...]:
    """
    Select what a message shows of each key, as text, from the row whose number counts; the number is always 1.

    The keys are those of ``alert_values``.
    """
    columns = (*of.key, *(each.column for each in show))
    number = quoted_name(free_name(_VALUES, columns))
    shown = ", ".join(f"{_readable(each, of.timezone)} AS {quoted_name(each.column)}" for each in show)
    rows: tuple[Piece, ...] = (
        Text(f"SELECT DISTINCT ON ({of.places}) {of.named}, {shown}, {_number(of)} AS {number}\nFROM "),
        inner(of.pieces),
        Text(f" AS q\nORDER BY {of.places}, {_distance(_number(of), of.worse)} DESC NULLS LAST"),
    )
    if limit is not None:
        value = _or_default(f"a.{number}", of.nothing)
        order = f"{_distance(value, of.worse)} DESC NULLS LAST, {of.places}"
        rows = (
            Text("SELECT a.*\nFROM "),
            Group(rows),
            Text(f" AS a\nORDER BY {order}\nLIMIT {limit}"),
        )
    return _never_empty(rows, columns)


def _never_empty(rows: tuple[Piece, ...], columns: tuple[str, ...]) -> tuple[Piece, ...]:
    """Select columns of text beside the number 1; without rows one row of empty texts: an empty query would silence the rule."""
    texts = ", ".join(f"COALESCE(s.{quoted_name(name)}, '') AS {quoted_name(name)}" for name in columns)
    number = quoted_name(free_name(VALUE, columns))
    return (
        Text(f"SELECT {texts}, 1::float8 AS {number}\nFROM (SELECT 1) AS one LEFT JOIN "),
        Group(rows),
        Text(" AS s ON true"),
    )


def _numbers(of: Keyed) -> tuple[Piece, ...]:
    chosen = _or_default(_worst(_number(of), of.worse), of.nothing)
    return (
        Text(f"SELECT {of.named}, {chosen} AS {of.value}\nFROM "),
        inner(of.pieces),
        Text(f" AS q\nGROUP BY {', '.join(of.labels)}"),
    )


def _number(of: Keyed) -> str:
    return f"NULLIF({expression(of.item, of.timezone)}::float8, 'NaN')"


def _or_default(value: str, nothing: Nothing | None) -> str:
    return (
        value
        if nothing is None or nothing.value is None
        else f"COALESCE({value}, {number_of(nothing.value)})"
    )


def _worst(value: str, worse: Worse) -> str:
    if isinstance(worse, str):
        return f"{worse}({value})"
    return f"(array_agg({value} ORDER BY {_distance(value, worse)} DESC NULLS LAST))[1]"


def _distance(value: str, worse: Worse) -> str:
    if isinstance(worse, str):
        return value if worse == "max" else f"-{value}"
    return f"greatest({number_of(worse[0])} - {value}, {value} - {number_of(worse[1])})"


def _readable(item: Item, timezone: str) -> str:
    column = f"q.{quoted_name(item.column)}"
    if item.type == "timestamp":
        return f"to_char({column}::timestamptz AT TIME ZONE {quote(timezone)}, 'YYYY-MM-DD HH24:MI')"
    return f"({expression(Item(item.column, item.type, scale=item.scale, role='text'), timezone)})::text"
