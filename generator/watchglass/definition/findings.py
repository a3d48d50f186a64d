"""A model's validation errors → findings at paths of the data, with the alternatives of a union together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

DataPath = tuple[str | int, ...]
Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One validation error.

    Args:
        path: the place in the data, as deep as the data goes.
        location: pydantic's own, with the tags of unions in it.
        branch: where the data has no key for a part of the location: the path so far and that part.
        on_key: whether the key is wrong and not the value.
        name: the key that is missing; empty for all else.
    """

    type: str
    message: str
    context: dict[str, Any]
    input: Any
    path: DataPath
    location: Location
    branch: tuple[DataPath, str] | None
    on_key: bool
    name: str


def findings(error: ValidationError, data: Any) -> Iterator[Finding]:
    """Read all errors, also those of models that a validator read inside of another."""
    return _findings(error, data, ())


def _findings(error: ValidationError, data: Any, before: Location) -> Iterator[Finding]:
    for raw in error.errors(include_url=False):
        location = (*before, *raw["loc"])
        inner = raw.get("ctx", {}).get("error")
        if isinstance(inner, ValidationError):
            yield from _findings(inner, data, location)
        else:
            yield _finding(raw["type"], raw["msg"], raw.get("ctx", {}), raw["input"], location, data)


def _finding(
    kind: str, message: str, context: dict[str, Any], value: Any, location: Location, data: Any
) -> Finding:
    name = str(location[-1]) if kind == "missing" else ""
    on_key = kind == "extra_forbidden" or location[-1:] == ("[key]",)
    parts = location[:-1] if name or location[-1:] == ("[key]",) else location
    path, branch = _follow(parts, data)
    return Finding(kind, message, context, value, path, location, branch, on_key, name)


def _follow(parts: Location, data: Any) -> tuple[DataPath, tuple[DataPath, str] | None]:
    """Walk the data along a location; a part that is no key there is a tag of a union, or of a short form."""
    path: DataPath = ()
    branch: tuple[DataPath, str] | None = None
    for part in parts:
        if isinstance(data, dict) and str(part) in data:
            path, data = (*path, str(part)), data[str(part)]
        elif isinstance(data, list) and isinstance(part, int) and 0 <= part < len(data):
            path, data = (*path, part), data[part]
        elif branch is None:
            branch = (path, str(part))
    return path, branch


def settle(found: list[Finding]) -> Iterator[list[Finding]]:
    """
    Group findings that mean one thing: the alternatives of a union that all refuse the value.

    Where one alternative went into what was written, its findings stand alone and speak for the union.
    """
    unions: dict[DataPath, list[Finding]] = {}
    for finding in found:
        if finding.branch is None:
            yield [finding]
        else:
            unions.setdefault(finding.branch[0], []).append(finding)
    for path, group in unions.items():
        yield from _settle_union(path, group)


def _settle_union(path: DataPath, group: list[Finding]) -> Iterator[list[Finding]]:
    branches: dict[str, list[Finding]] = {}
    for finding in group:
        branches.setdefault(finding.branch[1] if finding.branch else "", []).append(finding)
    entered = [branch for branch in branches.values() if all(_inside(finding, path) for finding in branch)]
    if entered:
        best = min(entered, key=lambda branch: (sum(_stranger(finding) for finding in branch), len(branch)))
        yield from ([finding] for finding in best)
    else:
        yield group


def _inside(finding: Finding, path: DataPath) -> bool:
    return len(finding.path) > len(path) or bool(finding.name)


def _stranger(finding: Finding) -> bool:
    return finding.type in ("missing", "extra_forbidden")
