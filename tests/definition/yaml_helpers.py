"""Short ways to read a YAML text in tests."""

from __future__ import annotations

from pathlib import Path

from watchglass.definition.files import read_source
from watchglass.definition.source_file import SourceFile
from watchglass.definition.yaml_reader import Document, parse_yaml
from watchglass.problems import Problem


def read_text(text: str) -> Document:
    """Read a text that must be right."""
    result = parse_yaml(SourceFile.of("x.yaml", text))
    assert isinstance(result, Document), result
    return result


def read_yaml(path: Path) -> Document | tuple[Problem, ...]:
    """Read a file, which problems call by its name."""
    file = read_source(path, path.name)
    return (file,) if isinstance(file, Problem) else parse_yaml(file)


def problems_of(text: str) -> tuple[Problem, ...]:
    """Read a text that must be wrong."""
    result = parse_yaml(SourceFile.of("x.yaml", text))
    assert isinstance(result, tuple), result.data
    return result


def only(text: str) -> Problem:
    """Read a text that is wrong in one place."""
    (problem,) = problems_of(text)
    return problem


def at(problem: Problem) -> tuple[str, int, int]:
    """Give code, line and column of a problem."""
    return problem.code, problem.span.line, problem.span.column
