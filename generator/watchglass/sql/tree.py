"""
PostgreSQL's parse tree of a statement, walked without recursion.

The parser's answer is a protobuf message, which Python's protobuf refuses below a hundred levels: a sum of thirty-odd
terms is too deep for it. The wire form is read here instead, level by level, with the field names of the published
descriptors.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from postgast.errors import PgQueryError, check_error
from postgast.native import lib
from postgast.pg_query_pb2 import ParseResult

from watchglass.sql.lexer import tokens

Scalar = int | str

# The parser walks its tree by recursion, at up to half a kilobyte a level, and its process dies where the stack ends.
# A thread's stack is as small as 128 KB on some systems, so a deep statement gets a stack of its own.
_SHALLOW = 100
_STACK = 64 * 1024 * 1024
_STACK_LOCK = threading.Lock()

_LEVELS = re.compile(
    r"[-+*/<>=~!@#%^&|`?:(\[]"
    r"|\b(?:and|at|between|case|collate|except|in|intersect|is|isnull|join|like|ilike|not|notnull|or|union)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TreeNode:
    """
    One message of the tree.

    Args:
        name: the message's name, such as ``SelectStmt``.
        scalars: field → number or text; an enum is its number, an absent field is not there.
        children: field → messages in it.
    """

    name: str
    scalars: dict[str, Scalar]
    children: dict[str, list[tuple[Any, bytes]]]

    def child(self, field: str) -> Iterator[TreeNode]:
        """Read the messages of a field."""
        for descriptor, data in self.children.get(field, ()):
            yield read(descriptor, data)

    def names(self, field: str) -> tuple[str, ...]:
        """Give the strings of a list of names."""
        return tuple(
            str(text.scalars.get("sval", "")) for node in self.child(field) for text in node.child("string")
        )


def parse(sql: str) -> TreeNode:
    """
    Parse a text; the root has the field ``stmts``.

    Raises:
        postgast.PgQueryError: a syntax error, with the character (from 1) in ``cursorpos``.
    """
    result = lib.pg_query_parse_protobuf(sql.encode())
    try:
        check_error(result)
        data = ctypes.string_at(result.parse_tree.data, result.parse_tree.len)
    finally:
        lib.pg_query_free_protobuf_parse_result(result)
    return read(ParseResult.DESCRIPTOR, data)


def levels(sql: str) -> int:
    """Count what may nest; strings, names in quotes and comments do not."""
    return sum(len(_LEVELS.findall(token.text)) for token in tokens(sql) if token.kind == "code")


def parse_deep(sql: str, levels: int) -> TreeNode:
    """
    Parse a text that may nest as deep as ``levels`` says.

    Raises:
        postgast.PgQueryError: a syntax error.
    """
    if levels <= _SHALLOW:
        return parse(sql)
    found: list[TreeNode | PgQueryError] = []

    def run() -> None:
        try:
            found.append(parse(sql))
        except PgQueryError as error:
            found.append(error)

    with _STACK_LOCK:  # the size is the process's setting for threads to come
        before = threading.stack_size(_STACK)
        try:
            thread = threading.Thread(target=run)
            thread.start()
        finally:
            threading.stack_size(before)
    thread.join()
    if isinstance(found[0], PgQueryError):
        raise found[0]
    return found[0]


def walk(root: TreeNode) -> Iterator[TreeNode]:
    """Give a node and all below it, ``Node`` wrappers left out."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node.name != "Node":
            yield node
        stack += [read(descriptor, data) for found in node.children.values() for descriptor, data in found]


def read(descriptor: Any, data: bytes) -> TreeNode:
    """Read one message of the wire form; what is inside its messages is read when it is asked for."""
    node = TreeNode(descriptor.name, {}, {})
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        field = descriptor.fields_by_number.get(key >> 3)
        kind = key & 7
        if kind == 0:
            value, at = _varint(data, at)
            if field is not None:
                node.scalars[field.name] = value
        elif kind == 2:
            length, at = _varint(data, at)
            _put(node, field, data[at : at + length])
            at += length
        else:
            at += 8 if kind == 1 else 4
    return node


def _put(node: TreeNode, field: Any, content: bytes) -> None:
    if field is None:
        return
    if field.message_type is not None:
        node.children.setdefault(field.name, []).append((field.message_type, content))
    else:
        node.scalars[field.name] = content.decode(errors="replace")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, at
        shift += 7
