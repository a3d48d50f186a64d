"""The evaluations of a test become the lines of a table: time, instance, value, what was expected, what was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from watchglass.alert_tests.outcome import Evaluated, PlayedTest, Seen, clock
from watchglass.definition.alert_tests import Expectation
from watchglass.review.excerpt import neutral

HEAD = ("time", "instance", "value", "expected", "actual")
_MOST_INSTANCES = 8
_MOST_TEXT = 48


@dataclass(frozen=True, slots=True)
class Line:
    """One instance after one evaluation; ``missed`` where what was expected is not what was."""

    time: str
    instance: str
    value: str
    expected: str
    actual: str
    missed: bool = False

    @property
    def cells(self) -> tuple[str, ...]:
        """The line's texts."""
        return (self.time, self.instance, self.value, self.expected, self.actual)

    @property
    def state(self) -> tuple[str, ...]:
        """What tells it from the line before."""
        return (self.instance, self.value, self.actual)


def lines_of(outcome: PlayedTest, alert: str, *, whole: bool = False) -> list[Line]:
    """
    List the evaluations of an alert in a test.

    Args:
        whole: also those that only repeat the one before; else a line counts them.
    """
    expected = _expected(outcome, alert)
    missed = {(miss.seconds, id(miss.expectation)) for miss in outcome.misses}
    blocks = [
        _block(evaluated, run.rule.interval, expected, missed)
        for run in outcome.runs.get(alert, ())
        for evaluated in run.evaluated
    ]
    return [line for block in blocks for line in block] if whole else list(_shortened(blocks))


def table_text(lines: Sequence[Line], indent: str = "  ") -> str:
    """Write lines as a table; the column of instances only where one has a name."""
    named = any(line.instance for line in lines)
    rows = [HEAD, *(line.cells for line in lines)]
    shown = [[neutral(cell) for place, cell in enumerate(row) if named or place != 1] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    marks = ["", *("  <<" if line.missed else "" for line in lines)]
    written = [
        indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + mark
        for row, mark in zip(shown, marks, strict=True)
    ]
    return "\n".join(written)


def _expected(outcome: PlayedTest, alert: str) -> list[tuple[float, Expectation]]:
    return [
        (step.seconds, each) for step in outcome.test.steps for each in step.expect if each.alert == alert
    ]


def _block(
    evaluated: Evaluated,
    interval: float,
    expected: Sequence[tuple[float, Expectation]],
    missed: set[tuple[float, int]],
) -> list[Line]:
    """Give the lines of one evaluation: what is expected stands in the first, unless it names an instance."""
    until = evaluated.seconds + interval
    level = evaluated.rule.rule.level
    mine = [
        (seconds, each)
        for seconds, each in expected
        if evaluated.seconds <= seconds < until
        and each.level in {"", level}
        and each.after == evaluated.rule.after
    ]
    seen = sorted(evaluated.seen, key=lambda each: (each.state == "normal", each.name))
    wishes = {each.name: _wish_for(each, mine) for each in seen}
    told = "; ".join(dict.fromkeys(each.told for _, each in mine if not each.instances))
    wrong = any((seconds, id(each)) in missed for seconds, each in mine)
    lines = [
        Line(clock(evaluated.seconds), each.name, _value(evaluated, each), wishes[each.name], each.told)
        for each in seen[:_MOST_INSTANCES]
    ] or [Line(clock(evaluated.seconds), "", _value(evaluated, None), "", "none")]
    if len(seen) > _MOST_INSTANCES:
        lines.append(Line("", f"… {len(seen) - _MOST_INSTANCES} more", "", "", ""))
    first = lines[0]
    text = "; ".join(filter(None, (told, first.expected)))
    if not text and mine:
        text = "; ".join(each.told for _, each in mine)
    lines[0] = Line(first.time, first.instance, first.value, text, first.actual, wrong)
    return lines


def _wish_for(seen: Seen, expected: Sequence[tuple[float, Expectation]]) -> str:
    found = [
        wanted.wish.told
        for _, each in expected
        for wanted in each.instances
        if wanted.wish is not None and wanted.labels.items() <= seen.instance.labels.items()
    ]
    return "; ".join(dict.fromkeys(found))


def _value(evaluated: Evaluated, seen: Seen | None) -> str:
    if evaluated.gave:
        return _gave(evaluated.gave)
    values: Mapping[str, float] = seen.values if seen is not None else {}
    if len(evaluated.rule.refs) == 1:
        return "; ".join(f"{value:.12g}" for value in values.values())[:_MOST_TEXT]
    return ", ".join(f"{metric} {value:.12g}" for metric, value in values.items())


def _gave(gave: Mapping[str, str]) -> str:
    return "failed" if "failed" in gave.values() else "no rows"


def _shortened(blocks: Sequence[list[Line]]) -> Iterator[Line]:
    """Leave out evaluations that repeat the one before and that nobody looked at."""
    before: list[tuple[str, ...]] = []
    skipped = 0
    for block in blocks:
        states = [line.state for line in block]
        if states == before and not any(line.expected for line in block):
            skipped += 1
            continue
        if skipped:
            yield Line("…", "", "", "", f"{skipped} more like it")
        skipped, before = 0, states
        yield from block
    if skipped:
        yield Line("…", "", "", "", f"{skipped} more like it")
