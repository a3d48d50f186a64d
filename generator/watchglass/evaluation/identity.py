"""A result becomes an alert instance: its labels, of which one instance is told from another, and its texts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from watchglass.evaluation.fields import RuleError
from watchglass.evaluation.outcome import Result
from watchglass.evaluation.rule import Rule
from watchglass.evaluation.texts.functions import Reading, Readings
from watchglass.evaluation.texts.template import Alert, Template
from watchglass.evaluation.texts.tokens import TextError
from watchglass.evaluation.values import Labels, frozen

RESERVED = ("__alert_rule_uid__", "__alert_rule_namespace_uid__", "alertname")
"""Labels that a query's columns may not be named by; Grafana names such a column otherwise."""


@dataclass(frozen=True, slots=True)
class Identity:
    """
    How a rule names its instances.

    Args:
        built_in: labels that win over all others, such as ``alertname``.
        labels: the rule's own, read.
        annotations: read, too.
    """

    rule: Rule
    built_in: Labels
    labels: Mapping[str, Template]
    annotations: Mapping[str, Template]

    @classmethod
    def of(cls, rule: Rule, built_in: Labels) -> Identity:
        """
        Read a rule's templates.

        Raises:
            RuleError: a template is wrong, or uses what is not simulated.
        """
        return cls(rule, built_in, _read("label", rule.labels), _read("annotation", rule.annotations))

    def labels_for(self, result: Result) -> Labels:
        """Give a result's labels: built-in ones before an error's, before the rule's own, before the series'."""
        series = _renamed(result.labels)
        alert = self.alert(result)
        own = {name: template.render(alert) for name, template in self.labels.items()}
        return frozen({**series, **own, **self._of_error(result), **self.built_in}.items())

    def alert(self, result: Result) -> Alert:
        """Give what templates see of a result."""
        values = Readings(
            (ref, Reading(each.labels, math.nan if each.value is None else each.value))
            for ref, each in result.values.items()
        )
        return Alert({**_renamed(result.labels), **self.built_in}, values, result.sample)

    def _of_error(self, result: Result) -> dict[str, str]:
        error = result.error
        if error is None or error.kind != "query" or self.rule.on_error != "Error":
            return {}
        return {"datasource_uid": self.rule.queries[error.ref].source, "ref_id": error.ref}


@dataclass(frozen=True, slots=True)
class Texts:
    """
    The annotations of an instance, written when somebody reads them.

    Args:
        result: what they speak of.
        added: what Grafana adds to the rule's own: an error, the queries without rows.
    """

    identity: Identity = field(repr=False, compare=False)
    result: Result
    added: Mapping[str, str] = field(default_factory=dict)

    def also(self, texts: Mapping[str, str]) -> Texts:
        """Add some."""
        return Texts(self.identity, self.result, {**self.added, **texts}) if texts else self

    def written(self) -> dict[str, str]:
        """Write them."""
        alert = self.identity.alert(self.result)
        own = {name: template.render(alert) for name, template in self.identity.annotations.items()}
        return {**own, **self.added}


def error_texts(rule: Rule, result: Result) -> dict[str, str]:
    """Write the annotations that an error adds."""
    error = result.error
    if error is None:
        return {}
    texts = {"Error": error.text}
    if error.kind == "query" and rule.on_error != "Error":
        texts |= {"datasource_uid": rule.queries[error.ref].source, "ref_id": error.ref}
    return texts


def _read(what: str, texts: Mapping[str, str]) -> dict[str, Template]:
    made = {}
    for name, text in texts.items():
        try:
            made[name] = Template.read(text)
        except TextError as error:
            raise RuleError(f"{what} '{name}': {error}") from None
    return made


def _renamed(labels: Labels) -> Mapping[str, str]:
    """Keep a column named as a reserved label under another name."""
    if not any(name in labels for name in RESERVED):
        return labels
    made = dict(labels)
    for name in RESERVED:
        if name in made:
            value = made.pop(name)
            new = name.removeprefix("__").removesuffix("__")
            if new == name or new in made:
                new = f"{name}_user"
            made.setdefault(new, value)
    return made
