"""``watchglass apply``: the changes of a plan, at Grafana and Metabase."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from watchglass.cli.exit_codes import FINE, INTERRUPTED, PROBLEMS
from watchglass.cli.lock import alone, lock_option, locks
from watchglass.cli.publishing import Options, Patience, publish_options
from watchglass.cli.redaction import run_redactor
from watchglass.cli.reporting import environment_option

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from watchglass.cli.publishing import Ready
    from watchglass.cli.written_plan import Reviewed
    from watchglass.publish.plan import Change
    from watchglass.publish.resource import Key
    from watchglass.publish.secret import Redactor


@click.command()
@click.argument("definitions", nargs=-1, metavar="[DEFINITIONS | PLAN]...")
@publish_options
@click.option("--yes", is_flag=True, help="Do not ask.")
@lock_option
@environment_option
def command(
    definitions: tuple[str, ...], yes: bool, no_lock: bool, environment: str | None, **typed: Any
) -> int:
    """
    Publish DEFINITIONS (else definitions/*.yaml), or exactly the PLAN that `plan --out` wrote.

    Exit codes: 0 all is done, 1 it could not be done, 130 stopped by a signal.
    """
    from watchglass.cli import written_plan
    from watchglass.cli.publishing import compile_all, failures_told, refuse_unknown, sessions

    options = Options(environment=environment, **typed)
    reviewed = written_plan.read(definitions)
    if reviewed is not None:
        definitions, options = reviewed.definitions, written_plan.as_reviewed(options, reviewed)
    compiled = compile_all(definitions, options)
    if reviewed is not None:
        written_plan.refuse_other_environment(reviewed, environment, compiled)
    redactor = run_redactor(compiled)
    dsns = locks(compiled, redactor, no_lock=no_lock)
    with failures_told(redactor):
        ready = list(sessions(compiled, options, redactor))
    if not ready:
        raise click.UsageError("no environment names an address of Grafana or Metabase")
    refuse_unknown(options.adopt, ready)
    refuse_unready(ready, reviewed, redactor)
    if not any(each.plan.writes for each in ready):
        click.echo("nothing to do")
        return FINE
    agree(ready, redactor, yes=yes or reviewed is not None, else_say="or apply a plan that was written down")
    with alone(compiled, dsns, redactor):
        return make(ready, redactor)


def refuse_unready(ready: Sequence[Ready], reviewed: Reviewed | None, redactor: Redactor) -> None:
    """
    Begin nothing that is known to fail: conflicts, missing sources, too large a change, a plan of another state.

    Raises:
        click.ClickException: with all reasons.
    """
    from watchglass.cli.written_plan import outdated
    from watchglass.publish.redacted import redacted
    from watchglass.review import plan_report
    from watchglass.review.excerpt import neutral

    reasons = [neutral(redactor.clean(f"{each.path}: {text}")) for each in ready for text in each.obstacles]
    for each in ready:
        if each.plan.conflicts:
            reasons.append(plan_report.text(redacted(each.plan, redactor)).rstrip())
        if each.plan.large and not each.plan.wish.allow_large:
            reasons.append(f"{each.place}: {each.plan.extent}; look at the plan, then say --allow-large")
    if reviewed is not None:
        reasons += [neutral(text) for text in outdated(reviewed, ready)]
    if reasons:
        raise click.ClickException(redactor.clean("nothing was written:\n" + "\n".join(reasons)))


def agree(ready: Sequence[Ready], redactor: Redactor, *, yes: bool, else_say: str = "") -> None:
    """
    Show what will be done and ask, unless that was said before.

    Args:
        else_say: another way than `--yes` where there is nobody to ask.

    Raises:
        click.UsageError: there is nobody to ask.
        click.Abort: the answer is no.
    """
    from watchglass.cli.publishing import color
    from watchglass.publish.redacted import redacted
    from watchglass.review import plan_report
    from watchglass.review.excerpt import neutral

    if yes:
        return
    for each in ready:
        text = plan_report.text(redacted(each.plan, redactor), color=color())
        click.echo(redactor.clean(f"{neutral(each.title)}\n{text}"), nl=False)
    if not sys.stdin.isatty():
        raise click.UsageError(", ".join(filter(None, ("nobody is there to ask: say --yes", else_say))))
    environments = ", ".join(dict.fromkeys(f"'{neutral(each.environment)}'" for each in ready))
    click.confirm(f"Make these changes in {environments}?", abort=True)


def make(ready: Sequence[Ready], redactor: Redactor) -> int:
    """Make the changes, server by server; the first that fails ends it."""
    from watchglass.publish.redacted import redacted, redacted_end
    from watchglass.review import plan_report
    from watchglass.review.excerpt import neutral

    patience = Patience()
    pending = [each for each in ready if each.plan.writes]
    with patience.watching():
        for number, each in enumerate(pending, 1):
            click.echo(redactor.clean(neutral(each.place)))
            alike = plan_report.twins(each.plan.writes)
            done = each.session.apply(
                each.plan, each.live, _progress(redactor), _finished(redactor, alike), patience
            )
            later = [redacted(other.plan, redactor) for other in pending[number:]]
            click.echo(
                redactor.clean(plan_report.ended(redacted_end(done, redactor), later, alike)), nl=False
            )
            if done.stopped:
                return INTERRUPTED
            if not done.complete:
                return PROBLEMS
    return FINE


def _finished(redactor: Redactor, alike: Container[Key]) -> Callable[[Change], None]:
    """Give what tells each change as soon as it is done: a log of a run that is killed has them."""
    from watchglass.publish.redacted import redacted_change
    from watchglass.review import plan_report

    def show(change: Change) -> None:
        if sys.stderr.isatty():
            click.echo("\x1b[K", nl=False, err=True)
        click.echo(redactor.clean(plan_report.finished(redacted_change(change, redactor), alike)))

    return show


def _progress(redactor: Redactor) -> Callable[[int, int, Change], None]:
    from watchglass.review.excerpt import neutral

    def show(done: int, total: int, change: Change) -> None:
        if sys.stderr.isatty():
            title = neutral(redactor.clean(change.title))[:50]
            click.echo(f"\r\x1b[K{done}/{total} {change.noun} {title}\r", nl=False, err=True)

    return show
