"""All that a backtest found, ready to be written: variants of one alert over one window."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from watchglass.backtest.difference import Difference
from watchglass.backtest.instants import Window
from watchglass.backtest.replay import Replay
from watchglass.backtest.stretches import Key
from watchglass.backtest.suggest import Suggestion
from watchglass.definition.service import Alert
from watchglass.thresholds import Band


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a metric's past was taken from, in words."""

    metric: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """
    A metric over the window.

    Args:
        lines: an instance's labels → its numbers; None where there is none, or nothing is known.
    """

    metric: str
    title: str
    unit: str
    bands: tuple[Band, ...]
    limits: tuple[float, ...]
    lines: Mapping[Key, tuple[tuple[datetime.datetime, float | None], ...]]


@dataclass(frozen=True, slots=True)
class Variant:
    """
    An alert as it is, or as it would be.

    Args:
        name: ``now`` or ``changed``; ``told`` is what is changed, in words.
        replays: one a rule: an alert with one rule a level has several.
        suggestions: rule → what would have fired seldom enough; None where there is nothing to suggest, with the reason in
            ``unsuggested``.
    """

    name: str
    told: str
    alert: Alert
    replays: tuple[Replay, ...]
    bases: tuple[Basis, ...]
    charts: tuple[Chart, ...]
    suggestions: Mapping[str, Suggestion]
    unsuggested: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """
    What a backtest found.

    Args:
        differences: rule → where the variants differ; empty where there is only one.
        most: how often an alert was wished to fire at most, where that was asked.
    """

    service: str
    timezone: str
    version: str
    window: Window
    variants: tuple[Variant, ...]
    differences: Mapping[str, tuple[Difference, ...]]
    most: int | None = None
