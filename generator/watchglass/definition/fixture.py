"""A source's fixture → the texts of its SQL files."""

from __future__ import annotations

from watchglass.definition.read import Definition
from watchglass.definition.service import Source
from watchglass.problems import Problem
from watchglass.sql.pieces import SourceText


def fixture_texts(
    definition: Definition, source: Source, *, data: bool = True
) -> tuple[tuple[SourceText, ...], tuple[Problem, ...]]:
    """
    Read the files of a fixture, its schema first.

    Args:
        data: whether the files of rows are read, too.

    Returns:
        The texts that can be read, and why others cannot.
    """
    path = ("sources", source.id, "fixture")
    named = [(source.schema, (*path, "schema"))] if source.schema is not None else []
    named += [(name, (*path, "data")) for name in source.data if data]
    read = [definition.beside(name, at) for name, at in named]
    return (
        tuple(each for each in read if isinstance(each, SourceText)),
        tuple(each for each in read if isinstance(each, Problem)),
    )
