"""A rule and the answers of the past → its evaluations, and what they come to in the window."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from watchglass.backtest.instants import Window
from watchglass.backtest.published import MovedRule
from watchglass.backtest.stretches import Stretch, of_state, stretches
from watchglass.evaluation import Answer, Evaluation, Failure, Simulation


@dataclass(frozen=True, slots=True)
class Answers:
    """
    What the queries of a rule gave, for each evaluation.

    Args:
        instants: the evaluations, those before the window's start included.
        by_ref: refId → an answer for each; None where nothing is known of that instant.
    """

    instants: tuple[datetime.datetime, ...]
    by_ref: Mapping[str, Sequence[Answer | None]]

    def known(self, index: int) -> dict[str, Answer] | None:
        """Give the answers of an evaluation; None where one of them is not known."""
        found = {ref: answers[index] for ref, answers in self.by_ref.items()}
        known = {ref: answer for ref, answer in found.items() if answer is not None}
        return known if len(known) == len(found) else None


@dataclass(frozen=True, slots=True)
class Replay:
    """
    A rule over a window.

    Args:
        evaluations: those within the window.
        left_out: instants of the window of which nothing is known.
        stretches: every stretch in which an instance was not normal.
    """

    rule: MovedRule
    window: Window
    evaluations: tuple[Evaluation, ...] = field(repr=False)
    left_out: tuple[datetime.datetime, ...]
    stretches: tuple[Stretch, ...]
    failures: int

    @property
    def firings(self) -> tuple[Stretch, ...]:
        """The stretches in which an instance fired."""
        return of_state(self.stretches, "firing")

    @property
    def fired_for(self) -> datetime.timedelta:
        """How long instances fired, together."""
        return sum((each.length(self.window.end) for each in self.firings), datetime.timedelta())

    @property
    def longest(self) -> datetime.timedelta:
        """The longest firing."""
        return max((each.length(self.window.end) for each in self.firings), default=datetime.timedelta())


def replay(rule: MovedRule, version: str, window: Window, answers: Answers) -> Replay:
    """
    Evaluate a rule as a server of a version does, at every instant of which all is known.

    Raises:
        RuleError: the rule holds what is not simulated.
    """
    simulation = Simulation(rule.body, rule.alert.every.seconds, version)
    made: list[Evaluation] = []
    left_out: list[datetime.datetime] = []
    failures = 0
    for index, at in enumerate(answers.instants):
        inside = at >= window.start
        known = answers.known(index)
        if known is None:
            left_out += [at] if inside else []
            continue
        evaluation = simulation.step(at, known)
        if inside:
            made.append(evaluation)
            failures += any(isinstance(answer, Failure) for answer in known.values())
    return Replay(rule, window, tuple(made), tuple(left_out), stretches(made), failures)
