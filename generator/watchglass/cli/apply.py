"""``watchglass apply``: the changes of a plan, at Grafana and Metabase."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watchglass.cli.exit_codes import FINE, INTERRUPTED, PROBLEMS
from watchglass.cli.lock import alone, lock_option, locks
from watchglass.cli.publishing import Options, Patience, publish_options
from watchglass.cli.redaction import run_redactor
from watchglass.cli.reporting import environment_option

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from watchglass.artifact import Json
    from watchglass.cli.publishing import Ready
    from watchglass.publish.plan import Change
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
    from watchglass.cli.publishing import compile_all, failures_told, sessions

    reviewed = _reviewed(definitions)
    if reviewed is not None:
        definitions, environment = tuple(reviewed["definitions"]), reviewed["environment"] or environment
    options = Options(environment=environment, **typed)
    compiled = compile_all(definitions, options)
    redactor = run_redactor(compiled)
    dsns = locks(compiled, redactor, no_lock=no_lock)
    with failures_told(redactor):
        ready = list(sessions(compiled, options, redactor))
    if not ready:
        raise click.UsageError("no environment names an address of Grafana or Metabase")
    refuse_unready(ready, reviewed, redactor)
    if not any(each.plan.writes for each in ready):
        click.echo("nothing to do")
        return FINE
    agree(ready, redactor, yes=yes or reviewed is not None)
    with alone(compiled, dsns, redactor):
        return make(ready, redactor)


def _reviewed(given: tuple[str, ...]) -> Json | None:
    """Read a plan that was written down; None where definitions were given."""
    if len(given) != 1 or not given[0].endswith(".json"):
        return None
    try:
        body = json.loads(Path(given[0]).read_text("utf-8"))
    except (OSError, ValueError):
        body = None
    if not _is_plan(body):
        raise click.UsageError(f"{given[0]} is no plan; `watchglass plan --out {given[0]}` writes one")
    return body


def _is_plan(body: Json) -> bool:
    """Tell whether a value has the form that `plan --out` writes."""
    from watchglass.publish.plan import is_bound

    if not isinstance(body, dict) or body.get("watchglass") != "plan":
        return False
    definitions, environment, plans = (body.get(key, 0) for key in ("definitions", "environment", "plans"))
    return (
        isinstance(definitions, list)
        and all(isinstance(each, str) for each in definitions)
        and (environment is None or isinstance(environment, str))
        and isinstance(plans, list)
        and all(map(is_bound, plans))
    )


def refuse_unready(ready: Sequence[Ready], reviewed: Json | None, redactor: Redactor) -> None:
    """
    Begin nothing that is known to fail: conflicts, missing sources, too large a change, a plan of another state.

    Raises:
        click.ClickException: with all reasons.
    """
    from watchglass.publish.redacted import redacted
    from watchglass.review import plan_report
    from watchglass.review.excerpt import neutral

    reasons = [neutral(redactor.clean(f"{each.path}: {text}")) for each in ready for text in each.obstacles]
    for each in ready:
        if each.plan.conflicts:
            reasons.append(plan_report.text(redacted(each.plan, redactor)).rstrip())
        if each.plan.large and not each.plan.wish.allow_large:
            reasons.append(
                f"{each.path}: over 30 % of what is ours would change; look at the plan, then say --allow-large"
            )
    if reviewed is not None:
        reasons += [neutral(text) for text in _stale(ready, reviewed)]
    if reasons:
        raise click.ClickException(redactor.clean("nothing was written:\n" + "\n".join(reasons)))


def _stale(ready: Sequence[Ready], reviewed: Json) -> list[str]:
    from watchglass.publish.plan import stale

    plans = reviewed["plans"]
    if len(plans) != len(ready):
        return ["the plan was made for other definitions or servers: make it anew"]
    return [
        f"since the plan was made: {text}"
        for each, written in zip(ready, plans, strict=True)
        for text in stale(written, each.plan)
    ]


def agree(ready: Sequence[Ready], redactor: Redactor, *, yes: bool) -> None:
    """
    Show what will be done and ask, unless that was said before.

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
        click.echo(redactor.clean(f"{neutral(str(each.path))}\n{text}"), nl=False)
    if not sys.stdin.isatty():
        raise click.UsageError("nobody is there to ask: say --yes, or apply a plan that was written down")
    click.confirm("Make these changes?", abort=True)


def make(ready: Sequence[Ready], redactor: Redactor) -> int:
    """Make the changes, server by server; the first that fails ends it."""
    from watchglass.publish.redacted import redacted, redacted_end
    from watchglass.review import plan_report
    from watchglass.review.excerpt import neutral

    patience = Patience()
    pending = [each for each in ready if each.plan.writes]
    with patience.watching():
        for number, each in enumerate(pending, 1):
            where = f"{each.plan.instance.target} {each.plan.instance.id}"
            click.echo(redactor.clean(neutral(f"{each.path} at {where}")))
            done = each.session.apply(
                each.plan, each.live, _progress(redactor), _finished(redactor), patience
            )
            later = [redacted(other.plan, redactor) for other in pending[number:]]
            click.echo(redactor.clean(plan_report.ended(redacted_end(done, redactor), later)), nl=False)
            if done.stopped:
                return INTERRUPTED
            if not done.complete:
                return PROBLEMS
    return FINE


def _finished(redactor: Redactor) -> Callable[[Change], None]:
    """Give what tells each change as soon as it is done: a log of a run that is killed has them."""
    from watchglass.publish.redacted import redacted_change
    from watchglass.review import plan_report

    def show(change: Change) -> None:
        if sys.stderr.isatty():
            click.echo("\x1b[K", nl=False, err=True)
        click.echo(redactor.clean(plan_report.finished(redacted_change(change, redactor))))

    return show


def _progress(redactor: Redactor) -> Callable[[int, int, Change], None]:
    from watchglass.review.excerpt import neutral

    def show(done: int, total: int, change: Change) -> None:
        if sys.stderr.isatty():
            title = neutral(redactor.clean(change.title))[:50]
            click.echo(f"\r\x1b[K{done}/{total} {change.noun} {title}\r", nl=False, err=True)

    return show
