"""``to_char`` with a name of a day or month: padded with blanks, or in the language of the server."""

from __future__ import annotations

import re
from collections.abc import Iterator

from watchglass.lint.subject import Finding, Subject, finding
from watchglass.lint.syntax import call, constant, walk

_QUOTED = re.compile(r'"[^"]*"')
_PADDED = re.compile(r"(?<!FM)(?<!TM)(?:DAY|Day|day|MONTH|Month|month)")
_LOCAL = re.compile(r"TM(?:FM)?(?:DAY|MONTH|DY|MON)", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Finding]:
    """Find names of days and months that are padded or follow the locale."""
    for statement in subject.statements.values():
        for node in walk(statement.scope.select):
            args = node.many("args") if call(node) == "to_char" else ()
            form = constant(args[1]) if len(args) == 2 else None
            why = _why(form) if isinstance(form, str) else ""
            if why and statement.written(node):
                yield finding(
                    "lint-padded-name",
                    f"to_char(…, '{form}') {why}",
                    statement.span(node),
                    statement.query.at.path,
                    hint="give the number (extract(isodow …), extract(month …)), and the names by `values:` of the column",
                )


def _why(form: str) -> str:
    """Say what a form does to a name; empty where it does nothing."""
    form = _QUOTED.sub("", form)
    if _LOCAL.search(form):
        return "follows the locale of the server: the same row has another name elsewhere"
    return (
        "pads the name with blanks to nine characters: 'Monday   ' is not 'Monday'"
        if _PADDED.search(form)
        else ""
    )
