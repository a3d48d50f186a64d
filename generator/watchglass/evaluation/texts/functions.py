"""The functions of templates, as Go and Prometheus have them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from watchglass.evaluation.go_numbers import formatted, plain, shortest
from watchglass.evaluation.texts.tokens import TextError
from watchglass.evaluation.values import Labels, told

NO_VALUE = "<no value>"


class TextFailed(Exception):
    """A template that fails while it runs; Grafana then sends its raw text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A query's or expression's number with its labels: what ``$values.A`` is."""

    Labels: Labels
    Value: float


class Readings(dict[str, Reading]):
    """All numbers of an alert, by refId: what ``$values`` is."""


class Missing:
    """What a lookup gives that finds nothing."""


MISSING = Missing()


def written(value: Any) -> str:
    """Write a value as a template does."""
    if value is MISSING:
        return NO_VALUE
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return shortest(value)
    if isinstance(value, Reading):
        return plain(value.Value)
    if isinstance(value, Readings):
        return f"map[{' '.join(f'{name}:{written(each)}' for name, each in sorted(value.items()))}]"
    if isinstance(value, Mapping):
        return told(value)
    return NO_VALUE if value is None else str(value)


def truth(value: Any) -> bool:
    """Tell what ``if`` and ``with`` make of a value; NaN is true, as is all that is not zero or empty."""
    if value is MISSING or value is None:
        return False
    return True if isinstance(value, Reading) else bool(value)


def _printf(spec: Any, *arguments: Any) -> str:
    if not isinstance(spec, str):
        raise TextFailed("printf wants a text first")
    left = list(arguments)
    made = _VERB.sub(lambda match: _verb(match, left), spec)
    extra = ", ".join(_typed(each) for each in left)
    return f"{made}%!(EXTRA {extra})" if left else made


_VERB = re.compile(r"%(?P<form>(?:\.\d+)?)(?P<verb>[fgevsd%])")
_ANY_VERB = re.compile(r"%(?P<rest>[^%fgevsd]*[%A-Za-z]?)")


def check_format(spec: str) -> None:
    """
    Judge a format before it runs.

    Raises:
        TextError: it holds a verb or a flag that is not simulated.
    """
    for match in _ANY_VERB.finditer(_VERB.sub("", spec)):
        raise TextError(
            f"'{match[0]}' in a format is not simulated; there are %f %g %e %v %s %d, with .N before"
        )


def _verb(match: re.Match[str], left: list[Any]) -> str:
    form, verb = match["form"], match["verb"]
    if verb == "%":
        return "%"
    if not left:
        return f"%!{verb}(MISSING)"
    value = left.pop(0)
    if isinstance(value, float) and verb in "fge":
        return shortest(value) if verb == "g" and not form else formatted(value, f"{form}{verb}")
    if isinstance(value, float) and verb == "v":
        return formatted(value, f"{form}g") if form else shortest(value)
    if isinstance(value, int) and not isinstance(value, bool) and verb in "dv":
        return str(value)
    if (
        verb in "vs"
        and not isinstance(value, (bool, int, float))
        and value is not None
        and value is not MISSING
    ):
        text = written(value)
        return text[: int(form[1:])] if form else text
    if verb == "v":
        return "<nil>" if value is None or value is MISSING else written(value)
    return f"%!{verb}({_typed(value, form)})"


def _typed(value: Any, form: str = "") -> str:
    if value is None or value is MISSING:
        return "<nil>"
    name = {bool: "bool", int: "int", float: "float64", str: "string"}.get(type(value))
    if name is None:
        raise TextFailed("a value of several parts is written by a verb that is not its own")
    if not form or name == "bool":
        return f"{name}={written(value)}"
    if name == "int":
        return f"int={value:0{int(form[1:]) + (value < 0)}}"
    return f"{name}={formatted(value, f'{form}g') if name == 'float64' else value[: int(form[1:])]}"


def _index(holder: Any, *keys: Any) -> Any:
    for key in keys:
        if holder is MISSING or holder is None:
            raise TextFailed("index of untyped nil")
        if not isinstance(holder, Mapping) or not isinstance(key, str):
            raise TextFailed(f"cannot index with {key!r}")
        holder = holder.get(key, Reading({}, 0.0) if isinstance(holder, Readings) else "")
    return holder


def _less(one: Any, other: Any) -> bool:
    if type(one) is not type(other) or not isinstance(one, (str, int, float)) or isinstance(one, bool):
        raise TextFailed("incompatible types for comparison")
    return bool(one < other)


def _less_or_equal(one: Any, other: Any) -> bool:
    return _less(one, other) or bool(one == other)


def _same(one: Any, other: Any) -> bool:
    nothing = [value is MISSING or value is None for value in (one, other)]
    if any(nothing):
        return all(nothing)
    if type(one) is not type(other) or not isinstance(one, (str, int, float)):
        raise TextFailed("incompatible types for comparison")
    return bool(one == other)


def _equal(one: Any, *others: Any) -> bool:
    return any(_same(one, other) for other in others)


def _float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TextFailed("can't convert to float")
    try:
        return float(value)
    except ValueError:
        raise TextFailed(f"'{value}' is no number") from None


def _scaled(value: float) -> tuple[float, str]:
    prefixes, factor = ("kMGTPEZY", 1 / 1000) if abs(value) >= 1 else ("munpfazy", 1000)
    used = ""
    for prefix in prefixes:
        if (factor < 1 and abs(value) < 1000) or (factor > 1 and abs(value) >= 1):
            break
        used = prefix
        value = value / 1000 if factor < 1 else value * 1000
    return value, used


def _humanize(given: Any) -> str:
    value = _float(given)
    if value == 0 or not math.isfinite(value):
        return formatted(value, ".4g")
    scaled, prefix = _scaled(value)
    return f"{formatted(scaled, '.4g')}{prefix}"


def _humanize_duration(given: Any) -> str:
    value = _float(given)
    if not math.isfinite(value):
        return formatted(value, ".4g")
    if value == 0:
        return "0s"
    if abs(value) < 1:
        scaled, prefix = _scaled(value)
        return f"{formatted(scaled, '.4g')}{prefix}s"
    sign = "-" if value < 0 else ""
    whole = int(abs(value))
    days, hours, minutes, seconds = whole // 86_400, whole // 3600 % 24, whole // 60 % 60, whole % 60
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {seconds}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {seconds}s"
    if minutes:
        return f"{sign}{minutes}m {seconds}s"
    return f"{sign}{formatted(abs(value), '.4g')}s"


def _humanize_percentage(given: Any) -> str:
    return f"{formatted(_float(given) * 100, '.4g')}%"


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "eq": _equal,
    "ne": lambda one, other: not _equal(one, other),
    "lt": _less,
    "le": _less_or_equal,
    "gt": lambda one, other: not _less_or_equal(one, other),
    "ge": lambda one, other: not _less(one, other),
    "not": lambda value: not truth(value),
    "index": _index,
    "printf": _printf,
    "humanize": _humanize,
    "humanizeDuration": _humanize_duration,
    "humanizePercentage": _humanize_percentage,
}
"""
Name → what it does; ``and`` and ``or`` stand apart, since they do not look at all of their arguments.

Go's ``gt`` is "not less or equal", so NaN is greater than any number.
"""

NAMES: dict[str, int] = {
    **dict.fromkeys([*FUNCTIONS, "and", "or"], 1),
    **dict.fromkeys(["eq", "ne", "lt", "le", "gt", "ge"], 2),
}
"""Name → the fewest arguments that it takes."""
