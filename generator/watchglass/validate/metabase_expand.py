"""
A question as Metabase sends it: template tags and optional clauses resolved, values bound, ``?`` as its driver reads it.

The rules follow Metabase's ``driver/common/parameters/parse.clj`` (brackets and braces, SQL comments passed on as they
are), ``driver/sql/parameters/substitute.clj`` (an optional clause stays where all its tags have values; a field filter
without a value is ``1 = 1``) and pgjdbc's parser (``??`` is one question mark). How a number is bound was not seen on a
server: it is bound as a number here.
"""

from __future__ import annotations

import datetime
import decimal
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watchglass.sql.lexer import tokens
from watchglass.sql.literals import quoted_name
from watchglass.sql.offsets import Builder, OffsetMap
from watchglass.validate.expansion import ExpansionError

_TOKEN = re.compile(r"\[\[|\]\]|\{\{|\}\}|--[^\n]*|/\*.*?\*/", re.DOTALL)
_MARK = "\ue001"
_DRIVERS = re.compile(rf"\?\?|\?|{_MARK}")
"""What the driver reads in a statement, or is given for a value."""


@dataclass(frozen=True, slots=True)
class FieldRef:
    """The column that a field filter stands for; ``type`` is the filter's type in the definition."""

    schema: str
    table: str
    column: str
    type: str = "text"

    @property
    def sql(self) -> str:
        """The column as Metabase names it: with schema and table, in quotes."""
        return ".".join(quoted_name(part) for part in (self.schema, self.table, self.column))


@dataclass(frozen=True, slots=True)
class Bound:
    """A statement with ``$1``, ``$2``, … and their values."""

    sql: str
    parameters: tuple[object, ...]
    map: OffsetMap


def expand_native(
    sql: str,
    template_tags: Mapping[str, Mapping[str, Any]],
    values: Mapping[str, object],
    fields: Mapping[str, FieldRef],
) -> Bound:
    """
    Expand a native question.

    Args:
        values: tag → what a person chose; a list for a field filter.

    Raises:
        ExpansionError: brackets that do not match, or a tag that the question does not declare.
    """
    reading = _Reading(sql, template_tags, values, fields)
    parts = reading.sequence()
    builder, parameters = Builder(), []
    for text, source, bound in parts:
        if bound is None:
            builder.keep(text, source)
        else:
            builder.replace(text, source)
            parameters += bound
    made = builder.build()
    return _as_driver(made.text, made.map, parameters)


Part = tuple[str, int, list[object] | None]
"""Text, the character it came from, and the values of the marks in it (None: text of the question itself)."""


class _Reading:
    """The question while it is read from left to right."""

    def __init__(
        self,
        sql: str,
        tags: Mapping[str, Mapping[str, Any]],
        values: Mapping[str, object],
        fields: Mapping[str, FieldRef],
    ) -> None:
        self.sql, self.tags, self.values, self.fields = sql, tags, values, fields
        self.at = 0
        self.missing = False

    def sequence(self, opened: int | None = None) -> list[Part]:
        """Read up to the end, or up to the ``]]`` of the optional clause that was opened there."""
        inside = opened is not None
        parts: list[Part] = []
        while (match := _TOKEN.search(self.sql, self.at)) is not None:
            parts.append((self.sql[self.at : match.start()], self.at, None))
            self.at = match.end()
            if match[0] == "[[":
                parts += self._optional(match.start(), inside)
            elif match[0] == "{{":
                parts.append(self._tag(match.start(), inside))
            elif match[0] == "]]" and inside:
                return parts
            else:
                parts.append((match[0], match.start(), None))
        if opened is not None:
            raise ExpansionError("'[[' is not closed by ']]'", opened)
        parts.append((self.sql[self.at :], self.at, None))
        self.at = len(self.sql)
        return parts

    def _optional(self, start: int, inside: bool) -> list[Part]:
        if inside:
            raise ExpansionError("an optional clause inside another", start)
        self.missing = False
        parts = self.sequence(start)
        if all(bound is None for _, _, bound in parts) and not self.missing:
            raise ExpansionError("an optional clause without a tag", start)
        dropped, self.missing = self.missing, False
        return [] if dropped else parts

    def _tag(self, start: int, inside: bool) -> Part:
        end = self.sql.find("}}", self.at)
        if end < 0:
            raise ExpansionError("'{{' is not closed by '}}'", start)
        name = self.sql[self.at : end].strip()
        self.at = end + 2
        if name not in self.tags:
            raise ExpansionError(f"the question declares no tag '{name}'", start)
        tag = self.tags[name]
        value = self.values.get(name, tag.get("default"))
        if value is None or value == []:
            self.missing = True
            if not inside and tag["type"] != "dimension":
                raise ExpansionError(
                    f"the tag '{name}' stands outside of an optional clause and has no value", start
                )
            return ("1 = 1" if tag["type"] == "dimension" else "NULL", start, [])
        if tag["type"] == "dimension":
            return self._field(name, value, start)
        return (_MARK, start, [_bound(tag["type"], value)])

    def _field(self, name: str, value: object, start: int) -> Part:
        field = self.fields[name]
        chosen = [_bound(field.type, each) for each in (value if isinstance(value, list) else [value])]
        marks = ", ".join([_MARK] * len(chosen))
        return (
            f"{field.sql} = {marks}" if len(chosen) == 1 else f"{field.sql} IN ({marks})",
            start,
            list(chosen),
        )


def _bound(kind: str, value: object) -> object:
    text = str(value)
    if kind == "date":
        return datetime.date.fromisoformat(text)
    if kind == "uuid":
        return uuid.UUID(text)
    if kind in ("integer", "number"):
        return int(text) if re.fullmatch(r"-?\d+", text) else decimal.Decimal(text)
    return text == "true" if kind == "boolean" else text


def _as_driver(sql: str, earlier: OffsetMap, parameters: list[object]) -> Bound:
    if _DRIVERS.search(sql) is None:
        return Bound(sql, tuple(parameters), earlier)
    builder, count = Builder(), 0
    for token in tokens(sql):
        if token.kind != "code":
            builder.keep(token.text, token.start)
            continue
        at = 0
        for match in _DRIVERS.finditer(token.text):
            builder.keep(token.text[at : match.start()], token.start + at)
            if match[0] == "?":
                raise ExpansionError(
                    "a single question mark is a parameter to Metabase's driver",
                    earlier.source(token.start + match.start()),
                )
            count += match[0] == _MARK
            builder.replace("?" if match[0] == "??" else f"${count}", token.start + match.start())
            at = match.end()
        builder.keep(token.text[at:], token.start + at)
    made = builder.build()
    return Bound(made.text, tuple(parameters), made.map.then(earlier))
