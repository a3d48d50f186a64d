"""Values that nobody may see: read where they are used, hidden wherever they are printed, cut out of whatever was printed."""

from __future__ import annotations

import base64
import html
import json
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import final
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from watchglass.artifact import Json
from watchglass.references import filled
from watchglass.visible import visible

HIDDEN = "***"
_PASSWORD = re.compile(r"\bpassword\s*=\s*('(?:[^'\\]|\\.)*'|\S+)", re.IGNORECASE)
_MARKDOWN = re.compile(r"[\\`*_{}\[\]#|~]")
_SMALL = {ord(letter): letter.lower() for letter in string.ascii_uppercase}
"""Programs write the digits of an escape, hexadecimal ones and names of hosts as they like."""
_SHORTEST = 4
"""A shorter value is not cut out of texts: it would be found in every second word."""
_LONG = 8
"""A shorter part of an address is no key."""


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


def read(text: str, environment: Mapping[str, str], folder: Path) -> Secret:
    """
    Put the values in place of references, and keep what comes of it; see `references.filled`.

    Raises:
        Unset: a reference leads nowhere.
    """
    return Secret(filled(text, environment, folder))


class Redactor:
    """Cuts secrets out of texts, in each form in which a text may hold them, in small letters or large ones."""

    def __init__(self) -> None:
        self._forms: set[str] = set()

    def learn(self, secret: Secret | str) -> None:
        """Hide a value from now on, and what is secret in it: of ``Bearer …`` the token, of an address its key."""
        whole = secret.reveal() if isinstance(secret, Secret) else secret
        for value in {whole, *_parts(whole)}:
            if len(value) >= _SHORTEST:
                self._forms |= {form.translate(_SMALL) for form in _forms(value) if len(form) >= _SHORTEST}

    def clean(self, text: str) -> str:
        """Give a text without the secrets."""
        kept: list[str] = []
        at = 0
        for start, end in sorted(self._found(text.translate(_SMALL))):
            if start > at or not kept:
                kept += [text[at:start], HIDDEN]
            at = max(at, end)
        return "".join(kept) + text[at:]

    def _found(self, small: str) -> Iterator[tuple[int, int]]:
        for form in self._forms:
            at = small.find(form)
            while at >= 0:
                yield at, at + len(form)
                at = small.find(form, at + 1)

    def clean_json(self, value: Json) -> Json:
        """Give a JSON value without the secrets in its texts, names included."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, Mapping):
            return {self.clean(name): self.clean_json(each) for name, each in value.items()}
        return [self.clean_json(each) for each in value] if isinstance(value, list) else value


def _parts(value: str) -> Iterator[str]:
    """List what a secret value holds that is one by itself: a token, a connection's password, the path of a webhook's address."""
    yield value.rpartition(" ")[2]
    for match in _PASSWORD.finditer(value):
        yield match[1].strip("'")
    try:
        address = urlsplit(value)
        password = address.password
    except ValueError:  # no address, though it begins like one
        return
    if password:
        yield from (password, unquote(password))
    if address.scheme in ("http", "https"):
        # Errors of libraries print an address without its host.
        shown = [
            address.path,
            address.path.rpartition("/")[2],
            *(text for _, text in parse_qsl(address.query)),
        ]
        yield from (text for text in shown if len(text) >= _LONG)


def _forms(value: str) -> set[str]:
    """List how a value looks in an address, in JSON, in HTML, on a terminal, and in base64 at each of its three phases."""
    in_json = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    found = {
        value,
        quote(value, safe=""),
        quote(value),
        quote_plus(value),
        *in_json,
        *(text.replace("/", "\\/") for text in in_json),
        *(json.dumps(text)[1:-1] for text in in_json),
        repr(value)[1:-1],
        visible(value),
        _MARKDOWN.sub(r"\\\g<0>", html.escape(value, quote=False)),
        html.escape(value),
        html.escape(value, quote=False),
        value.encode("unicode_escape").decode(),
        value.encode("utf-8", "replace").hex(),
    }
    return found | set(_in_base64(value.encode("utf-8", "replace")))


def _in_base64(raw: bytes) -> Iterator[str]:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield from (encode(raw).decode(), encode(raw).decode().rstrip("="))
        for phase in range(3):
            # What stands before a value moves it within base64's groups of three: the middle is the same for each phase.
            coded = encode(b"\0" * phase + raw).decode()
            first = (phase * 8 + 5) // 6
            last = ((phase + len(raw)) * 8) // 6
            yield coded[first:last]
