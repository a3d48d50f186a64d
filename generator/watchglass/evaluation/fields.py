"""One key of a rule's JSON becomes a checked value, or an error that names the key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from watchglass.evaluation.lengths import length


class RuleError(ValueError):
    """A rule that cannot be evaluated; the message says why and, where there is one, what to write instead."""


def quoted(words: Iterable[str]) -> str:
    """List words for a message."""
    return ", ".join(f"'{word}'" for word in words) or "none"


def text(holder: Mapping[str, Any], key: str, default: str | None = None) -> str:
    """Give a text; without a default it has to be there and not be empty."""
    value = holder.get(key, default)
    if not isinstance(value, str) or (default is None and not value):
        raise RuleError(f"'{key}' is {value!r}; it is a text that is not empty")
    return value


def choice(holder: Mapping[str, Any], key: str, words: tuple[str, ...]) -> str:
    """Give one of several words."""
    value = holder.get(key)
    if value not in words:
        raise RuleError(f"'{key}' is {value!r}; it is one of {quoted(words)}")
    return str(value)


def span(holder: Mapping[str, Any], key: str) -> timedelta:
    """Give a length of time; zero where the key is not there."""
    value = holder.get(key) or "0s"
    try:
        return length(value)
    except (TypeError, ValueError):
        raise RuleError(f"'{key}' is {value!r}; write a length such as 5m or 1m30s") from None


def texts(holder: Mapping[str, Any], key: str) -> dict[str, str]:
    """Give a map of texts; empty where the key is not there."""
    value = holder.get(key) or {}
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
        raise RuleError(f"'{key}' is {value!r}; it is a map of texts")
    return {str(name): str(each) for name, each in value.items()}


def entries(holder: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Give a list of objects that is not empty."""
    value = holder.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(each, Mapping) for each in value):
        raise RuleError(f"'{key}' is no list of objects with at least one in it")
    return value


def inner(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Give an object; empty where the key is not there."""
    value = holder.get(key) or {}
    if not isinstance(value, Mapping):
        raise RuleError(f"'{key}' is {value!r}; it is an object")
    return value


def numbers(holder: Mapping[str, Any], key: str) -> list[float]:
    """Give a list of numbers; empty where the key is not there."""
    value = holder.get(key) or []
    if not isinstance(value, list) or not all(map(is_number, value)):
        raise RuleError(f"'{key}' is {value!r}; it is a list of numbers")
    return [float(each) for each in value]


def is_number(value: object) -> bool:
    """Tell whether JSON wrote a number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
