"""
PostgreSQL's parse tree of a statement, walked without recursion.

The parser's answer is a protobuf message, which Python's protobuf refuses below a hundred levels: a sum of thirty-odd
terms is too deep for it. The wire form is read here instead, level by level, with the field names of the published
descriptors.
"""

from __future__ import annotations

import ctypes
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from postgast.errors import check_error
from postgast.native import lib
from postgast.pg_query_pb2 import ParseResult

from watchglass.sql.lexer import tokens

Scalar = int | str
Found = TypeVar("Found")

_LEAVES = frozenset({"A_Const", "A_Star", "BitString", "Boolean", "Float", "Integer", "String"})
"""Messages that hold a constant or a part of a name: more than half of a tree."""

# The parser walks its tree by recursion, at up to half a kilobyte a level, and its process dies where the stack ends.
# A thread's stack is as small as 128 KB on some systems, so a deep statement gets a stack of its own.
_SHALLOW = 100
_STACK = 64 * 1024 * 1024
_ROOM = 4 * 1024 * 1024
_STACK_LOCK = threading.Lock()

_NO_MARKS = dict.fromkeys(map(ord, "-+*/<>=~!@#%^&|`?:(["))
_LEVELS = re.compile(
    r"[-+*/<>=~!@#%^&|`?:(\[]"
    r"|\b(?:and|at|between|case|collate|except|in|intersect|is|isnull|join|like|ilike|not|notnull|or|union)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class TreeNode:
    """
    One message of the tree; a statement has hundreds, so it is not frozen, which would make each of them slower to make.

    Args:
        name: the message's name, such as ``SelectStmt``.
        scalars: field → number or text; an enum is its number, an absent field is not there.
        children: field → messages in it, each by its name and wire form.
    """

    name: str
    scalars: dict[str, Scalar]
    children: dict[str, list[tuple[str, bytes]]]
    _known: dict[str, tuple[TreeNode, ...]] = field(default_factory=dict, compare=False, repr=False)

    def child(self, field: str) -> Iterator[TreeNode]:
        """Read the messages of a field."""
        for name, data in self.children.get(field, ()):
            yield _read(name, data)

    def bare(self, field: str) -> tuple[TreeNode, ...]:
        """Give the messages of a field without the ``Node`` around each; they are read once, when they are first asked for."""
        known = self._known.get(field)
        if known is None:
            found = self.children.get(field, ())
            known = tuple(
                _read(*(_unwrapped(data) if name == "Node" else (name, data))) for name, data in found
            )
            self._known[field] = known
        return known

    def branches(self, field: str) -> Iterator[TreeNode]:
        """Give the messages of a field as ``bare`` does, without those that only hold a constant or a part of a name."""
        known = self._known.get(field)
        if known is not None:
            yield from (node for node in known if node.name not in _LEAVES)
            return
        for name, data in self.children.get(field, ()):
            bare = _unwrapped(data) if name == "Node" else (name, data)
            if bare[0] not in _LEAVES:
                yield _read(*bare)

    def names(self, field: str) -> tuple[str, ...]:
        """Give the strings of a list of names."""
        inside = [_unwrapped(data) for _, data in self.children.get(field, ())]
        return tuple(_string(data) for name, data in inside if name == "String")


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
    return _read("ParseResult", data)


def levels(sql: str) -> int:
    """Count what may nest, at most; strings, names in quotes and comments do not, but are told apart only where it matters."""
    every = len(_LEVELS.findall(sql))
    if every <= _SHALLOW:
        return every
    return sum(len(_LEVELS.findall(token.text)) for token in tokens(sql) if token.kind == "code")


def deeper(sql: str, most: int) -> bool:
    """Tell whether a text may nest deeper than that; it is counted only where it is long enough."""
    marks = len(sql) - len(sql.translate(_NO_MARKS)) if len(sql) > most else 0
    words = (len(sql) - marks) // 2  # at most: each has two letters
    return marks + words > most and len(_LEVELS.findall(sql)) > most and levels(sql) > most


def parse_deep(sql: str, levels: int) -> TreeNode:
    """
    Parse a text that may nest as deep as ``levels`` says.

    Raises:
        postgast.PgQueryError: a syntax error.
    """
    return parse(sql) if levels <= _SHALLOW else _on_a_stack_of_its_own(lambda: parse(sql))


def with_stack(sql: str, parse: Callable[[], Found]) -> Found:
    """Run what parses a text, on a stack that is large enough for it."""
    if _roomy() or levels(sql) <= _SHALLOW:
        return parse()
    return _on_a_stack_of_its_own(parse)


def _roomy() -> bool:
    """Tell whether the stack here takes the deepest statement: a process's first thread has megabytes nearly everywhere."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        return False
    import resource  # noqa: PLC0415  (not on Windows)

    limit = resource.getrlimit(resource.RLIMIT_STACK)[0]
    return limit == resource.RLIM_INFINITY or limit >= _ROOM


def _on_a_stack_of_its_own(parse: Callable[[], Found]) -> Found:
    with ThreadPoolExecutor(1) as pool:
        with _STACK_LOCK:  # the size is the process's setting for threads to come
            before = threading.stack_size(_STACK)
            try:
                found = pool.submit(parse)
            finally:
                threading.stack_size(before)
        return found.result()


def named_nodes(root: TreeNode) -> Iterator[tuple[TreeNode, frozenset[str]]]:
    """Give every node below, with the names that a WITH defines where it stands."""
    stack = [(root, frozenset[str]())]
    while stack:
        node, names = stack.pop()
        if node.name != "Node":
            yield node, names
        for clause in node.bare("with_clause"):
            inner = _defined(clause, names)
            stack += inner
            names |= {str(query.scalars.get("ctename", "")) for query, _ in inner}
        for name in node.children:
            if name != "with_clause":
                stack += [(below, names) for below in node.branches(name)]


def _defined(clause: TreeNode, names: frozenset[str]) -> list[tuple[TreeNode, frozenset[str]]]:
    """Pair each query of a WITH with the names it sees: those before it, or all where the WITH is recursive."""
    queries = clause.bare("ctes")
    own = [str(query.scalars.get("ctename", "")) for query in queries]
    recursive = bool(clause.scalars.get("recursive", 0))
    return [
        (query, names | frozenset(own if recursive else own[:index])) for index, query in enumerate(queries)
    ]


def walk(root: TreeNode) -> Iterator[TreeNode]:
    """Give a node and all below it, ``Node`` wrappers left out."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node.name != "Node":
            yield node
        stack += [below for field in node.children for below in node.bare(field)]


@cache
def _grammar() -> Mapping[str, Mapping[int, tuple[str, str]]]:
    """Give message → number of a field → its name and its message's name (empty for a scalar), as plain Python."""
    return {
        name: {
            each.number: (each.name, each.message_type.name if each.message_type else "")
            for each in message.fields
        }
        for name, message in ParseResult.DESCRIPTOR.file.message_types_by_name.items()
    }


def _read(name: str, data: bytes) -> TreeNode:
    """Read one message of the wire form; what is inside its messages is read when it is asked for."""
    scalars: dict[str, Scalar] = {}
    children: dict[str, list[tuple[str, bytes]]] = {}
    fields, at, end = _grammar()[name], 0, len(data)
    while at < end:
        key, at = (data[at], at + 1) if data[at] < _LONG else _varint(data, at)
        field, kind = fields.get(key >> 3, _UNKNOWN), key & 7
        if kind == 0:
            value, at = (data[at], at + 1) if data[at] < _LONG else _varint(data, at)
            scalars[field[0]] = value
        elif kind == 2:
            length, at = (data[at], at + 1) if data[at] < _LONG else _varint(data, at)
            content = data[at : at + length]
            at += length
            if field[1]:
                children.setdefault(field[0], []).append((field[1], content))
            else:
                scalars[field[0]] = content.decode(errors="replace")
        else:
            at += 8 if kind == 1 else 4
    scalars.pop("", None)
    return TreeNode(name, scalars, children)


def _string(data: bytes) -> str:
    """Give the text of a ``String``, its only field."""
    if not data:
        return ""
    length, at = _varint(data, 1)
    return data[at : at + length].decode(errors="replace")


def _unwrapped(data: bytes) -> tuple[str, bytes]:
    """Give the one message of a ``Node``, by its name and wire form; an empty one has none."""
    if not data:
        return "Node", data
    key, at = _varint(data, 0)
    _, at = _varint(data, at)
    return _grammar()["Node"].get(key >> 3, _UNKNOWN)[1] or "Node", data[at:]


_LONG = 0x80
"""From here on a number has more than one byte, as few have."""

_UNKNOWN = ("", "")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < _LONG:
            return value, at
        shift += 7
