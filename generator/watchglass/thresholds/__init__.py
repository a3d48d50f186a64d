"""Levels on one axis: which level a number is at, where each begins, and how to say so."""

from watchglass.thresholds.axis import Band, Better, Level, Step, Thresholds
from watchglass.thresholds.compare import Comparison, Operator, meet, reaches
from watchglass.thresholds.words import exact, plain_number, whole, words

__all__ = [
    "Band",
    "Better",
    "Comparison",
    "Level",
    "Operator",
    "Step",
    "Thresholds",
    "exact",
    "meet",
    "plain_number",
    "reaches",
    "whole",
    "words",
]
