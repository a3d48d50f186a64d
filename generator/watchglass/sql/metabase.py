"""The dialect of Metabase's native questions: optional clauses with template tags, whose values arrive as bound parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from watchglass.durations import USUAL_RANGE, Duration
from watchglass.naming import tag_uuid
from watchglass.sql.literals import name, quote
from watchglass.sql.pieces import Filter, Matches, Template, Text
from watchglass.sql.words import Part, Range, atom

FROM_TAG = "range_from"
TO_TAG = "range_to"

_BRACKETS = re.compile(r"(?<=\[)(?=\[)|(?<=\])(?=\])")
_PAIRS = (("{{", "{"), ("}}", "}"), ("[[", "["), ("]]", "]"))
_COMMENTS = (("--", "-"), ("/*", "/"), ("*/", "*"))
_CASTS = {"uuid": "uuid", "integer": "bigint", "number": "numeric", "boolean": "boolean", "date": "date"}


@dataclass(frozen=True, slots=True)
class MetabaseDialect:
    """
    What a question sends.

    Args:
        range: the window where no date is chosen; it ends now.
        fixed: True where the panel has a range of its own, which nothing can change.
        unset: True where every filter is unset, as in an alert: the statement has no tags.
    """

    timezone: str
    filters: Mapping[str, Filter] = field(default_factory=dict)
    range: Duration = USUAL_RANGE
    fixed: bool = False
    unset: bool = False

    @property
    def over(self) -> Range:
        """The chosen days, the last one included; without them the window that ends now."""
        zone = quote(self.timezone)
        end, first = "now()", ""
        if not self.fixed:
            end = f"COALESCE([[({{{{{TO_TAG}}}}}::date + 1)::timestamp AT TIME ZONE {zone}, ]]now())"
            first = f"[[({{{{{FROM_TAG}}}}}::date)::timestamp AT TIME ZONE {zone}, ]]"
        start = f"(({end}) AT TIME ZONE {zone} - INTERVAL '{self.range.sql}') AT TIME ZONE {zone}"
        return Range(f"COALESCE({first}{start})", end, self.timezone)

    def matches(self, word: Matches) -> tuple[Part, ...]:
        """Render a filter as an optional clause; a listed one through its own table, since field filters fail with aliases."""
        if self.unset:
            return ("TRUE",)
        of = self.filters[word.filter]
        if of.table is not None:
            listed = Text(f"SELECT {name(of.value)} FROM {name(of.table)} WHERE ")
            return ("(TRUE [[AND ", *atom(word.column), " IN (", listed, f"{{{{{of.id}}}}})]])")
        cast = _CASTS.get(of.type)
        if cast is None:
            return ("(TRUE [[AND ", *atom(word.column), f"::text = {{{{{of.id}}}}}::text]])")
        return ("(TRUE [[AND ", *atom(word.column), f" = {{{{{of.id}}}}}::{cast}]])")

    def hazards(self, text: str, in_comment: bool) -> str:
        """
        Name the characters with which a tag or an optional clause would begin or end.

        Metabase sees a comment's beginning in a string too, and reads no tag behind it.
        """
        pairs = _PAIRS if in_comment else (*_PAIRS, *_COMMENTS)
        return "".join(character for pair, character in pairs if pair in text)

    def code(self, text: str) -> str:
        """Part doubled brackets, and double a question mark, which would be a parameter of the driver."""
        return _BRACKETS.sub(" ", text).replace("?", "??")


def tags(template: Template, dialect: MetabaseDialect, identity: str) -> dict[str, dict[str, Any]]:
    """
    Make the template tags that a statement needs, by name.

    Args:
        identity: what the statement belongs to; the tags' UUIDs are made from it.

    Returns:
        Metabase's legacy ``template-tags``; the ``dimension`` of a listed filter names table and column, which
        publishing replaces by the field's number.
    """
    made = {
        of.id: _filter_tag(of, identity)
        for of in (dialect.filters[filter_id] for filter_id in template.filters)
    }
    if template.uses_range and not dialect.fixed:
        made[FROM_TAG] = _tag(FROM_TAG, "From", "date", identity)
        made[TO_TAG] = _tag(TO_TAG, "To", "date", identity)
    return made


def _filter_tag(of: Filter, identity: str) -> dict[str, Any]:
    if of.table is None:
        return _tag(of.id, of.title, "number" if of.type in ("integer", "number") else "text", identity)
    tag = _tag(of.id, of.title, "dimension", identity)
    tag["dimension"] = [
        "field",
        {"table": of.table if "." in of.table else f"public.{of.table}", "column": of.value},
        None,
    ]
    tag["widget-type"] = "number/=" if of.type in ("integer", "number") else "string/="
    return tag


def _tag(tag: str, title: str, kind: str, identity: str) -> dict[str, Any]:
    return {"id": tag_uuid(identity, tag), "name": tag, "display-name": title, "type": kind}
