"""The dialect of Grafana's PostgreSQL data source: time macros, and variables read as an array of texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from watchglass.sql.literals import name, quote
from watchglass.sql.pieces import Filter, Matches, Piece, Text
from watchglass.sql.render import escaped_string, render
from watchglass.sql.rendered import Rendered
from watchglass.sql.words import Part, Range, atom

ALL_VALUE = "NULL"
"""What a variable's All stands for in SQL: an array without a value, so that the filter is unset."""

_FROM, _TO = "$__timeFrom()", "$__timeTo()"
"""The macros that stand for the edges of the range."""

_LIST_SIGNS = re.compile(r"^\s|\s$|\s:\s|\\$")
"""What a value of a list of options cannot hold: ``name : value`` is cut at the last colon and trimmed, ``\\,`` is a comma."""

_BRACKETS = re.compile(r"(?<=\[)(?=\[)|(?<=\])(?=\])")
_NAME_WITH_DOLLAR = re.compile(r"[^\W\d][\w$]*\$[\w$]*")


@dataclass(frozen=True, slots=True)
class GrafanaDialect:
    """
    What panels and rules send.

    Args:
        chosen: None for a dashboard, whose variables the front end fills in. For an alert rule, where no variable
            exists, the values that the alert states; a filter that is not among them is unset.
        offered: the filters that the dashboard has as variables, the others being unset; None for all.
    """

    timezone: str
    filters: Mapping[str, Filter] = field(default_factory=dict)
    chosen: Mapping[str, tuple[str, ...]] | None = None
    offered: frozenset[str] | None = None

    @property
    def over(self) -> Range:
        """The range that the panel or the rule is asked for."""
        return Range(f"{_FROM}::timestamptz", f"{_TO}::timestamptz", self.timezone)

    def matches(self, word: Matches) -> tuple[Part, ...]:
        """Render a filter: by variable on a dashboard, by the stated values in an alert."""
        of = self.filters[word.filter]
        if self.chosen is not None:
            return stated(of, word.column, self.chosen.get(of.id, ()), self)
        if self.offered is not None and of.id not in self.offered:
            return stated(of, word.column, (), self)
        values = f"ARRAY[${{{of.id}}}]::text[]"
        unset = f"cardinality(array_remove({values}, NULL)) = 0"
        if of.table is None:
            return (f"({unset} OR ", *_encoded_column(of, word.column), f" = ANY ({values}))")
        listed = Text(f"SELECT {name(of.value)} FROM {name(of.table)} WHERE {encoded(of, name(of.value))}")
        return (f"({unset} OR ", *atom(word.column), " IN (", listed, f" = ANY ({values})))")

    def hazards(self, text: str, in_comment: bool) -> str:
        """Name the characters with which a macro or a variable would begin."""
        del in_comment
        return ("$" if "$" in text else "") + ("[" if "[[" in text else "")

    def code(self, text: str) -> str:
        """Part doubled brackets (an old form of a variable) and quote names that hold a dollar sign."""
        text = _BRACKETS.sub(" ", text)
        return _NAME_WITH_DOLLAR.sub(
            lambda match: 'U&"' + folded(match[0]).replace("$", "\\0024") + '"', text
        )


def with_edges(sql: str, start: str, end: str) -> str:
    """
    Put SQL in place of the edges of the range in what an alert's dialect rendered: nothing else in it is Grafana's.

    Args:
        start: SQL of a type that casts to timestamptz, as is ``end``.
    """
    return sql.replace(_FROM, start).replace(_TO, end)


def folded(unquoted: str) -> str:
    """Fold a name as PostgreSQL does in UTF-8: ASCII letters alone."""
    return "".join(character.lower() if character.isascii() else character for character in unquoted)


def stated(of: Filter, column: Text, values: tuple[str, ...], dialect: GrafanaDialect) -> tuple[Part, ...]:
    """Render a filter that stands at given values, TRUE where there are none."""
    if not values:
        return ("TRUE",)
    texts = ", ".join(_literal(value, dialect) for value in values)
    if of.table is None:
        return ("(", *atom(column), f"::text IN ({texts}))")
    listed = Text(f"SELECT {name(of.value)} FROM {name(of.table)} WHERE {name(of.value)}::text")
    return ("(", *atom(column), " IN (", listed, f" IN ({texts})))")


def _literal(value: str, dialect: GrafanaDialect) -> str:
    hazards = dialect.hazards(value, False)
    return escaped_string(value, hazards) if hazards else quote(value)


def encoded(of: Filter, expression: str) -> str:
    """Give a filter's value as a text that holds no dollar sign: what a variable's value holds is read for macros once more."""
    made = f"{expression}::text"
    for character in _encoded_characters(of):
        written = "'%'" if character == "%" else f"chr({ord(character)})"
        made = f"replace({made}, {written}, '{_percent(character)}')"
    return made


def encode_value(of: Filter, value: str) -> str:
    """Encode a value as the variable's query does."""
    for character in _encoded_characters(of):
        value = value.replace(character, _percent(character))
    return value


def _encoded_characters(of: Filter) -> str:
    """List what is encoded in a filter's values: more where Grafana would read a list of options otherwise than it is meant."""
    if of.type in ("uuid", "integer", "number", "boolean", "date"):
        return ""
    hard = "".join(value for value, _ in of.options if _LIST_SIGNS.search(value))
    return "%$" + "".join(sorted({sign for sign in hard if sign.isspace() or sign == "\\"}))


def _percent(character: str) -> str:
    return f"%{ord(character):02X}"


def _encoded_column(of: Filter, column: Text) -> tuple[Part, ...]:
    head, tail = encoded(of, "\0").split("\0")
    return (head, *atom(column), tail)


def variable_query(of: Filter, filters: Mapping[str, Filter], timezone: str) -> Rendered:
    """
    Render the query that lists a filter's values, names in ``__text`` (unique) and values in ``__value``.

    A chained filter is narrowed by the variables that it depends on.
    """
    value, label = name(of.value), name(of.label or of.value)
    text = f"coalesce({label}::text, {value}::text)"
    twice = f"count(*) OVER (PARTITION BY {text}) > 1 AND {text} <> {value}::text"
    pieces: list[Piece] = [
        Text(
            f"SELECT {text} || CASE WHEN {twice} THEN ' (' || {value}::text || ')' ELSE '' END AS \"__text\",\n"
            f'       {encoded(of, value)} AS "__value"\nFROM (SELECT DISTINCT {value}, {label}'
            f" FROM {name(of.table or '')}\n      WHERE {value} IS NOT NULL"
        )
        if of.label and of.label != of.value
        else Text(
            f'SELECT {value}::text AS "__text", {encoded(of, value)} AS "__value"\nFROM (SELECT DISTINCT {value}'
            f" FROM {name(of.table or '')}\n      WHERE {value} IS NOT NULL"
        )
    ]
    for parent, column in (of.depends_on or {}).items():
        pieces += [Text("\n        AND "), Matches(parent, Text(name(column)))]
    pieces.append(Text(") AS listed\nORDER BY 1"))
    return render(tuple(pieces), GrafanaDialect(timezone, filters))
