"""Texts with references to values outside of a definition, ``${env:NAME}`` and ``${file:PATH}`` → texts with those values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

REFERENCE = re.compile(r"\$\{(env|file):([^}]*)\}")
"""A reference as it is read: its kind, and the name of the variable or the path of the file."""


class Unset(Exception):
    """
    A reference leads nowhere; nothing was sent.

    Args:
        reference: as it is written, such as ``${env:GRAFANA_TOKEN}``.
    """

    def __init__(self, reference: str, reason: str) -> None:
        super().__init__(f"{reference} {reason}")
        self.reference, self.reason = reference, reason


def is_reference(text: str) -> bool:
    """Tell whether a text holds a reference to a value of the environment or of a file."""
    return REFERENCE.search(text) is not None


def filled(text: str, environment: Mapping[str, str], folder: Path) -> str:
    """
    Put the values in place of ``${env:NAME}`` and ``${file:PATH}``.

    Args:
        folder: where a file's path begins; the last line break of its text is left out.

    Raises:
        Unset: a variable is not set or empty, a file cannot be read or is empty.
    """
    return REFERENCE.sub(lambda match: _value(match[1], match[2], environment, folder), text)


def _value(kind: str, name: str, environment: Mapping[str, str], folder: Path) -> str:
    if kind == "env":
        value = environment.get(name)
        if value is None:
            raise Unset(f"${{env:{name}}}", "is not set")
    else:
        try:
            value = (folder / name).read_text("utf-8").removesuffix("\n").removesuffix("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise Unset(f"${{file:{name}}}", "cannot be read") from error
    if not value.strip():
        raise Unset(f"${{{kind}:{name}}}", "is empty")
    return value
