"""A statement cut as PostgreSQL's lexer cuts it, as far as text must be told from code: strings, quoted names, comments, code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from watchglass.sql.literals import quote

Kind = Literal["code", "string", "dollar", "name", "comment"]

_DOLLAR = re.compile(r"\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$")
_OPENING = re.compile(r"--|/\*|\$|(?:[uU]&)?\"|(?:[eEbBxXnN]|[uU]&)?'")
_NAME_PART = re.compile(r"[A-Za-z0-9_$\u0080-\U0010ffff]")
_SIMPLE_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ESCAPE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3})|(.))|''", re.DOTALL
)
_UNICODE = re.compile(r"\\(?:\\|\+([0-9A-Fa-f]{6})|([0-9A-Fa-f]{4}))")


@dataclass(frozen=True, slots=True)
class Token:
    """
    A stretch of a statement.

    Args:
        start: offset of its first character; ``end`` is exclusive.
        text: its characters, quotes and comment marks included.
        problem: True where it is not closed.
    """

    kind: Kind
    start: int
    end: int
    text: str
    problem: bool = False


def tokens(sql: str) -> tuple[Token, ...]:
    """Cut a statement; the tokens' texts joined are the statement."""
    found: list[Token] = []
    at = code = 0
    while at < len(sql):
        match = _OPENING.search(sql, at)
        if match is None:
            break
        start = _start(sql, match)
        read = _read(sql, start, match.end())
        if read is None:
            at = match.end()
            continue
        if code < start:
            found.append(Token("code", code, start, sql[code:start]))
        kind, end, closed = read
        found.append(Token(kind, start, end, sql[start:end], not closed))
        at = code = end
    if code < len(sql):
        found.append(Token("code", code, len(sql), sql[code:]))
    return tuple(found)


def _start(sql: str, match: re.Match[str]) -> int:
    """Tell where a string begins: a prefix letter belongs to it only where no name ends with that letter."""
    start, quote_at = match.start(), match.end() - 1
    if sql[quote_at] in "'\"" and start < quote_at and start > 0 and _NAME_PART.match(sql[start - 1]):
        return quote_at
    return start


def _read(sql: str, start: int, opened: int) -> tuple[Kind, int, bool] | None:
    opening = sql[start:opened]
    if opening == "--":
        end = sql.find("\n", opened)
        return "comment", len(sql) if end < 0 else end, True
    if opening == "/*":
        return _block_comment(sql, opened)
    if opening.endswith('"'):
        return ("name", *_quoted(sql, opened, '"', False))
    if opening.endswith("'"):
        return ("string", *_quoted(sql, opened, "'", opening[0] in "eE"))
    return _dollar(sql, start)


def _block_comment(sql: str, at: int) -> tuple[Kind, int, bool]:
    depth = 1
    for match in re.finditer(r"/\*|\*/", sql[at:]):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return "comment", at + match.end(), True
    return "comment", len(sql), False


def _quoted(sql: str, at: int, mark: str, escapes: bool) -> tuple[int, bool]:
    while at < len(sql):
        if escapes and sql[at] == "\\":
            at += 2
        elif sql[at] != mark:
            at += 1
        elif sql[at + 1 : at + 2] == mark:
            at += 2
        else:
            return at + 1, True
    return len(sql), False


def _dollar(sql: str, start: int) -> tuple[Kind, int, bool] | None:
    if start > 0 and _NAME_PART.match(sql[start - 1]):
        return None
    match = _DOLLAR.match(sql, start)
    if match is None:
        return None
    end = sql.find(match[0], match.end())
    return ("dollar", len(sql), False) if end < 0 else ("dollar", end + len(match[0]), True)


def decode(token: Token) -> str:
    """Give the text that a string or a quoted name stands for."""
    text = token.text
    if token.kind == "dollar":
        width = text.index("$", 1) + 1
        return text[width : len(text) - (0 if token.problem else width)]
    quote_at = text.index('"' if token.kind == "name" else "'")
    prefix, mark = text[:quote_at].lower(), text[quote_at]
    inner = text[quote_at + 1 : len(text) - (0 if token.problem else 1)]
    if prefix == "e":
        return _ESCAPE.sub(_unescape, inner)
    inner = inner.replace(mark * 2, mark)
    return _UNICODE.sub(_unicode, inner) if prefix == "u&" else inner


def _unescape(match: re.Match[str]) -> str:
    hexadecimal = match[1] or match[2] or match[3]
    if hexadecimal:
        return chr(int(hexadecimal, 16))
    if match[4]:
        return chr(int(match[4], 8))
    if match[5]:
        return _SIMPLE_ESCAPES.get(match[5], match[5])
    return "'"


def _unicode(match: re.Match[str]) -> str:
    return "\\" if match[0] == "\\\\" else chr(int(match[1] or match[2], 16))


__all__ = ["Kind", "Token", "decode", "quote", "tokens"]
