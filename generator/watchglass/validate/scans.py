"""Plans of statements → warnings of large tables that are read whole, with the index that would spare it."""

from __future__ import annotations

from collections.abc import Iterable

from watchglass.artifact import Statement
from watchglass.database.plans import LARGE, Scan
from watchglass.database.prover import Prover
from watchglass.problems import Problem, Span
from watchglass.sql import gate
from watchglass.sql.literals import identifier
from watchglass.validate.cases import Case, first_cases
from watchglass.validate.finding import Finding, in_cases
from watchglass.validate.place import span_at


def judge(prover: Prover, cases: Iterable[Case]) -> list[Finding]:
    """
    Ask for the plan of each statement's first case, in which no filter is set.

    Args:
        cases: of statements that ran.
    """
    planned = first_cases(cases)
    found: dict[tuple[Span, str], list[tuple[Case, Scan]]] = {}
    for case, scans in zip(planned, prover.scans([case.sent for case in planned]), strict=True):
        for scan in scans:
            found.setdefault((_place(prover, case, scan), scan.name), []).append((case, scan))
    return [
        in_cases(
            _problem(span, shown[0][1], [case.statement for case, _ in shown]), [case for case, _ in shown]
        )
        for (span, _), shown in found.items()
    ]


def _place(prover: Prover, case: Case, scan: Scan) -> Span:
    """Give the place where the statement names the table, or the view above it."""
    schema, _, table = scan.name.partition(".")
    name = f"{identifier(schema)}.{identifier(table)}"
    needs = prover.rights.needs(gate.inspect(case.sent.sql, parameters=True).mentions)
    at = next((need.at for need in needs if need.kind == "relation" and need.name == name), None)
    return span_at(case, at)


def _problem(span: Span, scan: Scan, statements: list[Statement]) -> Problem:
    names = list(dict.fromkeys(f"{each.target}: {each.name}" for each in statements))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    does = f"for {scan.filter}" if scan.filter else "without a filter"
    message = f"{scan.name} is read whole, about {scan.rows:,} rows, {does} (in {', '.join(names[:3])}{more})"
    return Problem("table-scanned", message, span, "warning", _hint(scan))


def _hint(scan: Scan) -> str:
    if scan.columns:
        return scan.index
    if scan.indexed:
        return f"an index begins with {scan.indexed}, but PostgreSQL takes reading the whole for cheaper: narrow the range"
    if not scan.filter:
        return "narrow it by {{ in_range(…) }} or WHERE, or keep the counts in a table of their own"
    if scan.kept > LARGE // 2:
        return "most rows pass the filter, so no index helps: narrow it, or keep the counts in a table of their own"
    return "compare a plain column with a value, which an index can serve; a function or a cast around it cannot be"
