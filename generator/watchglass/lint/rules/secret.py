"""A secret in plain text: who reads the repository, a diff or a log of CI has it."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.artifact import Path
from watchglass.lint.secrets import FIELDS, Secret, guessed, known
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.references import is_reference
from watchglass.sql.pieces import SourceText
from watchglass.sql.template import span

_PLACES = frozenset({"sources", "environments", "notify"})
_OF_SQL = frozenset({"constants", "snippets"})


def check(subject: Subject) -> Iterator[Finding]:
    """Find passwords, tokens and keys in any text of the definition."""
    for path in subject.definition.texts:
        text = subject.definition.texts[path]
        for secret in _secrets(path, text):
            yield finding(
                "lint-secret",
                f"{secret.what} stands here in plain text",
                span(text, secret.start, secret.end),
                path,
                hint="make a new one, since this one is known now, and write ${env:NAME} in an address or secret",
            )


def _secrets(path: Path, text: SourceText) -> Iterator[Secret]:
    found = list(known(text.text, sql=_is_sql(path)))
    if not found and path[0] in _PLACES and path[-1] in FIELDS and _is_value(text.text):
        found = [Secret(f"a {str(path[-1]).replace('_', ' ')}", 0, len(text.text))]
    if not found and not _is_sql(path):
        found = list(guessed(text.text))
    yield from found


def _is_sql(path: Path) -> bool:
    """Tell whether a text is SQL: long words there are names and hashes."""
    return path[0] in _OF_SQL or (path[0] == "queries" and path[2:3] == ("sql",))


def _is_value(text: str) -> bool:
    return not is_reference(text) and len(text) >= len("password")
