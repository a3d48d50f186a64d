"""The texts that a typed constant may have."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable, Mapping

from watchglass.definition.model.base import _boolean, _integer, _number, problem
from watchglass.durations import parse_duration

_INTERVAL = re.compile(
    r"\d{1,6} (?:second|minute|hour|day|week|month|year)s?(?: \d{1,6} (?:second|minute|hour|day|week|month|year)s?)*"
)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?"
)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?")


def read(kind: str, text: object) -> str | int | float | bool:
    """
    Read a constant's value.

    Raises:
        PydanticCustomError: the text is no value of the type.
    """
    if kind == "boolean":
        return _boolean(text)
    if kind == "integer":
        return _integer(text)
    if kind == "number":
        return _number(text)
    if not isinstance(text, str):
        raise problem("wrong-type", f"expected the text of a {kind}")
    return _READERS[kind](str(text))


def _interval(text: str) -> str:
    if _INTERVAL.fullmatch(text):
        return text
    try:
        return parse_duration(text).sql
    except ValueError as error:
        raise problem("wrong-duration", str(error)) from error


def _date(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise problem("wrong-date", f"'{text}' is no day", "write it as 2025-11-08") from error


def _timestamp(text: str) -> str:
    try:
        if _INSTANT.fullmatch(text):
            datetime.datetime.fromisoformat(text)
            return text
    except ValueError:
        pass  # such as the 31st of a month that has none
    raise problem("wrong-date", f"'{text}' is no instant", "write it as 2025-11-08T09:00+01:00")


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise problem("wrong-type", f"'{text}' is no uuid") from error


def _identifier(text: str) -> str:
    if not _IDENTIFIER.fullmatch(text):
        raise problem(
            "wrong-type",
            f"'{text}' is no name of a table or column",
            "letters, digits and underscores; a dot behind the schema",
        )
    return text


_READERS: Mapping[str, Callable[[str], str]] = {
    "text": str,
    "interval": _interval,
    "date": _date,
    "timestamp": _timestamp,
    "uuid": _uuid,
    "identifier": _identifier,
}
