"""Texts of others as Markdown that shows them and does nothing."""

from __future__ import annotations

import re

from watchglass.visible import visible

_MARKS = re.compile(r"[`*_{}\[\]#|~]")
_LINKED = re.compile(r"@|#|:(?=//)|\bwww(?=\.)", re.IGNORECASE)
"""What makes a link or a mention of the characters after it, wherever it stands in a text."""


def plain(text: str) -> str:
    r"""
    Keep a text from being read as Markdown, HTML, a link, or a mention of somebody or something.

    >>> plain("a_b | <c>")
    'a\\_b \\| &lt;c&gt;'
    """
    shown = (
        visible(text).replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    )
    return _LINKED.sub("\\g<0>\u2060", _MARKS.sub(r"\\\g<0>", shown))
