"""Damaged definitions are read and resolved; whatever is not a definition or a placed problem is a failure."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.fuzz.mutations import damage_text, damage_tree
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.definition.source_file import lines_of
from watchglass.problems import Problem, Span
from watchglass.review import report

ROOT = Path(__file__).parents[2]
SECONDS = 2.0


def corpus_files() -> list[Path]:
    """List the good definitions of the repository."""
    places = ("definitions", "generator/watchglass/starter", "tests/fuzz/corpus", "tests/cases/good/*")
    paths = sorted(path for place in places for path in ROOT.glob(f"{place}/*.yaml"))
    return [path for path in paths if "\nservice:" in path.read_text(encoding="utf-8")]


def corpus() -> list[str]:
    """List the texts that are damaged."""
    return [path.read_text(encoding="utf-8") for path in corpus_files()]


def try_seeds(first: int, count: int, folder: str) -> list[str]:
    """Try mutations by their seeds; gives what is wrong, a text each."""
    texts = corpus()
    trees: list[dict[str, Any]] = [yaml.load(text, yaml.CBaseLoader) for text in texts]
    path = Path(folder) / f"case-{first}.yaml"
    found: list[str] = []
    for seed in range(first, first + count):
        path.write_bytes(mutate(seed, texts, trees))
        wrong = try_one(path)
        if wrong:
            found.append(f"seed {seed}: {wrong}")
    return found


def mutate(seed: int, texts: list[str], trees: list[dict[str, Any]]) -> bytes:
    """Make the damaged definition of a seed."""
    rng = random.Random(seed)
    chosen, other = rng.randrange(len(texts)), rng.randrange(len(texts))
    if seed % 2:
        return damage_tree(rng, trees[chosen], trees[other])
    return damage_text(rng, texts[chosen], texts[other])


def try_one(path: Path) -> str:
    """Read one file; gives what is wrong with the reading, empty where all is well."""
    start = time.process_time()
    try:
        result = read(path)
        resolved = resolve(result.definition) if result.definition else None
        problems = (*result.problems, *(resolved.problems if resolved else ()))
        report(problems, "text", result.sources)
    except Exception:  # noqa: BLE001 - that none comes is what is tested
        return traceback.format_exc()
    if time.process_time() - start > SECONDS:
        return f"took {time.process_time() - start:.1f} s"
    if (resolved is None or resolved.service is None) and not problems:
        return "neither a definition nor a problem"
    return next((wrong for problem in problems if (wrong := misplaced(problem, result.sources))), "")


def misplaced(problem: Problem, sources: Mapping[str, str]) -> str:
    """Say which place of a problem lies outside of its file."""
    lines = {name: lines_of(text) for name, text in sources.items()}
    for span in (problem.span, *(related.span for related in problem.related)):
        if not _inside(span, lines):
            return f"{problem.code} is outside of its file: {span}"
    return ""


def _inside(span: Span, lines: Mapping[str, tuple[str, ...]]) -> bool:
    if span.file not in lines:
        return span == Span.of_file(span.file)
    text = lines[span.file]
    if not 1 <= span.line <= span.end_line <= len(text):
        return False
    if span.line == span.end_line and span.column > span.end_column:
        return False
    return (
        1 <= span.column <= len(text[span.line - 1]) + 1
        and 1 <= span.end_column <= len(text[span.end_line - 1]) + 1
    )
