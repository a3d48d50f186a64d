"""Findings of the model → problems in plain words at their place in the files."""

from __future__ import annotations

import re
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from watchglass.definition.fields import keys_at
from watchglass.definition.findings import DataPath, Finding, findings, settle
from watchglass.nearest import nearest, suggest
from watchglass.problems import Problem, Span
from watchglass.visible import quoted, shown

_ALTERNATIVE = re.compile(r"'((?:[^'\\]|\\.)*)'")
_EXPECTED: dict[str, str] = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number of fewer digits",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "dict_type": "a map",
    "model_type": "a map",
    "model_attributes_type": "a map",
    "dataclass_type": "a map",
    "none_required": "nothing",
    "date_parsing": "a date such as 2026-12-31",
    "date_from_datetime_parsing": "a date such as 2026-12-31",
    "datetime_parsing": "a date with time such as 2026-12-31T09:00+01:00",
    "time_parsing": 'a time such as "09:00"',
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
    "too_short": "a list of {min_length} or more",
    "too_long": "a list of {max_length} at most",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "a text of the form {pattern}",
}
_VALUE_KINDS = ("literal_error", "enum", "union_tag_invalid")


class Places(Protocol):
    """Where paths of the data stand in the files."""

    def span(self, path: DataPath) -> Span:
        """Give the place of a value."""

    def key_span(self, path: DataPath) -> Span:
        """Give the place of the key before a value."""


def explain_model(
    error: ValidationError, model: type[BaseModel], data: Any, places: Places
) -> tuple[Problem, ...]:
    """Turn all errors of a validation into problems, one for each thing that has to change."""
    found = list(findings(error, data))
    slips = {(finding.path[:-1], _meant(finding, model)) for finding in found if _unknown(finding)}
    missing: dict[DataPath, list[str]] = {}
    problems: list[Problem] = []
    for group in settle(found):
        first = group[0]
        if not first.name:
            problems.append(_problem(group, model, places))
        elif (first.path, first.name) not in slips:
            missing.setdefault(first.path, []).append(first.name)
    problems += [_missing(path, names, places) for path, names in missing.items()]
    return tuple(dict.fromkeys(problems))


def _unknown(finding: Finding) -> bool:
    return finding.type == "extra_forbidden"


def _meant(finding: Finding, model: type[BaseModel]) -> str | None:
    return nearest(str(finding.path[-1]), keys_at(model, finding.location[:-1])) if finding.path else None


def _problem(group: list[Finding], model: type[BaseModel], places: Places) -> Problem:
    first = group[0]
    if len(group) > 1:
        return _union(group, places)
    if _unknown(first):
        return _unknown_key(first, model, places)
    return _single(first, places)


def _missing(path: DataPath, names: list[str], places: Places) -> Problem:
    where = f" in {_words(path)}" if path else ""
    keys = [f"'{name}'" for name in names]
    if len(keys) == 1:
        message = f"the key {keys[0]} is missing{where}"
    else:
        message = f"the keys {', '.join(keys[:-1])} and {keys[-1]} are missing{where}"
    return Problem("missing-key", message, places.key_span(path))


def _unknown_key(finding: Finding, model: type[BaseModel], places: Places) -> Problem:
    name = str(finding.path[-1]) if finding.path else str(finding.location[-1])
    where = f" in {_words(finding.path[:-1])}" if finding.path[:-1] else ""
    known = keys_at(model, finding.location[:-1])
    hint = suggest(name, known, "known keys")
    return Problem(
        "unknown-key", f"unknown key {quoted(name)}{where}", places.key_span(finding.path), hint=hint
    )


def _single(finding: Finding, places: Places) -> Problem:
    span = places.key_span(finding.path) if finding.on_key else places.span(finding.path)
    if "-" in finding.type:
        return Problem(finding.type, finding.message, span, hint=str(finding.context.get("hint", "")))
    if finding.type in _VALUE_KINDS:
        return _value(finding, span)
    if finding.type in ("value_error", "assertion_error"):
        return Problem("wrong-value", _own_words(finding.message), span)
    return Problem("wrong-type", f"expected {expected(finding)}, found {shown(finding.input)}", span)


def _value(finding: Finding, span: Span) -> Problem:
    """Refuse a word that is none of those allowed."""
    allowed = allowed_words(finding)
    written = finding.context.get("tag", finding.input)
    if not isinstance(written, str):
        return Problem("wrong-type", f"expected {expected(finding)}, found {shown(written)}", span)
    near = nearest(written, allowed)
    hint = f"did you mean '{near}'?" if near else ""
    return Problem("wrong-value", f"expected {expected(finding)}, found {shown(written)}", span, hint=hint)


def _union(group: list[Finding], places: Places) -> Problem:
    """Say in one sentence what the members of a union would have taken."""
    first = group[0]
    span = places.span(first.path)
    own = next((finding for finding in group if "-" in finding.type), None)
    phrases = list(dict.fromkeys(expected(finding) for finding in group if "-" not in finding.type))
    if own and not phrases:
        return _single(own, places)
    known = {word for finding in group for word in allowed_words(finding)}
    near = nearest(first.input, known) if isinstance(first.input, str) else None
    hint = f"did you mean '{near}'?" if near else ""
    code = "wrong-value" if isinstance(first.input, str) and known else "wrong-type"
    return Problem(code, f"expected {' or '.join(phrases)}, found {shown(first.input)}", span, hint=hint)


def expected(finding: Finding) -> str:
    """Say in plain words what could stand in the place."""
    allowed = allowed_words(finding)
    if len(allowed) == 1:
        return f"'{allowed[0]}'"
    if allowed:
        return f"{', '.join(allowed[:-1])} or {allowed[-1]}"
    form = _EXPECTED.get(finding.type)
    return form.format_map(finding.context) if form else _own_words(finding.message)


def allowed_words(finding: Finding) -> list[str]:
    """List the words of a closed choice; empty for all else."""
    if finding.type not in _VALUE_KINDS:
        return []
    text = str(finding.context.get("expected_tags") or finding.context.get("expected", ""))
    return _ALTERNATIVE.findall(text)


def _own_words(message: str) -> str:
    text = re.sub(r"^(?:Value error|Assertion failed), ", "", message)
    return text.replace("Input should be ", "")


def _words(path: DataPath) -> str:
    """Write a path as people say it: ``dashboards.overview.rows[0]``."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")
