"""A plan that is written down: what was asked for and what was found, as `plan --out` writes it and `apply FILE` takes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from watchglass.artifact import Json
    from watchglass.cli.publishing import Options, Ready
    from watchglass.pipeline import Compiled
    from watchglass.publish.plan import Plan

_FLAGS = ("prune", "overwrite_drift", "allow_large")
_LISTS = ("targets", "adopt")
_TYPED = {"targets": "target"}
"""Field of the options → the option's name, where it is another."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """
    A plan as it was read.

    Args:
        asked: field of the options → what was typed when the plan was made.
        plans: what each plan is bound to, in the order of the definitions and their servers.
    """

    file: str
    definitions: tuple[str, ...]
    environment: str | None
    asked: Mapping[str, Json]
    plans: Sequence[Json]


def write(path: Path, plans: Iterable[Plan], definitions: tuple[str, ...], options: Options) -> None:
    """Write what an apply needs to do the same, and to tell that nothing has changed since: no bodies and no secrets."""
    from watchglass.publish.plan import bound

    body = {
        "watchglass": "plan",
        "definitions": list(definitions),
        "environment": options.environment,
        "asked": {name: getattr(options, name) for name in _FLAGS}
        | {name: list(getattr(options, name)) for name in _LISTS},
        "plans": [bound(plan) for plan in plans],
    }
    path.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")


def read(given: tuple[str, ...]) -> Reviewed | None:
    """
    Read a plan that was written down; None where definitions were given.

    Raises:
        click.UsageError: the file is none.
    """
    if len(given) != 1 or not given[0].endswith(".json"):
        return None
    try:
        body = json.loads(Path(given[0]).read_text("utf-8"))
    except (OSError, ValueError):
        body = None
    if not _is_plan(body):
        raise click.UsageError(f"{given[0]} is no plan; `watchglass plan --out {given[0]}` writes one")
    return Reviewed(
        given[0], tuple(body["definitions"]), body["environment"], body["asked"], tuple(body["plans"])
    )


def _is_plan(body: Json) -> bool:
    """Tell whether a value has the form that `write` gives."""
    from watchglass.publish.plan import is_bound

    if not isinstance(body, dict) or body.get("watchglass") != "plan":
        return False
    environment, asked, plans = (body.get(key, 0) for key in ("environment", "asked", "plans"))
    return (
        _is_texts(body.get("definitions"))
        and (environment is None or isinstance(environment, str))
        and isinstance(asked, dict)
        and all(isinstance(asked.get(name), bool) for name in _FLAGS)
        and all(_is_texts(asked.get(name)) for name in _LISTS)
        and isinstance(plans, list)
        and all(map(is_bound, plans))
    )


def _is_texts(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def as_reviewed(options: Options, reviewed: Reviewed) -> Options:
    """
    Give the options that the plan was made with, and the way to the servers as it is typed now.

    `--allow-large` may be said now alone: it allows what was planned, and changes none of it.

    Raises:
        click.UsageError: another option is typed than the plan was made with.
    """
    asked = reviewed.asked
    for name in ("prune", "overwrite_drift"):
        if getattr(options, name) and not asked[name]:
            raise _contradiction(reviewed, f"without {_option(name)}")
    for name in _LISTS:
        typed: tuple[str, ...] = getattr(options, name)
        if typed and sorted(typed) != sorted(asked[name]):
            made = " ".join(f"{_option(name)} {each}" for each in asked[name])
            raise _contradiction(reviewed, f"with {made}" if made else f"without {_option(name)}")
    return replace(
        options,
        environment=reviewed.environment,
        prune=asked["prune"],
        overwrite_drift=asked["overwrite_drift"],
        allow_large=asked["allow_large"] or options.allow_large,
        targets=tuple(asked["targets"]),
        adopt=tuple(asked["adopt"]),
    )


def _option(name: str) -> str:
    return f"--{_TYPED.get(name, name)}".replace("_", "-")


def _contradiction(reviewed: Reviewed, how: str) -> click.UsageError:
    return click.UsageError(
        f"{reviewed.file} was made {how}: leave the option out, or make the plan anew with it"
    )


def refuse_other_environment(
    reviewed: Reviewed, typed: str | None, compiled: Mapping[Path, Compiled]
) -> None:
    """
    Refuse a plan of another environment than the one that is typed.

    Raises:
        click.UsageError: it is of another one.
    """
    made = {each.service.environment.id for each in compiled.values() if each.service is not None}
    if typed is not None and made != {typed}:
        of = ", ".join(f"'{each}'" for each in sorted(made))
        raise click.UsageError(
            f"{reviewed.file} was made for the environment {of}: leave -e out, or make a plan of '{typed}'"
        )


def outdated(reviewed: Reviewed, ready: Sequence[Ready]) -> list[str]:
    """Say why the plan is no longer what would be done."""
    from watchglass.publish.plan import stale

    if len(reviewed.plans) != len(ready):
        return ["the plan was made for other definitions or servers: make it anew"]
    return [
        f"since the plan was made: {text}"
        for each, written in zip(ready, reviewed.plans, strict=True)
        for text in stale(written, each.plan)
    ]
