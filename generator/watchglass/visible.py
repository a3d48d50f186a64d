"""Text from files, fit for a terminal or a log: characters that hide, reorder or drive become escapes."""

from __future__ import annotations

import re
import unicodedata

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_IN_NAMES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def visible(text: str) -> str:
    r"""
    Write control, bidirectional and zero-width characters, and line breaks, as escapes.

    >>> visible("a\x1b[31m")
    'a\\x1b[31m'
    """
    return _HIDDEN.sub(lambda match: escape(match[0]), text)


def escape(character: str) -> str:
    r"""Write one character as ``\xNN``, ``\uNNNN`` or ``\UNNNNNNNN``."""
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def hidden_in_name(text: str) -> str | None:
    """Give the first character of a name that a reader cannot see; None where there is none."""
    if text.isascii() and text.isprintable():
        return None
    return next((character for character in text if unicodedata.category(character) in _IN_NAMES), None)


def quoted(text: str, limit: int = 60) -> str:
    """Put a text into single quotes for a message, visible and cut to a length."""
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return f"'{visible(shown)}'"


def shown(value: object) -> str:
    """Say what was written: a text in quotes, else its kind."""
    if isinstance(value, str):
        return quoted(value, 40)
    kinds: dict[type, str] = {dict: "a map", list: "a list", type(None): "nothing"}
    return kinds.get(type(value), quoted(str(value), 40))
