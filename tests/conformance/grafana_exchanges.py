"""
A recording of requests and answers of a Grafana becomes, against a stand-in, the exchanges that agree and those that do not.

Two answers agree when status, content type, keys and types are the same everywhere, and so are the values that the
server did not make itself. What it made (numbers, random uids, times, hashes) is learnt by its place: where a later request
repeats it, it is sent as the stand-in made it, and where a later answer does, it has to be that one again.
"""

from __future__ import annotations

import gzip
import http.client
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers.grafana.server import BASIC, GrafanaServer

Json = Mapping[str, Any]


class WrongFile(Exception):
    """A file that is no recording of the form; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what the recorded server answered."""

    name: str
    request: Json
    response: Json


@dataclass(frozen=True, slots=True)
class Recording:
    """A file, read; the version is that of its server."""

    version: str
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """An exchange and how the stand-in's answer differs, with paths; nothing where it agrees."""

    exchange: Exchange
    differences: tuple[str, ...]


UNRECORDED: Mapping[str, Sequence[tuple[str, str]]] = {
    "states of the rules": (("DELETE", "/api/v1/provisioning/alert-rules/ns"),),
}
"""
Requests that the recordings leave out, by the exchange before which they must have been sent.

The rule `ns` is made and nothing recorded removes it, yet the states, read later, no longer have it.
"""

_PERSON = re.compile(r"<(admin|editor|viewer) service account>")


def read(path: Path) -> Recording:
    """Read a file, compressed or not."""
    data = path.read_bytes()
    try:
        found = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    except (OSError, ValueError) as error:
        raise WrongFile(f"{path} holds no JSON: {error}") from None
    listed = found.get("exchanges") if isinstance(found, dict) else found
    if not isinstance(listed, list) or not listed:
        raise WrongFile(f"{path} has no list of exchanges")
    exchanges = tuple(_exchange(path, number, each) for number, each in enumerate(listed))
    return Recording(_version(path, exchanges), exchanges)


def _exchange(path: Path, number: int, found: Any) -> Exchange:
    try:
        request, response = found["request"], found["response"]
        known = isinstance(request["method"], str) and isinstance(request["path"], str)
        known = known and isinstance(response["status"], int)
    except (KeyError, TypeError):
        known = False
    if not known:
        raise WrongFile(f"{path}: exchange {number} has no request (method, path) and response (status)")
    return Exchange(str(found.get("name", number)), request, response)


def _version(path: Path, exchanges: Sequence[Exchange]) -> str:
    for exchange in exchanges:
        body = exchange.response.get("body")
        if exchange.request["path"] == "/api/health" and isinstance(body, dict) and "version" in body:
            return str(body["version"])
    named = re.search(r"\d+\.\d+", path.name)
    return named[0] if named else "12.3"


def replay(recording: Recording, server: GrafanaServer) -> Iterator[Result]:
    """Send every request, in order, over the wire."""
    learnt = Learnt()
    connection = http.client.HTTPConnection(*server.address, timeout=30)
    try:
        for exchange in recording.exchanges:
            for method, target in UNRECORDED.get(exchange.name, ()):
                server.ask(method, target)
            yield Result(exchange, tuple(_differences(exchange, connection, server, learnt)))
    finally:
        connection.close()


def _differences(
    exchange: Exchange, connection: http.client.HTTPConnection, server: GrafanaServer, learnt: Learnt
) -> Iterator[str]:
    request, expected = exchange.request, exchange.response
    body = learnt.translated(request.get("body"))
    learnt.sent(f"{request['path']} {json.dumps(body)}")
    data = None if body is None else json.dumps(body).encode()
    connection.request(request["method"], request["path"], data, _headers(exchange, server))
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != expected["status"]:
        yield f"status: expected {expected['status']}, got {answer.status} ({text[:200].decode()})"
        return
    content_type = answer.getheader("Content-Type")
    if "content_type" in expected and content_type != expected["content_type"]:
        yield f"content type: expected {expected['content_type']}, got {content_type}"
    yield from learnt.compared(expected.get("body", ""), _body(text, content_type), ())


def _headers(exchange: Exchange, server: GrafanaServer) -> dict[str, str]:
    """
    Give the headers of a request; who sent it without a token of its own was the server's administrator.

    A recording does not say that nobody was named: its answer does (401), as an administrator gets none.
    """
    given = dict(exchange.request.get("headers") or {})
    headers = {"User-Agent": "python-requests/2"}
    if exchange.request.get("body") is not None:
        headers["Content-Type"] = "application/json"
    if "Authorization" not in given and exchange.response["status"] != 401:
        headers["Authorization"] = BASIC
    tokens = {"admin": server.admin_token, "editor": server.editor_token, "viewer": server.viewer_token}
    for name, value in given.items():
        headers[name] = _PERSON.sub(lambda match: tokens[match[1]], value)
    return headers


def _body(text: bytes, content_type: str | None) -> Any:
    if text and content_type is not None and content_type.startswith("application/json"):
        return json.loads(text)
    return text.decode()


_NUMBERS = {"id", "folderId", "dashboardId"}
_TIMES = {"created", "updated", "creationTimestamp", "grafana.app/updatedTimestamp", "lastEvaluation"}
_MADE = {
    "accessErrorId",
    "commit",
    "continue",
    "grafana.app/createdBy",
    "grafana.app/deprecatedInternalID",
    "grafana.app/updatedBy",
    "manager",
    "resourceVersion",
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_ZERO_TIME = "0001-01-01T00:00:00Z"
_HASH = re.compile(r"[0-9a-f]{16}")
_LEARNABLE = 8
"""Shorter texts are no server's secret, and might stand in a request for something else."""

Path_ = tuple[str | int, ...]


@dataclass(slots=True)
class Learnt:
    """What the recorded server made, and what the stand-in made in its place."""

    made: dict[str, Any] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def sent(self, text: str) -> None:
        """Remember a request: what stands in it was not made by the server."""
        self.requests.append(text)

    def translated(self, value: Any) -> Any:
        """Put the stand-in's own in place of what the recorded server made."""
        if isinstance(value, dict):
            return {key: self.translated(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.translated(each) for each in value]
        return self.made.get(value, value) if isinstance(value, str) else value

    def compared(self, expected: Any, got: Any, path: Path_) -> Iterator[str]:
        """Compare two values of a body."""
        if _kind(expected) != _kind(got):
            yield f"{_shown(path)}: expected {_kind(expected)} {_cut(expected)}, got {_kind(got)} {_cut(got)}"
        elif isinstance(expected, dict):
            yield from self._objects(expected, got, path)
        elif isinstance(expected, list):
            if len(expected) != len(got):
                yield f"{_shown(path)}: expected {len(expected)} items, got {len(got)}"
            for index, (one, other) in enumerate(zip(expected, got, strict=False)):
                yield from self.compared(one, other, (*path, index))
        elif not self._agree(expected, got, path):
            yield f"{_shown(path)}: expected {_cut(expected)}, got {_cut(got)}"

    def _objects(self, expected: Json, got: Json, path: Path_) -> Iterator[str]:
        for key in expected.keys() - got.keys():
            yield f"{_shown((*path, key))}: missing"
        for key in got.keys() - expected.keys():
            yield f"{_shown((*path, key))}: expected nothing, got {_cut(got[key])}"
        for key in expected.keys() & got.keys():
            yield from self.compared(expected[key], got[key], (*path, key))

    def _agree(self, expected: Any, got: Any, path: Path_) -> bool:
        key = path[-1] if path else ""
        if expected == got:
            return True
        if key in _NUMBERS:
            return "panels" not in path and bool(expected) == bool(got)
        if not isinstance(expected, str):
            return False
        if expected in self.made:
            return bool(self.made[expected] == got)
        if key in _TIMES or (key == "time" and "managedFields" in path):
            return expected != _ZERO_TIME and _without_times(expected) == _without_times(got)
        if key == "executedQueryString":
            return _without_times(expected) == _without_times(got)
        return self._is_made(str(key), expected, got) and self._learn(expected, got)

    def _is_made(self, key: str, expected: str, got: str) -> bool:
        if key in _MADE:
            return True
        if key == "version":
            return bool(_HASH.fullmatch(expected) and _HASH.fullmatch(got))
        return key == "uid" and not any(expected in text or got in text for text in self.requests)

    def _learn(self, expected: str, got: str) -> bool:
        """Let a text stand for another from now on."""
        if len(expected) < _LEARNABLE:
            return True
        self.made[expected] = got
        return True


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    kinds: Sequence[tuple[type | tuple[type, ...], str]] = (
        (bool, "boolean"),
        ((int, float), "number"),
        (str, "text"),
        (list, "list"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "object")


def _without_times(text: str) -> str:
    return _TIME.sub("a time", text)


def _shown(path: Path_) -> str:
    return (
        "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
        or "body"
    )


def _cut(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:200] + "…"
