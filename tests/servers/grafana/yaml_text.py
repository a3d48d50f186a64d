"""A JSON value as YAML in the hand of Go's writer: children at the next multiple of four, lists indented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml

STEP = 4


def written(value: dict[str, Any]) -> str:
    """Write an object as a YAML file."""
    return "\n".join(_mapping(value, 0)) + "\n"


def _inner(column: int) -> int:
    return (column // STEP + 1) * STEP


def _mapping(value: dict[str, Any], column: int) -> Iterator[str]:
    pad = " " * column
    for key, each in value.items():
        name = f"{pad}{_line(key)}:"
        if isinstance(each, dict) and each:
            yield name
            yield from _mapping(each, _inner(column))
        elif isinstance(each, list) and each:
            yield name
            yield from _sequence(each, _inner(column))
        else:
            yield f"{name} {_scalar(each, column)}"


def _sequence(value: list[Any], column: int) -> Iterator[str]:
    pad = " " * column
    for each in value:
        if isinstance(each, dict) and each:
            first, *rest = _mapping(each, column + 2)
            yield f"{pad}- {first[column + 2 :]}"
            yield from rest
        elif isinstance(each, list) and each:
            first, *rest = _sequence(each, column + 2)
            yield f"{pad}- {first[column + 2 :]}"
            yield from rest
        else:
            yield f"{pad}- {_scalar(each, column)}"


def _scalar(value: Any, column: int) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if "\n" in value and value.strip() == value and "\t" not in value:
        pad = " " * _inner(column)
        return "|-\n" + "\n".join(pad + line if line else "" for line in value.split("\n"))
    return _line(value)


def _line(value: str) -> str:
    """Write a text in one line: bare where it is read as itself, else quoted."""
    if _reads_as(value, value):
        return value
    single = "'" + value.replace("'", "''") + "'"
    if value and not _is_other(value) and _reads_as(single, value):
        return single
    return json.dumps(value, ensure_ascii=False)


def _reads_as(text: str, value: str) -> bool:
    try:
        return bool(yaml.safe_load(f"- {text}") == [value] and yaml.safe_load(f"a: {text}") == {"a": value})
    except (yaml.YAMLError, ValueError):
        return False


def _is_other(value: str) -> bool:
    """Tell whether a text, written bare, would be read as a number, a truth or nothing."""
    try:
        return not isinstance(yaml.safe_load(value), (str, dict, list))
    except (yaml.YAMLError, ValueError):
        return False
