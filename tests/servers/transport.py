"""
An application on loopback: HTTP/1.1 on a real socket, a record of every request, and any fault at any of them.

The accepting thread and each connection's are daemons; stopping closes every socket, so that nothing outlives a test.
"""

from __future__ import annotations

import contextlib
import itertools
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol

from tests.servers.faults import Fault, Plan, Planned
from tests.servers.messages import Request, Response

_RESET = struct.pack("ii", 1, 0)
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Application(Protocol):
    """What a stand-in is apart from the wire."""

    def handle(self, request: Request) -> Response:
        """Answer a request; the transport asks one at a time."""


@dataclass(slots=True)
class Record:
    """A request that came; the status is None until something was said, and stays so where nothing was."""

    number: int
    request: Request
    status: int | None = None
    fault: Fault | None = None

    @property
    def line(self) -> tuple[str, str, int | None]:
        """Method, target and status."""
        return self.request.method, self.request.target, self.status


class Transport:
    """A listening server in front of an application."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._state = threading.RLock()
        self._stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._listener: _Listener | None = None
        self._port = 0
        self._numbers = itertools.count(1)
        self.requests: list[Record] = []
        self.faults = Plan()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return "127.0.0.1", self._port

    @property
    def url(self) -> str:
        """The server's root, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    def inject(
        self,
        fault: Fault,
        *,
        at: int | None = None,
        when: Callable[[Request], bool] | None = None,
        times: int | None = 1,
    ) -> None:
        """
        Plan a fault.

        Args:
            fault: what goes wrong.
            at: the request's number, counted from 1 since the start or the last `forget`.
            when: which requests; without number and predicate: the next one.
            times: how often; None is for ever.
        """
        with self._state:
            self.faults.planned.append(Planned(fault, at, when, times))
            early = self.faults.refusal_at(len(self.requests) + 1) if at is not None else None
        if early is not None:
            self.refuse(early.seconds)

    def forget(self) -> None:
        """Begin a new record: no requests, no faults, the next request is number 1."""
        with self._state:
            self.requests.clear()
            self.faults.planned.clear()
            self._numbers = itertools.count(1)

    def start(self) -> None:
        """Listen."""
        self._listener = _Listener(self._port, self._serve)
        self._port = self._listener.port

    def stop(self) -> None:
        """End everything."""
        self._stopping.set()
        self._hang_up()

    def refuse(self, seconds: float | None = None, but: socket.socket | None = None) -> None:
        """Stop listening and drop every connection but one; for some seconds, or until `resume`."""
        self._hang_up(but)
        if seconds is not None:
            timer = threading.Timer(seconds, self.resume)
            timer.daemon = True
            timer.start()

    def resume(self) -> None:
        """Listen again, on the same port."""
        with self._state:
            if self._listener is None and not self._stopping.is_set():
                self.start()

    def _close_listener(self) -> None:
        # All of it under the lock: who listens again meanwhile would find the port in use.
        with self._state:
            listener, self._listener = self._listener, None
            if listener is not None:
                listener.close()

    def _hang_up(self, but: socket.socket | None = None) -> None:
        self._close_listener()
        with self._state:
            connections = self._connections - {but}
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _serve(self, connection: socket.socket) -> None:
        with self._state:
            self._connections.add(connection)
        try:
            with contextlib.suppress(OSError):
                _Handler(connection, self)
        finally:
            with self._state:
                self._connections.discard(connection)
            with contextlib.suppress(OSError):
                connection.close()

    def exchange(self, request: Request, wire: _Handler) -> None:
        """Serve a request: as the application answers, or as the fault that was planned for it wants."""
        with self._state:
            record = Record(next(self._numbers), request)
            self.requests.append(record)
            record.fault = fault = self.faults.take(record.number, request)
            refusal = self.faults.refusal_at(record.number + 1)
        wire.record, wire.is_last = record, refusal is not None
        if refusal is not None:
            # Before the answer: a client that has it may be back at once. Its own connection ends with the answer.
            self.refuse(refusal.seconds, but=wire.served)
        if fault is None:
            wire.send(self._act(request))
        else:
            fault.serve(wire, lambda: self._act(request))

    def _act(self, request: Request) -> Response:
        with self._state:
            return self._application.handle(request)

    @contextlib.contextmanager
    def quiet(self) -> Iterator[None]:
        """Keep the application to oneself: no request acts meanwhile."""
        with self._state:
            yield

    def wait(self, seconds: float) -> bool:
        """Wait, at most until the server stops; tell whether it does."""
        return self._stopping.wait(seconds)


class _Handler(BaseHTTPRequestHandler):
    """A connection: its requests in order, each given to the transport."""

    protocol_version = "HTTP/1.1"

    def __init__(self, connection: socket.socket, transport: Transport) -> None:
        self.transport = transport
        self.record = Record(0, Request("", ""))
        self.served = connection
        self.is_last = False
        super().__init__(connection, connection.getpeername(), transport)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._any
        raise AttributeError(name)

    def _any(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length") or 0))
        self.transport.exchange(Request(self.command, self.path, headers, body), self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""

    def head(self, response: Response) -> bytes:
        lines = [f"HTTP/1.1 {response.status} {_PHRASES.get(response.status, '')}"]
        if response.content_type is not None:
            lines.append(f"Content-Type: {response.content_type}")
        if response.status != HTTPStatus.NO_CONTENT:
            lines.append(f"Content-Length: {len(response.body)}")
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        if self.is_last:
            self.close_connection = True
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def send(self, response: Response) -> None:
        """Send a whole answer at once."""
        self.record.status = response.status
        bare = self.command == "HEAD" or response.status == HTTPStatus.NO_CONTENT
        self.served.sendall(self.head(response) + (b"" if bare else response.body))

    def send_bytes(self, data: bytes) -> None:
        self.served.sendall(data)

    def close(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.served.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        self.close_connection = True
        self.served.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        # Both files hold the socket open; the reset goes out with the last of them.
        self.rfile.close()
        self.served.close()

    def closing(self, seconds: float) -> bool:
        return self.transport.wait(seconds)

    def refuse(self, seconds: float | None) -> None:
        self.transport.refuse(seconds)


@dataclass(slots=True)
class _Listener:
    """The listening socket and its thread; closing it is felt at once."""

    port: int
    serve: Callable[[socket.socket], None]
    _socket: socket.socket = field(init=False)
    _wake: tuple[socket.socket, socket.socket] = field(init=False)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self.port = self._socket.getsockname()[1]
        self._wake = socket.socketpair()
        self._thread = threading.Thread(target=self._accept, name=f"listener {self.port}", daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            ready, _, _ = select.select([self._socket, self._wake[0]], [], [])
            if self._wake[0] in ready:
                return
            with contextlib.suppress(OSError):
                connection, _ = self._socket.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def close(self) -> None:
        self._wake[1].send(b"x")
        if threading.current_thread() is not self._thread:
            self._thread.join()
        for each in (self._socket, *self._wake):
            each.close()
