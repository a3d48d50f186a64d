"""What an alert test expects of an alert: one word, a map, or a list of instances."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from watchglass.artifact import Path
from watchglass.definition.alert_tests import (
    REASONS,
    STATES,
    Expectation,
    Reason,
    State,
    WantedInstance,
    Wish,
)
from watchglass.definition.resolve.context import Context, nearest
from watchglass.definition.service import Alert
from watchglass.durations import parse_duration
from watchglass.visible import shown

CARRIED = ("service", "alert", "severity", "owner", "level", "environment", "escalation", "escalates_to")
"""Labels that any rule may carry, besides those of the service, the alert and the key."""

_WORD = re.compile(r"(\w+)(?:\s*\((\w+)\))?")
_AFTER = re.compile(r"after .+")
_NUMBER = re.compile(r"[-+]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:[eE][-+]?\d{1,3})?")
_KEYS = ("is", "labels", "level", "value", "values", "summary", "description")
_FORMS = "write a state such as firing, none, or a list of instances such as [{is: firing, value: 40}]"


def read_expectations(
    context: Context, alert: Alert, labels: Iterable[str], written: Any, path: Path
) -> tuple[Expectation, ...]:
    """
    Read what is expected of one alert; several where a map names levels or escalations.

    Args:
        labels: the service's own.
    """
    known = frozenset([*labels, *alert.labels, *CARRIED, *_key_of(alert)])
    return tuple(_read(_Reader(context, alert, known), written, path))


def _read(reader: _Reader, written: Any, path: Path) -> Iterator[Expectation]:
    """Go into a map of levels, and into one of escalations."""
    levels = {rule.level for rule in reader.alert.rules if rule.level}
    if not isinstance(written, dict) or not written:
        yield from reader.read(written, path)
    elif written.keys() <= levels and not reader.level:
        for level, inner in written.items():
            yield from _read(replace(reader, level=level), inner, (*path, level))
    elif all(_AFTER.fullmatch(name) for name in written):
        for name, inner in written.items():
            after = reader.escalation(name, (*path, name))
            if after:
                yield from replace(reader, after=after).read(inner, (*path, name))
    else:
        yield from reader.read(written, path)


def _key_of(alert: Alert) -> tuple[str, ...]:
    metrics = [each.metric for rule in alert.rules for each in rule.conditions]
    return next((metric.query.key for metric in metrics if metric.keyed), ())


def metrics_of(alert: Alert) -> tuple[str, ...]:
    """List the metrics that an alert reads, the first condition's first."""
    conditions = [each for rule in alert.rules for each in rule.conditions]
    back = alert.resolve.condition
    return tuple(dict.fromkeys(each.metric.id for each in [*conditions, *([back] if back else [])]))


@dataclass(frozen=True, slots=True)
class _Reader:
    context: Context
    alert: Alert
    labels: frozenset[str]
    level: str = ""
    after: str = ""

    def escalation(self, name: str, path: Path) -> str:
        """Give the length of the escalation that ``after 4h`` means; empty where there is none."""
        known = {step.after.seconds: str(step.after) for step in self.alert.escalate}
        try:
            found = known.get(parse_duration(name.removeprefix("after ")).seconds, "")
        except ValueError:
            found = ""
        if not found:
            hint = nearest(name, [f"after {after}" for after in known.values()])
            message = f"'{self.alert.id}' has no escalation '{name}'"
            self.context.report("unknown-name", message, path, hint=hint, key=True)
        return found

    def read(self, written: Any, path: Path) -> tuple[Expectation, ...]:
        """Read one expectation; none where it is wrong."""
        level, after = self.level, self.after
        if isinstance(written, str):
            if written == "none":
                return (Expectation(self.alert.id, path, level, after, none=True),)
            wish = self._wish(written, path)
            return (Expectation(self.alert.id, path, level, after, wish),) if wish is not None else ()
        listed = written if isinstance(written, list) else [written]
        if not listed or not all(isinstance(each, dict) and each for each in listed):
            self._refuse(f"cannot read what is expected of '{self.alert.id}'", path, _FORMS)
            return ()
        places = [(*path, index) for index in range(len(listed))] if isinstance(written, list) else [path]
        found = [self._instance(each, place) for each, place in zip(listed, places, strict=True)]
        instances = tuple(each for each in found if each is not None)
        return (
            (Expectation(self.alert.id, path, level, after, None, instances),)
            if len(instances) == len(found)
            else ()
        )

    def _refuse(self, message: str, path: Path, hint: str = "", *, key: bool = False) -> None:
        self.context.report("test-form", message, path, hint=hint, key=key)

    def _wish(self, written: Any, path: Path) -> Wish | None:
        match = _WORD.fullmatch(written.strip()) if isinstance(written, str) else None
        state, reason = (match[1], match[2] or "") if match is not None else (str(written), "")
        if state not in STATES:
            self.context.report(
                "unknown-name", f"unknown state '{state[:40]}'", path, hint=nearest(state, [*STATES, "none"])
            )
            return None
        if reason not in REASONS or (reason and state in {"no_data", "error"}):
            hint = f"{state} (error) is what on_error makes, {state} (no_data) what no_data makes"
            self._refuse(f"'{written}' says no such reason", path, hint)
            return None
        return Wish(cast("State", state), cast("Reason", reason), path)

    def _instance(self, written: Mapping[str, Any], path: Path) -> WantedInstance | None:
        before = len(self.context.problems)
        for key in written:
            if key not in _KEYS:
                self.context.report(
                    "unknown-key",
                    f"an instance has no '{key}'",
                    (*path, key),
                    hint=nearest(key, _KEYS),
                    key=True,
                )
        wish = self._wish(written["is"], (*path, "is")) if "is" in written else None
        labels = self._labels(written, path)
        value = self._number(written["value"], (*path, "value")) if "value" in written else None
        made = WantedInstance(
            path,
            wish,
            labels,
            value,
            self._values(written.get("values"), (*path, "values")),
            self._text(written, "summary", path),
            self._text(written, "description", path),
        )
        return made if len(self.context.problems) == before else None

    def _labels(self, written: Mapping[str, Any], path: Path) -> dict[str, str]:
        given = written.get("labels") or {}
        if not isinstance(given, dict) or not all(isinstance(each, str) for each in given.values()):
            self._refuse("labels are a map of names to texts", (*path, "labels"))
            return {}
        for name in given:
            if name not in self.labels:
                self.context.unknown("label", name, self.labels, (*path, "labels", name), key=True)
        labels = {name: str(text) for name, text in given.items()}
        if "level" not in written:
            return labels
        levels = [rule.level for rule in self.alert.rules if rule.level]
        if written["level"] not in levels:
            hint = nearest(str(written["level"]), levels) if levels else "it has one rule for all levels"
            message = f"'{self.alert.id}' has no rule of level '{written['level']}'"
            self.context.report("unknown-name", message, (*path, "level"), hint=hint)
        return labels | {"level": str(written["level"])}

    def _values(self, written: Any, path: Path) -> dict[str, float]:
        if written is None:
            return {}
        if not isinstance(written, dict):
            self._refuse("values are a map of metrics to numbers", path)
            return {}
        known, found = metrics_of(self.alert), {}
        for name, text in written.items():
            if name not in known:
                self.context.unknown(f"metric of '{self.alert.id}'", name, known, (*path, name), key=True)
            number = self._number(text, (*path, name))
            if number is not None:
                found[name] = number
        return found

    def _number(self, written: Any, path: Path) -> float | None:
        if isinstance(written, str) and _NUMBER.fullmatch(written):
            return float(written)
        self.context.report("wrong-number", f"expected a number, found {shown(written)}", path)
        return None

    def _text(self, written: Mapping[str, Any], key: str, path: Path) -> str | None:
        text = written.get(key)
        if text is not None and not isinstance(text, str):
            self.context.report("wrong-type", f"{key} is a text", (*path, key))
            return None
        return None if text is None else str(text)
