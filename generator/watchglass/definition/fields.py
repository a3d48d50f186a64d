"""Which keys the model knows at a place of the definition."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel


def keys_at(model: type[BaseModel], location: tuple[str | int, ...]) -> tuple[str, ...]:
    """
    Give the keys that may stand in the map at a place, sorted.

    Args:
        location: pydantic's: keys, indexes, and names of classes, which choose among the members of a union.
    """
    found = _kinds_at(model, location)
    return tuple(sorted({name for kind in found if _is_model(kind) for name in _fields(kind)}))


def _kinds_at(model: type[BaseModel], location: tuple[str | int, ...]) -> list[Any]:
    """List what may stand at a place, unions taken apart."""
    found: list[Any] = [model]
    for element in location:
        members = list(_members(found))
        found = [inner for member in members for inner in _inside(member, element)] or _named(
            members, element
        )
    return list(_members(found))


def may_be_left_out(model: type[BaseModel], path: tuple[str | int, ...]) -> bool:
    """Tell whether a place is one key of a map of the model, which takes nothing there as if the key were not written."""
    found = _kinds_at(model, path[:-1])
    kinds = [inner for kind in found if _is_model(kind) for inner in _inside(kind, path[-1])]
    return type(None) in _members(kinds)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _members(kinds: list[Any]) -> Iterator[Any]:
    """Take annotations, aliases and unions apart."""
    for kind in kinds:
        if hasattr(kind, "__value__"):
            yield from _members([kind.__value__])
        elif get_origin(kind) is Annotated:
            yield from _members([get_args(kind)[0]])
        elif get_origin(kind) in (Union, types.UnionType):
            yield from _members(list(get_args(kind)))
        else:
            yield kind


def _inside(kind: Any, element: str | int) -> list[Any]:
    if _is_model(kind):
        inner = _fields(kind).get(str(element))
        return [] if inner is None else [inner]
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return [arguments[1]]
    if get_origin(kind) in (list, tuple, set) and isinstance(element, int):
        return [arguments[0]]
    return []


def _named(members: list[Any], element: str | int) -> list[Any]:
    chosen = [member for member in members if element in (getattr(member, "__name__", ""), *_tags(member))]
    return chosen or members


def _tags(member: Any) -> tuple[Any, ...]:
    """Give the words of a key `type` by which a union chooses its member."""
    field = member.model_fields.get("type") if _is_model(member) else None
    return get_args(field.annotation) if field is not None else ()
