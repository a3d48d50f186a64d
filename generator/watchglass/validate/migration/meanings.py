"""What a migration changes of a statement's meaning while PostgreSQL says nothing: values, rows, views, NULLs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from watchglass.artifact import Statement
from watchglass.database.proof import Outcome
from watchglass.sql import gate, scanner
from watchglass.validate.cases import Case, first_cases
from watchglass.validate.engine import Proof
from watchglass.validate.finding import sight_of
from watchglass.validate.migration.change import Change, Comparison, Spot
from watchglass.validate.migration.facts import Value, changed_bodies, lost_required, lost_values
from watchglass.validate.migration.looking import Side
from watchglass.validate.place import span_of


def values_gone(comparison: Comparison) -> Iterator[Change]:
    """Give the values that columns had by an enum or a CHECK, that are gone, and that a statement or a metric names."""
    for value in lost_values(comparison.before.facts, comparison.after.facts):
        spots = tuple(
            Spot.of(case.statement, span_of(case, at))
            for case in _firsts(comparison.before)
            if _reaches(comparison.before, case.statement, value.tables) and _runs(comparison.after, case)
            for at in _literals(case.sent.sql, value.text)
        )
        spots += tuple(_chosen(comparison, value))
        if spots:
            yield Change(
                f"the value '{value.text}' of the {value.owner} is gone, but is compared with",
                spots,
                lambda moment, value=value: value.text in {each.text for each in moment.facts.values},  # type: ignore[misc]
            )


def _firsts(side: Side) -> tuple[Case, ...]:
    return first_cases(proof.case for proof in side.proofs.values())


def _reaches(side: Side, statement: Statement, numbers: frozenset[int]) -> bool:
    return bool(numbers & side.reads.get((statement.target, statement.name), frozenset()))


def _runs(side: Side, case: Case) -> bool:
    proof = side.proofs.get(sight_of(case))
    return proof is None or proof.outcome.error is None


def _literals(sql: str, text: str) -> Iterator[int]:
    raw, wanted = sql.encode(), "'" + text.replace("'", "''") + "'"
    for token in scanner.scan(raw):
        if token.is_string and raw[token.start : token.end].decode() == wanted:
            yield gate.characters(sql, token.start)


def _chosen(comparison: Comparison, value: Value) -> Iterator[Spot]:
    """Find metrics that pick their row by the value."""
    for metric in comparison.service.metrics.values():
        if value.text in {text for _, text in metric.where}:
            for case in _firsts(comparison.before):
                statement = case.statement
                own = statement.target == "plain" and statement.query == metric.query.id
                if own and _reaches(comparison.before, statement, value.tables):
                    yield Spot.of(statement, metric.at.span)


def rows_changed(
    comparison: Comparison, pairs: Sequence[tuple[Proof, Proof]]
) -> dict[tuple[str, str], Change]:
    """Give the statements whose rows are others, and would not be others without the migration."""
    suspects = [
        (one, other)
        for one, other in pairs
        if one.outcome.rows != other.outcome.rows
        and [column.name for column in one.outcome.columns]
        == [column.name for column in other.outcome.columns]
    ]
    if not suspects:
        return {}
    twice = comparison.again([one.case for one, _ in suspects])
    found: dict[tuple[str, str], Change] = {}
    for (one, other), repeated in zip(suspects, twice, strict=True):
        statement = one.case.statement
        stable = _stable(one.outcome, repeated)
        if stable is None or repeated.error or (statement.target, statement.name) in comparison.told:
            continue
        if _only(one.outcome.rows, stable) != _only(other.outcome.rows, stable):
            found.setdefault((statement.target, statement.name), _other_rows(one.case, stable))
    return found


def _other_rows(case: Case, stable: Sequence[int]) -> Change:
    return Change(
        "the fixture's rows give another result",
        (Spot.of(case.statement),),
        lambda moment: _only(moment.ask(case).rows, stable),
        by_rows=True,
    )


def _stable(one: Outcome, other: Outcome) -> tuple[int, ...] | None:
    """List the columns that two runs on the same data give alike, such as no age; None where not even the rows' number is."""
    if len(one.rows) != len(other.rows):
        return None
    return tuple(
        at
        for at in range(len(one.columns))
        if all(row[at] == again[at] for row, again in zip(one.rows, other.rows, strict=True))
    )


def _only(rows: Iterable[Sequence[object]], columns: Sequence[int]) -> list[tuple[object, ...]]:
    return [tuple(row[at] for at in columns if at < len(row)) for row in rows]


def bodies_changed(comparison: Comparison, rows: Mapping[tuple[str, str], Change]) -> Iterator[Change]:
    """Give the views and functions that are made of something else, with the statements that read them."""
    before, after = comparison.before, comparison.after
    for key in sorted(changed_bodies(before.facts, after.facts)):
        body = before.facts.bodies[key]
        reading = [
            case.statement
            for case in _firsts(before)
            if _reaches(before, case.statement, frozenset({body.oid})) and _runs(after, case)
        ]
        if not reading:
            continue
        names = [(statement.target, statement.name) for statement in reading]
        same = all(name not in rows for name in names)
        proved = comparison.has_data and same and any(_has_rows(before, name) for name in names)
        yield Change(
            f"the {body.kind} {body.name} is made of something else"
            + (", though the fixture's rows give the same" if proved else ""),
            tuple(Spot.of(statement) for statement in reading),
            lambda moment, key=key: getattr(moment.facts.bodies.get(key), "stored", None),  # type: ignore[misc]
            "warning" if proved else "error",
        )


def _has_rows(side: Side, name: tuple[str, str]) -> bool:
    return any(
        proof.outcome.rows for sight, proof in side.proofs.items() if (sight.target, sight.statement) == name
    )


def nulls_allowed(comparison: Comparison) -> Iterator[Change]:
    """Give the columns of contracts that come straight from a table's column which may be NULL from now on."""
    lost = lost_required(comparison.before.facts, comparison.after.facts)
    for case in _firsts(comparison.before) if lost else ():
        query = comparison.service.queries.get(case.statement.query)
        if case.statement.target != "plain" or query is None or not _runs(comparison.after, case):
            continue
        answer = comparison.ask(case)
        for (name, _), origin in zip(answer.columns, answer.origins, strict=True):
            column = query.columns.get(name)
            if origin in lost and column is not None and not column.nullable:
                table = ".".join(comparison.before.facts.required[origin])
                yield Change(
                    f"{table} may be NULL, which the contract of '{query.id}.{name}' does not allow",
                    (Spot.of(case.statement, column.at.span),),
                    lambda moment, origin=origin: origin in moment.facts.required,  # type: ignore[misc]
                    hint="add nullable: true, and say what NULL means where an alert reads it",
                )
