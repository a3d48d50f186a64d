"""What others changed or removed of ours at one server, as text: from what the definition wants to what stands there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watchglass.publish.plan import Change, Plan
from watchglass.review.excerpt import neutral
from watchglass.review.plan_report import cause_lines, cut, painted

_WAYS = "`watchglass adopt` takes changes into the definition, `watchglass apply --overwrite-drift` takes them back"


@dataclass(frozen=True, slots=True)
class Drift:
    """
    What is not as our last apply left it.

    Args:
        missing: wanted objects that are not there, though others of the definition are.
    """

    plan: Plan
    changed: tuple[Change, ...]
    missing: tuple[Change, ...]


def drift_of(plan: Plan) -> Drift:
    """Find in a plan what others did; nobody remembers what was there, so that what was never applied is missing, too."""
    changed = tuple(change for change in plan.changes if change.drifted)
    missing = tuple(change for change in plan.changes if change.action == "create") if plan.owned else ()
    return Drift(plan, changed, missing)


def text(drift: Drift, *, color: bool = False) -> str:
    """Write it for a terminal."""
    return "".join(f"{line}\n" for line in _text(drift, color))


def _text(drift: Drift, color: bool) -> Iterator[str]:
    instance = drift.plan.instance
    where = f"{instance.target} {neutral(instance.version)} at {neutral(instance.id)}"
    if not drift.plan.owned:
        yield f"{where}: nothing of ours is there yet"
        return
    if not drift.changed and not drift.missing:
        yield f"{where}: no drift"
        return
    counts = ((len(drift.changed), "changed by somebody else"), (len(drift.missing), "not there"))
    yield f"{where}: " + ", ".join(f"{count} {what}" for count, what in counts if count)
    if any(change.differences for change in drift.changed):
        yield "  (in the definition → at the server)"
    for change in drift.changed:
        yield from _changed(change, color)
    for change in drift.missing:
        head = f"  - {change.noun} '{neutral(change.title)}' is not there: deleted at the server, or not applied yet"
        yield painted(head, "-", color)
    if drift.changed:
        yield f"  {_WAYS}"
    if drift.missing:
        yield "  `watchglass apply` makes what is not there"


def _changed(change: Change, color: bool) -> Iterator[str]:
    head = f"  ! {change.noun} '{neutral(change.title)}' was changed by somebody else since the last apply"
    yield painted(head, "!", color)
    if change.reason and change.action != "conflict":
        yield f"      {neutral(change.reason)}"
    yield from (
        f"      {line}" for line in cut(neutral(str(line)) for line in cause_lines([change], back=True))
    )
