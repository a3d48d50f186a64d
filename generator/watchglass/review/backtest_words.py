"""Lengths, instants, labels and conditions of a backtest, as people read them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from watchglass.backtest import Replay, Report, Stretch, Variant
from watchglass.backtest.stretches import Key
from watchglass.definition.service import Condition
from watchglass.definition.telling import unit_word
from watchglass.thresholds import plain_number

_WORDS = {"gt": "above", "gte": "at least", "lt": "below", "lte": "at most"}


def length(of: datetime.timedelta) -> str:
    """Write a length of time in its two largest units: ``2d 3h``, ``15m``, ``0m``."""
    seconds = round(of.total_seconds())
    parts: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
        if seconds >= size and len(parts) < 2:
            parts.append(f"{seconds // size}{unit}")
            seconds %= size
        elif parts:
            break
    return " ".join(parts) or "0m"


def instant(at: datetime.datetime, timezone: str) -> str:
    """Write an instant in the service's time zone."""
    return at.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M")


def labels(key: Key) -> str:
    """Write the labels of an instance; empty for one without."""
    return ", ".join(f"{name}={value}" for name, value in key)


def condition(of: Condition) -> str:
    """Write a condition with its number: ``job_gap above critical (2 h)``."""
    comparison, unit = of.comparison, unit_word(of.metric.unit)
    if comparison.operator == "outside":
        low, high = plain_number(comparison.number), plain_number(comparison.upper or 0)
        return f"{of.metric.id} outside {low}-{high}{unit}"
    number = f"{plain_number(comparison.number)}{unit}"
    shown = f"{comparison.level} ({number})" if comparison.level else number
    return f"{of.metric.id} {_WORDS[comparison.operator]} {shown}"


def conditions(of: Replay) -> str:
    """Write a rule's conditions, and how long they must last."""
    rule, alert = of.rule.rule, of.rule.alert
    joined = f" {'and' if rule.join == 'all' else 'or'} ".join(map(condition, rule.conditions))
    waits = f", for {alert.for_.words}" if alert.for_.seconds else ""
    back = alert.resolve.condition
    return joined + waits + (f"; back at {condition(back)}" if back is not None else "")


def caveats(variant: Variant, report: Report) -> tuple[str, ...]:
    """List what a reader must know of how the past was told."""
    found = [f"{basis.metric}: {basis.text}" for basis in variant.bases]
    for replay in variant.replays:
        if replay.left_out:
            found.append(f"{len(replay.left_out):,} evaluations are left out: nothing is known of them")
        if replay.failures:
            found.append(f"the query fails at {replay.failures:,} evaluations")
        others = [each for each in replay.stretches if each.state in ("no data", "error")]
        if others:
            together = sum((each.length(report.window.end) for each in others), datetime.timedelta())
            states = " and ".join(sorted({each.state for each in others}))
            found.append(
                f"{states}: {_times(len(others))}, together {length(together)}, told apart from firing"
            )
    if variant.alert.paused is not None:
        found.append(f"the alert is paused ({variant.alert.paused}); it is evaluated here as if it were not")
    return tuple(dict.fromkeys(found))


def suggestion(variant: Variant, replay: Replay, report: Report) -> str:
    """Write what was suggested for a rule; empty where nothing was asked."""
    most, rule = report.most, replay.rule.rule
    if most is None or rule.id not in variant.suggestions.keys() | variant.unsuggested.keys():
        return ""
    wish = f"at most {_times(most)}"
    found = variant.suggestions.get(rule.id)
    if found is None:
        return f"suggestion for {wish}: none, {variant.unsuggested[rule.id]}"
    comparison, unit = rule.conditions[0].comparison, unit_word(rule.conditions[0].metric.unit)
    level = f"{comparison.level} = " if comparison.level else ""
    word = _WORDS[comparison.operator]
    told = f"suggestion for {wish}: {level}{plain_number(found.number)}{unit} ({word}), fired {_times(found.firings)}"
    doubt = "" if found.steady else "; a stricter number that was tried fires more often: look at the picture"
    return f"{told} here; now {plain_number(comparison.number)}{unit}, {_times(len(replay.firings))}{doubt}"


def fired(stretch: Stretch) -> str:
    """Say why an instance fires where that is not its number."""
    return {"NoData": "no data", "Error": "the query failed"}.get(stretch.reason, "")


def table(rows: Sequence[Sequence[str]], indent: str = "  ") -> list[str]:
    """Align columns; the first row is the head."""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return [
        (indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
