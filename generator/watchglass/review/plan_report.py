"""A plan as text for a terminal, Markdown for a comment on a pull request, and JSON for machines: in the definition's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from watchglass.artifact import Json
from watchglass.publish.apply import Applied
from watchglass.publish.plan import Change, Plan, bound
from watchglass.publish.resource import Key
from watchglass.review.excerpt import neutral
from watchglass.review.json_report import dump
from watchglass.review.markdown import plain
from watchglass.review.words import Line, lines, path_of, shown_pair

_SIGNS = {
    "create": "+",
    "update": "~",
    "adopt": "&",
    "delete": "-",
    "keep": "=",
    "orphan": "?",
    "conflict": "!",
}
_VERBS = {
    "create": "to create",
    "update": "to update",
    "adopt": "to adopt",
    "delete": "to delete",
    "keep": "unchanged",
    "orphan": "left alone",
    "conflict": "in conflict",
}
_COLORS = {
    "+": "\x1b[32m",
    "~": "\x1b[33m",
    "&": "\x1b[36m",
    "-": "\x1b[31m",
    "!": "\x1b[1;31m",
    "?": "\x1b[2m",
}
_RESET = "\x1b[0m"
_COMPARED = ("update", "adopt", "conflict")
"""Actions of which it is shown what differs."""

_MOST_LINES = 12
"""Lines of one object that are shown; the JSON form has them all."""

COMMENT_LIMIT = 60_000
"""A comment of GitHub's holds 65,536 characters."""


def cause_lines(changes: Iterable[Change], *, back: bool = False) -> tuple[Line, ...]:
    """
    Gather the differences of several objects by the line of the definition that they come from.

    Args:
        back: from what is wanted to what is there.
    """
    return lines(
        (
            str(change.key),
            each.pointer,
            *((each.after, each.before) if back else (each.before, each.after)),
            path_of(each.pointer, change.origins),
        )
        for change in changes
        for each in change.differences
    )


def twins(changes: Iterable[Change]) -> frozenset[Key]:
    """Find the objects that share their kind and title with another one: their names tell the id, too."""
    found: dict[tuple[str, str, str], list[Key]] = {}
    for change in changes:
        found.setdefault((change.key.target, change.noun, change.title), []).append(change.key)
    return frozenset(key for keys in found.values() if len(keys) > 1 for key in keys)


def _named(change: Change, alike: Container[Key] = ()) -> str:
    by = f" ({neutral(change.key.id)})" if change.key in alike else ""
    return f"{change.noun} '{neutral(change.title)}'{by}"


def summary(plan: Plan) -> str:
    """Count the changes: ``1 to create, 2 to update, 5 unchanged``."""
    counted: Counter[str] = Counter(change.action for change in plan.changes)
    parts = [f"{counted[action]} {verb}" for action, verb in _VERBS.items() if counted[action]]
    return ", ".join(parts) or "nothing is wanted, and nothing is there"


def text(plan: Plan, *, color: bool = False) -> str:
    """Write a plan for a terminal."""
    return "".join(f"{line}\n" for line in _text(plan, color))


def _text(plan: Plan, color: bool) -> Iterator[str]:
    yield f"{plan.instance.target} {neutral(plan.instance.version)} at {neutral(plan.instance.id)}: {summary(plan)}"
    for note in plan.instance.notes:
        yield f"  note: {neutral(note)}"
    if any(change.differences for change in plan.changes if change.action in _COMPARED):
        yield "  (at the server now → after an apply)"
    changes = [change for change in plan.changes if change.action != "keep"]
    alike = twins(changes)
    for change in changes:
        yield from _change(change, alike, color)
    if plan.large and not plan.wish.allow_large:
        yield f"  ! {plan.extent}: look twice, then say --allow-large"


def _change(change: Change, alike: Container[Key], color: bool) -> Iterator[str]:
    sign = _SIGNS[change.action]
    edited = " (changed by somebody else since the last apply)" if change.drifted else ""
    head = f"  {sign} {_named(change, alike)}{edited}"
    yield painted(head, sign, color)
    if change.reason:
        yield f"      {neutral(change.reason)}"
    if change.notice:
        yield f"      ! {neutral(change.notice)}"
    if change.action in _COMPARED:
        yield from (f"      {line}" for line in cut(neutral(str(line)) for line in cause_lines([change])))


def painted(line: str, sign: str, color: bool) -> str:
    """Give a line the colour of its sign."""
    return f"{_COLORS[sign]}{line}{_RESET}" if color and sign in _COLORS else line


def cut(lines: Iterable[str]) -> Iterator[str]:
    """Show the first lines of one object, and say where the others are."""
    listed = list(lines)
    yield from listed[:_MOST_LINES]
    if len(listed) > _MOST_LINES:
        yield f"… and {len(listed) - _MOST_LINES} more: `watchglass plan --format json` has them all"


def markdown(plans: Mapping[str, Sequence[Plan]]) -> str:
    """
    Write plans as one comment: what changes in the definition's words, what people on call will notice, then each object.

    Args:
        plans: definition → its plans.
    """
    body = "\n".join(_markdown(plans)) + "\n"
    if len(body) <= COMMENT_LIMIT:
        return body
    cut = body[: COMMENT_LIMIT - 200].rpartition("\n")[0]
    end = "\n\n</details>" * (cut.count("<details>") - cut.count("</details>"))
    return f"{cut}{end}\n\n… cut here: `watchglass plan` shows all of it.\n"


def _markdown(plans: Mapping[str, Sequence[Plan]]) -> Iterator[str]:
    yield "## Watchglass plan"
    for name, listed in plans.items():
        yield f"\n### {plain(name)}"
        for plan in listed:
            yield f"\n**{plain(plan.instance.target)}** {plain(plan.instance.version)}: {summary(plan)}"
            yield from (f"- note: {plain(note)}" for note in plan.instance.notes)
        changes = [change for plan in listed for change in plan.changes if change.action != "keep"]
        names = _plain_names(changes)
        yield from _causes(changes)
        conflicts = [change for change in changes if change.action == "conflict"]
        yield from _section("In conflict: nothing is applied", conflicts, names)
        yield from _section(
            "People on call will notice", [change for change in changes if change.notice], names
        )
        if changes:
            yield "\n<details><summary>Every object</summary>\n"
            for change in changes:
                yield f"- `{_SIGNS[change.action]}` {names[change.key]}" + (
                    f": {plain(change.reason)}" if change.reason else ""
                )
            yield "\n</details>"


def _plain_names(changes: Sequence[Change]) -> dict[Key, str]:
    """Name objects in a comment: with their server where there are several, with their id where titles are equal."""
    several = len({change.key.target for change in changes}) > 1
    alike = twins(changes)
    return {
        change.key: (f"{change.key.target} " if several else "")
        + f"{change.noun} {plain(change.title)}"
        + (f" ({plain(change.key.id)})" if change.key in alike else "")
        for change in changes
    }


def _causes(changes: Sequence[Change]) -> Iterator[str]:
    caused = [line for line in cause_lines(changes) if line.places]
    if caused:
        yield "\n| what | at the server | after an apply | where |\n| --- | --- | --- | --- |"
    for line in caused[:50]:
        where = ", ".join(f"{count} × {noun}" for noun, count in line.places.items())
        cells = (line.name, *shown_pair(line.before, line.after), where)
        yield "| " + " | ".join(plain(cell) for cell in cells) + " |"


def _section(title: str, listed: Sequence[Change], names: Mapping[Key, str]) -> Iterator[str]:
    if listed:
        yield f"\n**{title}:**\n"
    for change in listed:
        yield f"- {names[change.key]}: {plain(change.reason or change.notice)}"


def as_json(plans: Mapping[str, Sequence[Plan]]) -> str:
    """Write plans for machines, all differences included."""
    return dump({name: [_plan(plan) for plan in listed] for name, listed in plans.items()})


def _plan(plan: Plan) -> Json:
    return {
        "target": plan.instance.target,
        "instance": plan.instance.id,
        "version": plan.instance.version,
        "notes": list(plan.instance.notes),
        "large": plan.large,
        "changes": [_object(change) for change in plan.changes],
        "bound": bound(plan),
    }


def _object(change: Change) -> Json:
    return {
        "action": change.action,
        "key": str(change.key),
        "title": change.title,
        "drifted": change.drifted,
        "reason": change.reason,
        "notice": change.notice,
        "differences": [
            {
                "pointer": each.pointer,
                "before": each.before,
                "after": each.after,
                "definition": list(path_of(each.pointer, change.origins) or ()),
            }
            for each in change.differences
        ],
    }


def finished(change: Change, alike: Container[Key] = ()) -> str:
    """
    Say of one change that it is done.

    Args:
        alike: what `twins` gave for all changes of its plan.
    """
    return f"  {_SIGNS[change.action]} {_named(change, alike)}"


def ended(done: Applied, later: Iterable[Plan] = (), alike: Container[Key] = ()) -> str:
    """
    Say how an apply ended; what it did was said by `finished`.

    Args:
        later: the plans whose turn would have been next.
        alike: what `twins` gave for all changes of its plan.
    """
    return "".join(f"{line}\n" for line in _ended(done, later, alike))


def _ended(done: Applied, later: Iterable[Plan], alike: Container[Key]) -> Iterator[str]:
    for reason in done.kept:
        yield f"  note: {neutral(reason)}; it is left"
    if done.error is not None:
        yield f"stopped: {neutral(done.error.message)}"
        if done.error.hint:
            yield f"  hint: {neutral(done.error.hint)}"
    elif done.stopped:
        yield "stopped, as was asked for"
    if done.unknown is not None:
        yield f"not known: {_named(done.unknown, alike)} may be written"
    if done.failed is not None:
        yield f"not done: {_named(done.failed, alike)}"
    if done.left:
        yield f"not begun: {_listed(done.left, alike)}"
    if done.complete:
        return
    for plan in later:
        yield f"not begun at {plan.instance.target} {neutral(plan.instance.id)}: {_listed(plan.writes, twins(plan.writes))}"
    yield "run it again: what is done is found, and the rest is made"


def _listed(changes: Iterable[Change], alike: Container[Key]) -> str:
    return ", ".join(_named(change, alike) for change in changes)
