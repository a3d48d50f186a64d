"""Answers ↔ the file beside the definition that holds them, a row a line."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from watchglass.definition.read import Definition
from watchglass.validate.answers.asking import Answer, Answers

_FORM = 1


class Unreadable(Exception):
    """The file is not one that was written here."""


def path_of(definition: Definition) -> Path:
    """Give the file of a definition's answers; it need not be there."""
    return definition.folder / "answers" / f"{Path(definition.file).stem}.json"


def text_of(answers: Answers) -> str:
    """Write answers as JSON that shows a changed row as a changed line."""
    parts = [f'"form": {_FORM}', f'"at": {json.dumps(answers.at.isoformat())}']
    parts += [
        f'"{name}": {{{",".join(_written(listed))}\n}}'
        for name, listed in (("queries", answers.queries), ("metrics", answers.metrics))
    ]
    return "{" + ",\n".join(parts) + "}\n"


def _written(answers: Mapping[str, Answer]) -> Iterator[str]:
    for name, answer in answers.items():
        rows = ",".join(f"\n    {json.dumps(row, ensure_ascii=False)}" for row in answer.rows)
        columns = json.dumps(answer.columns, ensure_ascii=False)
        yield f'\n  {json.dumps(name)}: {{"columns": {columns}, "rows": [{rows}]}}'


def read(path: Path) -> Answers:
    """
    Read a file of answers.

    Raises:
        Unreadable: it is no such file.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["form"] != _FORM:
            raise Unreadable("another version of Watchglass wrote it")
        at = datetime.datetime.fromisoformat(found["at"])
        return Answers(at, _answers(found["queries"]), _answers(found["metrics"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(str(error)) from error


def _answers(found: Mapping[str, Any]) -> dict[str, Answer]:
    return {
        name: Answer(tuple(each["columns"]), tuple(tuple(row) for row in each["rows"]))
        for name, each in found.items()
    }
