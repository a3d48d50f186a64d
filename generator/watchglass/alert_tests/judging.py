"""What a test expects, against what the evaluations gave: each expectation is met, or is a miss that says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from watchglass.alert_tests.outcome import Evaluated, Miss, RuleRun, Seen, clock
from watchglass.artifact import Path
from watchglass.definition.alert_tests import AlertTest, Expectation, WantedInstance

_GRAVITY = ("firing", "error", "no_data", "recovering", "pending", "normal")
"""States, the one that an alert as a whole is in first."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The expectations of a test that were met, and those that were not."""

    held: tuple[tuple[float, Expectation], ...]
    misses: tuple[Miss, ...]


def judge(test: AlertTest, runs: Mapping[str, tuple[RuleRun, ...]]) -> Judged:
    """Judge every expectation after the last evaluation at or before its time."""
    held, misses = [], []
    for step in test.steps:
        for expectation in step.expect:
            found = list(_misses(step.seconds, expectation, runs[expectation.alert]))
            misses += found
            if not found:
                held.append((step.seconds, expectation))
    return Judged(tuple(held), tuple(misses))


def looked_at(seconds: float, expectation: Expectation, runs: Sequence[RuleRun]) -> tuple[Evaluated, ...]:
    """Give the evaluations that an expectation speaks of: one a rule."""
    level = expectation.level
    return tuple(
        run.after(seconds)
        for run in runs
        if run.rule.after == expectation.after and (not level or run.rule.rule.level == level)
    )


def whole_of(seen: Sequence[Seen]) -> tuple[Seen, ...]:
    """Give the instances that are in the gravest state of all."""
    state = next((state for state in _GRAVITY if any(each.state == state for each in seen)), "")
    return tuple(each for each in seen if each.state == state)


def _misses(seconds: float, expectation: Expectation, runs: Sequence[RuleRun]) -> Iterator[Miss]:
    evaluated = looked_at(seconds, expectation, runs)
    seen = [each for one in evaluated for each in one.seen]
    level = f" ({expectation.level})" if expectation.level else ""
    name = f"{expectation.alert}{level}{f' after {expectation.after}' if expectation.after else ''}"
    hint = _hint(seconds, evaluated)
    if expectation.none:
        if seen:
            message = f"{name} has {_counted(seen)} at {clock(seconds)}, not none"
            yield Miss(seconds, expectation, expectation.path, message, hint)
    elif expectation.whole is not None:
        wish, gravest = expectation.whole, whole_of(seen)
        absent = not seen and (wish.state, wish.reason) == ("normal", "")
        if not absent and not any((each.state, each.reason) == (wish.state, wish.reason) for each in gravest):
            actual = gravest[0].told if gravest else "without any instance"
            message = f"{name} is {actual} at {clock(seconds)}, not {wish.told}"
            yield Miss(seconds, expectation, wish.path, message, hint)
    else:
        for path, message in _unlike(name, clock(seconds), expectation, seen):
            yield Miss(seconds, expectation, path, message, hint)


def _hint(seconds: float, evaluated: Sequence[Evaluated]) -> str:
    failed = next((each.evaluation.failure for each in evaluated if each.evaluation.failure), "")
    if failed:
        return failed
    late = next((each for each in evaluated if each.seconds != seconds), None)
    if late is None:
        return ""
    return f"it was last evaluated at {clock(late.seconds)}, and is every {clock(late.rule.interval)}"


def _counted(seen: Sequence[Seen]) -> str:
    return f"{len(seen)} instance{'' if len(seen) == 1 else 's'} ({', '.join(_named(each) for each in seen[:3])})"


def _named(seen: Seen) -> str:
    return f"{seen.name or 'the only one'} {seen.told}"


def _unlike(
    name: str, time: str, expectation: Expectation, seen: Sequence[Seen]
) -> Iterator[tuple[Path, str]]:
    """Match the instances that are listed, the most exactly described first; what is left over must be normal."""
    left = list(seen)
    unmatched: list[WantedInstance] = []
    for wanted in sorted(expectation.instances, key=_exactness, reverse=True):
        match = next((each for each in left if not list(_differences(wanted, each))), None)
        if match is None:
            unmatched.append(wanted)
        else:
            left.remove(match)
    absent = False
    for wanted in unmatched:
        nearest = min(left, key=lambda each: _distance(wanted, each), default=None)
        if nearest is None or _strange(wanted, nearest):
            absent = True
            yield wanted.path, f"{name} has no {_described(wanted)} at {time}: {_listed(seen)}"
            continue
        left.remove(nearest)
        for path, what in _differences(wanted, nearest):
            yield path, f"{_called(name, nearest)} {what.format(time=time)}"
    for other in left:
        if other.state != "normal" and not absent:
            told = f"{_called(name, other)} is {other.told} at {time}, too: the test does not list it"
            yield expectation.path, told


def _described(wanted: WantedInstance) -> str:
    labels = ", ".join(f"{label}={text}" for label, text in wanted.labels.items())
    return f"instance {labels}" if labels else "other instance"


def _listed(seen: Sequence[Seen]) -> str:
    return "; ".join(_named(each) for each in seen[:5]) or "there is none"


def _called(name: str, seen: Seen) -> str:
    return f"{name} ({seen.name})" if seen.name else name


def _exactness(wanted: WantedInstance) -> int:
    return 10 * len(wanted.labels) + len(list(filter(None, (wanted.wish, wanted.value, wanted.summary))))


def _strange(wanted: WantedInstance, seen: Seen) -> bool:
    return not wanted.labels.items() <= seen.instance.labels.items()


def _distance(wanted: WantedInstance, seen: Seen) -> tuple[bool, int]:
    return _strange(wanted, seen), len(list(_differences(wanted, seen)))


def _differences(wanted: WantedInstance, seen: Seen) -> Iterator[tuple[Path, str]]:
    """Tell what differs, each with its place; braces are doubled, but for ``{time}``."""
    for label, text in wanted.labels.items():
        if seen.instance.labels.get(label) != text:
            yield (
                (*wanted.path, "labels", label),
                f"has {label}={_safe(seen.instance.labels.get(label, ''))} at {{time}}",
            )
    wish = wanted.wish
    if wish is not None and (wish.state, wish.reason) != (seen.state, seen.reason):
        yield wish.path, f"is {seen.told} at {{time}}, not {wish.told}"
    if wanted.value is not None and not _same(seen.value, wanted.value):
        yield (*wanted.path, "value"), _number("value", seen.value, wanted.value)
    for metric, number in wanted.values.items():
        if not _same(seen.values.get(metric), number):
            yield (*wanted.path, "values", metric), _number(metric, seen.values.get(metric), number)
    for key, wish_text in (("summary", wanted.summary), ("description", wanted.description)):
        actual = _text(seen, key)
        if wish_text is not None and wish_text.strip() != actual:
            yield (*wanted.path, key), f"says in its {key} at {{time}}: {_safe(actual) or 'nothing'}"


def _text(seen: Seen, key: str) -> str:
    return seen.instance.annotations.get(key, "").strip()


def _safe(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _same(actual: float | None, wanted: float) -> bool:
    return actual is not None and abs(actual - wanted) <= 1e-9 * max(1.0, abs(wanted))


def _number(name: str, actual: float | None, wanted: float) -> str:
    told = "no number" if actual is None else f"{actual:.12g}"
    return f"has {name} {told} at {{time}}, not {wanted:.12g}"
