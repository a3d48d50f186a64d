"""A proxy between client and server that changes or holds what comes back."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

from tests.database.servers import Running, free_port

Change = Callable[[bytes], bytes | None]
"""What the server sent → what the client gets; None: nothing, from now on."""


@contextlib.contextmanager
def between(server: Running, change: Change) -> Iterator[Running]:
    """Listen on a port of its own, for as many connections as come."""
    port = free_port()
    sockets: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", port)) as listener:
        sockets.append(listener)
        thread = threading.Thread(target=_accept, args=(listener, server, change, sockets), daemon=True)
        thread.start()
        try:
            yield Running(server.version, "127.0.0.1", str(port))
        finally:
            for each in sockets:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
            thread.join(5)


def _accept(listener: socket.socket, server: Running, change: Change, sockets: list[socket.socket]) -> None:
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            upstream = socket.create_connection((server.host, int(server.port)))
            sockets += [client, upstream]
            for source, sink, how in ((client, upstream, _same), (upstream, client, change)):
                threading.Thread(target=_pump, args=(source, sink, how), daemon=True).start()


def _same(data: bytes) -> bytes | None:
    return data


def _pump(source: socket.socket, sink: socket.socket, change: Change) -> None:
    silent = False
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            changed = None if silent else change(data)
            silent = changed is None
            if changed is not None:
                sink.sendall(changed)
        sink.shutdown(socket.SHUT_RDWR)
