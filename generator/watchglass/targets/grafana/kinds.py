"""A panel as Grafana draws it: one function a kind, giving type, options, fields, and notes on what is drawn otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from watchglass.artifact import Json
from watchglass.definition.service import Column, Panel
from watchglass.definition.shown import Shown, axis_of
from watchglass.targets.grafana import fields

TIME = "time"
"""The name by which Grafana knows a column as the time axis."""

_LEGEND: Mapping[str, Json] = {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []}
_NO_LEGEND: Mapping[str, Json] = {**_LEGEND, "showLegend": False}
_ALL_SERIES: Mapping[str, Json] = {"mode": "multi", "sort": "desc"}
_ONE: Mapping[str, Json] = {"mode": "single", "sort": "none"}


@dataclass(frozen=True, slots=True)
class Look:
    """
    How a panel is drawn.

    Args:
        kind: Grafana's panel type.
        shape: the format of its query.
        defaults: field defaults; None for a panel without fields.
    """

    kind: str
    options: Mapping[str, Json]
    defaults: Mapping[str, Json] | None = None
    overrides: tuple[Json, ...] = ()
    transformations: tuple[Json, ...] = ()
    shape: str = "table"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """
    What a look is made of.

    Args:
        curve: whether the rows are a metric's past with its present number at the end.
    """

    panel: Panel
    rows: Shown
    curve: bool = False
    alerts_of: Mapping[str, str] = field(default_factory=dict)
    """Labels that an alert list is narrowed by."""

    @property
    def drawn(self) -> tuple[tuple[str, Column], ...]:
        """The columns that are drawn as numbers."""
        return tuple((name, column) for name, column in self.rows.columns if column.name in self.panel.y)


def look(subject: Subject) -> Look:
    """Choose type, options and fields for a panel."""
    return _LOOKS[subject.panel.kind](subject)


def _reduce(*, rows: bool = False, limit: int | None = None, only: str = "") -> dict[str, Json]:
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
    return {key: fields.plain(number) for key, number in made.items() if number is not None}


def _number(subject: Subject) -> Look:
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
        "reduceOptions": _reduce(),
    }
    return Look("stat", options, _metric_fields(subject), shape="time_series" if subject.curve else "table")


def _gauge(subject: Subject) -> Look:
    options = {
        "showThresholdLabels": False,
        "showThresholdMarkers": True,
        "sizing": "auto",
        "minVizWidth": 75,
        "minVizHeight": 75,
        "orientation": "auto",
        "reduceOptions": _reduce(),
    }
    return Look("gauge", options, _metric_fields(subject) | _ends(subject))


def _bar_gauge(subject: Subject) -> Look:
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
        "legend": dict(_NO_LEGEND),
        "orientation": "horizontal",
        "reduceOptions": _reduce(rows=many),
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


def _over_time(style: str, fill: int) -> Callable[[Subject], Look]:
    def build(subject: Subject) -> Look:
        panel = subject.panel
        defaults, overrides, notes = _chart_fields(subject)
        defaults["custom"] = {
            "drawStyle": style,
            "lineInterpolation": "linear",
            "lineWidth": 1 if style == "bars" else 2,
            "fillOpacity": fill,
            "showPoints": "auto" if style == "line" else "never",
            "spanNulls": False,
            "stacking": {"mode": "normal" if panel.stack else "none", "group": "A"},
            "thresholdsStyle": {"mode": _lines_of(subject)},
        }
        many = panel.series is not None or len(subject.drawn) > 1
        options = {
            "legend": dict(_LEGEND if many else _NO_LEGEND),
            "tooltip": dict(_ALL_SERIES if many else _ONE),
        }
        return Look("timeseries", options, defaults, overrides, shape="time_series", notes=notes)

    return build


def _lines_of(subject: Subject) -> str:
    """Say how levels are drawn: as lines, and as nothing where stacked numbers are not the ones that are judged."""
    return "dashed" if axis_of(subject.panel, subject.rows) is not None and not subject.panel.stack else "off"


def _chart_fields(subject: Subject) -> tuple[dict[str, Json], tuple[Json, ...], tuple[str, ...]]:
    """Make the fields of a chart: one unit for all, or one a column; the levels that all share."""
    panel, drawn = subject.panel, subject.drawn
    thresholds = axis_of(panel, subject.rows)
    if panel.metric is not None:
        defaults = fields.metric_defaults(panel.metric)
        defaults["color"] = {"mode": "palette-classic"}
    else:
        defaults = fields.number_defaults([column for _, column in drawn], thresholds)
    if thresholds is not None and panel.level is not None:
        defaults["thresholds"] = fields.absolute(fields.one_step(thresholds, panel.level))
    for key, number in (("min", panel.min), ("max", panel.max)):
        if number is not None:
            defaults[key] = fields.plain(number)
    overrides: tuple[Json, ...] = ()
    if panel.series is not None and len(drawn) == 1:
        defaults["displayName"] = f"${{__field.labels.{panel.series}}}"
    elif panel.metric is None:
        suffix = f" ${{__field.labels.{panel.series}}}" if panel.series is not None else ""
        overrides = tuple(fields.title_override(name, column, suffix) for name, column in drawn)
    judged = [column.title for _, column in drawn if column.thresholds is not None]
    notes = (
        (f"the levels of {', '.join(judged)} are not drawn: one chart has one set of lines",)
        if judged and thresholds is None
        else ()
    )
    return defaults, overrides, notes


def _bar(subject: Subject) -> Look:
    panel = subject.panel
    defaults, overrides, notes = _chart_fields(subject)
    defaults["custom"] = {
        "fillOpacity": 80,
        "lineWidth": 1,
        "thresholdsStyle": {"mode": _lines_of(subject)},
    }
    if len(subject.drawn) == 1 and axis_of(panel, subject.rows) is not None and panel.level is None:
        defaults["color"] = {"mode": "thresholds"}
    many = panel.series is not None or len(subject.drawn) > 1
    options = {
        "orientation": "horizontal" if _lying(subject) else "vertical",
        "xTickLabelRotation": 0,
        "xTickLabelMaxLength": 24,
        "stacking": "normal" if panel.stack else "none",
        "showValue": "auto",
        "barWidth": 0.9,
        "groupWidth": 0.7,
        "fullHighlight": False,
        "legend": dict(_LEGEND if many else _NO_LEGEND),
        "tooltip": dict(_ALL_SERIES if many else _ONE),
    }
    turned: tuple[Json, ...] = ()
    if panel.series is not None and panel.x is not None and panel.y:
        turned = (_matrix(panel.series, panel.x, panel.y[0]),)
        defaults.pop("displayName", None)
        overrides = ()
        if len(panel.y) > 1:
            notes = (*notes, "bars by series show one number: the first is taken")
    return Look("barchart", options, defaults, overrides, turned, notes=notes)


def _lying(subject: Subject) -> bool:
    """Tell whether bars lie: names are easier to read beside a bar than below it."""
    panel = subject.panel
    x = next((column for _, column in subject.rows.columns if column.name == panel.x), None)
    return (
        panel.kind == "bar"
        and x is not None
        and x.type == "text"
        and panel.series is None
        and not panel.stack
    )


def _matrix(column: str, row: str, value: str) -> dict[str, Json]:
    options = {"columnField": column, "rowField": row, "valueField": value, "emptyValue": "null"}
    return {"id": "groupingToMatrix", "options": options}


def _histogram(subject: Subject) -> Look:
    if subject.panel.x is not None:
        return _bar(subject)
    column = subject.rows.columns[0][1]
    defaults = fields.number_defaults([column], None)
    defaults["custom"] = {"fillOpacity": 80, "lineWidth": 1}
    defaults["displayName"] = column.title
    options = {"legend": dict(_NO_LEGEND), "tooltip": dict(_ONE), "combine": False}
    return Look("histogram", options, defaults)


def _heatmap(subject: Subject) -> Look:
    panel = subject.panel
    if panel.x is not None:
        return _matrix_table(subject)
    column = next((column for _, column in subject.rows.columns if column.name == panel.value), None)
    unit = fields.unit_of(column.unit, column.type) if column is not None else "none"
    options = {
        "calculate": not panel.y,
        "rowsFrame": {"layout": "auto"},
        "color": {
            "mode": "scheme",
            "scheme": "Oranges",
            "fill": "dark-orange",
            "scale": "exponential",
            "exponent": 0.5,
            "steps": 64,
            "reverse": False,
        },
        "cellGap": 1,
        "cellValues": {"unit": unit},
        "showValue": "never",
        "yAxis": {"axisPlacement": "left"},
        "legend": {"show": True},
        "tooltip": {"mode": "single", "yHistogram": False, "showColorScale": True},
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
    }
    defaults: dict[str, Json] = {"unit": unit, "noValue": fields.NO_DATA}
    if panel.y:
        defaults["displayName"] = f"${{__field.labels.{panel.y[0]}}}"
    return Look("heatmap", options, defaults, shape="time_series")


def _matrix_table(subject: Subject) -> Look:
    panel = subject.panel
    column = next((column for _, column in subject.rows.columns if column.name == panel.value), None)
    assert panel.x is not None and panel.value is not None and column is not None, (
        "resolving chose x and value"
    )
    defaults = fields.number_defaults([column], column.thresholds)
    defaults["color"] = {"mode": "thresholds" if column.thresholds is not None else "continuous-YlRd"}
    defaults["custom"] = {
        "align": "center",
        "cellOptions": {
            "type": "color-background",
            "mode": "basic" if column.thresholds is not None else "gradient",
        },
    }
    if column.thresholds is None:
        defaults["min"] = 0
    rows = panel.y[0] if panel.y else ""
    names = {shown: other.title for shown, other in subject.rows.columns if other.name == rows}
    plain = fields.override(
        f"{rows}\\{panel.x}",
        {
            "displayName": names.get(rows, rows),
            "custom.cellOptions": {"type": "auto"},
            "custom.align": "left",
        },
    )
    note = "a heat map has time as one of its axes: a table with coloured cells stands in its place"
    turned = (_matrix(panel.x, rows, panel.value),)
    return Look("table", _table_options(), defaults, (plain,), turned, notes=(note,))


def _table_options() -> dict[str, Json]:
    return {"frameIndex": 0, "showHeader": True, "cellHeight": "sm"}


def _table(subject: Subject) -> Look:
    defaults: dict[str, Json] = {
        "noValue": "",
        "thresholds": fields.absolute(None),
        "custom": {"align": "auto", "filterable": True, "cellOptions": {"type": "auto"}},
    }
    overrides = tuple(fields.cell_override(name, column) for name, column in subject.rows.columns)
    return Look("table", _table_options(), defaults, overrides)


def _pie(subject: Subject) -> Look:
    panel, drawn = subject.panel, subject.drawn
    options = {
        "pieType": "donut",
        "displayLabels": ["name", "percent"],
        "orientation": "auto",
        "reduceOptions": _reduce(rows=True, limit=panel.limit, only=_exactly(drawn[0][0])),
        "legend": {
            **_LEGEND,
            "displayMode": "table",
            "placement": "right",
            "values": ["value", "percent"],
        },
        "tooltip": dict(_ONE),
    }
    defaults = fields.number_defaults([drawn[0][1]], None)
    notes = ("a pie shows one number: the first is taken",) if len(drawn) > 1 else ()
    return Look("piechart", options, defaults, notes=notes)


def _exactly(name: str) -> str:
    """Write the regular expression that matches one name; ids hold nothing that it would read otherwise."""
    return f"/^{name}$/"


def _states(subject: Subject) -> Look:
    panel = subject.panel
    mapped = [value for _, column in subject.drawn for value in column.values]
    thresholds = axis_of(panel, subject.rows)
    defaults: dict[str, Json] = {
        "noValue": fields.NO_DATA,
        "mappings": fields.mappings(mapped, named=True),
        "thresholds": fields.absolute(fields.steps(thresholds) if thresholds is not None else None),
        "color": {"mode": "thresholds" if thresholds is not None else "palette-classic"},
        "custom": {"lineWidth": 0, "fillOpacity": 75},
    }
    if panel.series is None:
        overrides = tuple(fields.title_override(name, column) for name, column in subject.drawn)
        parted: tuple[Json, ...] = ()
    else:
        overrides = ()
        defaults["displayName"] = f"${{__field.labels.{panel.series}}}"
        options = {"fields": [panel.series], "keepFields": False, "naming": {"asLabels": True}}
        parted = ({"id": "partitionByValues", "options": options},)
    shown = {
        "showValue": "auto",
        "rowHeight": 0.9,
        "mergeValues": True,
        "alignValue": "left",
        "legend": dict(_LEGEND),
        "tooltip": dict(_ONE),
    }
    return Look("state-timeline", shown, defaults, overrides, parted)


def _logs(subject: Subject) -> Look:
    del subject
    options = {
        "showTime": True,
        "showLabels": False,
        "showCommonLabels": False,
        "showLogContextToggle": False,
        "wrapLogMessage": True,
        "prettifyLogMessage": False,
        "enableLogDetails": True,
        "sortOrder": "Descending",
        "dedupStrategy": "none",
    }
    return Look("logs", options, {"noValue": fields.NO_DATA})


def _alerts(subject: Subject) -> Look:
    narrowed = ", ".join(f'{name}="{value}"' for name, value in sorted(subject.alerts_of.items()))
    options = {
        "alertName": "",
        "alertInstanceLabelFilter": f"{{{narrowed}}}",
        "dashboardAlerts": False,
        "datasource": "-- Grafana --",
        "groupMode": "default",
        "groupBy": [],
        "maxItems": subject.panel.limit or 50,
        "showInstances": False,
        "sortOrder": 3,
        "viewMode": "list",
        "stateFilter": {
            "firing": True,
            "pending": True,
            "recovering": True,
            "noData": True,
            "error": True,
            "normal": True,
        },
    }
    return Look("alertlist", options)


def _text(subject: Subject) -> Look:
    return Look("text", {"mode": "markdown", "content": subject.panel.text})


_LOOKS: Mapping[str, Callable[[Subject], Look]] = {
    "number": _number,
    "gauge": _gauge,
    "bar_gauge": _bar_gauge,
    "lines": _over_time("line", 0),
    "area": _over_time("line", 30),
    "bars": _over_time("bars", 80),
    "bar": _bar,
    "histogram": _histogram,
    "heatmap": _heatmap,
    "table": _table,
    "pie": _pie,
    "states": _states,
    "logs": _logs,
    "alerts": _alerts,
    "text": _text,
}
