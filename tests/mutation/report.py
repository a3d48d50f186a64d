"""Verdicts → a table for people, and the page docs/mutants.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.mutation.mutant import Mutant
from tests.mutation.verdict import Verdict

STAGES = ("check", "validate", "test")

REASONS = {
    "the output is the same": (
        "It compiles to the same bytes: the value is used by nothing, or says the same in other words. "
        "No dashboard and no alert is wrong."
    ),
    "an alert": (
        "A published rule is another, and no alert test fails: a test is missing, or what changed cannot be told apart."
    ),
    "an alert's words": "Only what people read in the message is another, such as a level's limit.",
    "a query's rows": (
        "The SQL of a panel, question or variable is another and gives the rows that were recorded: the fixtures hold no "
        "row that tells the two apart, or they are equal by other means, such as a foreign key."
    ),
    "the look": "A level, unit, range, size or reference of a panel is another.",
}
"""Why a mutant survives → what that means."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was judged, of how many, in how many seconds."""

    definition: str
    verdicts: tuple[Verdict, ...]
    made: int
    seconds: float
    seed: int


def reason(verdict: Verdict) -> str:
    """Say why nothing found a mutant."""
    if not verdict.shows:
        return "the output is the same"
    if "rules" in verdict.shows:
        return "an alert"
    if "SQL" in verdict.shows:
        return "a query's rows"
    return "an alert's words" if "words" in verdict.shows else "the look"


def page(run: Run, text: str) -> str:
    """Write the page."""
    return "\n".join([_head(run), "", *_by_kind(run.verdicts), "", *_reasons(run, text)]) + "\n"


_INTRODUCTION = """# Mutants

`make mutants` changes one thing of `{definition}` at a time, as somebody in a hurry would: a number,
a comparison, a column, an operator, a filter, a unit, a time zone. Each wrong definition is given to `check`, then to `validate`,
then to `test` (answers that were recorded, and alert tests), as the commands do it. Whatever one of them tells that it does not
tell of the definition as it is, counts as found. What a reviewer sees in `output/` does not count: every mutant but those of the
first row below is seen there.

{made:,} mutants can be made; {chosen} judged in {minutes:.0f} minutes, and {found:,} were found ({share}). Of those that compile
and change what an alert rule does, {caught:,} of {alerts:,} were found ({alert_share})."""


def _head(run: Run) -> str:
    count, found = len(run.verdicts), sum(bool(each.by) for each in run.verdicts)
    alerts = [each for each in run.verdicts if "rules" in each.shows]
    caught = sum(bool(each.by) for each in alerts)
    return _INTRODUCTION.format(
        definition=run.definition,
        made=run.made,
        chosen="all were" if count == run.made else f"{count:,} by chance (seed {run.seed}) were",
        minutes=run.seconds / 60,
        found=found,
        share=_share(found, count),
        caught=caught,
        alerts=len(alerts),
        alert_share=_share(caught, len(alerts)),
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def _by_kind(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "| mistake | judged | check | validate | test | not found |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for kind in sorted({each.mutant.kind for each in verdicts}):
        mine = [each for each in verdicts if each.mutant.kind == kind]
        found = Counter(each.by for each in mine)
        yield f"| {kind} | {len(mine)} | {' | '.join(str(found[stage] or '') for stage in STAGES)} | {found[''] or ''} |"


def _reasons(run: Run, text: str) -> Iterator[str]:
    left = [each for each in run.verdicts if not each.by]
    yield "## What is not found, and why"
    yield ""
    yield "| why | mutants | |"
    yield "| --- | ---: | --- |"
    counted = Counter(map(reason, left))
    for why, means in REASONS.items():
        yield f"| {why} | {counted[why]} | {means} |"
    alerts = [each.mutant for each in left if reason(each) == "an alert"]
    if alerts:
        yield ""
        yield "## Rules that no test holds"
        yield ""
        yield from (f"- {mutant.kind}: {_escaped(mutant, text)}" for mutant in alerts)


def _escaped(mutant: Mutant, text: str) -> str:
    return "line " + mutant.told(text).replace("|", "\\|")


def lines(verdicts: Iterable[Verdict], text: str) -> Iterator[str]:
    """Tell mutants that nothing found, one a line."""
    for verdict in verdicts:
        if not verdict.by:
            yield f"{reason(verdict)}: {verdict.mutant.kind}: {verdict.mutant.told(text)}"
