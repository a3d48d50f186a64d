"""Tables and lists: table, matrix with coloured cells, logs, alert list, text."""

from __future__ import annotations

from watchglass.artifact import Json
from watchglass.targets.grafana import fields
from watchglass.targets.grafana.look import Look, Subject


def matrix(column: str, row: str, value: str) -> dict[str, Json]:
    """Turn rows of column, row and value into a table with a column for each."""
    options = {"columnField": column, "rowField": row, "valueField": value, "emptyValue": "null"}
    return {"id": "groupingToMatrix", "options": options}


def matrix_table(subject: Subject) -> Look:
    """Draw a table of two dimensions with coloured cells, in place of a heat map."""
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
    turned = (matrix(panel.x, rows, panel.value),)
    return Look("table", _table_options(), defaults, (plain,), turned, notes=(note,))


def _table_options() -> dict[str, Json]:
    return {"frameIndex": 0, "showHeader": True, "cellHeight": "sm"}


def table(subject: Subject) -> Look:
    """Draw rows."""
    defaults: dict[str, Json] = {
        "noValue": "",
        "thresholds": fields.absolute(None),
        "custom": {"align": "auto", "filterable": True, "cellOptions": {"type": "auto"}},
    }
    overrides = tuple(fields.cell_override(name, column) for name, column in subject.rows.columns)
    curves = [name for name, column in subject.rows.columns if column.sparkline]
    return Look("table", _table_options(), defaults, overrides, (_arrays(curves),) if curves else ())


def _arrays(names: list[str]) -> dict[str, Json]:
    """Read texts as JSON: a json column arrives as text, and a sparkline is drawn of an array."""
    conversions = [{"targetField": name, "destinationType": "other"} for name in names]
    return {"id": "convertFieldType", "options": {"fields": {}, "conversions": conversions}}


def logs(subject: Subject) -> Look:
    """Draw messages, the newest first."""
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


def alerts(subject: Subject) -> Look:
    """List the service's alerts with their states."""
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


def text(subject: Subject) -> Look:
    """Show a text, read as Markdown."""
    return Look("text", {"mode": "markdown", "content": subject.panel.text})
