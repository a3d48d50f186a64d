"""
Requests to one server: with a time-out, never to another host, repeated only where a repeat makes no second object.

A token is sent to the host that it is meant for and to no other: redirects are not followed, the user's netrc is not read,
and an address without TLS is refused unless it is this machine's.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import requests

from watchglass.artifact import Json
from watchglass.publish.address import Settings, check_address, session_of
from watchglass.publish.errors import NotSent, PublishError, Refused, Strange, Uncertain
from watchglass.publish.patience import pause
from watchglass.publish.secret import Redactor, Secret

__all__ = ["LARGEST", "Answer", "Client", "Settings", "only"]

Method = Literal["GET", "POST", "PUT", "DELETE"]
LARGEST = 50 * 1024 * 1024
"""Bytes of an answer that are read at most."""

_TRIES = 4
_PASSING = frozenset({408, 425, 429, 502, 503, 504})
_TOGETHER = 4
"""Reads that are in flight at once, at most; writes are one at a time."""
_CHUNK = 64 * 1024
_SAID = 100_000
"""Bytes of a text that is an error's; it is cut to a sentence once the secrets are out of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer: its status, and the JSON value of its body (None where it is empty)."""

    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)


class Client:
    """
    One server.

    Args:
        name: what people call it, such as ``Grafana``.
        headers: of those that carry the token, which is a secret, the values are never printed.
        wait: sleeps for some seconds; tests give a clock of their own.
    """

    def __init__(
        self,
        name: str,
        url: str,
        headers: Mapping[str, Secret | str],
        *,
        redactor: Redactor | None = None,
        settings: Settings | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name, self.url = name, url.rstrip("/")
        self.settings = settings or Settings()
        self.redactor = redactor or Redactor()
        self.way = (self.url, frozenset(headers.items()), self.settings)
        """What tells this way to a server from every other: two clients of one way may stand for each other."""
        self._wait = wait
        self._known: dict[Hashable, Answer] = {}
        for secret in (value for value in headers.values() if isinstance(value, Secret)):
            self.redactor.learn(secret)
        check_address(self.url, self.settings, self.name, self.redactor)
        self._session = session_of(self.url, headers, self.settings)

    def get(
        self, path: str, query: Mapping[str, str | int] | None = None, *, also: tuple[int, ...] = ()
    ) -> Answer:
        """
        Read; repeated where the server or the way to it fails for a moment.

        Args:
            also: statuses besides 2xx that are an answer, such as 404.

        Raises:
            PublishError: nothing came, or something else than was asked for.
        """
        return self._repeated("GET", path, None, query, also)

    def anonymous(self) -> Client:
        """Give the same way without the token: to ask what answers there, before a token is sent to it."""
        return Client(
            self.name, self.url, {}, redactor=self.redactor, settings=self.settings, wait=self._wait
        )

    def get_once(
        self, path: str, query: Mapping[str, str | int] | None = None, *, also: tuple[int, ...] = ()
    ) -> Answer:
        """Read what all definitions of a run look through, such as the list of all rules; never what is written over next."""
        asked = (path, frozenset((query or {}).items()), also)
        if asked not in self._known:
            self._known[asked] = self.get(path, query, also=also)
        return self._known[asked]

    def get_all(self, paths: Sequence[str], *, also: tuple[int, ...] = ()) -> list[Answer]:
        """Read several, some at once; the first that fails ends it, once those in flight are done."""
        pool = ThreadPoolExecutor(_TOGETHER)
        try:
            asked = [pool.submit(self.get, path, also=also) for path in paths]
            return [each.result() for each in asked]
        finally:
            pool.shutdown(cancel_futures=True)

    def put(
        self, path: str, body: Json, *, also: tuple[int, ...] = (), headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Write a whole object: a repeat leaves the same, so it is repeated as reading is."""
        return self._repeated("PUT", path, body, None, also, headers)

    def delete(
        self, path: str, query: Mapping[str, str | int] | None = None, *, also: tuple[int, ...] = (404,)
    ) -> Answer:
        """Remove an object; gone is gone, whoever did it."""
        return self._repeated("DELETE", path, None, query, also)

    def post(self, path: str, body: Json, *, also: tuple[int, ...] = ()) -> Answer:
        """
        Make an object, once: a second try might make a second one.

        Raises:
            Uncertain: the answer was lost; look for the object before another one is made.
        """
        for attempt in range(_TRIES):
            try:
                answer = self._once("POST", path, body, None)
            except NotSent:
                if attempt == _TRIES - 1:
                    raise
                self._wait(pause(attempt, None))
                continue
            if answer.status == 429 and attempt < _TRIES - 1:  # the server says that it did nothing
                self._wait(pause(attempt, answer.headers.get("Retry-After")))
                continue
            if answer.status >= 500 and answer.status not in also:
                raise Uncertain(
                    f"{self._asked('POST', path)}: {self._said(answer)}",
                    "it may be done; run it again, and what is there is found",
                    answer.status,
                )
            return self._judged(answer, "POST", path, also)
        raise AssertionError("every try ended in one way or another")

    def _repeated(
        self,
        method: Method,
        path: str,
        body: Json,
        query: Mapping[str, str | int] | None,
        also: tuple[int, ...],
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        for attempt in range(_TRIES):
            last = attempt == _TRIES - 1
            try:
                answer = self._once(method, path, body, query, headers)
            except (NotSent, Uncertain, Strange):
                if last:
                    raise
                wait = pause(attempt, None)
            else:
                if answer.status not in _PASSING or answer.status in also or last:
                    return self._judged(answer, method, path, also)
                wait = pause(attempt, answer.headers.get("Retry-After"))
            self._wait(wait)
        raise AssertionError("every try ended in one way or another")

    def _once(
        self,
        method: Method,
        path: str,
        body: Json,
        query: Mapping[str, str | int] | None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        try:
            response = self._session.request(
                method,
                self.url + path,
                params=query,
                data=None if body is None else _written(body),
                headers={"Content-Type": "application/json", **(headers or {})} if body is not None else None,
                timeout=(self.settings.connect, self.settings.read),
                allow_redirects=False,
                stream=True,
            )
            with response:
                return self._answer(response, method, path)
        except requests.exceptions.RequestException as error:
            failed = self._failure(method, path, error)
        # Raised out here, the error carries none of the library's: their frames hold the token.
        raise failed

    def _failure(
        self, method: Method, path: str, error: requests.exceptions.RequestException
    ) -> PublishError:
        if isinstance(error, requests.exceptions.SSLError):
            return self._failed(Refused, method, path, error, _CERTIFICATE)
        never = isinstance(error, (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError))
        if isinstance(error, requests.exceptions.ConnectionError):
            never = never or _never_connected(error)
        return self._failed(NotSent if never or method == "GET" else Uncertain, method, path, error)

    def _answer(self, response: requests.Response, method: Method, path: str) -> Answer:
        if response.is_redirect or response.status_code in (301, 302, 303, 307, 308):
            there = urlsplit(response.headers.get("Location", "")).netloc or "another page"
            raise Refused(
                f"{self._asked(method, path)}: {self.name} sends us on to {self.redactor.clean(there)}",
                "a token is not sent elsewhere: give the address that the server really has (a login page "
                "of a proxy in front of it looks like this, too)",
                response.status_code,
            )
        content = self._read(response, method, path)
        return Answer(
            response.status_code, self._json(response, content, method, path), dict(response.headers)
        )

    def _read(self, response: requests.Response, method: Method, path: str) -> bytes:
        parts: list[bytes] = []
        size, ends = 0, time.monotonic() + self.settings.read
        for part in response.iter_content(_CHUNK):
            parts.append(part)
            size += len(part)
            if size > LARGEST:
                raise Strange(
                    f"{self._asked(method, path)}: the answer has over {LARGEST // 1024 // 1024} MB"
                )
            if time.monotonic() > ends:
                raise self._late(method, path)
        expected = response.headers.get("Content-Length")
        if expected is not None and not response.headers.get("Content-Encoding") and size < int(expected):
            raise self._late(method, path, "the answer was cut off")
        return b"".join(parts)

    def _late(self, method: Method, path: str, what: str = "the answer took too long") -> PublishError:
        kind = Strange if method == "GET" else Uncertain
        return kind(f"{self._asked(method, path)}: {what}")

    def _json(self, response: requests.Response, content: bytes, method: Method, path: str) -> Json:
        if not content.strip():
            return None
        with suppress(ValueError):
            return json.loads(content)
        if response.status_code >= 400:
            return {"message": content[:_SAID].decode("utf-8", "replace")}
        page = b"<html" in content[:2000].lower() or b"<!doctype" in content[:2000].lower()
        what = "a web page (of a proxy, or of a login)" if page else "no JSON"
        kind = Strange if method == "GET" else Uncertain
        raise kind(f"{self._asked(method, path)}: {self.name} answered {what}", status=response.status_code)

    def _judged(self, answer: Answer, method: Method, path: str, also: tuple[int, ...]) -> Answer:
        if 200 <= answer.status < 300 or answer.status in also:
            return answer
        raise Refused(
            f"{self._asked(method, path)}: {self._said(answer)}",
            _hint(answer.status, self.name),
            answer.status,
        )

    def _said(self, answer: Answer) -> str:
        body = answer.body
        text = ""
        if isinstance(body, dict):
            text = str(body.get("message") or body.get("error") or body.get("errors") or "")
        elif isinstance(body, str):
            text = body
        return f"{answer.status} {self.redactor.clean(text)[:500]}".strip()

    def _asked(self, method: Method, path: str) -> str:
        return self.redactor.clean(f"{method} {path}")

    def _failed(
        self, kind: type[PublishError], method: Method, path: str, error: Exception, hint: str = ""
    ) -> PublishError:
        reason = self.redactor.clean(_reason(error))
        place = self.redactor.clean(urlsplit(self.url).netloc.rpartition("@")[2])
        return kind(f"{self._asked(method, path)} at {place}: {reason}", hint)


_CERTIFICATE = "give the authority's certificates with --ca FILE, or take any certificate with --insecure"


def _written(body: Json) -> bytes:
    """Write a body down as it is sent: secrets in it are known from here on."""
    return json.dumps(body, ensure_ascii=False, default=_revealed).encode()


def _revealed(value: object) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    """Tell whether a connection was never made: then nothing was sent, and nothing is done."""
    text = repr(error)
    return "NewConnectionError" in text or "NameResolutionError" in text


def _reason(error: Exception) -> str:
    """Give the reason in words of our own: those of the library hold whole addresses."""
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate cannot be verified"
    if isinstance(error, requests.exceptions.Timeout):
        return "no answer in time"
    text = repr(error)
    if "NameResolutionError" in text:
        return "there is no such host"
    if "Connection refused" in text:
        return "nothing listens there"
    return "the connection broke"


def _hint(status: int, name: str) -> str:
    return {
        401: f"the token of {name} is wrong, expired, or of another organization",
        403: f"the token of {name} may not do this; docs/publishing.md lists the rights that are needed",
        404: f"the address of {name} leads elsewhere, or the object is gone",
        413: "the object is too large for the server, or for a proxy before it",
    }.get(status, "")


def only(body: Json, kind: type, what: str) -> Any:
    """
    Give a body that is of the type that was asked for.

    Raises:
        Strange: it is another.
    """
    if not isinstance(body, kind):
        raise Strange(f"{what}: the answer is no {kind.__name__}")
    return body
