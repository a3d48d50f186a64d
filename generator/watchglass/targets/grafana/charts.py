"""Charts: time series, bar charts, histograms, pies, heat maps, state timelines."""

from __future__ import annotations

from collections.abc import Callable

from watchglass.artifact import Json
from watchglass.definition.shown import axis_of, undrawn_levels
from watchglass.targets.grafana import fields
from watchglass.targets.grafana.look import ALL_SERIES, LEGEND, NO_LEGEND, ONE, Look, Subject
from watchglass.targets.grafana.numbers import reduce_to_one
from watchglass.targets.grafana.tables import matrix, matrix_table
from watchglass.thresholds import whole


def over_time(style: str, fill: int) -> Callable[[Subject], Look]:
    """Make what draws numbers over time as lines, areas or bars."""

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
            "legend": dict(LEGEND if many else NO_LEGEND),
            "tooltip": dict(ALL_SERIES if many else ONE),
        }
        return Look("timeseries", options, defaults, overrides, shape="time_series", notes=notes)

    return build


def _lines_of(subject: Subject) -> str:
    """Say how levels are drawn: as lines, if at all."""
    panel, rows = subject.panel, subject.rows
    return "off" if axis_of(panel, rows) is None or undrawn_levels(panel, rows) else "dashed"


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
            defaults[key] = whole(number)
    overrides: tuple[Json, ...] = ()
    if panel.series is not None and len(drawn) == 1:
        defaults["displayName"] = f"${{__field.labels.{panel.series}}}"
    elif panel.metric is None:
        suffix = f" ${{__field.labels.{panel.series}}}" if panel.series is not None else ""
        overrides = tuple(fields.title_override(name, column, suffix) for name, column in drawn)
    undrawn = undrawn_levels(panel, subject.rows)
    judged = [column.title for _, column in drawn if column.thresholds is not None]
    notes = (undrawn,) if undrawn else ()
    if judged and thresholds is None:
        notes = (f"the levels of {', '.join(judged)} are not drawn: one chart has one set of lines",)
    return defaults, overrides, notes


def bar(subject: Subject) -> Look:
    """Draw bars by name."""
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
        "legend": dict(LEGEND if many else NO_LEGEND),
        "tooltip": dict(ALL_SERIES if many else ONE),
    }
    turned: tuple[Json, ...] = ()
    if panel.series is not None and panel.x is not None and panel.y:
        turned = (matrix(panel.series, panel.x, panel.y[0]),)
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


def histogram(subject: Subject) -> Look:
    """Draw how often numbers come, or bars of buckets that SQL cut."""
    if subject.panel.x is not None:
        return bar(subject)
    column = subject.rows.columns[0][1]
    defaults = fields.number_defaults([column], None)
    defaults["custom"] = {"fillOpacity": 80, "lineWidth": 1}
    defaults["displayName"] = column.title
    options = {"legend": dict(NO_LEGEND), "tooltip": dict(ONE), "combine": False}
    return Look("histogram", options, defaults)


def heatmap(subject: Subject) -> Look:
    """Draw a heat map over time, or a table with coloured cells over another axis."""
    panel = subject.panel
    if panel.x is not None:
        return matrix_table(subject)
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


def pie(subject: Subject) -> Look:
    """Draw shares of one number by name."""
    panel, drawn = subject.panel, subject.drawn
    options = {
        "pieType": "donut",
        "displayLabels": ["name", "percent"],
        "orientation": "auto",
        "reduceOptions": reduce_to_one(rows=True, limit=panel.limit, only=_exactly(drawn[0][0])),
        "legend": {
            **LEGEND,
            "displayMode": "table",
            "placement": "right",
            "values": ["value", "percent"],
        },
        "tooltip": dict(ONE),
    }
    defaults = fields.number_defaults([drawn[0][1]], None)
    notes = ("a pie shows one number: the first is taken",) if len(drawn) > 1 else ()
    return Look("piechart", options, defaults, notes=notes)


def _exactly(name: str) -> str:
    """Write the regular expression that matches one name; ids hold nothing that it would read otherwise."""
    return f"/^{name}$/"


def states(subject: Subject) -> Look:
    """Draw a timeline of states, one line a column or a series."""
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
        "legend": dict(LEGEND),
        "tooltip": dict(ONE),
    }
    return Look("state-timeline", shown, defaults, overrides, parted)
