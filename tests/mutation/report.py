"""Verdicts → a table for people, and the page docs/mutants.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.mutation.mutant import Mutant
from tests.mutation.verdict import Verdict

STAGES = ("check", "validate", "test")

SAME = "the output is the same"
ALIKE = "the rows are the same"
PLACE = "place, size, digits"
_NO_MISTAKE = (SAME, ALIKE, PLACE)

REASONS = {
    SAME: (
        "It compiles to the same bytes: the value is used by nothing, or says the same in other words. "
        "No dashboard and no alert is wrong."
    ),
    ALIKE: (
        "Only the text of a query's SQL is another, and nothing tells the two forms apart: neither recorded answers nor alert "
        "tests, nor the same rows at eleven other instants (the first of a day, week, month and year, hours in which the clocks "
        "change, …), nor the fixtures with any one table emptied, nor panels whose range ends in forty days (a changed LIMIT is "
        "never taken for the same). Such as a join along a foreign key, a count of one or another column that is never NULL, a "
        "look further back than what is shown, or an extension that the embedded server does not have."
    ),
    PLACE: (
        "The output is the same but for where a panel stands, how large it is, and how many digits it shows (`gridPos`, "
        "`size_x`, `size_y`, `row`, `col`, `decimals`). No number, colour or word is another."
    ),
    "an alert": (
        "A published rule is another, and no alert test fails: a test is missing, or what changed cannot be told apart."
    ),
    "an alert's words": (
        "Only what people read in the message is another, and the tests look at summary and description alone: levels in words, "
        "the time to respond in."
    ),
    "a query's rows": (
        "The SQL of a query is another and gives the rows that were recorded, though another instant, another range or an "
        "emptied table tells the two apart: the fixtures hold no such row."
    ),
    "who is told": "Hours in which a message waits are others: alert tests play rules, not routes.",
    "a panel's reference": (
        "A board's panel shows another metric or query, another stretch of time, another axis or goal line. Nothing runs a board."
    ),
    "the look": (
        "A level, a target or a unit that no alert and no recorded answer holds is another: colours, lines and units of panels."
    ),
}
"""Why a mutant survives → what that means."""

_LISTED = {"an alert": "Rules that no test holds", "a query's rows": "Queries that no row holds"}
"""Why a mutant survives → the title above a list of such mutants."""


@dataclass(frozen=True, slots=True)
class Run:
    """
    What was judged, of how many, in how many seconds.

    Args:
        known: how many verdicts are those of an earlier run.
    """

    definition: str
    verdicts: tuple[Verdict, ...]
    made: int
    seconds: float
    seed: int
    known: int = 0


def reason(verdict: Verdict) -> str:
    """Say why nothing found a mutant."""
    if not verdict.shows:
        return SAME
    if verdict.alike:
        return {"place": PLACE, "rows": ALIKE}[verdict.alike]
    if "rules" in verdict.shows:
        return "an alert"
    places = {"dashboards": "a panel's reference", "hours": "who is told"}
    if verdict.mutant.path[0] in places:
        return places[str(verdict.mutant.path[0])]
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
tell of the definition as it is, counts as found. What a reviewer sees in `output/` does not count.
`python -m tests.mutation.definition --jobs 2 --json FILE` keeps the verdicts, `--again FILE` judges what nothing found then,
`--only alerts.` a part.

{made:,} mutants can be made; {chosen} judged{when}, and {found:,} were found ({share}).
Of those that nothing found, {none:,} are no mistakes as far as the first three rules below tell; without them {real_share} were
found.
Of those that compile and change what an alert rule does, {caught:,} of {alerts:,} were found ({alert_share});
another {alike} whose rows are the same are left out."""


def _head(run: Run) -> str:
    count, found = len(run.verdicts), sum(bool(each.by) for each in run.verdicts)
    none = sum(reason(each) in _NO_MISTAKE for each in run.verdicts if not each.by)
    ruled = [each for each in run.verdicts if "rules" in each.shows]
    alerts = [each for each in ruled if each.alike != "rows"]
    caught = sum(bool(each.by) for each in alerts)
    return _INTRODUCTION.format(
        definition=run.definition,
        made=run.made,
        chosen="all were" if count == run.made else f"{count:,} by chance (seed {run.seed}) were",
        when=_when(run),
        found=found,
        share=_share(found, count),
        none=none,
        real_share=_share(found, count - none),
        caught=caught,
        alerts=len(alerts),
        alike=len(ruled) - len(alerts),
        alert_share=_share(caught, len(alerts)),
    )


def _when(run: Run) -> str:
    if run.known:
        return f", {len(run.verdicts) - run.known:,} of them now: {run.known:,} had been found before the tests last grew"
    return f" in {run.seconds / 60:.0f} minutes"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def _by_kind(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "| mistake | judged | check | validate | test | no mistake | not found |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for kind in sorted({each.mutant.kind for each in verdicts}):
        mine = [each for each in verdicts if each.mutant.kind == kind]
        ends = Counter(each.by or ("none" if reason(each) in _NO_MISTAKE else "") for each in mine)
        yield f"| {kind} | {len(mine)} | {' | '.join(str(ends[end] or '') for end in (*STAGES, 'none', ''))} |"


def _reasons(run: Run, text: str) -> Iterator[str]:
    left = [each for each in run.verdicts if not each.by]
    yield "## What is not found, and why"
    yield ""
    yield "| why | mutants | |"
    yield "| --- | ---: | --- |"
    counted = Counter(map(reason, left))
    for why, means in REASONS.items():
        yield f"| {why} | {counted[why]} | {means} |"
    for why, title in _LISTED.items():
        mutants = [each.mutant for each in left if reason(each) == why]
        if mutants:
            yield from ("", f"## {title}", "")
            yield from (f"- {mutant.kind}: {_escaped(mutant, text)}" for mutant in mutants)


def _escaped(mutant: Mutant, text: str) -> str:
    return "line " + mutant.told(text).replace("|", "\\|")


def lines(verdicts: Iterable[Verdict], text: str) -> Iterator[str]:
    """Tell mutants that nothing found, one a line."""
    for verdict in verdicts:
        if not verdict.by:
            yield f"{reason(verdict)}: {verdict.mutant.kind}: {verdict.mutant.told(text)}"
