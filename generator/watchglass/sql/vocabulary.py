"""The neutral words of a SQL template: from a call's arguments to a typed piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from watchglass.durations import Duration, parse_duration
from watchglass.sql.pieces import (
    Bucket,
    Buckets,
    During,
    Group,
    InRange,
    LevelName,
    Local,
    Matches,
    Origin,
    Piece,
    RangeEdge,
    Span24,
    Text,
    Value,
)
from watchglass.sql.words import width_problem
from watchglass.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class HoursOf:
    """What ``during`` needs of named hours."""

    spans: tuple[Span24, ...]
    outside: bool
    timezone: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What names in a template mean: constants, snippets, filters, hours, and the metrics' thresholds."""

    constants: Mapping[str, Value]
    snippets: Mapping[str, Callable[[], tuple[Piece, ...] | None]]
    filters: frozenset[str]
    hours: Mapping[str, HoursOf]
    thresholds: Mapping[str, Thresholds]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call: its value and where it stands."""

    value: str | int | float | bool
    origin: Origin

    @property
    def text(self) -> str:
        """The value as text."""
        return str(self.value)


class Misuse(Exception):
    """
    A word is used wrongly; caught by the evaluator, which makes a problem of it.

    Args:
        known: names among which the nearest is suggested.
    """

    def __init__(
        self, code: str, message: str, name: str = "", known: tuple[str, ...] = (), hint: str = ""
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.name, self.known, self.hint = code, message, name, known, hint


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a word, its arguments by name."""

    word: str
    arguments: Mapping[str, Argument]
    origin: Origin
    vocabulary: Vocabulary

    def text(self, name: str) -> Text:
        """Give an argument as SQL text that keeps its place."""
        argument = self.arguments[name]
        return Text(argument.text, argument.origin)

    def duration(self, name: str) -> Duration | None:
        """Give an argument as a length of time, None where it is absent."""
        if name not in self.arguments:
            return None
        try:
            return parse_duration(self.arguments[name].text)
        except ValueError as error:
            raise Misuse("sql-word-arguments", f"{self.word}: {error}") from error

    def width(self) -> Duration | None:
        """Give the width of a bucket; None stands for ``auto``."""
        if self.arguments["width"].text == "auto":
            return None
        width = self.duration("width")
        problem = width_problem(width) if width is not None else ""
        if problem:
            raise Misuse(
                "sql-word-arguments",
                f"{self.word}: {self.arguments['width'].text!r} cannot be cut: {problem}",
            )
        return width

    def known(self, name: str, kind: str, names: tuple[str, ...]) -> str:
        """Give an argument that must be one of the names."""
        value = self.arguments[name].text
        if value not in names:
            raise Misuse("unknown-name", f"unknown {kind} '{value}'", value, names)
        return value

    def thresholds(self) -> Thresholds:
        """Give the thresholds of the metric that is named."""
        with_levels = self.vocabulary.thresholds
        return with_levels[self.known("metric", "metric with thresholds", tuple(with_levels))]


def _snippet(call: Call) -> Piece:
    name = call.known("name", "snippet", tuple(call.vocabulary.snippets))
    pieces = call.vocabulary.snippets[name]()
    return Group(pieces or (), call.origin)


def _matches(call: Call) -> Piece:
    return Matches(
        call.known("filter", "filter", tuple(sorted(call.vocabulary.filters))),
        call.text("column"),
        call.origin,
    )


def _during(call: Call) -> Piece:
    hours = call.vocabulary.hours[call.known("hours", "hours", tuple(call.vocabulary.hours))]
    return During(hours.spans, hours.outside, hours.timezone, call.text("column"), call.origin)


def _threshold(call: Call) -> Piece:
    thresholds = call.thresholds()
    names = tuple(step.level.name for step in thresholds.steps)
    step = thresholds.step(call.known("level", "level with a threshold", names))
    numbers = step.numbers if step else ()
    if len(numbers) != 1:
        raise Misuse(
            "sql-word-arguments",
            "threshold: a pair of `better: within` has two numbers; use level(metric, column)",
        )
    return Value(numbers[0] if not float(numbers[0]).is_integer() else int(numbers[0]), "number", call.origin)


def _level(call: Call) -> Piece:
    bands = tuple((band.low, band.high, band.level.name) for band in call.thresholds().bands())
    return LevelName(bands, call.text("column"), call.origin)


@dataclass(frozen=True, slots=True)
class Word:
    """A word's parameters (an ending ``=`` marks one that may be left out) and what makes its piece."""

    parameters: tuple[str, ...]
    build: Callable[[Call], Piece]

    @property
    def form(self) -> str:
        """The parameters as a reader would write them."""
        return ", ".join(f"{name}…" if name.endswith("=") else name for name in self.parameters)


WORDS: Mapping[str, Word] = {
    "in_range": Word(
        ("column", "before="), lambda call: InRange(call.text("column"), call.duration("before"), call.origin)
    ),
    "range_start": Word(("before=",), lambda call: RangeEdge("start", call.duration("before"), call.origin)),
    "range_end": Word((), lambda call: RangeEdge("end", None, call.origin)),
    "bucket": Word(("column", "width"), lambda call: Bucket(call.text("column"), call.width(), call.origin)),
    "buckets": Word(
        ("width", "before="), lambda call: Buckets(call.width(), call.duration("before"), call.origin)
    ),
    "matches": Word(("filter", "column"), _matches),
    "during": Word(("hours", "column"), _during),
    "local": Word(("column",), lambda call: Local(call.text("column"), call.origin)),
    "snippet": Word(("name",), _snippet),
    "threshold": Word(("metric", "level"), _threshold),
    "level": Word(("metric", "column"), _level),
    "raw": Word(("text",), lambda call: Text(call.arguments["text"].text, call.arguments["text"].origin)),
}
