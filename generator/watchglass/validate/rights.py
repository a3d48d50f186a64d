"""What a role sees of the tables that statements read → problems: rows that row security hides, views that read for others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from watchglass.database.proof import Statement as Sent
from watchglass.database.prover import Prover
from watchglass.database.rights import Need, Secured
from watchglass.problems import Problem
from watchglass.sql import gate
from watchglass.sql.literals import identifier
from watchglass.sql.mentions import Mention
from watchglass.validate.cases import Case, first_cases
from watchglass.validate.finding import Finding, in_cases
from watchglass.validate.place import span_at

_DENIED = "42501"


@dataclass(frozen=True, slots=True)
class _Read:
    """One case, and what it needs rights for."""

    case: Case
    mentions: Mapping[Mention, int | None]
    needs: tuple[Need, ...]


def judge(prover: Prover, cases: Iterable[Case], *, views: bool) -> list[Finding]:
    """
    Find the tables whose rows a policy hides from the session's role.

    Args:
        cases: of statements that ran; the first of each statement is looked at.
        views: whether views that read with their owner's rights are told, too.
    """
    if not views and not prover.rights.any_secured():
        return []
    reads = [_read(prover, case) for case in first_cases(cases)]
    role = prover.rights.user() if reads else ""
    return [*_hidden(prover, reads, role), *(_definers(prover, reads, role) if views else [])]


def _read(prover: Prover, case: Case) -> _Read:
    mentions = gate.inspect(case.sent.sql, parameters=True).mentions
    return _Read(case, mentions, prover.rights.needs(mentions))


def _hidden(prover: Prover, reads: Sequence[_Read], role: str) -> list[Finding]:
    needs = {
        (need.oid, need.holder): need for read in reads for need in read.needs if need.kind == "relation"
    }
    secured = prover.rights.secured(tuple(needs.values()), role) if needs else ()
    names = {(each.need.oid, each.need.holder) for each in secured}
    guarded = [read for read in reads if names & {(need.oid, need.holder) for need in read.needs}]
    proved = _proved(prover, guarded)
    shown = [(each, [read for read in proved if _reads(read, each)]) for each in secured]
    return [_finding(prover, each, by, role) for each, by in shown if by]


def _proved(prover: Prover, reads: Sequence[_Read]) -> list[_Read]:
    """Keep those that PostgreSQL itself refuses where no row may be hidden."""
    off = (("row_security", "off"),)
    sent = [replace(read.case.sent, settings=(*read.case.sent.settings, *off)) for read in reads]
    outcomes = prover.run(sent)
    return [
        read
        for read, outcome in zip(reads, outcomes, strict=True)
        if outcome.error and outcome.error.sqlstate == _DENIED
    ]


def _reads(read: _Read, secured: Secured) -> bool:
    return any((need.oid, need.holder) == (secured.need.oid, secured.need.holder) for need in read.needs)


def _finding(prover: Prover, secured: Secured, reads: Sequence[_Read], role: str) -> Finding:
    need, reader = secured.need, secured.need.holder or role
    first = reads[0]
    at = next(each.at for each in first.needs if (each.oid, each.holder) == (need.oid, need.holder))
    place = span_at(first.case, at)
    through = f", read by {' → '.join(need.through)}," if need.through else ""
    policies = ", ".join(secured.policies)
    if not secured.permissive or (secured.rows > 0 and _sees_none(prover, need)):
        why = f"the policies {policies} let none through" if policies else "no policy lets it read"
        message = f"row security of {need.name}{through} hides every row from {reader}: {why}"
        hint = f"CREATE POLICY … ON {need.name} FOR SELECT TO {identifier(reader)} USING (true), or another condition"
        problem = Problem("rows-hidden", message, place, hint=hint)
    else:
        message = f"row security of {need.name}{through} decides which rows {reader} sees: {policies}"
        problem = Problem("row-security", message, place, "note")
    return in_cases(problem, [read.case for read in reads])


def _sees_none(prover: Prover, need: Need) -> bool:
    """Tell whether the role sees no row; what a view's owner sees cannot be asked."""
    if need.holder:
        return False
    (outcome,) = prover.run([Sent(f"SELECT 1 FROM {need.name} LIMIT 1")])
    return outcome.error is None and not outcome.rows


def _definers(prover: Prover, reads: Sequence[_Read], role: str) -> list[Finding]:
    found = []
    for read in reads:
        for view in prover.rights.definers(read.mentions):
            message = f"the view {view.told} reads with the rights of its owner {view.owner_name}, not with those of {role}"
            found.append(
                in_cases(Problem("view-definer", message, read.case.statement.span, "note"), [read.case])
            )
    return found
