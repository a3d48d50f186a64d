"""A metric → the statement that gives its numbers now, as an alert without filters reads them, before `when_null`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from watchglass.backtest.published import by_clock
from watchglass.definition.service import Metric, Service
from watchglass.definition.telling import value_item, window, worse_by_levels
from watchglass.sql import alert_wrap, readings, wrap
from watchglass.sql.alert_wrap import Keyed
from watchglass.sql.grafana import GrafanaDialect
from watchglass.sql.pieces import Piece
from watchglass.sql.render import render

Numbers = Iterator[tuple[str, float | None]]
"""Keys as JSON, each with its number."""


def statement_of(service: Service, metric: Metric) -> str:
    """Write the statement: one row, or one a key, the number in its last column."""
    dialect = GrafanaDialect(service.timezone, service.filters, {})
    seconds = window(None, None, metric.query).seconds
    return by_clock(render(_pieces(service, metric), dialect).text, seconds)


def numbers_of(metric: Metric, rows: Iterable[tuple[object, ...]]) -> Numbers:
    """Read the rows; a metric of a key that has none leaves a reading of no key."""
    found = False
    for row in rows:
        found = True
        key = (
            {name: str(text) for name, text in zip(metric.query.key, row[:-1], strict=True)}
            if metric.keyed
            else {}
        )
        yield json.dumps(key, ensure_ascii=False), None if row[-1] is None else float(str(row[-1]))
    if not found:
        yield readings.NO_KEY, None


def _pieces(service: Service, metric: Metric) -> tuple[Piece, ...]:
    pieces, item = metric.query.template.pieces, value_item(metric)
    if not metric.keyed:
        return wrap.metric_value(pieces, item, metric.where, metric.pick, None, service.timezone)
    worse = worse_by_levels(metric)
    return alert_wrap.key_values(Keyed(pieces, item, metric.query.key, worse, None, service.timezone))
