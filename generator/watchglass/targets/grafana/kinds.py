"""Which function draws which kind of panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from watchglass.targets.grafana import charts, numbers, tables
from watchglass.targets.grafana.look import Look, Subject


def look(subject: Subject) -> Look:
    """Choose type, options and fields for a panel."""
    return _LOOKS[subject.panel.kind](subject)


_LOOKS: Mapping[str, Callable[[Subject], Look]] = {
    "number": numbers.number,
    "gauge": numbers.gauge,
    "bar_gauge": numbers.bar_gauge,
    "lines": charts.over_time("line", 0),
    "area": charts.over_time("line", 30),
    "bars": charts.over_time("bars", 80),
    "bar": charts.bar,
    "histogram": charts.histogram,
    "heatmap": charts.heatmap,
    "table": tables.table,
    "pie": charts.pie,
    "states": charts.states,
    "logs": tables.logs,
    "alerts": tables.alerts,
    "text": tables.text,
}
