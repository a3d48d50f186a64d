"""``python -m tests.mutation.definition``: plant mistakes in a definition, one at a time, and say which of them nothing finds."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

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
    made = [each for each in mutants(text) if options.only in ".".join(map(str, each.path))]
    chosen = _chosen(made, options.most, options.seed)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="watchglass-mutants-") as folder,
        desk(definition, Path(folder)) as (file, made_ready),
    ):
        judged = _judged(Judge(file, made_ready), chosen, began + 60 * options.minutes)
        verdicts = tuple(sorted(judged, key=lambda each: each.mutant.start))
    run = Run(_name(definition), verdicts, len(made), time.monotonic() - began, options.seed)
    print("\n".join(lines(verdicts, text)))
    print(
        f"{sum(bool(each.by) for each in verdicts)} of {len(verdicts)} mutants found in {run.seconds:.0f} s"
    )
    if options.json:
        options.json.write_text(
            json.dumps([_plain(each, text) for each in verdicts], indent=1), encoding="utf-8"
        )
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
    parser.add_argument("--page", action="store_true", help="write docs/mutants.md")
    parser.add_argument("--json", type=Path, help="write every verdict to this file")
    return parser.parse_args(arguments)


def _chosen(made: Sequence[Mutant], most: int, seed: int) -> list[Mutant]:
    """Take some by chance; their order is chance, too, so that a run which is stopped has seen all parts of the file."""
    return random.Random(seed).sample(list(made), min(most or len(made), len(made)))


def _judged(judge: Judge, chosen: Sequence[Mutant], until: float) -> Iterator[Verdict]:
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


def _plain(verdict: Verdict, text: str) -> dict[str, object]:
    why = "" if verdict.by else reason(verdict)
    told = verdict.mutant.told(text)
    return {"kind": verdict.mutant.kind, "mutant": told, "by": verdict.by, "code": verdict.code, "why": why}


if __name__ == "__main__":
    sys.exit(main())
