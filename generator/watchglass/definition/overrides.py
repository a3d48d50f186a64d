"""Changes such as ``pollution.high=25`` → a definition that says so, as if they stood in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from watchglass.definition.model import DefinitionModel
from watchglass.definition.read import Definition
from watchglass.durations import parse_duration
from watchglass.nearest import suggest

_FORM = re.compile(r"\s*([^.=\s]+)\.([^.=\s]+)\s*=\s*(.+?)\s*")
_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,15})?")
_OF_ALERT = ("for", "every", "when")


class WrongChange(ValueError):
    """A change that cannot be made; the message says what can."""


@dataclass(frozen=True, slots=True)
class Change:
    """
    One value in place of the definition's.

    Args:
        object: a metric or an alert; ``key`` a level of the metric, or ``for``, ``every`` or ``when`` of the alert.
    """

    object: str
    key: str
    value: str

    def __str__(self) -> str:
        return f"{self.object}.{self.key}={self.value}"


def read_change(text: str) -> Change:
    """
    Read ``METRIC.LEVEL=NUMBER`` or ``ALERT.for=LENGTH``.

    Raises:
        WrongChange: it has another form.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise WrongChange(f"'{text}' is no change; write METRIC.LEVEL=NUMBER or ALERT.for=LENGTH")
    return Change(match[1], match[2], match[3])


def changed(definition: Definition, changes: Iterable[Change]) -> Definition:
    """
    Make the changes; whether the result holds together is for `resolve` to say.

    Raises:
        WrongChange: there is no such metric, level or alert, or the value is none.
    """
    model = definition.model
    for change in changes:
        if change.object in model.metrics:
            model = _threshold(model, change)
        elif change.object in model.alerts:
            model = _alert(model, change)
        else:
            known = [*model.metrics, *model.alerts]
            raise WrongChange(_unknown("metric or alert", change.object, known))
    return replace(definition, model=model)


def _threshold(model: DefinitionModel, change: Change) -> DefinitionModel:
    part = model.metrics[change.object]
    if part.same_as is not None:
        raise WrongChange(f"'{change.object}' shares the thresholds of '{part.same_as}': change those")
    if change.key not in part.thresholds:
        raise WrongChange(_unknown(f"threshold of '{change.object}'", change.key, part.thresholds))
    value = _numbers(change)
    metric = part.model_copy(update={"thresholds": {**part.thresholds, change.key: value}})
    environments = {
        name: each.model_copy(update={"thresholds": _without(each.thresholds, change)})
        for name, each in model.environments.items()
    }
    metrics = {**model.metrics, change.object: metric}
    return model.model_copy(update={"metrics": metrics, "environments": environments})


def _without(thresholds: dict[str, Any], change: Change) -> dict[str, Any]:
    """Take out what an environment says of the same level: the change comes last."""
    if change.object not in thresholds:
        return thresholds
    left = {level: value for level, value in thresholds[change.object].items() if level != change.key}
    return {**thresholds, change.object: left}


def _numbers(change: Change) -> float | tuple[float, float]:
    parts = [part.strip(" []") for part in change.value.split(",")]
    if not 1 <= len(parts) <= 2 or not all(map(_NUMBER.fullmatch, parts)):
        raise WrongChange(f"'{change.value}' is no number; write {change.object}.{change.key}=25")
    numbers = [int(part) if part.lstrip("+-").isdecimal() else float(part) for part in parts]
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


def _alert(model: DefinitionModel, change: Change) -> DefinitionModel:
    if change.key not in _OF_ALERT:
        raise WrongChange(
            _unknown(f"key of the alert '{change.object}' that can be set", change.key, _OF_ALERT)
        )
    part = model.alerts[change.object]
    if change.key == "when" and part.when is None:
        raise WrongChange(f"'{change.object}' has no `when` of its own: set the thresholds of its metrics")
    try:
        value = change.value if change.key == "when" else parse_duration(change.value)
    except ValueError as error:
        raise WrongChange(str(error)) from None
    name = next(
        name for name, field in type(part).model_fields.items() if (field.alias or name) == change.key
    )
    alert = part.model_copy(update={name: value})
    return model.model_copy(update={"alerts": {**model.alerts, change.object: alert}})


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    hint = suggest(name, known, f"{kind}s")
    return f"no {kind} '{name}'{'; ' if hint else ''}{hint}"
