"""A server on loopback that answers as a script says, one step a request, and keeps what it was asked."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Step:
    """One answer: its parts, or a fault of the way to it."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()
    reset: bool = False
    """Break the connection in place of an answer."""
    cut: bool = False
    """Send half of the body that was promised."""
    drip: float = 0.0
    """Seconds between the bytes of the body."""


@dataclass
class Scripted:
    """What was asked, and what is answered next; the last step is answered for ever."""

    steps: list[Step]
    url: str = ""
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    def next(self) -> Step:
        return self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]


@contextlib.contextmanager
def scripted(*steps: Step) -> Iterator[Scripted]:
    """Serve the steps on a free port."""
    script = Scripted([*steps])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            script.asked.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
            step = script.next()
            if step.reset:
                # No lingering: the peer sees a reset, not an end.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
                return
            self.send_response(step.status)
            for name, value in step.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(step.body)))
            self.end_headers()
            self.send(step)

        def send(self, step: Step) -> None:
            with contextlib.suppress(OSError):
                if step.drip:
                    for byte in step.body:
                        self.wfile.write(bytes([byte]))
                        time.sleep(step.drip)
                elif step.cut:
                    self.wfile.write(step.body[: len(step.body) // 2])
                    self.close_connection = True
                else:
                    self.wfile.write(step.body)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  (the library's names)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
