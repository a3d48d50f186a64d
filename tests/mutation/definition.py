"""``python -m tests.mutation.definition``: plant mistakes in a definition, one at a time, and say which of them nothing finds."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.mutation import known
from tests.mutation.desk import desk
from tests.mutation.mutant import Mutant
from tests.mutation.report import Run, lines, page, reason
from tests.mutation.values import mutants
from tests.mutation.verdict import Judge, Verdict

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/mutants.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge mutants; 1 where an alert rule is wrong and nothing says so, unless that goes on a page."""
    options = _options(arguments)
    definition: Path = options.definition
    text = definition.read_text(encoding="utf-8")
    every = mutants(text)
    named = known.names(every, text)
    before = tuple(known.found_before(options.again, named)) if options.again else ()
    made = [each for each in every if options.only in ".".join(map(str, each.path))]
    left = set(made) - {each.mutant for each in before}
    chosen = _chosen([each for each in made if each in left], options.most, options.seed)
    began = time.monotonic()
    judged = _by_several(definition, chosen, began + 60 * options.minutes, options.jobs)
    verdicts = tuple(sorted((*before, *judged), key=lambda each: (each.mutant.start, each.mutant.kind)))
    run = Run(_name(definition), verdicts, len(made), time.monotonic() - began, options.seed, len(before))
    print("\n".join(lines(verdicts, text)))
    print(
        f"{sum(bool(each.by) for each in verdicts)} of {len(verdicts)} mutants found in {run.seconds:.0f} s"
    )
    if options.json:
        options.json.write_text(known.written(verdicts, named, text), encoding="utf-8")
    if options.page:
        PAGE.write_text(page(run, text), encoding="utf-8")
    silent = any(not each.by and reason(each) == "an alert" for each in verdicts)
    return int(silent and not options.page)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.definition", description=__doc__)
    parser.add_argument("definition", nargs="?", type=Path, default=ROOT / "definitions/draft-cleanup.yaml")
    parser.add_argument("--most", type=int, default=0, help="judge so many, by chance; 0: all")
    parser.add_argument("--seed", type=int, default=1, help="of the chance")
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after so long")
    parser.add_argument(
        "--only", default="", help="only in values whose path holds this text, such as alerts."
    )
    parser.add_argument(
        "--again", type=Path, help="judge only what nothing found in an earlier run: a file of --json"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes, each with databases of its own")
    parser.add_argument("--page", action="store_true", help="write docs/mutants.md")
    parser.add_argument("--json", type=Path, help="write every verdict to this file")
    return parser.parse_args(arguments)


def _chosen(made: Sequence[Mutant], most: int, seed: int) -> list[Mutant]:
    """Take some by chance; their order is chance, too, so that a run which is stopped has seen all parts of the file."""
    return random.Random(seed).sample(list(made), min(most or len(made), len(made)))


def _by_several(definition: Path, chosen: Sequence[Mutant], until: float, jobs: int) -> list[Verdict]:
    """Deal mutants to processes."""
    if jobs == 1:
        return _judged(definition, chosen, until)
    dealt = [chosen[number::jobs] for number in range(jobs)]
    with ProcessPoolExecutor(jobs) as pool:
        running = [pool.submit(_judged, definition, mine, until) for mine in dealt]
        return [verdict for each in running for verdict in each.result()]


def _judged(definition: Path, chosen: Sequence[Mutant], until: float) -> list[Verdict]:
    with (
        tempfile.TemporaryDirectory(prefix="watchglass-mutants-") as folder,
        desk(definition, Path(folder)) as (file, made_ready),
    ):
        return list(_one_by_one(Judge(file, made_ready), chosen, until))


def _one_by_one(judge: Judge, chosen: Sequence[Mutant], until: float) -> Iterator[Verdict]:
    for count, mutant in enumerate(chosen, 1):
        if time.monotonic() > until:
            print(f"stopped: the time is over after {count - 1} of {len(chosen)}", file=sys.stderr)
            return
        verdict = judge.judge(mutant)
        if not count % 50:
            print(f"{count} of {len(chosen)}", file=sys.stderr, flush=True)
        yield verdict


def _name(definition: Path) -> str:
    path = definition.resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else definition.name


if __name__ == "__main__":
    sys.exit(main())
