"""A backtest → text, Markdown, JSON."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from watchglass.backtest import Difference, Replay, Report, Stretch, Variant
from watchglass.review.backtest_words import (
    caveats,
    conditions,
    fired,
    instant,
    labels,
    length,
    suggestion,
    table,
)
from watchglass.review.excerpt import neutral
from watchglass.review.json_report import dump
from watchglass.review.markdown import plain

_MOST = 20
"""Firings, and differences, that a page lists; JSON has all."""


def as_text(report: Report) -> str:
    """Write a backtest for a terminal."""
    return "\n".join(_text(report)) + "\n"


def as_markdown(report: Report) -> str:
    """Write a backtest for a pull request."""
    return "\n".join(_markdown(report)) + "\n"


def as_json(report: Report) -> str:
    """Write all of a backtest for machines; times are in UTC."""
    return dump(_json(report))


def _head(report: Report) -> tuple[str, str]:
    alert = report.variants[0].alert
    start, end = (instant(at, report.timezone) for at in (report.window.start, report.window.end))
    return (
        f"{alert.id}: {alert.title}",
        f"{start} to {end} ({report.timezone}), as Grafana {report.version} evaluates",
    )


def _summary(report: Report) -> list[list[str]]:
    rows = [["", "fired", "together", "longest", "evaluations", "every", "condition"]]
    for variant in report.variants:
        for replay in variant.replays:
            level = f" ({replay.rule.rule.level})" if replay.rule.rule.level else ""
            rows.append(
                [
                    f"{variant.name}{level}",
                    f"{len(replay.firings):,}",
                    length(replay.fired_for),
                    length(replay.longest),
                    f"{len(replay.evaluations):,}",
                    replay.rule.alert.every.words,
                    conditions(replay),
                ]
            )
    return rows


def _firings(replay: Replay, timezone: str) -> list[list[str]]:
    rows = [["from", "to", "for", "instance", ""]]
    for stretch in replay.firings[:_MOST]:
        end = instant(stretch.end, timezone) if stretch.end else "still firing"
        lasted = length(stretch.length(replay.window.end))
        rows.append([instant(stretch.begin, timezone), end, lasted, labels(stretch.key), fired(stretch)])
    return _without_empty(rows)


def _differing(found: tuple[Difference, ...], timezone: str) -> list[list[str]]:
    rows = [["first", "last", "evaluations", "now", "changed", "instance"]]
    rows += [
        [
            instant(each.first, timezone),
            instant(each.last, timezone),
            f"{each.evaluations:,}",
            each.now,
            each.changed,
            labels(each.key),
        ]
        for each in found[:_MOST]
    ]
    return _without_empty(rows)


def _without_empty(rows: list[list[str]]) -> list[list[str]]:
    """Leave columns out that say nothing."""
    kept = [index for index in range(len(rows[0])) if any(row[index] for row in rows[1:])]
    return [[row[index] for index in kept] for row in rows]


def _text(report: Report) -> Iterator[str]:
    yield from map(neutral, _head(report))
    yield from (f"  {neutral(text)}" for text in _told(report))
    yield ""
    yield from _table(_summary(report))
    for variant, replay, name in _named(report):
        if replay.firings:
            yield f"\n{name}: fired"
            yield from _table(_firings(replay, report.timezone))
            yield from _more(len(replay.firings))
        told = suggestion(variant, replay, report)
        if told:
            yield f"\n{name}: {neutral(told)}"
    for title, found in _differences(report):
        yield f"\n{title}"
        yield from _table(_differing(found, report.timezone)) if found else ()
        yield from _more(len(found))


def _markdown(report: Report) -> Iterator[str]:
    title, line = _head(report)
    yield f"### Backtest: {plain(title)}\n\n{line}\n"
    yield from _grid(_summary(report))
    for variant, replay, name in _named(report):
        told = suggestion(variant, replay, report)
        if replay.firings:
            yield f"\n<details><summary>{name}: {len(replay.firings):,} firings</summary>\n"
            yield from _grid(_firings(replay, report.timezone))
            yield from _more(len(replay.firings))
            yield "\n</details>"
        if told:
            yield f"\n{name}: {plain(told)}"
    for heading, found in _differences(report):
        yield f"\n**{heading}**\n"
        yield from _grid(_differing(found, report.timezone)) if found else ()
        yield from _more(len(found))
    yield ""
    yield from (f"- {plain(text)}" for text in _told(report))


def _told(report: Report) -> Iterator[str]:
    """Say how the past was told, once where it was told alike."""
    first = caveats(report.variants[0], report)
    yield from first
    for variant in report.variants[1:]:
        yield f"{variant.name}: {variant.told}"
        yield from (f"{variant.name}: {text}" for text in caveats(variant, report) if text not in first)


def _table(rows: list[list[str]]) -> list[str]:
    return table([[neutral(cell) for cell in row] for row in rows])


def _grid(rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(map(plain, rows[0]))} |"
    yield f"|{' --- |' * len(rows[0])}"
    yield from (f"| {' | '.join(map(plain, row))} |" for row in rows[1:])


def _named(report: Report) -> Iterator[tuple[Variant, Replay, str]]:
    for variant in report.variants:
        for replay in variant.replays:
            level = f" ({replay.rule.rule.level})" if replay.rule.rule.level else ""
            yield variant, replay, f"{variant.name}{level}"


def _differences(report: Report) -> Iterator[tuple[str, tuple[Difference, ...]]]:
    for rule, found in report.differences.items():
        count = sum(each.evaluations for each in found)
        yield f"{rule}: now and changed differ at {count:,} evaluations", found


def _more(count: int) -> Iterator[str]:
    if count > _MOST:
        yield f"  and {count - _MOST:,} more; --format json has all"


def _json(report: Report) -> dict[str, Any]:
    return {
        "service": report.service,
        "alert": report.variants[0].alert.id,
        "from": _at(report.window.start),
        "to": _at(report.window.end),
        "grafana": report.version,
        "variants": [_variant(report, variant) for variant in report.variants],
        "differences": {
            rule: [
                {
                    "labels": dict(each.key),
                    "first": _at(each.first),
                    "last": _at(each.last),
                    "evaluations": each.evaluations,
                    "now": each.now,
                    "changed": each.changed,
                }
                for each in found
            ]
            for rule, found in report.differences.items()
        },
    }


def _variant(report: Report, variant: Variant) -> dict[str, Any]:
    return {
        "name": variant.name,
        "change": variant.told,
        "past": {basis.metric: basis.text for basis in variant.bases},
        "rules": [_rule(report, variant, replay) for replay in variant.replays],
    }


def _rule(report: Report, variant: Variant, replay: Replay) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": replay.rule.rule.id,
        "condition": conditions(replay),
        "evaluations": len(replay.evaluations),
        "left_out": len(replay.left_out),
        "failed": replay.failures,
        "fired": len(replay.firings),
        "fired_seconds": replay.fired_for.total_seconds(),
        "longest_seconds": replay.longest.total_seconds(),
        "stretches": [_stretch(each) for each in replay.stretches],
    }
    found = variant.suggestions.get(replay.rule.rule.id)
    if found is not None:
        made["suggestion"] = {
            "at_most": report.most,
            "number": found.number,
            "fired": found.firings,
            "steady": found.steady,
        }
    return made


def _stretch(stretch: Stretch) -> dict[str, Any]:
    return {
        "labels": dict(stretch.key),
        "state": stretch.state,
        "from": _at(stretch.begin),
        "to": _at(stretch.end) if stretch.end else None,
        "evaluations": stretch.evaluations,
        "reason": stretch.reason,
    }


def _at(instant_: datetime.datetime) -> str:
    return instant_.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
