"""The instances of a rule become what Grafana's state API says of the rule: state, health, the text of a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from watchglass.evaluation.go_numbers import exponential
from watchglass.evaluation.instance import Instance

RuleState: TypeAlias = Literal["firing", "recovering", "pending", "inactive"]
Health: TypeAlias = Literal["ok", "nodata", "error"]

_ON = {"Alerting", "Pending", "Recovering"}


def rule_states(instances: Iterable[Instance]) -> tuple[RuleState, ...]:
    """
    Give the rule's state; both where instances are recovering and pending, and none is firing.

    Grafana names the one of the two whose instance it happens to look at first, another from request to request.
    """
    states = {instance.state for instance in instances}
    if "Alerting" in states:
        return ("firing",)
    found: list[RuleState] = []
    if "Recovering" in states:
        found.append("recovering")
    if "Pending" in states:
        found.append("pending")
    return tuple(found) or ("inactive",)


def healths(instances: Iterable[Instance]) -> tuple[Health, ...]:
    """
    Give the rule's health; both where one instance carries an error and another has no data.

    Grafana says what the instance says that it happens to look at last.
    """
    found: set[Health] = set()
    for instance in instances:
        if instance.error is not None or instance.state == "Error":
            found.add("error")
        elif instance.state == "NoData":
            found.add("nodata")
    return tuple(sorted(found)) or ("ok",)


def value_text(state: str, condition: str, values: Mapping[str, float], text: str) -> str:
    """Write an instance's value: the condition's number, or all whose name holds the condition's."""
    if state not in _ON:
        return ""
    found = {ref: number for ref, number in values.items() if condition in ref}
    if not found:
        return text
    if len(found) == 1:
        return exponential(next(iter(found.values())))
    return ", ".join(sorted(f"{ref}: {exponential(number)}" for ref, number in found.items()))
