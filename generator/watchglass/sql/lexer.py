"""A statement cut as PostgreSQL's lexer cuts it, as far as text must be told from code: strings, quoted names, comments, code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["code", "string", "dollar", "name", "comment"]

_DOLLAR = re.compile(r"\$(?:[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_\u0080-\U0010ffff]*)?\$")
_OPENING = re.compile(r"--|/\*|[$\"']")
_PREFIX = re.compile(r"[uU]&$|[eEbBxXnN]$")
_LINE_END = re.compile(r"[\n\r]")
# A string goes on behind a line break: 'a' and 'b' on the next line are one string (of the first one's kind).
_CONTINUED = re.compile(r"(?:[ \t\f\v]|--[^\n\r]*+)*+[\n\r](?:[ \t\f\v\n\r]|--[^\n\r]*+[\n\r])*+'")
_ENDING = {
    (mark, escapes): re.compile(rf"[{mark}\\]" if escapes else mark)
    for mark in "'\""
    for escapes in (True, False)
}
_CHOSEN_ESCAPE = re.compile(r"\s*uescape\s*'(.)'", re.IGNORECASE)
_NAME_PART = re.compile(r"[A-Za-z0-9_$\u0080-\U0010ffff]")
_SIMPLE_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ESCAPE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3})|(.))", re.DOTALL
)
_QUOTES = re.compile(rf"''|'{_CONTINUED.pattern}")


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
        start = _start(sql, match.start(), at)
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


def _start(sql: str, opened: int, at: int) -> int:
    """Tell where a text begins: prefix letters behind ``at`` belong to it only where no name ends with them."""
    if sql[opened] not in "'\"":
        return opened
    prefix = _PREFIX.search(sql[max(at, opened - 2) : opened])
    if prefix is None or (sql[opened] == '"' and len(prefix[0]) == 1):
        return opened
    start = opened - len(prefix[0])
    return opened if start > 0 and _NAME_PART.match(sql[start - 1]) else start


def _read(sql: str, start: int, opened: int) -> tuple[Kind, int, bool] | None:
    opening = sql[start:opened]
    if opening == "--":
        ending = _LINE_END.search(sql, opened)
        return "comment", ending.start() if ending else len(sql), True
    if opening == "/*":
        return _block_comment(sql, opened)
    if opening.endswith('"'):
        return ("name", *_with_escape(sql, opening, _quoted(sql, opened, '"', False)))
    if opening.endswith("'"):
        return ("string", *_with_escape(sql, opening, _quoted(sql, opened, "'", opening[0] in "eE")))
    return _dollar(sql, start)


def _with_escape(sql: str, opening: str, read: tuple[int, bool]) -> tuple[int, bool]:
    """Take in the clause that chooses another escape character: it is a part of the text."""
    chosen = _CHOSEN_ESCAPE.match(sql, read[0]) if opening[0] in "uU" and read[1] else None
    return (chosen.end(), True) if chosen else read


def _block_comment(sql: str, at: int) -> tuple[Kind, int, bool]:
    depth = 1
    for match in re.finditer(r"/\*|\*/", sql[at:]):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return "comment", at + match.end(), True
    return "comment", len(sql), False


def _quoted(sql: str, at: int, mark: str, escapes: bool) -> tuple[int, bool]:
    while match := _ENDING[mark, escapes].search(sql, at):
        at = match.end()
        if match[0] == "\\" or sql.startswith(mark, at):
            at += 1
        elif mark == "'" and (again := _CONTINUED.match(sql, at)):
            at = again.end()
        else:
            return at, True
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
    """
    Give the text that a string or a quoted name stands for.

    Raises:
        ValueError: an escape in it gives no character; PostgreSQL refuses it too.
    """
    text = token.text
    if token.kind == "dollar":
        width = text.index("$", 1) + 1
        return text[width : len(text) - (0 if token.problem else width)]
    quote_at = text.index('"' if token.kind == "name" else "'")
    prefix, mark = text[:quote_at].lower(), text[quote_at]
    escape = "\\"
    if prefix == "u&" and (chosen := re.search(_CHOSEN_ESCAPE.pattern + "$", text, re.IGNORECASE)):
        text, escape = text[: chosen.start()], chosen[1]
    inner = text[quote_at + 1 : len(text) - (0 if token.problem else 1)]
    if prefix == "e":
        return _escaped(inner)
    inner = _joined(inner) if mark == "'" else inner.replace('""', '"')
    return _unicode(inner, escape) if prefix == "u&" else inner


def _joined(inner: str) -> str:
    """Read doubled quotes as one, and strings that go on behind a line break as one string."""
    return _QUOTES.sub(lambda match: "'" if match[0] == "''" else "", inner)


def _escaped(inner: str) -> str:
    """Read the escapes of an E string: numbers are bytes of UTF-8."""
    out, at = bytearray(), 0
    for match in _ESCAPE.finditer(inner):
        out += _joined(inner[at : match.start()]).encode()
        out += _unescape(match)
        at = match.end()
    out += _joined(inner[at:]).encode()
    return _paired(out.decode("utf-8", "surrogatepass"))


def _unescape(match: re.Match[str]) -> bytes:
    if match[1]:
        return bytes([int(match[1], 16)])
    if match[2] or match[3]:
        return chr(int(match[2] or match[3], 16)).encode("utf-8", "surrogatepass")
    if match[4]:
        return bytes([int(match[4], 8) & 0xFF])
    if match[5] in "uU":
        raise ValueError("a Unicode escape is cut short")
    return _SIMPLE_ESCAPES.get(match[5], match[5]).encode()


def _unicode(inner: str, escape: str) -> str:
    own = re.escape(escape)
    codes = re.compile(rf"{own}(?:({own})|\+([0-9A-Fa-f]{{6}})|([0-9A-Fa-f]{{4}}))")
    return _paired(codes.sub(lambda match: escape if match[1] else chr(int(match[2] or match[3], 16)), inner))


def _paired(text: str) -> str:
    """Join halves of surrogate pairs, as PostgreSQL does; half a pair and a NUL are no characters."""
    if "\0" in text:
        raise ValueError("NUL is no character of a text")
    return text.encode("utf-16", "surrogatepass").decode("utf-16")
