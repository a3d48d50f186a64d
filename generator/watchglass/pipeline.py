"""From definition files to artifacts and to the output folder: the stages in a row."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from watchglass import naming, output
from watchglass.artifact import Artifact, Note, Rendering
from watchglass.definition.read import Definition, read
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service, Unrendered
from watchglass.parallel import over_processes
from watchglass.problems import Problem, Span, arrange, has_errors
from watchglass.targets import TARGETS, render_target


@dataclass(frozen=True, slots=True)
class Compiled:
    """What became of one definition: artifacts only where no problem is an error."""

    definition: Definition | None
    service: Service | None
    artifacts: tuple[Artifact, ...]
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]
    sources: Mapping[str, str]
    """Name → text of each file read, for excerpts."""

    @property
    def failed(self) -> bool:
        """Whether an error keeps the definition from being compiled."""
        return has_errors(self.problems)

    @property
    def home(self) -> str:
        """The service's folder below the output folder."""
        assert self.service is not None, "only a resolved service has a home"
        return naming.slug(self.service.id, self.service.environment.suffix)


def compile_definition(
    path: Path,
    environment: str | None = None,
    today: datetime.date | None = None,
    texts: Mapping[str, str] | None = None,
) -> Compiled:
    """
    Read, resolve and render one definition.

    Args:
        texts: name of a file → what is to be read in place of its content.
    """
    reading = read(path, texts)
    if reading.definition is None:
        return Compiled(None, None, (), (), reading.problems, reading.sources)
    resolved = resolve(reading.definition, environment, today)
    problems = arrange((*reading.problems, *resolved.problems))
    if resolved.service is None or has_errors(problems):
        return Compiled(reading.definition, resolved.service, (), (), problems, reading.sources)
    made = render(resolved.service)
    problems = arrange((*problems, *made.problems))
    return Compiled(
        reading.definition, resolved.service, made.artifacts, made.notes, problems, reading.sources
    )


def render(service: Service) -> Rendering:
    """Render a service for every target."""
    made = [render_target(name, service) for name in TARGETS]
    return Rendering(
        tuple(artifact for rendering in made for artifact in rendering.artifacts),
        tuple(note for rendering in made for note in rendering.notes),
        tuple(problem for rendering in made for problem in rendering.problems),
    )


def inputs_of(definition: Definition) -> tuple[Path, ...]:
    """List the files that compiling read."""
    model = definition.model
    named = [query.sql.file for query in model.queries.values() if query.sql.file]
    named += [alert.runbook.file for alert in model.alerts.values() if alert.runbook and alert.runbook.file]
    return (*(Path(name) for name in definition.sources), *(definition.folder / name for name in named))


@dataclass(frozen=True, slots=True)
class Product:
    """What of one compiled definition is told and written; light enough to go from process to process."""

    path: Path
    service: str
    """The service's id; empty where nothing could be resolved."""
    home: str
    at: Span
    """Where the service's id stands."""
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]
    unrendered: tuple[Unrendered, ...]
    sources: Mapping[str, str]
    inputs: tuple[Path, ...]
    files: Mapping[str, bytes]
    """Path below the output folder → content; empty where there is an error, or nothing is to be written."""


Judge = Callable[[Definition, Service], tuple[Problem, ...]]
"""Reports on a service; a function of a module, so that it can go to another process."""


@dataclass(frozen=True, slots=True)
class Order:
    """
    How definitions are to be compiled.

    Args:
        folder: where the files would go; None makes none.
        judge: what else is asked about a service that compiles without an error.
    """

    environment: str | None = None
    today: datetime.date | None = None
    folder: Path | None = None
    judge: Judge | None = None


def produce_all(paths: Sequence[Path], order: Order, processes: int | None = None) -> list[Product]:
    """Compile definitions on all processors, in their order."""
    return over_processes(partial(produce, order=order), paths, processes)


def produce(path: Path, order: Order) -> Product:
    """Compile one definition to files, and to what is said of it."""
    return product_of(path, compile_definition(path, order.environment, order.today), order)


def product_of(path: Path, compiled: Compiled, order: Order) -> Product:
    """Give of a compiled definition what is told and written."""
    service, definition = compiled.service, compiled.definition
    if service is None or definition is None:
        nowhere = Span.of_file(path.as_posix())
        return Product(path, "", "", nowhere, compiled.problems, (), (), compiled.sources, (), {})
    problems, files = compiled.problems, {}
    if order.judge is not None and not compiled.failed:
        problems += order.judge(definition, service)
    if order.folder is not None and not compiled.failed:
        problems += vanished(compiled, order.folder)
        files = output.files_of(compiled.home, compiled.artifacts, objects_of(service))
    return Product(
        path,
        service.id,
        compiled.home,
        definition.span(("service", "id")),
        problems,
        compiled.notes,
        service.unrendered,
        compiled.sources,
        inputs_of(definition),
        files,
    )


def objects_of(service: Service) -> Mapping[str, tuple[str, ...]]:
    """List the ids whose disappearance must be meant."""
    return {"alerts": tuple(service.alerts), "dashboards": tuple(service.dashboards)}


def vanished(compiled: Compiled, folder: Path) -> tuple[Problem, ...]:
    """Report ids that the output holds and that nothing names any more."""
    service, definition = compiled.service, compiled.definition
    if service is None or definition is None:
        return ()
    living = objects_of(service)
    meant = {*service.retired, *service.moved}
    return tuple(
        Problem(
            "id-vanished",
            f"the output holds {kind.removesuffix('s')} '{gone}', which the definition names no more",
            definition.key_span((kind,)),
            hint=f"add retired: [{gone}] if it is to go, or moved: {{{gone}: <new id>}} if it was renamed",
        )
        for kind, ids in output.previous_ids(folder, compiled.home).items()
        for gone in ids
        if gone not in living.get(kind, ()) and gone not in meant
    )


def colliding(products: Iterable[Product]) -> tuple[Problem, ...]:
    """Report definitions of one run that would share their folder and uids."""
    seen: dict[str, Path] = {}
    problems = []
    for product in products:
        other = seen.setdefault(product.home, product.path) if product.home else product.path
        if other != product.path:
            problems.append(_collision(product, other))
    return tuple(problems)


def _collision(product: Product, other: Path) -> Problem:
    return Problem(
        "id-collision",
        f"{other.as_posix()} describes a service of the same id '{product.service}'",
        product.at,
        hint="rename one of them",
    )
