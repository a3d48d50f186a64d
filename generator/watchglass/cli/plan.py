"""``watchglass plan``: what an apply would change at Grafana and Metabase; reads only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from watchglass.cli.exit_codes import DIFFERENCES, FINE, PROBLEMS
from watchglass.cli.publishing import Options, publish_options
from watchglass.cli.redaction import run_redactor
from watchglass.cli.reporting import environment_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from watchglass.cli.publishing import Ready
    from watchglass.publish.plan import Plan
    from watchglass.publish.secret import Redactor


@click.command()
@click.argument("definitions", nargs=-1)
@publish_options
@click.option("--out", default=None, metavar="FILE", help="Write the plan down, for `watchglass apply FILE`.")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True
)
@environment_option
def command(
    definitions: tuple[str, ...],
    out: str | None,
    form: Literal["text", "markdown", "json"],
    environment: str | None,
    **typed: Any,
) -> int:
    """
    Say what an apply of DEFINITIONS (else definitions/*.yaml) would change; nothing is written at a server.

    Exit codes: 0 nothing, 3 changes, 1 conflicts or a server that cannot be read.
    """
    from watchglass.cli import written_plan
    from watchglass.cli.publishing import compile_all, failures_told, refuse_unknown, sessions
    from watchglass.review.excerpt import neutral

    options = Options(environment=environment, **typed)
    compiled = compile_all(definitions, options)
    redactor = run_redactor(compiled)
    with failures_told(redactor):
        ready = list(sessions(compiled, options, redactor))
    if not ready:
        raise click.UsageError("no environment names an address of Grafana or Metabase")
    refuse_unknown(options.adopt, ready)
    click.echo(redactor.clean(_written(ready, form, redactor)), nl=False)
    obstacles = [f"{each.path}: {text}" for each in ready for text in each.obstacles]
    for text in obstacles:
        click.echo(f"an apply would fail: {neutral(redactor.clean(text))}", err=True)
    if out is not None:
        written_plan.write(Path(out), [each.plan for each in ready], definitions, options)
    if obstacles or any(each.plan.conflicts for each in ready):
        return PROBLEMS
    return DIFFERENCES if any(each.plan.writes for each in ready) else FINE


def _written(ready: Iterable[Ready], form: str, redactor: Redactor) -> str:
    from watchglass.publish.redacted import redacted
    from watchglass.review import plan_report

    grouped: dict[str, list[Plan]] = {}
    for each in ready:
        grouped.setdefault(each.path.as_posix() if form == "json" else each.title, []).append(
            redacted(each.plan, redactor)
        )
    return write_form(grouped, form) if form != "text" else "".join(_texts(grouped, plan_report))


def _texts(grouped: Mapping[str, Sequence[Plan]], plan_report: Any) -> Iterable[str]:
    from watchglass.cli.publishing import color
    from watchglass.review.excerpt import neutral

    for name, plans in grouped.items():
        yield f"{neutral(name)}\n"
        yield from (plan_report.text(plan, color=color()) for plan in plans)


def write_form(grouped: Mapping[str, Sequence[Plan]], form: str) -> str:
    """Write plans as Markdown or JSON."""
    from watchglass.review import plan_report

    return plan_report.markdown(grouped) if form == "markdown" else plan_report.as_json(grouped)
