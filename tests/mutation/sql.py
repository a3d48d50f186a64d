"""The text of a statement's template → every mistake of one token or clause in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import postgast
from postgast.pg_query_pb2 import Token as Kind

Change = tuple[str, int, int, str]
"""Kind, start, end, new text."""

_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_SNIPPET = re.compile(r"\{\{\s*snippet\('(\w+)'\)\s*\}\}")
_FILTER = re.compile(r"\{\{\s*(?:snippet|matches|in_range|during)\(")
_LOCAL = re.compile(r"\{\{\s*local\((['\"])(.*?)\1\)\s*\}\}")
_BUCKET = re.compile(r"\{\{\s*bucket\((['\"])(.*?)\1,\s*'1 (\w+)'\)\s*\}\}")
_WORDS = re.compile(r"\{\{\s*(range_start|range_end)\(\)\s*\}\}")
_STRING = re.compile(r"(['\"])((?:(?!\1).)*)\1")
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?) (second|minute|hour|day|week|month|year)(s?)")
_UNITS = {
    "second": "minute",
    "minute": "hour",
    "hour": "day",
    "day": "week",
    "week": "day",
    "month": "week",
    "year": "month",
}
_COMPARED = {"<": ("<=", ">"), "<=": ("<", ">="), ">": (">=", "<"), ">=": (">", "<=")}
_PLAIN = {"=": "<>", "<>": "=", "+": "-", "-": "+", "*": "/", "/": "*"}
_SCALE = {"60": "3600", "3600": "60", "100": "1", "100.0": "1.0", "24": "1"}
_CALLED = {
    "min": "max",
    "max": "min",
    "sum": "avg",
    "avg": "sum",
    "nullif": "coalesce",
    "coalesce": "nullif",
    "greatest": "least",
    "least": "greatest",
    "floor": "ceil",
    "lag": "lead",
    "count": "sum",
}
_ENDS = frozenset({"GROUP_P", "ORDER", "LIMIT", "HAVING", "WINDOW", "UNION"})


@dataclass(frozen=True, slots=True)
class _Token:
    name: str
    text: str
    start: int
    end: int
    depth: int


def mutants(text: str) -> Iterator[Change]:
    """Make every mistake once; places are characters of the text."""
    tokens = _tokens(text)
    for at, token in enumerate(tokens):
        for make in (_comparison, _number, _string, _word, _call, _column, _clause):
            yield from make(text, tokens, at, token)
    yield from _templates(text)


def _tokens(text: str) -> list[_Token]:
    """Cut the text; a template is one name of the same length."""
    blanked = _TEMPLATE.sub(lambda match: "t" * len(match[0]), text)
    raw, found, depth, at, passed = blanked.encode(), [], 0, 0, 0
    for token in postgast.scan(blanked).tokens:
        at += len(raw[passed : token.start].decode())
        length = len(raw[token.start : token.end].decode())
        passed = token.end
        piece = text[at : at + length]
        depth -= piece == ")"
        if token.token not in (Kind.SQL_COMMENT, Kind.C_COMMENT):
            found.append(_Token(Kind.Name(token.token), piece, at, at + length, depth))
        depth += piece == "("
        at += length
    return found


Maker = Callable[[str, Sequence[_Token], int, _Token], Iterator[Change]]


def _comparison(text: str, tokens: Sequence[_Token], at: int, token: _Token) -> Iterator[Change]:
    if token.text in _COMPARED:
        border, turned = _COMPARED[token.text]
        yield "border of a comparison", token.start, token.end, border
        yield "turned comparison", token.start, token.end, turned
    elif token.text in _PLAIN and not (token.text == "*" and _is_star(tokens, at)):
        kind = "turned comparison" if token.text in ("=", "<>") else "operator"
        yield kind, token.start, token.end, _PLAIN[token.text]


def _is_star(tokens: Sequence[_Token], at: int) -> bool:
    return tokens[at - 1].text in ("(", ".", ",") or tokens[at - 1].name == "SELECT"


def _number(text: str, tokens: Sequence[_Token], at: int, token: _Token) -> Iterator[Change]:
    if token.name not in ("ICONST", "FCONST"):
        return
    yield "number", token.start, token.end, _next(token.text)
    if token.text in _SCALE:
        yield "unit", token.start, token.end, _SCALE[token.text]


def _next(number: str) -> str:
    return str(int(number) + 1) if number.isdigit() else f"{float(number) + 1:g}"


def _string(text: str, tokens: Sequence[_Token], at: int, token: _Token) -> Iterator[Change]:
    if token.name == "SCONST":
        yield from _literal(token.text, token.start)


def _literal(text: str, start: int) -> Iterator[Change]:
    amount = _AMOUNT.fullmatch(text[1:-1])
    if amount is None:
        if len(text) > 2:
            yield "literal", start + 1, start + len(text) - 1, f"{text[1:-1]}x"
        return
    number, unit, plural = amount.groups()
    yield "length of time", start + 1, start + len(text) - 1, f"{_next(number)} {unit}s"
    yield "unit", start + 1, start + len(text) - 1, f"{number} {_UNITS[unit]}{plural}"


def _word(text: str, tokens: Sequence[_Token], at: int, token: _Token) -> Iterator[Change]:
    following = tokens[at + 1].name if at + 1 < len(tokens) else ""
    previous = tokens[at - 1].name if at else ""
    between = any(each.name == "BETWEEN" for each in tokens[max(0, at - 8) : at])
    if token.name in ("AND", "OR") and not between:
        yield "connective", token.start, token.end, "OR" if token.name == "AND" else "AND"
    elif token.name == "IS" and following == "NOT":
        yield "NULL", token.start, tokens[at + 1].end, "IS"
    elif token.name == "IS" and following == "NULL_P":
        yield "NULL", token.start, token.end, "IS NOT"
    elif token.name == "NOT" and previous != "IS":
        yield "lost NOT", token.start, token.end, ""
    elif token.name == "LEFT" and following == "JOIN":
        yield "join", token.start, token.end, ""
    elif token.name == "JOIN" and previous not in ("LEFT", "CROSS"):
        yield "join", token.start, token.end, "LEFT JOIN"
    elif token.name == "DESC":
        yield "order", token.start, token.end, "ASC"
    elif token.name == "DISTINCT":
        yield "lost DISTINCT", token.start, token.end, ""
    elif token.name in ("TRUE_P", "FALSE_P"):
        yield "truth value", token.start, token.end, "false" if token.name == "TRUE_P" else "true"


def _call(text: str, tokens: Sequence[_Token], at: int, token: _Token) -> Iterator[Change]:
    new = _CALLED.get(token.text.lower())
    if new is None or at + 1 == len(tokens) or tokens[at + 1].text != "(":
        return
    kind = "NULL" if token.text.lower() in ("nullif", "coalesce") else "function"
    if token.text.lower() == "count":
        if tokens[at + 2].text not in ("*", "DISTINCT"):
            yield "NULL", tokens[at + 2].start, _closing(tokens, at + 1).start, "*"
    else:
        yield kind, token.start, token.end, new


def _closing(tokens: Sequence[_Token], at: int) -> _Token:
    return next(each for each in tokens[at + 1 :] if each.text == ")" and each.depth == tokens[at].depth)


def _column(text: str, tokens: Sequence[_Token], at: int, token: _Token) -> Iterator[Change]:
    """Rename a column that is named with its table, and take another of the same table."""
    named = token.name == "IDENT" or token.name.endswith("_P")
    if not named or at < 2 or tokens[at - 1].text != "." or token.text.startswith("{{"):
        return
    if at + 1 < len(tokens) and tokens[at + 1].text in (".", "("):
        return
    table = tokens[at - 2].text
    before = [each.text for each in tokens[max(0, at - 4) : at - 2]]
    if before and before[-1].upper() in ("FROM", "JOIN") and before[0] != "epoch":
        yield "renamed table", token.start, token.end, f"{token.text}x"
        return
    yield "renamed column", token.start, token.end, f"{token.text}x"
    others = sorted(
        {
            each.text
            for index, each in enumerate(tokens)
            if index > 1 and tokens[index - 1].text == "." and tokens[index - 2].text == table
        }
        - {token.text, "*"}
    )
    if others:
        following = [name for name in others if name > token.text]
        yield "other column", token.start, token.end, (following or others)[0]


def _clause(text: str, tokens: Sequence[_Token], at: int, token: _Token) -> Iterator[Change]:
    if token.name == "FILTER" and tokens[at + 1].text == "(":
        yield "lost filter", token.start, _closing(tokens, at + 1).end, ""
    elif token.name == "WHERE" and tokens[at - 1].text != "(":
        rest = tokens[at + 1 :]
        stop = next(
            (
                each
                for each in rest
                if each.depth < token.depth or (each.depth == token.depth and each.name in _ENDS)
            ),
            None,
        )
        end = tokens[-1].end if stop is None else tokens[tokens.index(stop) - 1].end
        yield "lost filter", token.start, end, ""


def _templates(text: str) -> Iterator[Change]:
    for match in _TEMPLATE.finditer(text):
        start, end, whole = match.start(), match.end(), match[0]
        snippet, local, bucket, word = (form.fullmatch(whole) for form in (_SNIPPET, _LOCAL, _BUCKET, _WORDS))
        if _FILTER.match(whole):
            yield "lost filter", start, end, "TRUE"
        if snippet and snippet[1] in ("draft", "unused"):
            other = {"draft": "unused", "unused": "draft"}[snippet[1]]
            yield "other snippet", start, end, whole.replace(snippet[1], other)
        if local:
            yield "time zone", start, end, local[2]
        if bucket:
            yield "time zone", start, end, f"date_trunc('{bucket[3]}', {bucket[2]})"
        if word:
            other = {"range_start": "range_end", "range_end": "range_start"}[word[1]]
            yield "other word", start, end, whole.replace(word[1], other)
        for inner in _STRING.finditer(whole):
            if not snippet and _AMOUNT.fullmatch(inner[2]):
                yield from _literal(inner[0], start + inner.start())
