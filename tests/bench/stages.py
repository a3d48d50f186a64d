"""The stages of a compile in one process that is warm: what a definition costs beyond starting Python and its packages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import process_time

from tests.bench import definitions
from tests.bench.figures import Table, ratio, timed
from tests.bench.timing import clocked
from watchglass import output
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service
from watchglass.parallel import processors
from watchglass.pipeline import Order, compile_definition, objects_of, produce_all
from watchglass.targets import TARGETS, render_target


def stages(folder: Path, count: int, times: int) -> Table:
    """Measure each stage, as the mean of many definitions."""
    paths = sorted(definitions.write(folder, count).iterdir())
    produce_all(paths[:1], Order())
    read_all = [read(path).definition for path in paths]
    definitions_ = [each for each in read_all if each is not None]
    services = [found.service for each in definitions_ if (found := resolve(each)).service is not None]
    compiled = [compile_definition(path) for path in paths]
    steps: dict[str, Callable[[], object]] = {
        "read": lambda: [read(path) for path in paths],
        "resolve": lambda: [resolve(each) for each in definitions_],
        **{f"render for {name}": partial(_rendered, name, services) for name in TARGETS},
        "make files": lambda: [
            output.files_of(each.home, each.artifacts, objects_of(each.service))
            for each in compiled
            if each.service
        ],
    }
    order = Order(folder=folder / "output")
    serial, parallel = (
        clocked(partial(produce_all, paths, order, processes), times) for processes in (1, processors())
    )
    return Table(
        "The stages of one definition of ten panels",
        (
            *(timed(name, clocked(step, times, process_time) / count) for name, step in steps.items()),
            ratio(f"all stages on {processors()} processors, against one", parallel / serial),
        ),
        f"The mean of {count} definitions, in a process that has imported everything; processor time.",
    )


def _rendered(target: str, services: Sequence[Service]) -> None:
    for service in services:
        render_target(target, service)
