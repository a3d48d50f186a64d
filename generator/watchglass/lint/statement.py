"""A query → the statement that PostgreSQL's grammar reads in it, each node knowing its place in the definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from watchglass.definition.service import Query, Service
from watchglass.lint.scope import Find, Scope, output_name, read_scope
from watchglass.lint.syntax import Syntax, TooDeep, build, walk
from watchglass.problems import Problem, Span
from watchglass.sql import gate, tree
from watchglass.sql.pieces import Bucket, Buckets, InRange, Origin, RangeEdge
from watchglass.sql.pieces import walk as walk_pieces
from watchglass.sql.plain import PlainDialect
from watchglass.sql.render import render
from watchglass.sql.rendered import Mark, Rendered
from watchglass.sql.template import span as span_in


@dataclass(frozen=True, slots=True)
class Statement:
    """
    A query's statement, words rendered as plain PostgreSQL.

    Args:
        scope: of the outermost SELECT.
    """

    query: Query
    sql: Rendered
    scope: Scope

    @property
    def scopes(self) -> list[Scope]:
        """The scopes of all its SELECTs."""
        return self.scope.all()

    @property
    def has_buckets(self) -> bool:
        """Whether it lists the buckets of its range, or another series, so that none is missing."""
        named = (node.names("funcname")[-1:] for node in walk(self.scope.select) if node.name == "FuncCall")
        return self.uses(Buckets) or ("generate_series",) in named

    @property
    def is_windowed(self) -> bool:
        """Whether it reads a stretch of time."""
        return self.uses(InRange, RangeEdge, Buckets)

    def uses(self, *words: type) -> bool:
        """Tell whether one of the neutral words stands in it."""
        return any(isinstance(piece, words) for piece in walk_pieces(self.query.template.pieces))

    def written(self, node: Syntax) -> bool:
        """Tell whether the definition says it, and not a word that was rendered."""
        at = node.location
        mark = self._mark(gate.characters(self.sql.text, at)) if at is not None else None
        return mark is not None and mark.exact

    def inside(self, node: Syntax, origin: Origin) -> bool:
        """Tell whether a node was written between the ends of a piece of the definition."""
        at = node.location
        found = self.sql.origin(gate.characters(self.sql.text, at)) if at is not None else None
        return found is not None and found[0] is origin.source and origin.start <= found[1] < origin.end

    def from_bucket(self, node: Syntax) -> bool:
        """Tell whether ``bucket()`` made an expression."""
        words = [
            piece.origin for piece in walk_pieces(self.query.template.pieces) if isinstance(piece, Bucket)
        ]
        starts = {(id(origin.source), origin.start) for origin in words if origin is not None}
        at = node.location
        mark = self._mark(gate.characters(self.sql.text, at)) if at is not None else None
        return mark is not None and not mark.exact and (id(mark.source), mark.offset) in starts

    def span(self, node: Syntax) -> Span:
        """Give the place of a node: from its first word to its last, on one line."""
        places = [at for part in walk(node) if (at := part.location) is not None]
        if not places:
            return self.query.at.span
        first = gate.characters(self.sql.text, min(places))
        origin = self.sql.origin(first)
        if origin is None:
            return self.query.at.span
        source, start = origin
        end = start
        last = self.sql.origin(gate.characters(self.sql.text, max(places)))
        if last is not None and last[0] is source and last[1] >= start:
            end = last[1]
        line_end = source.text.find("\n", start)
        end = min(end + _word_length(source.text, end), len(source.text) if line_end < 0 else line_end)
        return span_in(source, start, max(end, start + 1))

    def output(self, metric_column: str) -> Syntax | None:
        """Give the expression of an output column of the outermost SELECT."""
        for name, value in outputs(self.scope):
            if name == metric_column:
                return value
        return None

    def _mark(self, offset: int) -> Mark | None:
        return next((mark for mark in self.sql.marks if mark.start <= offset < mark.end), None)


def outputs(scope: Scope) -> Iterator[tuple[str, Syntax]]:
    """Give the names and expressions that a SELECT lists."""
    for target in scope.select.many("target_list"):
        value = target.one("val")
        if value is not None:
            yield target.text("name") or output_name(value), value


def read_statement(service: Service, query: Query, find: Find) -> Statement | tuple[Problem, ...] | None:
    """
    Read a query's statement, with a value for every filter, so that the column that it compares is there.

    Gives:
        problems where PostgreSQL's grammar refuses it; None where it is too deep for rules.
    """
    chosen = {name: replace(each, default=each.default or ("",)) for name, each in service.filters.items()}
    sql = render(query.template.pieces, PlainDialect(service.timezone, chosen))
    refusals = gate.inspect(sql.text).refusals
    if refusals:
        return tuple(_refused(query, sql, refusal) for refusal in refusals)
    try:
        root = build(tree.parse(sql.text))
    except TooDeep:
        return None
    select = next(node for node in walk(root) if node.name == "SelectStmt")
    return Statement(query, sql, read_scope(select, find))


def _refused(query: Query, sql: Rendered, refusal: gate.Refusal) -> Problem:
    origin = sql.origin(refusal.offset) if refusal.offset is not None else None
    span = query.at.span
    if origin is not None:
        source, offset = origin
        span = span_in(source, offset, offset + _word_length(source.text, offset))
    return Problem(refusal.code, refusal.message, span)


def _word_length(text: str, offset: int) -> int:
    if text[offset : offset + 1] == "'":
        end = text.find("'", offset + 1)
        return end + 1 - offset if end > 0 else 1
    end = offset
    while end < len(text) and (text[end].isalnum() or text[end] in "_."):
        end += 1
    return max(1, end - offset)
