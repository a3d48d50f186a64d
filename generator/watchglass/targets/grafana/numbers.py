"""Panels of single numbers: stat, gauge, bar gauge."""

from __future__ import annotations

from watchglass.artifact import Json
from watchglass.definition.shown import axis_of
from watchglass.targets.grafana import fields
from watchglass.targets.grafana.look import NO_LEGEND, Look, Subject
from watchglass.thresholds import whole


def reduce_to_one(*, rows: bool = False, limit: int | None = None, only: str = "") -> dict[str, Json]:
    """Say which value of a field is shown: the last, or one a row."""
    made: dict[str, Json] = {"calcs": ["lastNotNull"], "fields": only, "values": rows}
    return made | ({"limit": limit} if limit is not None else {})


def _metric_fields(subject: Subject) -> dict[str, Json]:
    metric = subject.panel.metric
    assert metric is not None, "resolving asks a metric of this kind"
    return fields.metric_defaults(metric)


def _ends(subject: Subject) -> dict[str, Json]:
    """Give the axis its ends: those of the panel, else such that every level is seen."""
    panel = subject.panel
    thresholds = axis_of(panel, subject.rows)
    low, high = panel.min, panel.max
    if thresholds is not None:
        low, high = thresholds.ends(low, high)
    made = {"min": low if low is not None or high is None else 0.0, "max": high}
    return {key: whole(number) for key, number in made.items() if number is not None}


def number(subject: Subject) -> Look:
    """Draw one number, with a curve where there is one."""
    metric = subject.panel.metric
    colored = metric is not None and metric.thresholds is not None
    options = {
        "graphMode": "area" if subject.curve else "none",
        "colorMode": "background" if colored else "value",
        "justifyMode": "auto",
        "textMode": "value",
        "wideLayout": True,
        "showPercentChange": False,
        "percentChangeColorMode": "standard",
        "orientation": "auto",
        "reduceOptions": reduce_to_one(),
    }
    return Look("stat", options, _metric_fields(subject), shape="time_series" if subject.curve else "table")


def gauge(subject: Subject) -> Look:
    """Draw a gauge."""
    options = {
        "showThresholdLabels": False,
        "showThresholdMarkers": True,
        "sizing": "auto",
        "minVizWidth": 75,
        "minVizHeight": 75,
        "orientation": "auto",
        "reduceOptions": reduce_to_one(),
    }
    return Look("gauge", options, _metric_fields(subject) | _ends(subject))


def bar_gauge(subject: Subject) -> Look:
    """Draw a bar, or one a row, coloured by level."""
    panel = subject.panel
    many = panel.metric is None or panel.metric.keyed
    options = {
        "displayMode": "gradient",
        "valueMode": "color",
        "namePlacement": "auto",
        "showUnfilled": True,
        "sizing": "auto",
        "minVizWidth": 8,
        "minVizHeight": 16,
        "maxVizHeight": 300,
        "legend": dict(NO_LEGEND),
        "orientation": "horizontal",
        "reduceOptions": reduce_to_one(rows=many),
    }
    if panel.metric is None:
        defaults = fields.number_defaults(
            [column for _, column in subject.drawn], axis_of(panel, subject.rows)
        )
        defaults["color"] = {"mode": "thresholds"}
    else:
        defaults = _metric_fields(subject)
    if many:  # a row is named by its own text
        defaults.pop("displayName", None)
    return Look("bargauge", options, defaults | _ends(subject))
