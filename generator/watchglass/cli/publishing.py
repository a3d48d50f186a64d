"""What `plan`, `apply`, `drift` and `destroy` share: options, servers from the environment, sessions."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from watchglass.definition.service import Environment
    from watchglass.pipeline import Compiled
    from watchglass.publish.client import Client, Settings
    from watchglass.publish.plan import Plan, Wish
    from watchglass.publish.resource import Key, Live
    from watchglass.publish.secret import Redactor, Secret
    from watchglass.publish.session import Session

TARGETS = ("grafana", "metabase")
_VERSIONS = {"grafana": r"(\d+\.\d+)", "metabase": r"v?[01]\.(\d+)"}
"""Target → where its version holds what an environment says of it."""

_CHANGES = (
    click.option("--prune", is_flag=True, help="Delete what is ours and what no definition names any more."),
    click.option("--overwrite-drift", is_flag=True, help="Take back what somebody else changed of ours."),
    click.option("--allow-large", is_flag=True, help="Change more than 30 % of what is ours."),
    click.option(
        "--adopt", multiple=True, metavar="KIND/ID", help="Make an object of nobody's ours; '*' for all."
    ),
)
_SERVERS = (
    click.option("--target", "targets", type=click.Choice(TARGETS), multiple=True, help="One server alone."),
    click.option(
        "--ca", "authority", default="", metavar="FILE", help="Certificates of an authority of yours."
    ),
    click.option("--insecure", is_flag=True, help="Take any certificate."),
    click.option("--allow-http", is_flag=True, help="Send tokens over http:// to another machine."),
)


def publish_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options of what changes objects at servers: how they are reached, and what is allowed."""
    for option in reversed((*_SERVERS, *_CHANGES)):
        command = option(command)
    return command


def server_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options of what only reads servers."""
    for option in reversed(_SERVERS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Options:
    """What was typed."""

    environment: str | None
    targets: tuple[str, ...]
    authority: str
    insecure: bool
    allow_http: bool
    prune: bool = False
    overwrite_drift: bool = False
    allow_large: bool = False
    adopt: tuple[str, ...] = ()

    @property
    def settings(self) -> Settings:
        """How servers are talked to."""
        from watchglass.publish.client import Settings

        return Settings(self.insecure, self.allow_http, self.authority)

    def wish(self, gone: frozenset[str]) -> Wish:
        """Say what is allowed."""
        from watchglass.publish.plan import Wish

        return Wish(self.prune, self.overwrite_drift, self.allow_large, frozenset(self.adopt), gone)


@dataclass(frozen=True, slots=True)
class Ready:
    """One definition at one server: what was read there, and the plan."""

    path: Path
    environment: str
    session: Session
    live: Mapping[Key, Live]
    plan: Plan
    obstacles: tuple[str, ...]

    @property
    def title(self) -> str:
        """The definition and its environment."""
        return f"{self.path.as_posix()}, environment '{self.environment}'"

    @property
    def place(self) -> str:
        """The same at its server."""
        return f"{self.title}, at {self.plan.instance.target} {self.plan.instance.id}"


def compile_all(definitions: tuple[str, ...], options: Options) -> dict[Path, Compiled]:
    """
    Compile definitions, and tell their problems.

    Raises:
        SystemExit: one of them has an error.
    """
    import datetime

    from watchglass.cli.inputs import find_definitions
    from watchglass.cli.reporting import tell
    from watchglass.pipeline import Order, colliding, compile_definition, product_of
    from watchglass.problems import has_errors

    today = datetime.datetime.now(tz=datetime.UTC).date()
    compiled = {
        path: compile_definition(path, options.environment, today) for path in find_definitions(definitions)
    }
    problems = [*colliding(product_of(path, each, Order()) for path, each in compiled.items())]
    sources: dict[str, str] = {}
    for each in compiled.values():
        problems += each.problems
        sources |= each.sources
    tell(problems, "text", sources)
    if has_errors(problems):
        raise SystemExit(1)
    return compiled


@contextmanager
def failures_told(redactor: Redactor) -> Iterator[None]:
    """Turn what a server or the way to it did into a message and exit code 1."""
    from watchglass.publish.errors import PublishError
    from watchglass.references import Unset
    from watchglass.review.excerpt import neutral

    try:
        yield
    except Unset as error:
        raise click.ClickException(f"{error}; nothing was sent") from None
    except PublishError as error:
        told = [neutral(redactor.clean(text)) for text in (error.message, error.hint) if text]
        raise click.ClickException("\n".join(told)) from None


def sessions(
    compiled: Mapping[Path, Compiled], options: Options, redactor: Redactor, *, empty: bool = False
) -> Iterator[Ready]:
    """
    Read every server that the definitions name, and plan.

    Args:
        empty: plan as if nothing were wanted any more.
    """
    from watchglass import naming
    from watchglass.publish.session import UNMARKED, emptied
    from watchglass.review.takeover import explained

    ways: dict[Hashable, Client] = {}
    for path, each in compiled.items():
        service = each.service
        assert service is not None, "there was no error"
        named = frozenset((*service.retired, *service.moved))
        gone = named | {naming.uid(service.id, service.environment.suffix, name) for name in named}
        for target in options.targets or TARGETS:
            # What is to be removed needs no secret.
            bare = tuple(artifact for artifact in each.artifacts if artifact.kind in UNMARKED)
            wanted = replace(each, artifacts=bare) if empty else each
            client = client_of(path, wanted, target, options, redactor)
            if client is None:
                continue
            session, obstacles = _BUILDERS[target](ways.setdefault(client.way, client), wanted)
            session = emptied(session) if empty else with_note(session, service.environment)
            live = session.look()
            assert each.definition is not None, "there was no error"
            plan = explained(session.plan(live, options.wish(gone)), each.definition)
            known = tuple(obstacles()) if plan.writes and not empty else ()
            yield Ready(path, service.environment.id, session, live, plan, known)


def with_note(session: Session, environment: Environment) -> Session:
    """Note where the server is of another version than the artifacts are made for."""
    found = re.match(_VERSIONS[session.instance.target], session.instance.version)
    made = {"grafana": environment.grafana_version, "metabase": str(environment.metabase_version)}
    expected = made[session.instance.target]
    if found is None or found[1] == expected:
        return session
    name = session.instance.target.capitalize()
    note = f"artifacts are made for {name} {expected}, and this is {found[1]}: correct `version:` of the environment"
    return replace(session, instance=replace(session.instance, notes=(note, *session.instance.notes)))


def refuse_unknown(adopt: Iterable[str], ready: Iterable[Ready]) -> None:
    """
    Refuse to adopt what no definition makes.

    Raises:
        click.UsageError: with the nearest.
    """
    from watchglass.nearest import suggest

    keys = [each.key for one in ready for each in one.session.desired]
    known = {f"{key.kind}/{key.id}" for key in keys}
    for given in adopt:
        if given not in known and given not in {"*", *(key.id for key in keys)}:
            hint = suggest(given, known, "objects")
            raise click.UsageError(f"--adopt {given}: no definition makes it" + (f"; {hint}" if hint else ""))


def client_of(
    path: Path, compiled: Compiled, target: str, options: Options, redactor: Redactor
) -> Client | None:
    """
    Give the way to a server; None where the environment names no address of it, and it was not asked for.

    Raises:
        click.UsageError: it was asked for, or there is no token.
    """
    from watchglass.publish.client import Client

    service = compiled.service
    assert service is not None, "there was no error"
    written = _written(compiled, target, service.environment)
    if written is None:
        if options.targets:
            raise click.UsageError(
                f"{path}: the environment '{service.environment.id}' names no address of {target}"
            )
        return None
    url, headers = _credentials(written, target, path.parent, redactor)
    return Client(target.capitalize(), url, headers, redactor=redactor, settings=options.settings)


def _written(compiled: Compiled, target: str, environment: Environment) -> Any:
    """Give what the environment says of a server; None where it names no address."""
    assert compiled.definition is not None, "there was no error"
    part = compiled.definition.model.environments.get(environment.id)
    server = getattr(part, target, None)
    return server if server is not None and server.url else None


def _credentials(written: Any, target: str, folder: Path, redactor: Redactor) -> tuple[str, dict[str, Any]]:
    from watchglass.publish.secret import Secret, read

    url = read(written.url, os.environ, folder).reveal()
    name, prefix, key = (
        ("Authorization", "Bearer ", written.token)
        if target == "grafana"
        else ("x-api-key", "", written.api_key)
    )
    if not key:
        raise click.UsageError(
            f"the environment names an address of {target} and no {'token' if prefix else 'api_key'}"
        )
    secret = read(key, os.environ, folder)
    redactor.learn(secret)
    headers: dict[str, Any] = {name: Secret(prefix + secret.reveal())}
    if target == "grafana" and written.organization is not None:
        headers["X-Grafana-Org-Id"] = str(written.organization)
    return url, headers


def _grafana(client: Client, compiled: Compiled) -> tuple[Session, Callable[[], Iterator[str]]]:
    from watchglass import naming
    from watchglass.publish.grafana.desired import wanted
    from watchglass.publish.grafana.server import REREAD, connect, obstacles
    from watchglass.publish.session import Session
    from watchglass.version import __version__

    service = compiled.service
    assert service is not None, "there was no error"
    owner = naming.owner_of(service.id, service.environment.suffix)
    reveal = _revealing(client.redactor, Path(service.folder))
    organization = _written(compiled, "grafana", service.environment).organization
    server = connect(client, owner, f"watchglass {__version__}", reveal, organization)
    desired = wanted(compiled.artifacts, reveal)
    session = Session(server.instance, server.kinds, owner, desired, REREAD)
    return session, lambda: obstacles(server, desired)


def _revealing(redactor: Redactor, folder: Path) -> Callable[[str], Secret]:
    """Give what puts values in place of references; what it gives is shown by nothing from then on."""
    from watchglass.publish.secret import read

    def reveal(text: str) -> Secret:
        found = read(text, os.environ, folder)
        redactor.learn(found)
        return found

    return reveal


def _metabase(client: Client, compiled: Compiled) -> tuple[Session, Callable[[], Iterator[str]]]:
    from watchglass import naming
    from watchglass.publish.metabase.desired import wanted
    from watchglass.publish.metabase.server import REREAD, connect, obstacles
    from watchglass.publish.session import Session

    service = compiled.service
    assert service is not None, "there was no error"
    owner = naming.mark_owner(service.id, service.environment.suffix)
    desired = wanted(compiled.artifacts)
    server = connect(client, owner, desired)
    session = Session(server.instance, server.kinds, owner, desired, REREAD)
    return session, lambda: obstacles(server, desired)


_BUILDERS: Mapping[str, Callable[[Client, Compiled], tuple[Session, Callable[[], Iterator[str]]]]] = {
    "grafana": _grafana,
    "metabase": _metabase,
}


class Patience:
    """Whether somebody asked to stop: the first signal lets the request in flight end, the second ends all."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self) -> bool:
        """Tell whether to stop before the next request."""
        return self.asked

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM as a wish to stop."""
        before = {number: signal.signal(number, self._take) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _take(self, number: int, frame: object) -> None:
        del frame
        if self.asked:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self.asked = True
        click.echo("stopping after the request in flight; once more ends at once", err=True)


def color() -> bool:
    """Tell whether colours are seen."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
