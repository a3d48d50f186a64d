"""Values that nobody may see: read where they are used, hidden wherever they are printed, cut out of whatever was printed."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import final
from urllib.parse import quote, quote_plus

HIDDEN = "***"
_REFERENCE = re.compile(r"\$\{(env|file):([^}]*)\}")
_SHORTEST = 4
"""A shorter value is not cut out of texts: it would be found in every second word."""


class Unset(Exception):
    """
    A reference leads nowhere; nothing was sent.

    Args:
        reference: as it is written, such as ``${env:GRAFANA_TOKEN}``.
    """

    def __init__(self, reference: str, reason: str) -> None:
        super().__init__(f"{reference} {reason}")
        self.reference, self.reason = reference, reason


@final
class Secret:
    """A value whose text is given only to who asks for it by name."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the value, to be sent and not to be printed."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    def __str__(self) -> str:
        return HIDDEN

    def __format__(self, form: str) -> str:
        return format(HIDDEN, form)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a secret is not stored")


def is_reference(text: str) -> bool:
    """Tell whether a text holds a reference to a value of the environment or of a file."""
    return _REFERENCE.search(text) is not None


def names_of(text: str) -> tuple[str, ...]:
    """List the environment's variables that a text refers to."""
    return tuple(name for kind, name in _REFERENCE.findall(text) if kind == "env")


def read(text: str, environment: Mapping[str, str], folder: Path) -> Secret:
    """
    Put the values in place of ``${env:NAME}`` and ``${file:PATH}``.

    Args:
        folder: where a file's path begins; the last line break of its text is left out.

    Raises:
        Unset: a variable is not set or empty, a file cannot be read or is empty.
    """
    return Secret(_REFERENCE.sub(lambda match: _value(match[1], match[2], environment, folder), text))


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


class Redactor:
    """Cuts secrets out of texts, in each form in which a text may hold them."""

    def __init__(self) -> None:
        self._forms: set[str] = set()

    def learn(self, secret: Secret | str) -> None:
        """Keep a value, and the token in a value such as ``Bearer …``, from being shown from now on."""
        whole = secret.reveal() if isinstance(secret, Secret) else secret
        for value in {whole, whole.rpartition(" ")[2]}:
            if len(value) >= _SHORTEST:
                self._forms |= {form for form in _forms(value) if len(form) >= _SHORTEST}

    def clean(self, text: str) -> str:
        """Give a text without the secrets."""
        for form in sorted(self._forms, key=len, reverse=True):
            text = text.replace(form, HIDDEN)
        return text


def _forms(value: str) -> set[str]:
    """List how a value looks in an address, in JSON, in base64 at each of its three phases, and reversed in a header."""
    found = {
        value,
        quote(value, safe=""),
        quote(value),
        quote_plus(value),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        value.encode("unicode_escape").decode(),
        value.encode().hex(),
    }
    raw = value.encode()
    for phase in range(3):
        # What stands before a value moves it within base64's groups of three: the middle is the same for each phase.
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(b"\0" * phase + raw).decode()
            first = (phase * 8 + 5) // 6
            last = ((phase + len(raw)) * 8) // 6
            found.add(coded[first:last])
    found |= {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    return found
