"""Words of one target written by hand in a definition's SQL, and the neutral word that stands for each."""

from __future__ import annotations

import re
from dataclasses import dataclass

_INSTEAD = {
    "__timeFilter": "{{ in_range('column') }}",
    "__unixEpochFilter": "{{ in_range('to_timestamp(column)') }}",
    "__timeFrom": "{{ range_start() }}",
    "__timeTo": "{{ range_end() }}",
    "__from": "{{ range_start() }}",
    "__to": "{{ range_end() }}",
    "__timeGroup": "{{ bucket('column', '1 hour') }}",
    "__timeGroupAlias": "{{ bucket('column', '1 hour') }}",
    "__interval": "{{ bucket('column', 'auto') }}",
    "__interval_ms": "{{ bucket('column', 'auto') }}",
    "__time": "the column itself, named by the panel's `time:`",
}
_GRAFANA = re.compile(r"\$(?:\{\s*)?(__\w+|[A-Za-z_]\w*)[^\s,)]{0,40}")
_PARAMETER = re.compile(r"(?<![\w$])\$\d+")
_OLD_VARIABLE = re.compile(r"(?<!ARRAY)(?<![\[\w])\[\[\s*([A-Za-z_]\w*)(?::\w+)?\s*\]\]", re.IGNORECASE)
_BRACES = re.compile(r"\{\{|\}\}")
_PLACEHOLDER = re.compile(r"%\(\w+\)s|(?<![\w%])%s(?!\w)")


@dataclass(frozen=True, slots=True)
class Foreign:
    """A word found in a text: where, and what to write in its place."""

    start: int
    length: int
    message: str
    hint: str


def foreign_words(code: str) -> tuple[Foreign, ...]:
    """Find macros, variables and parameters of a target in SQL outside of strings, names and comments."""
    found = [
        _grafana(match, match[1])
        for match in _GRAFANA.finditer(code)
        if not _inside_name(code, match.start())
    ]
    found += [_grafana(match, match[1]) for match in _OLD_VARIABLE.finditer(code)]
    found += [
        Foreign(
            match.start(),
            len(match[0]),
            f"a statement has no parameters such as {match[0]}",
            "use a constant: {{ name }}",
        )
        for pattern in (_PARAMETER, _PLACEHOLDER)
        for match in pattern.finditer(code)
    ]
    found += [
        Foreign(match.start(), 2, f"'{match[0]}' is no SQL", "put it into a SQL string")
        for match in _BRACES.finditer(code)
    ]
    return tuple(sorted(found, key=lambda word: word.start))


def _inside_name(code: str, at: int) -> bool:
    return at > 0 and (code[at - 1].isalnum() or code[at - 1] in "_$")


def _grafana(match: re.Match[str], word: str) -> Foreign:
    instead = _INSTEAD.get(word, "{{ matches('filter', 'column') }} for a filter, {{ name }} for a constant")
    return Foreign(
        match.start(),
        len(match[0]),
        f"'{match[0]}' is a word of Grafana; SQL is written once for every target",
        f"write {instead}",
    )
