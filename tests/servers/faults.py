"""
What goes wrong at a request: each fault decides whether the server acts, and what of its answer reaches the client.

``act()`` lets the server act, once, and gives its answer; a fault that does not call it fails *before* the
commit, one that calls it and spoils the answer fails *after* it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tests.servers.messages import JSON, Request, Response, answer

Act = Callable[[], Response]

HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>Please sign in.</form></body></html>"


class Wire(Protocol):
    """The client's connection, as a fault sees it."""

    def send(self, response: Response) -> None:
        """Send a whole answer."""

    def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are."""

    def head(self, response: Response) -> bytes:
        """Give an answer's status line and headers, as they go over the wire."""

    def close(self) -> None:
        """End the connection in good order."""

    def reset(self) -> None:
        """End the connection with a reset."""

    def closing(self, seconds: float) -> bool:
        """Wait, at most until the server stops; tell whether it does."""

    def refuse(self, seconds: float | None) -> None:
        """Stop listening, so that connections are refused, for a time or until the server is told to resume."""


class Fault(Protocol):
    """One way to fail."""

    def serve(self, wire: Wire, act: Act) -> None:
        """Answer a request, or not."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody listens: for a number of seconds, or until the server is told to resume."""

    seconds: float | None = None

    def serve(self, wire: Wire, act: Act) -> None:
        """Drop the request and stop listening; where its number was given, that was done before it could come."""
        wire.refuse(self.seconds)
        wire.reset()


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection breaks, before or after the server has acted."""

    after: bool = False

    def serve(self, wire: Wire, act: Act) -> None:
        """Break it."""
        if self.after:
            act()
        wire.reset()


@dataclass(frozen=True, slots=True)
class LostAnswer:
    """The server acts and says nothing: the connection ends, at once or after some seconds of silence."""

    silence: float = 0

    def serve(self, wire: Wire, act: Act) -> None:
        """Act, wait, hang up."""
        act()
        wire.closing(self.silence)
        wire.close()


@dataclass(frozen=True, slots=True)
class Said:
    """Another answer in place of the server's: an error, a page, a redirect; the server acts only if `after`."""

    response: Response
    after: bool = False

    def serve(self, wire: Wire, act: Act) -> None:
        """Say it."""
        if self.after:
            act()
        wire.send(self.response)


@dataclass(frozen=True, slots=True)
class CutBody:
    """The answer breaks off: its head promises more bytes than come."""

    keep: float = 0.5

    def serve(self, wire: Wire, act: Act) -> None:
        """Act, and send only the answer's first part."""
        response = act()
        body = response.body or b'{"message": "done"}'
        whole = Response(response.status if response.body else 200, body, response.content_type or JSON)
        wire.send_bytes(wire.head(whole) + body[: int(len(body) * self.keep)])
        wire.close()


@dataclass(frozen=True, slots=True)
class SlowDrip:
    """The answer comes, a few bytes at a time."""

    pause: float = 0.01
    size: int = 64

    def serve(self, wire: Wire, act: Act) -> None:
        """Act, and drip."""
        response = act()
        data = wire.head(response) + response.body
        for start in range(0, len(data), self.size):
            wire.send_bytes(data[start : start + self.size])
            if wire.closing(self.pause):
                return


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Something happens to the client or the server's state: before, or after the server has acted; no answer."""

    action: Callable[[], object]
    after: bool = False

    def serve(self, wire: Wire, act: Act) -> None:
        """Let it happen (say, kill the client) and hang up."""
        if self.after:
            act()
        self.action()
        wire.close()


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Somebody else does something between two requests; the request itself is served as ever."""

    action: Callable[[], object]

    def serve(self, wire: Wire, act: Act) -> None:
        """Let it happen, then serve."""
        self.action()
        wire.send(act())


def error(after: bool = False, status: int = 500) -> Said:
    """Say 500, before or after acting."""
    return Said(answer({"message": "Internal Server Error"}, status), after)


def too_many(retry_after: str = "0", status: int = 429) -> Said:
    """Say 429 or 503 with a Retry-After: seconds, a date or nonsense."""
    body = b'{"message": "too many requests"}'
    return Said(Response(status, body, JSON, {"Retry-After": retry_after}))


def html_page(status: int = 200, after: bool = False) -> Said:
    """Show a proxy's or a login's page."""
    return Said(Response(status, HTML, "text/html; charset=utf-8"), after)


def wrong_json(text: bytes = b'{"message": "don', after: bool = False) -> Said:
    """Say 200 with a text that is no JSON, or not the JSON that one expects."""
    return Said(Response(200, text, JSON), after)


def redirect(location: str, status: int = 302) -> Said:
    """Send the client elsewhere."""
    return Said(Response(status, b"", None, {"Location": location}))


@dataclass(slots=True)
class Planned:
    """A fault that waits for its request: the one of a number, or the next ones that a predicate names."""

    fault: Fault
    at: int | None = None
    when: Callable[[Request], bool] | None = None
    times: int | None = 1

    def takes(self, number: int, request: Request) -> bool:
        """Tell whether this request is its; counts down."""
        if self.times == 0 or (self.at is not None and number != self.at):
            return False
        if self.when is not None and not self.when(request):
            return False
        if self.times is not None:
            self.times -= 1
        return True


ALL: Mapping[str, Callable[[], Fault]] = {
    "refused": lambda: Refused(0.05),
    "reset before commit": Reset,
    "reset after commit": lambda: Reset(after=True),
    "lost answer": LostAnswer,
    "500 before commit": error,
    "500 after commit": lambda: error(after=True),
    "429": too_many,
    "503": lambda: too_many(status=503),
    "cut body": CutBody,
    "HTML page": html_page,
    "HTML page after commit": lambda: html_page(after=True),
    "wrong JSON": lambda: wrong_json(after=True),
    "slow drip": SlowDrip,
    "redirect": lambda: redirect("http://127.0.0.2:9/elsewhere"),
}
"""Every kind that a client has to survive, for matrices of tests."""


@dataclass(slots=True)
class Plan:
    """The faults to come."""

    planned: list[Planned] = field(default_factory=list)

    def take(self, number: int, request: Request) -> Fault | None:
        """Give the fault of a request."""
        return next((plan.fault for plan in self.planned if plan.takes(number, request)), None)

    def refusal_at(self, number: int) -> Refused | None:
        """Take the refusal of a request that is still to come, known by its number alone."""
        for plan in self.planned:
            if isinstance(plan.fault, Refused) and plan.at == number and plan.when is None and plan.times:
                plan.times -= 1
                return plan.fault
        return None
