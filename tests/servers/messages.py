"""A request and a response as values, between the wire and a stand-in's own code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

JSON = "application/json"
JSON_UTF8 = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked; header names are in lower case, the target is as it stood on the wire."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        """The target without its query, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def parts(self) -> tuple[str, ...]:
        """The path's parts, each decoded by itself, so that a slash inside of a name stays there."""
        return tuple(unquote(part) for part in self.path.strip("/").split("/"))

    @property
    def query(self) -> dict[str, list[str]]:
        """The query's values by name, blank ones too."""
        return parse_qs(self.target.partition("?")[2], keep_blank_values=True)


@dataclass(frozen=True, slots=True)
class Response:
    """What the server says; without a content type the header is left out."""

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """Read the body as JSON."""
        return json.loads(self.body)


def answer(value: Any, status: int = 200, content_type: str = JSON) -> Response:
    """Say a value as JSON."""
    return Response(status, json.dumps(value, ensure_ascii=False).encode(), content_type)
