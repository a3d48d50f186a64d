"""Alerts: when they speak, how they come back, what they say."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from watchglass.definition.model.base import (
    ONE_OR_MANY,
    SCALAR,
    Allowed,
    Filled,
    Id,
    Integer,
    Length,
    Names,
    Part,
    Short,
    Text,
    filled,
    problem,
)

OnNothing = Literal["alert", "ok", "keep", "notify"]


class ConditionPart(Part):
    """A metric compared with a level or a number."""

    metric: Id
    when: Filled
    """`high` (reaches the level), or above / at least / below / at most and a level or a number."""


class ResolvePart(Part):
    """The way back."""

    when: Filled | None = None
    metric: Id | None = None
    for_: Length | None = Field(default=None, alias="for")


class RunbookPart(Part):
    """What the person on call reads; or a file beside the definition, or an address."""

    impact: Text = ""
    actions: Annotated[list[Text], ONE_OR_MANY] = Field(default_factory=list)
    prevention: Annotated[list[Text], ONE_OR_MANY] = Field(default_factory=list)
    file: Filled | None = None
    url: Filled | None = None


class PausedPart(Part):
    """A pause with its reason and its end."""

    until: Filled
    reason: Filled


class EscalationPart(Part):
    """Somebody else who hears of it when it lasts."""

    after: Length
    contact: Id | None = None
    severity: Filled | None = None


def _severity(value: Any) -> Any:
    if isinstance(value, str):
        return filled(value)
    if isinstance(value, dict) and value and all(isinstance(text, str) for text in value.values()):
        return {str(level): filled(text) for level, text in value.items()}
    raise problem("wrong-type", "a severity is one word, or a map of levels to severities")


class AlertPart(Part):
    """One alert: a condition over a metric, or several joined."""

    title: Text = ""
    description: Text = ""
    metric: Id | None = None
    when: Filled | None = None
    any: list[ConditionPart] | None = None
    all: list[ConditionPart] | None = None
    for_: Length | None = Field(default=None, alias="for")
    every: Length | None = None
    resolve: ResolvePart | None = None
    severity: Annotated[
        str | dict[str, str],
        PlainValidator(_severity),
        WithJsonSchema(
            {"anyOf": [SCALAR, {"type": "object", "minProperties": 1, "additionalProperties": SCALAR}]}
        ),
    ]
    """One severity, or level → severity for one rule a level."""
    respond_within: Length | None = None
    no_data: OnNothing | None = None
    on_error: OnNothing | None = None
    missing: Literal["resolve", "keep", "alert"] | None = None
    summary: Text = ""
    runbook: RunbookPart | None = None
    show: Annotated[list[Id], ONE_OR_MANY] = Field(default_factory=list)
    limit: Integer | None = None
    labels: dict[Filled, Filled] = Field(default_factory=dict)
    filters: dict[Id, Names] = Field(default_factory=dict)
    """Values at which filters stand in this alert; all others are unset."""
    escalate: Annotated[list[EscalationPart], ONE_OR_MANY] = Field(default_factory=list)
    during: Id | None = None
    paused: PausedPart | None = None
    allow: Allowed = Field(default_factory=dict)
    """Rule of `check` → why it does not hold for this alert."""


class LinkPart(Short):
    """A link."""

    short: ClassVar[str] = "url"
    title: Text = ""
    url: Filled
