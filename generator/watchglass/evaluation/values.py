"""What flows between queries and expressions: numbers, series, scalars and "no data", each under its labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

Labels: TypeAlias = Mapping[str, str]
Key: TypeAlias = tuple[tuple[str, str], ...]
"""Labels in one order: what tells one series from another."""

NO_LABELS: Labels = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Number:
    """One number of one series; None is a null, which is not the same as NaN. The name is its column's."""

    labels: Labels
    value: float | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A number at a time."""

    at: datetime
    value: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """Points over time, oldest first."""

    labels: Labels
    points: tuple[Point, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number of an expression's own, which belongs to no series."""

    value: float | None


@dataclass(frozen=True, slots=True)
class NoData:
    """A query that gave no rows, and what is computed from it."""


Value: TypeAlias = Number | Series | Scalar | NoData
Values: TypeAlias = tuple[Value, ...]


def labels_of(value: Value) -> Labels:
    """Give a value's labels; scalars and "no data" have none."""
    return value.labels if isinstance(value, (Number, Series)) else NO_LABELS


def key_of(labels: Labels) -> Key:
    """Put labels into one order."""
    return tuple(sorted(labels.items()))


def contains(labels: Labels, others: Labels) -> bool:
    """Tell whether the first labels hold all of the others."""
    return others.items() <= labels.items()


def told(labels: Labels) -> str:
    """Write labels as Grafana does: ``a=1, b=2``."""
    return ", ".join(f"{name}={value}" for name, value in sorted(labels.items()))


def frozen(pairs: Iterable[tuple[str, str]]) -> Labels:
    """Make labels that nobody changes."""
    return MappingProxyType(dict(pairs))
