"""Edits that somebody made at a server become edits of the definition where it can say them; the rest is named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from watchglass.artifact import Json, Path
from watchglass.definition.read import Definition
from watchglass.durations import parse_duration
from watchglass.problems import Span
from watchglass.publish.plan import Change
from watchglass.review.words import name_of, shown
from watchglass.thresholds import exact

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._%/()+-]*[A-Za-z0-9.%)]|[A-Za-z0-9]")
"""A text that YAML reads as itself without quotes, in a flow mapping too."""

_DURATIONS = frozenset({"for", "range", "refresh"})


@dataclass(frozen=True, slots=True)
class Edit:
    """One value of a file, and what it is to be."""

    path: Path
    span: Span
    text: str

    @property
    def told(self) -> str:
        """The edit as a person reads it."""
        return f"{self.span.file}:{self.span.line}:{self.span.column}: {name_of(self.path)} → {self.text}"


@dataclass(frozen=True, slots=True)
class Takeover:
    """What can be taken over, and what cannot, each with its reason."""

    edits: tuple[Edit, ...]
    left: tuple[str, ...]


def takeover(changes: Iterable[Change], definition: Definition) -> Takeover:
    """
    Find the values of the definition that objects at a server say otherwise.

    Args:
        changes: of a plan; only those of objects that somebody edited are looked at.
    """
    edits: dict[Path, Edit] = {}
    left: dict[str, None] = {}
    spoiled: set[Path] = set()
    for change in changes:
        for each in change.differences if change.drifted else ():
            found = _edit(each.pointer, each.before, each.after, change.origins, definition)
            told = (
                f"{change.noun} '{change.title}', {each.pointer}: {shown(each.after)} → {shown(each.before)}"
            )
            if isinstance(found, str):
                left[f"{told}: {found}"] = None
            elif edits.setdefault(found.path, found) != found:
                spoiled.add(found.path)
                left[f"{told}: another place of the same number says something else"] = None
    return Takeover(tuple(each for path, each in edits.items() if path not in spoiled), tuple(left))


def _edit(
    pointer: str, live: Json, wanted: Json, origins: Mapping[str, Path], definition: Definition
) -> Edit | str:
    exact = next((origins[at] for at in (pointer, pointer.removesuffix("/value")) if at in origins), None)
    if exact is None:
        return "the definition does not say this: it is made from it"
    if exact[-1] == "sql" or exact[:1] == ("queries",):
        return "SQL is written once and rendered for each target"
    if exact[-1] == "as":
        return "another kind of panel has other parts: change `as:` by hand"
    place = definition.places.written.get(exact)
    if place is None:
        return "the definition leaves this out: a default stands there"
    if live is None or isinstance(live, (dict, list)) or isinstance(wanted, (dict, list)):
        return "a part was added or removed, which is no value"
    span = place.value
    if span.line != span.end_line:
        return "the value has several lines"
    text = _scalar(live, exact)
    return Edit(exact, span, text) if text is not None else "the definition has no form for this value"


def _scalar(live: Json, path: Path) -> str | None:
    if isinstance(live, bool):
        return "true" if live else "false"
    if isinstance(live, (int, float)):
        return exact(live)
    if path[-1] in _DURATIONS:
        text = str(live).removeprefix("now-")
        try:
            parse_duration(text)
        except ValueError:
            return None
        return text
    return live if _PLAIN.fullmatch(live) and not _number(live) else json.dumps(live, ensure_ascii=False)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text in ("true", "false", "null")
    return True


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Put edits into the text of their file; everything else stays letter for letter."""
    head = "\ufeff" * text.startswith("\ufeff")  # no part of line 1, where values have their columns
    lines = text.removeprefix(head).splitlines(keepends=True)
    for each in sorted(edits, key=lambda edit: (edit.span.line, edit.span.column), reverse=True):
        line = lines[each.span.line - 1]
        lines[each.span.line - 1] = (
            line[: each.span.column - 1] + each.text + line[each.span.end_column - 1 :]
        )
    return head + "".join(lines)
