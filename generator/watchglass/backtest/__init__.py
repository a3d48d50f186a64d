"""What an alert would have done: its rule over the answers of the past, as stretches, differences and a suggestion."""

from __future__ import annotations

from watchglass.backtest.difference import Difference, differences
from watchglass.backtest.instants import TooMany, Window
from watchglass.backtest.replay import Answers, Replay, replay
from watchglass.backtest.report import Basis, Chart, Report, Variant
from watchglass.backtest.stretches import Stretch
from watchglass.backtest.suggest import Suggestion, suggest

__all__ = [
    "Answers",
    "Basis",
    "Chart",
    "Difference",
    "Replay",
    "Report",
    "Stretch",
    "Suggestion",
    "TooMany",
    "Variant",
    "Window",
    "differences",
    "replay",
    "suggest",
]
