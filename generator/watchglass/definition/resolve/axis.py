"""Levels and thresholds: every metric's steps on one axis."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

from watchglass.artifact import Path
from watchglass.definition.colors import COLORS
from watchglass.definition.model.queries import Baseline, MetricPart, Schedule
from watchglass.definition.resolve.context import Context, nearest
from watchglass.thresholds import Better, Level, Step, Thresholds

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
Axes = Mapping[str, tuple[Thresholds, Mapping[str, Path]]]
"""Metric → its thresholds and, by level, the path of each number."""


def resolve_levels(context: Context) -> tuple[Level, ...]:
    """Rank the levels from the best to the worst."""
    written = context.definition.model.levels
    for name, color in written.items():
        check_color(context, color, ("levels", name))
    if len(written) < 2:
        context.report(
            "levels-too-few", "there are at least two levels, the good one first", ("levels",), key=True
        )
    return tuple(Level(name, color, rank) for rank, (name, color) in enumerate(written.items()))


def check_color(context: Context, color: str, path: Path) -> None:
    """Report a colour that has no name here and is no hexadecimal one."""
    if color not in COLORS and not _HEX.fullmatch(color):
        hint = nearest(color, COLORS)
        context.report("unknown-color", f"unknown colour '{color}'", path, hint=hint)


def resolve_axes(context: Context, levels: tuple[Level, ...], environment: str) -> Axes:
    """Resolve the thresholds of every metric that has some, of its own or by ``same_as``."""
    metrics = context.definition.model.metrics
    own: dict[str, tuple[Thresholds, Mapping[str, Path]]] = {}
    for metric_id, part in metrics.items():
        if part.thresholds:
            made = _own(context, metric_id, part, levels, environment)
            if made is not None:
                own[metric_id] = made
    _check_environments(context, levels, environment)
    shared = {
        metric_id: _follow(context, metric_id)
        for metric_id, part in metrics.items()
        if part.same_as is not None
    }
    return own | {metric_id: own[other] for metric_id, other in shared.items() if other in own}


def _check_environments(context: Context, levels: tuple[Level, ...], chosen: str) -> None:
    """Judge the numbers of all other environments too: a staging that cannot be compiled is found here."""
    metrics = context.definition.model.metrics
    for environment, part in context.definition.model.environments.items():
        for metric_id in part.thresholds:
            path: Path = ("environments", environment, "thresholds", metric_id)
            if metric_id not in metrics:
                context.unknown("metric", metric_id, metrics, path, key=True)
            elif not metrics[metric_id].thresholds:
                message = f"'{metric_id}' has no thresholds of its own to change"
                context.report("thresholds-missing", message, path, key=True)
            elif environment != chosen:
                _own(context, metric_id, metrics[metric_id], levels, environment)


def _follow(context: Context, metric_id: str) -> str:
    metrics = context.definition.model.metrics
    seen = [metric_id]
    while (other := metrics[seen[-1]].same_as) is not None:
        path: Path = ("metrics", seen[-1], "same_as")
        if other in seen:
            context.circle("metrics", seen[seen.index(other) :], "same_as")
            return ""
        if context.find("metric", other, metrics, path) is None:
            return ""
        seen.append(other)
    if not metrics[seen[-1]].thresholds:
        context.report(
            "thresholds-missing",
            f"'{seen[-1]}' has no thresholds to share",
            ("metrics", metric_id, "same_as"),
        )
    if metrics[metric_id].thresholds:
        context.report(
            "thresholds-twice", "thresholds and same_as exclude each other", ("metrics", metric_id, "same_as")
        )
    elif metrics[metric_id].better is not None:
        message = f"`better` stands with the thresholds that are shared, at '{seen[-1]}'"
        context.report("thresholds-twice", message, ("metrics", metric_id, "better"), key=True)
    return seen[-1]


def _own(
    context: Context, metric_id: str, part: MetricPart, levels: tuple[Level, ...], environment: str
) -> tuple[Thresholds, Mapping[str, Path]] | None:
    home: Path = ("metrics", metric_id)
    if part.better is None:
        context.report(
            "better-missing", f"'{metric_id}' has thresholds but not which side is good", home, key=True,
            hint="add better: lower, higher or within",
        )  # fmt: skip
        return None
    steps: list[tuple[Step, Path]] = []
    by_name = {level.name: level for level in levels}
    for name, (value, path) in _values(context, metric_id, part, environment).items():
        level = context.find("level", name, by_name, path, key=True)
        if level is None:
            continue
        if level.rank == 0:
            context.report(
                "threshold-on-good",
                f"'{name}' is the good state: it holds where no threshold is reached",
                path,
            )
            continue
        step = _step(context, level, value, part.better, path)
        if step is not None:
            steps.append((step, path))
    steps.sort(key=lambda pair: pair[0].level.rank)
    if not steps or not _monotonic(context, steps, part.better):
        return None
    thresholds = Thresholds(part.better, levels[0], tuple(step for step, _ in steps))
    return thresholds, {step.level.name: path for step, path in steps}


def _values(
    context: Context, metric_id: str, part: MetricPart, environment: str
) -> dict[str, tuple[object, Path]]:
    values: dict[str, tuple[object, Path]] = {
        name: (value, ("metrics", metric_id, "thresholds", name)) for name, value in part.thresholds.items()
    }
    chosen = context.definition.model.environments.get(environment)
    if chosen is not None and metric_id in chosen.thresholds:
        for name, value in chosen.thresholds[metric_id].items():
            values[name] = (value, ("environments", environment, "thresholds", metric_id, name))
    return values


def _step(context: Context, level: Level, value: object, better: Better, path: Path) -> Step | None:
    if isinstance(value, (Schedule, Baseline)):
        kind = "by hours" if isinstance(value, Schedule) else "from a baseline"
        context.report(
            "not-yet",
            f"a threshold {kind} is not compiled by this version",
            path,
            hint="write one number for now",
        )
        return None
    if better == "within":
        if not isinstance(value, tuple) or value[0] >= value[1]:
            context.report(
                "threshold-form",
                "better: within takes a pair, the lower number first",
                path,
                hint="such as [18, 25]",
            )
            return None
        return Step(level, value[0], value[1])
    if not isinstance(value, (int, float)):
        context.report("threshold-form", f"better: {better} takes one number a level", path)
        return None
    return Step(level, None, value) if better == "lower" else Step(level, value, None)


def _monotonic(context: Context, steps: list[tuple[Step, Path]], better: Better) -> bool:
    good = True
    for (mild, mild_path), (worse, path) in itertools.pairwise(steps):
        up = worse.high is None or (mild.high is not None and worse.high > mild.high)
        down = worse.low is None or (mild.low is not None and worse.low < mild.low)
        if not (up and down):
            side = {"lower": "above", "higher": "below", "within": "outside"}[better]
            context.report(
                "thresholds-order",
                f"'{worse.level.name}' must lie {side} '{mild.level.name}', since it is the worse level",
                path,
                related=[(mild_path, f"'{mild.level.name}' is here")],
            )
            good = False
    return good
