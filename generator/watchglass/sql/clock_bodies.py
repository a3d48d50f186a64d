"""A script, the bodies of its functions, and the SQL in these: everywhere the same reads of the clock are found."""

from __future__ import annotations

import re

import postgast

from watchglass.sql.clock_reads import Body, Edit, Found, Style, find_reads
from watchglass.sql.lexer import Token, decode
from watchglass.sql.plpgsql import Fragment, fragments
from watchglass.sql.scanner import scan, statements

_CANDIDATE = re.compile(
    r"now\b|today|tomorrow|yesterday|current_(?:date|time)|localtime|(?:transaction|statement|clock)_timestamp"
    r"|timeofday|\bage\b|u&",
    re.IGNORECASE,
)
_IN_TEXT = re.compile(
    r"\b(?:now|transaction_timestamp|statement_timestamp|clock_timestamp|timeofday)\s*\("
    r"|\b(?:current_date|current_time|current_timestamp|localtime|localtimestamp)\b",
    re.IGNORECASE,
)
_INTERNAL = frozenset({"now", "statement_timestamp", "clock_timestamp", "timeofday"})
_UNSEEN = "what this {} reads of the clock is the real one"


def may_read(sql: str) -> bool:
    """Tell whether a text has a word of the clock in it, be it in a comment; where it has none, nothing is parsed."""
    return _CANDIDATE.search(sql) is not None


def read_script(raw: bytes, style: Style, found: Found, language: str = "") -> None:
    """
    Find the reads of the clock in a script.

    Args:
        language: of the body that the script is.

    Raises:
        postgast.PgQueryError: the grammar cannot read it.
    """
    for start, piece in statements(raw):
        if may_read(piece.decode()):
            find_reads(piece, start, style, found, language)
            _read_bodies(style, found)


def _read_bodies(style: Style, found: Found) -> None:
    while found.bodies:
        body = found.bodies.pop()
        try:
            _read_body(body, style, found)
        except (postgast.PgQueryError, ValueError) as error:
            found.findings.append((body.start, "clock-unread", f"the body cannot be read: {error}"))


def _read_body(body: Body, style: Style, found: Found) -> None:
    inner, first = _content(body.literal)
    if not may_read(inner.decode()):
        return
    if body.language not in {"sql", "plpgsql"}:
        name = inner.decode()
        if name in _INTERNAL if body.language == "internal" else _IN_TEXT.search(name):
            found.findings.append((body.start, "clock-unseen", _UNSEEN.format(f"body in {body.language}")))
        return
    own = Found()
    if body.language == "sql":
        read_script(inner, style, own, "sql")
    else:
        for fragment in fragments(inner):
            _read_fragment(fragment, style, own)
    _put(body, inner, first, own, found)


def _read_fragment(fragment: Fragment, style: Style, own: Found) -> None:
    if not may_read(fragment.sql.decode()):
        return
    if fragment.dynamic and _read_dynamic(fragment, style, own):
        return
    try:
        find_reads(fragment.sql, fragment.start - fragment.shift, style, own, "plpgsql")
    except postgast.PgQueryError as error:
        own.findings.append(
            (fragment.start, "clock-unread", f"this part of the body cannot be read: {error}")
        )
        return
    _read_bodies(style, own)


def _read_dynamic(fragment: Fragment, style: Style, own: Found) -> bool:
    """Read a text that EXECUTE is given; where it is put together while running, tell of what cannot be seen."""
    tokens = scan(fragment.sql)
    for index, token in enumerate(tokens):
        start = fragment.start + token.start - fragment.shift
        literal = fragment.sql[token.start : token.end]
        if token.is_string and len(tokens) == 2 and index == 1:  # behind our own SELECT
            own.bodies.append(Body(start, literal, "sql"))
            _read_bodies(style, own)
            return True
        if token.is_string and _IN_TEXT.search(literal.decode()):
            own.findings.append((start, "clock-unseen", _UNSEEN.format("text run by EXECUTE")))
    return False


def _put(body: Body, inner: bytes, first: int | None, own: Found, found: Found) -> None:
    """Take over what was found in a body; one in quotes with escapes in it is written anew in dollars."""
    at = body.start + (first or 0)
    for place, code, message in own.findings:
        found.findings.append((at + place if first is not None else body.start, code, message))
    if first is not None:
        for edit in own.in_order():
            text = edit.text.replace("'", "''") if first == 1 and body.literal[:1] == b"'" else edit.text
            found.edits[at + edit.start] = Edit(at + edit.start, at + edit.end, text)
    elif own.edits:
        text = _in_dollars(_applied(inner, own).decode())
        found.edits[body.start] = Edit(body.start, body.start + len(body.literal), text)


def _content(literal: bytes) -> tuple[bytes, int | None]:
    """Give the text of a literal, and the byte where it begins if its bytes stand there as they are."""
    text = literal.decode()
    if literal[:1] == b"$":
        width = literal.index(b"$", 1) + 1
        return literal[width:-width], width
    if literal[:1] == b"'" and literal.count(b"'") == 2:
        return literal[1:-1], 1
    return decode(Token("string", 0, len(text), text)).encode(), None


def _in_dollars(text: str) -> str:
    tag = "$watchglass$"
    while tag in text:
        tag = f"{tag[:-1]}_$"
    return f"{tag}{text}{tag}"


def _applied(raw: bytes, found: Found) -> bytes:
    parts, done = [], 0
    for edit in found.in_order():
        parts += [raw[done : edit.start], edit.text.encode()]
        done = edit.end
    return b"".join([*parts, raw[done:]])
