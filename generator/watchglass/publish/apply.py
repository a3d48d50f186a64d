"""A plan's changes, one after the other; what is done, what is not known, and what was not begun is told at any end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from watchglass.publish.errors import Kept, PublishError, Uncertain
from watchglass.publish.plan import Change, Plan
from watchglass.publish.resource import Desired, Key, Kind, Live, digest


@dataclass(frozen=True, slots=True)
class Applied:
    """
    How far an apply came.

    Args:
        unknown: the change whose answer was lost: it may be done.
        failed: the change that was refused.
        error: why it ended early; None where all is done.
        kept: why something that was to go is left: others' things are in it.
    """

    done: tuple[Change, ...]
    unknown: Change | None = None
    failed: Change | None = None
    left: tuple[Change, ...] = ()
    error: PublishError | None = None
    stopped: bool = False
    kept: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all that was planned is done."""
        return self.error is None and not self.left and not self.stopped


class Changed(PublishError):
    """An object is no longer what the plan was made from."""


def apply(
    plan: Plan,
    kinds: Iterable[Kind],
    desired: Mapping[Key, Desired],
    current: Callable[[Key], Live | None],
    *,
    progress: Callable[[int, int, Change], None] | None = None,
    finished: Callable[[Change], None] | None = None,
    asked_to_stop: Callable[[], bool] = lambda: False,
) -> Applied:
    """
    Make the changes of a plan that has no conflicts.

    Args:
        current: gives an object as it is right before it is written: read once more where the server itself would not refuse
            a stale write, else as it was read.
        progress: told before each change: how many are done, of how many, and which comes.
        finished: told of each change when it is done.
    """
    by_name = {kind.name: kind for kind in kinds}
    writes = plan.writes
    done: list[Change] = []
    kept: list[str] = []
    for index, change in enumerate(writes):
        if asked_to_stop():
            return Applied(tuple(done), left=writes[index:], stopped=True, kept=tuple(kept))
        if progress is not None:
            progress(index, len(writes), change)
        try:
            _make(change, by_name[change.key.kind], desired, current)
        except Kept as error:
            kept.append(error.message)
            continue
        except Uncertain as error:
            left = writes[index + 1 :]
            return Applied(tuple(done), unknown=change, left=left, error=error, kept=tuple(kept))
        except PublishError as error:
            left = writes[index + 1 :]
            return Applied(tuple(done), failed=change, left=left, error=error, kept=tuple(kept))
        done.append(change)
        if finished is not None:
            finished(change)
    return Applied(tuple(done), kept=tuple(kept))


def _make(
    change: Change,
    kind: Kind,
    desired: Mapping[Key, Desired],
    current: Callable[[Key], Live | None],
) -> None:
    there = _unchanged(change, current(change.key))
    if change.action == "delete":
        if there is not None:
            kind.remove(there)
        return
    kind.write(desired[change.key], there)


def _unchanged(change: Change, now: Live | None) -> Live | None:
    """
    Give the object as it is right now.

    Raises:
        Changed: it is not what the plan was made from.
    """
    is_now = digest(now.body) if now is not None else ""
    if is_now == change.before or (change.action == "delete" and now is None):
        return now
    if is_now == change.after:  # our own earlier try, whose answer was lost, or somebody with the same wish
        return now
    raise Changed(
        f"{change.noun} '{change.title}' was changed while the plan was applied",
        "make a plan anew and read it",
    )
