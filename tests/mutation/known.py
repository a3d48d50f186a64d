"""Verdicts ↔ JSON, by names under which mutants are known again when the file has changed in other places."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.mutation.mutant import Mutant
from tests.mutation.report import reason
from tests.mutation.verdict import Verdict


def names(made: Sequence[Mutant], text: str) -> dict[Mutant, str]:
    """Name mutants by their kind, the value's path, what becomes of what, and which of several alike it is."""
    seen: Counter[str] = Counter()
    found = {}
    for mutant in made:
        name = json.dumps(
            [mutant.kind, *mutant.path, text[mutant.start : mutant.end], mutant.new], ensure_ascii=False
        )
        seen[name] += 1
        found[mutant] = f"{name} {seen[name]}"
    return found


def written(verdicts: Iterable[Verdict], named: Mapping[Mutant, str], text: str) -> str:
    """Write verdicts down, one a line."""
    return (
        "[\n"
        + ",\n".join(json.dumps(_plain(each, named, text), ensure_ascii=False) for each in verdicts)
        + "\n]\n"
    )


def found_before(file: Path, named: Mapping[Mutant, str]) -> Iterator[Verdict]:
    """Give the verdicts of an earlier run on mutants that something found and that can still be made."""
    mutants = {name: mutant for mutant, name in named.items()}
    for each in json.loads(file.read_text(encoding="utf-8")):
        if each["by"] and each["name"] in mutants:
            yield Verdict(mutants[each["name"]], each["by"], each["code"], tuple(each["shows"]))


def _plain(verdict: Verdict, named: Mapping[Mutant, str], text: str) -> dict[str, object]:
    return {
        "name": named[verdict.mutant],
        "mutant": verdict.mutant.told(text),
        "by": verdict.by,
        "code": verdict.code,
        "shows": verdict.shows,
        "alike": verdict.alike,
        "why": "" if verdict.by else reason(verdict),
    }
