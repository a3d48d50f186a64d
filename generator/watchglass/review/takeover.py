"""Edits that somebody made at a server become edits of the definition where it can say them; the rest is named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from watchglass.artifact import Json, Path
from watchglass.definition.read import Definition
from watchglass.durations import parse_duration
from watchglass.publish.compare import Difference
from watchglass.publish.plan import Change, Plan
from watchglass.references import is_reference
from watchglass.review.edits import Edit
from watchglass.review.overrides import Override, overrides
from watchglass.review.words import name_of, path_of, shown_pair
from watchglass.thresholds import exact

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._%/()+-]*[A-Za-z0-9.%)]|[A-Za-z0-9]")
"""A text that YAML reads as itself without quotes, in a flow mapping too."""

_EXPANDED = re.compile(r"\{\{|\}\}|\[\[|\$\{|\$[A-Za-z_]")
"""What a server puts something else in place of, and our own words write in another way."""

_PARTS = re.compile(r"\d+[a-z]+")
_UNSAID = "the definition does not say this: it is made from it"
_DURATIONS = frozenset({"for", "range", "refresh"})
_SUBSCRIBED = frozenset({"at", "to", "when", "once", "filters", "skip_if_empty"})


@dataclass(frozen=True, slots=True)
class Takeover:
    """What can be taken over, and what cannot, each with its reason."""

    edits: tuple[Edit, ...]
    left: tuple[str, ...]


def takeover(changes: Iterable[Change], definition: Definition, environment: str = "") -> Takeover:
    """
    Find the values of the definition that objects at a server say otherwise.

    Args:
        changes: of a plan; only those of objects that somebody edited are looked at.
        environment: one beside the default one; only what the definition says of it alone is edited.
    """
    changes = tuple(changes)
    others = _Others.of(changes)
    edits: dict[Path, Edit | Override] = {}
    left: dict[str, None] = {}
    spoiled: set[Path] = set()
    for change, each in _edited(changes, others):
        found = others.doubt(_exact(each.pointer, change.origins)) or _edit(
            each, change.origins, definition, environment
        )
        if isinstance(found, str):
            left[f"{_told(change, each)}: {found}"] = None
        elif edits.setdefault(found.path, found) != found:
            spoiled.add(found.path)
            left[f"{_told(change, each)}: another place of the same number says something else"] = None
    kept = [each for path, each in edits.items() if path not in spoiled]
    added = overrides((each for each in kept if isinstance(each, Override)), definition, environment)
    replaced = [each for each in kept if isinstance(each, Edit)]
    return Takeover((*replaced, *added.edits), (*left, *added.left))


@dataclass(frozen=True, slots=True)
class _Others:
    """
    What other objects say of the same places of the definition.

    Args:
        applied: place → values that objects which nobody edited have there: those of our last apply.
        agreeing: place → an edited object that says there what the definition says.
    """

    applied: Mapping[Path, frozenset[str]]
    agreeing: Mapping[Path, str]

    @classmethod
    def of(cls, changes: Iterable[Change]) -> _Others:
        """Look at all objects of a plan that are ours."""
        applied: dict[Path, set[str]] = {}
        agreeing: dict[Path, str] = {}
        for change in changes:
            differing = [(_exact(each.pointer, change.origins), each) for each in change.differences]
            same = set(change.origins.values()) - {path for path, _ in differing}
            if change.drifted:
                agreeing |= dict.fromkeys(same, f"{change.noun} '{change.title}'")
            elif change.action in ("keep", "update"):
                applied = {**{path: set() for path in same}, **applied}
                for at, each in differing:
                    if at is not None:
                        applied.setdefault(at, set()).add(repr(each.before))
        return cls({path: frozenset(values) for path, values in applied.items()}, agreeing)

    def doubt(self, path: Path | None) -> str:
        """Say why nobody knows whether a value is an edit, or what stood there before the definition was changed."""
        if path is None or path in self.applied or path not in self.agreeing:
            return ""
        return f"{self.agreeing[path]}, which somebody edited too, says what the definition says: edit it by hand"


def _edited(changes: Iterable[Change], others: _Others) -> Iterator[tuple[Change, Difference]]:
    """List what people edited: a value of our last apply is none, the definition was changed since."""
    for change in changes:
        for each in change.differences if change.drifted else ():
            path = _exact(each.pointer, change.origins)
            if path is None or repr(each.before) not in others.applied.get(path, ()):
                yield change, each


def _told(change: Change, found: Difference) -> str:
    """Name a place in the definition's words where it has some, else by its pointer."""
    path = path_of(found.pointer, change.origins)
    inner = found.pointer.rpartition("/")[2]
    where = found.pointer
    if path:
        where = name_of(path) if found.pointer in change.origins else f"{name_of(path)} ({inner})"
    after, before = shown_pair(found.after, found.before)
    return f"{change.noun} '{change.title}', {where}: {after} → {before}"


def _edit(
    found: Difference, origins: Mapping[str, Path], definition: Definition, environment: str
) -> Edit | Override | str:
    path = _exact(found.pointer, origins)
    refusal = _refusal(found, path, origins, definition)
    if path is None or refusal:
        return refusal
    text = _scalar(found.before, path)
    if text is None:
        return "the definition has no form for this value"
    if isinstance(found.before, str) and _EXPANDED.search(found.before):
        return "the server would put something in place of a part of this text: write it by hand"
    if environment and path[:2] != ("environments", environment):
        return _elsewhere(path, text, found.before, environment)
    span = definition.places.written[path].value
    shared = [each for each, place in definition.places.written.items() if place.value == span]
    if len(shared) > 1:
        return f"`{_dotted(shared[0])}` and `{_dotted(shared[1])}` are one value by an alias"
    return Edit(path, span, text, _written(definition, path), ((path, found.before),))


def _exact(pointer: str, origins: Mapping[str, Path]) -> Path | None:
    return next((origins[at] for at in (pointer, pointer.removesuffix("/value")) if at in origins), None)


def _refusal(
    found: Difference, path: Path | None, origins: Mapping[str, Path], definition: Definition
) -> str:
    """Say why a difference is no edit of one value; empty where it is one."""
    if path is None:
        near = path_of(found.pointer, origins)
        return _said_by(near) if near else _UNSAID
    if path[-1] == "sql" or path[:1] == ("queries",):
        return "SQL is written once and rendered for each target"
    if path[-1] == "as":
        return "another kind of panel has other parts: change `as:` by hand"
    place = definition.places.written.get(path)
    if place is None:
        return "the definition leaves this out: a default stands there"
    if not _literal(path) and (_structured(found) or found.before is None):
        return "a part was added or removed, which is no value"
    if found.before is None or not says(definition, path, found.after):
        return _said_by(path)
    return "the value has several lines" if place.value.line != place.value.end_line else ""


def _structured(found: Difference) -> bool:
    return isinstance(found.before, (dict, list)) or isinstance(found.after, (dict, list))


def _said_by(path: Path) -> str:
    if _literal(path):
        return f"`{_dotted(path)}` says this: edit it by hand"
    return f"the definition does not say this: it is made from `{_dotted(path)}`"


def _literal(path: Path) -> bool:
    """Tell whether a key says in its own form what a server has in another one."""
    return path[:2] == ("notify", "contacts") or (path[0] == "subscriptions" and path[-1] in _SUBSCRIBED)


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))


def _elsewhere(path: Path, text: str, value: Json, environment: str) -> Override | str:
    """Say of one environment what stands for all; only a threshold can be said so."""
    if path[0] == "metrics" and path[2:3] == ("thresholds",) and len(path) == 4:
        return Override(str(path[1]), str(path[3]), text, value)
    return f"`{_dotted(path)}` holds for every environment, and '{environment}' cannot say its own"


def says(definition: Definition, path: Path, value: Json) -> bool:
    """Tell whether what is written at a place is this very value: the same text, number, length or truth value."""
    source = definition.texts.get(path)
    if source is None or is_reference(source.text):
        return False
    text = source.text
    if isinstance(value, bool):
        return text == ("true" if value else "false")
    if isinstance(value, (int, float)):
        number = _as_number(text)
        return number is not None and number == float(value)
    if path[-1] in _DURATIONS and isinstance(value, str):
        return _seconds(text) == _seconds(value.removeprefix("now-")) is not None
    return bool(text == value)


def _seconds(text: str) -> float | None:
    """Read a length of one unit, or of several in a row as servers write them (``1h30m``)."""
    try:
        parts = _PARTS.findall(text) if _PARTS.sub("", text) == "" else [text]
        return sum(parse_duration(part).seconds for part in parts)
    except ValueError:
        return None


def _is_length(text: str) -> bool:
    try:
        parse_duration(text)
    except ValueError:
        return False
    return True


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _written(definition: Definition, path: Path) -> str:
    """Give what stands at a place, as it stands there."""
    span = definition.span(path)
    line = definition.sources[span.file].splitlines()[span.line - 1]
    return line[span.column - 1 : span.end_column - 1]


def _scalar(live: Json, path: Path) -> str | None:
    if isinstance(live, bool):
        return "true" if live else "false"
    if isinstance(live, (int, float)):
        return exact(live)
    if path[-1] in _DURATIONS:
        text = str(live).removeprefix("now-")
        return text if _is_length(text) else None
    return live if _PLAIN.fullmatch(live) and not _number(live) else json.dumps(live, ensure_ascii=False)


def _number(text: str) -> bool:
    return _as_number(text) is not None or text in ("true", "false", "null")


def explained(plan: Plan, definition: Definition) -> Plan:
    """Say of conflicts over edits what can be done: which of them the definition could take, and which it only causes."""
    changes = (
        replace(change, reason=_ONLY_MADE if _only_made(change, definition) else change.reason)
        for change in plan.changes
    )
    return replace(plan, changes=tuple(changes))


_ONLY_MADE = (
    "somebody changed it since the last apply; no value that is written in the definition differs now (`watchglass adopt` took"
    " them, or they never did), only what is made from them: --overwrite-drift writes that anew"
)


def _only_made(change: Change, definition: Definition) -> bool:
    """Tell whether a conflict is about nothing that stands in the definition, as after `watchglass adopt --write`."""
    drifted = change.action == "conflict" and change.drifted and bool(change.differences)
    return drifted and all(_made(each, change.origins, definition) for each in change.differences)


def _made(found: Difference, origins: Mapping[str, Path], definition: Definition) -> bool:
    path = _exact(found.pointer, origins)
    if any(value is None or isinstance(value, (dict, list)) for value in (found.before, found.after)):
        return False
    if path is None:
        near = path_of(found.pointer, origins)
        return not (near and _literal(near))
    if (
        path not in definition.places.written
    ):  # a title of its own is somebody's; a text of ours speaks of numbers
        return "/annotations/" in found.pointer
    if path[-1] in ("sql", "as") or _literal(path):
        return False
    return not says(definition, path, found.after)


def unsaid(edits: Iterable[Edit], definition: Definition) -> Iterator[Edit]:
    """Find edits that a definition does not say as they were meant."""
    yield from (each for each in edits if not all(says(definition, *wanted) for wanted in each.values))
