"""What every target says of a metric or a panel in words: meaning, thresholds, target."""

from __future__ import annotations

from collections.abc import Callable, Container

from watchglass.definition.service import Dashboard, Metric, Panel, Query
from watchglass.definition.units import Unit
from watchglass.durations import USUAL_RANGE, Duration, spell
from watchglass.sql.alert_wrap import Worse
from watchglass.sql.wrap import Item, Nothing
from watchglass.thresholds import plain_number, words


def unit_word(unit: Unit | None) -> str:
    """Give what follows a number in a sentence, its blank included."""
    return unit.word if unit is not None else ""


def number_word(unit: Unit | None, kind: str) -> Callable[[float], str]:
    """
    Give what writes a number in a sentence: ``15 EUR``, a ratio as ``15%``, a duration as ``30 min``.

    Args:
        kind: the type of its column; an interval without a unit is a duration.
    """
    if unit is not None and unit.id == "ratio":
        return lambda number: f"{plain_number(100 * number)}%"  # as Grafana writes the value beside it
    if unit.id == "duration" if unit is not None else kind == "interval":
        return spell
    return lambda number: f"{plain_number(number)}{unit_word(unit)}"


def thresholds_in_words(metric: Metric) -> str:
    """Say where a metric's levels begin; empty where it has none."""
    return (
        words(metric.thresholds, number_word(metric.unit, metric.column.type))
        if metric.thresholds is not None
        else ""
    )


def describe_metric(metric: Metric) -> str:
    """Give a metric's description with its levels and target, sentence by sentence."""
    parts = [metric.description.strip()]
    if metric.thresholds is not None:
        parts.append(f"Levels: {thresholds_in_words(metric)}.")
    if metric.target is not None:
        parts.append(f"Target: {metric.target.text}.")
    return "\n\n".join(part for part in parts if part)


def describe_panel(panel: Panel) -> str:
    """Give a panel's description: its own, that of what it shows, and the levels of what it colours."""
    if panel.metric is not None:
        own = panel.description.strip()
        described = describe_metric(panel.metric)
        told = "\n\n".join(dict.fromkeys(part for part in (own, *described.split("\n\n")) if part))
        return told or panel.title
    parts = [panel.description.strip()]
    if panel.query is not None:
        parts += [
            f"{column.title}: {words(column.thresholds, number_word(column.unit, column.type))}."
            for column in panel.query.columns.values()
            if column.thresholds is not None
        ]
    described = "\n\n".join(part for part in parts if part)
    return described or panel.title


def value_item(metric: Metric) -> Item:
    """Give a metric's column as the item that SQL selects."""
    return Item(metric.column.name, metric.column.type, scale=metric.column.scale)


def nothing_of(metric: Metric) -> Nothing | None:
    """Give what NULL or no row means for a metric, as SQL needs it."""
    if metric.when_null is None:
        return None
    return Nothing(metric.when_null.value, skip=metric.when_null.kind == "skip")


def window(panel_range: Duration | None, board_range: Duration | None, query: Query) -> Duration:
    """Give the window of a panel: its own range, else the board's, else the query's, else the usual one."""
    return panel_range or board_range or query.range or USUAL_RANGE


def unread_filters(board: Dashboard, read: Container[str]) -> tuple[str, ...]:
    """Say which of a board's filters are left out, for nothing that a target shows on it reads them."""
    return tuple(
        f"nothing on it reads the filter '{name}', which is left out"
        for name in board.filters
        if name not in read
    )


def worse_by_levels(metric: Metric) -> Worse:
    """Tell which of two numbers of one key counts where no condition says it: the one at the worse level."""
    thresholds = metric.thresholds
    if thresholds is not None and thresholds.better == "within":
        mild = thresholds.steps[0]
        return (mild.low or 0.0, mild.high or 0.0)
    return "min" if thresholds is not None and thresholds.better == "higher" else "max"
