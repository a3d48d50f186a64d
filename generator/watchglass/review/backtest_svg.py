"""A backtest → a picture: each metric's numbers over its levels, and below when each variant fired; always the same bytes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from zoneinfo import ZoneInfo

from watchglass.backtest import Chart, Replay, Report, Window
from watchglass.backtest.stretches import Key
from watchglass.definition.colors import hex_color
from watchglass.review.backtest_words import conditions, instant, labels, length
from watchglass.thresholds import plain_number
from watchglass.visible import visible

_WIDTH, _LEFT, _RIGHT = 1100, 80, 20
_CHART, _ROW, _GAP, _TOP = 180, 18, 44, 64
_INNER = _WIDTH - _LEFT - _RIGHT
_LINES = 8
"""Instances that a chart draws: those that reach furthest."""

_PENS = ("#1f60c4", "#8f3bb8", "#37872d", "#c4162a", "#e0b400", "#0a7f8c", "#7c5e3c", "#555555")
_STATES = {"firing": "#e02f44", "pending": "#fbd38d", "no data": "#8ab8ff", "error": "#a352cc"}
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    ' font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="#ffffff"/>'
)


@dataclass(frozen=True, slots=True)
class _Axis:
    """Numbers from bottom to top, instants from left to right."""

    window: Window
    low: float
    high: float
    top: float

    def x(self, at: datetime.datetime) -> float:
        return _x(self.window, at)

    def y(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.top + _CHART * (1 - share)


def as_svg(report: Report) -> str:
    """Draw a backtest."""
    charts = report.variants[0].charts
    rows = [(variant.name, replay) for variant in report.variants for replay in variant.replays]
    bars = _TOP + len(charts) * (_CHART + _GAP)
    height = bars + len(rows) * (_ROW + 22) + 40
    parts = [_HEAD.format(width=_WIDTH, height=height), *_titles(report)]
    for index, chart in enumerate(charts):
        parts += _chart(report, chart, _TOP + index * (_CHART + _GAP))
    for index, (name, replay) in enumerate(rows):
        parts += _bar(name, replay, bars + index * (_ROW + 22))
    parts += _legend(height - 14)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _titles(report: Report) -> Iterator[str]:
    alert = report.variants[0].alert
    yield _text(_LEFT, 22, f"{alert.id}: {alert.title}", 'font-size="16" font-weight="bold"')
    start, end = (instant(at, report.timezone) for at in (report.window.start, report.window.end))
    yield _text(_LEFT, 42, f"{start} to {end} ({report.timezone})", 'fill="#555555"')


def _chart(report: Report, chart: Chart, top: float) -> Iterator[str]:
    shown = _furthest(chart)
    axis = _axis(report.window, chart, shown, top)
    yield _text(
        _LEFT,
        top - 6,
        f"{chart.title}{f', {chart.unit.strip()}' if chart.unit else ''}",
        'font-weight="bold"',
    )
    yield from _bands(chart, axis)
    yield from _days(report, axis)
    for number in (
        axis.low,
        *sorted({edge for band in chart.bands for edge in (band.low,) if edge is not None}),
        axis.high,
    ):
        yield _text(_LEFT - 6, axis.y(number) + 4, _number(number), 'text-anchor="end" fill="#555555"')
    for limit in chart.limits:
        y = axis.y(limit)
        yield f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#333333" stroke-dasharray="5 3"/>'
    for index, key in enumerate(shown):
        pen = _PENS[index % len(_PENS)]
        for path in _paths(chart.lines[key], axis):
            yield f'<path d="{path}" fill="none" stroke="{pen}" stroke-width="1.3"><title>{_shown(labels(key))}</title></path>'
    if len(chart.lines) > len(shown):
        more = f"{len(shown)} of {len(chart.lines)} instances are drawn"
        yield _text(_WIDTH - _RIGHT, top - 6, more, 'text-anchor="end" fill="#555555"')


def _furthest(chart: Chart) -> tuple[Key, ...]:
    """Choose the instances to draw: those with the largest and the smallest numbers."""
    numbers = {
        key: [value for _, value in line if value is not None] or [0.0] for key, line in chart.lines.items()
    }
    limit = chart.limits[0] if chart.limits else 0.0
    ranked = sorted(numbers, key=lambda key: (-max(abs(value - limit) for value in numbers[key]), key))
    return tuple(sorted(ranked[:_LINES]))


def _axis(window: Window, chart: Chart, shown: Sequence[Key], top: float) -> _Axis:
    values = [value for key in shown for _, value in chart.lines[key] if value is not None]
    edges = [edge for band in chart.bands for edge in (band.low,) if edge is not None]
    every = [*values, *edges, *chart.limits, 0.0]
    low, high = min(every), max(every)
    room = (high - low or 1.0) * 0.05
    return _Axis(window, low - (room if low < 0 else 0), high + room, top)


def _bands(chart: Chart, axis: _Axis) -> Iterator[str]:
    for band in chart.bands:
        low = axis.low if band.low is None else max(band.low, axis.low)
        high = axis.high if band.high is None else min(band.high, axis.high)
        if low < high:
            color = hex_color(band.level.color)
            top, bottom = axis.y(high), axis.y(low)
            yield (
                f'<rect x="{_LEFT}" y="{top:.1f}" width="{_INNER}" height="{bottom - top:.1f}" fill="{color}"'
                f' fill-opacity="0.18"><title>{_shown(band.level.name)}</title></rect>'
            )


def _days(report: Report, axis: _Axis) -> Iterator[str]:
    """Draw the beginnings of about ten days, or hours, of the service's time zone."""
    zone = ZoneInfo(report.timezone)
    days = report.window.length / datetime.timedelta(days=1)
    step = max(1, round(days / 10)) if days > 2 else 0
    first = report.window.start.astimezone(zone)
    tick = datetime.datetime.combine(first.date(), datetime.time(), zone)
    bottom = axis.top + _CHART
    yield f'<rect x="{_LEFT}" y="{axis.top}" width="{_INNER}" height="{_CHART}" fill="none" stroke="#bbbbbb"/>'
    while tick < report.window.end:
        if tick >= report.window.start:
            x = axis.x(tick)
            yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{axis.top}" y2="{bottom}" stroke="#dddddd"/>'
            form = "%m-%d" if step else "%H:%M"
            yield _text(x, bottom + 14, tick.strftime(form), 'text-anchor="middle" fill="#555555"')
        tick = (
            tick + datetime.timedelta(days=step)
            if step
            else tick + datetime.timedelta(hours=max(1, round(days * 2.4)))
        )


def _paths(line: Sequence[tuple[datetime.datetime, float | None]], axis: _Axis) -> Iterator[str]:
    """Give a line as steps: at most the first, lowest, highest and last number of a column of pixels; gaps stay open."""
    for part in _parts(line):
        points = [f"{axis.x(at):.1f} {axis.y(value):.1f}" for at, value in _thinned(part, axis)]
        yield f"M{points[0]}" + "".join(f"L{point}" for point in points[1:] or points)


def _parts(
    line: Sequence[tuple[datetime.datetime, float | None]],
) -> Iterator[list[tuple[datetime.datetime, float]]]:
    part: list[tuple[datetime.datetime, float]] = []
    for at, value in line:
        if value is not None:
            part.append((at, value))
        elif part:
            yield part
            part = []
    if part:
        yield part


def _thinned(
    part: Sequence[tuple[datetime.datetime, float]], axis: _Axis
) -> Iterator[tuple[datetime.datetime, float]]:
    column: list[tuple[datetime.datetime, float]] = []
    for point in part:
        if column and int(axis.x(point[0])) != int(axis.x(column[0][0])):
            yield from _ends(column)
            column = []
        column.append(point)
    yield from _ends(column)


def _ends(column: Sequence[tuple[datetime.datetime, float]]) -> list[tuple[datetime.datetime, float]]:
    kept = {
        column[0],
        column[-1],
        min(column, key=lambda each: each[1]),
        max(column, key=lambda each: each[1]),
    }
    return sorted(kept)


def _bar(name: str, replay: Replay, top: float) -> Iterator[str]:
    told = (
        f"{name}: {conditions(replay)}: fired {len(replay.firings):,}×, together {length(replay.fired_for)}"
    )
    yield _text(_LEFT, top + 12, told)
    yield f'<rect x="{_LEFT}" y="{top + 18}" width="{_INNER}" height="{_ROW}" fill="#f4f5f5"/>'
    order = sorted(replay.stretches, key=lambda each: (each.state == "firing", each.begin, each.key))
    for stretch in order:
        begin, end = _x(replay.window, stretch.begin), _x(replay.window, stretch.end or replay.window.end)
        yield (
            f'<rect x="{begin:.1f}" y="{top + 18}" width="{max(end - begin, 1):.1f}" height="{_ROW}"'
            f' fill="{_STATES[stretch.state]}"><title>{_shown(f"{stretch.state} {labels(stretch.key)}".strip())}</title></rect>'
        )
    for at in _gaps(replay):
        yield f'<rect x="{_x(replay.window, at):.1f}" y="{top + 18}" width="1" height="{_ROW}" fill="#bbbbbb"/>'


def _gaps(replay: Replay) -> list[datetime.datetime]:
    """Give the instants of which nothing is known, at most one a pixel."""
    return list({int(_x(replay.window, at)): at for at in replay.left_out}.values())


def _legend(y: float) -> Iterator[str]:
    x = float(_LEFT)
    for name, color in (*_STATES.items(), ("nothing known", "#bbbbbb")):
        yield f'<rect x="{x:.0f}" y="{y - 10:.0f}" width="12" height="12" fill="{color}"/>'
        yield _text(x + 16, y, name, 'fill="#555555"')
        x += 110


def _x(window: Window, at: datetime.datetime) -> float:
    return _LEFT + _INNER * ((at - window.start) / window.length)


def _number(value: float) -> str:
    return plain_number(round(value, 2))


def _shown(text: str) -> str:
    """Write a text of anybody's into XML, which has no form for control characters."""
    return escape(visible(text))


def _text(x: float, y: float, text: str, attributes: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {attributes}>{_shown(text)}</text>'
