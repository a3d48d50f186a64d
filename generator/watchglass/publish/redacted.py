"""A plan and what came of it, without secrets in any text: for whoever shows them, before a text is cut or escaped."""

from __future__ import annotations

from dataclasses import replace

from watchglass.publish.apply import Applied
from watchglass.publish.compare import Difference
from watchglass.publish.errors import PublishError
from watchglass.publish.plan import Change, Plan
from watchglass.publish.secret import Redactor


def redacted(plan: Plan, redactor: Redactor) -> Plan:
    """Give a plan to show; it is bound to the same state, and no apply is made from it."""
    instance = plan.instance
    shown = replace(
        instance,
        version=redactor.clean(instance.version),
        notes=tuple(redactor.clean(note) for note in instance.notes),
    )
    return replace(
        plan, instance=shown, changes=tuple(redacted_change(each, redactor) for each in plan.changes)
    )


def redacted_change(change: Change, redactor: Redactor) -> Change:
    """Give a change to show."""
    return replace(
        change,
        title=redactor.clean(change.title),
        differences=tuple(_difference(each, redactor) for each in change.differences),
        reason=redactor.clean(change.reason),
        notice=redactor.clean(change.notice),
    )


def _difference(found: Difference, redactor: Redactor) -> Difference:
    before, after = redactor.clean_json(found.before), redactor.clean_json(found.after)
    return Difference(redactor.clean(found.pointer), before, after)


def redacted_end(done: Applied, redactor: Redactor) -> Applied:
    """Give what came of an apply, to show."""
    error = done.error
    if error is not None:
        error = PublishError(redactor.clean(error.message), redactor.clean(error.hint), error.status)
    return replace(
        done,
        done=tuple(redacted_change(each, redactor) for each in done.done),
        kept=tuple(redactor.clean(each) for each in done.kept),
        unknown=None if done.unknown is None else redacted_change(done.unknown, redactor),
        failed=None if done.failed is None else redacted_change(done.failed, redactor),
        left=tuple(redacted_change(each, redactor) for each in done.left),
        error=error,
    )
