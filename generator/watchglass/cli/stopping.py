"""SIGTERM and SIGINT → an event that a loop waits on; the process ends after some seconds, whatever hangs."""

from __future__ import annotations

import os
import signal
import socket
import threading

_SECONDS = 4.0
"""What the round under way has to end in: containers are killed after ten."""


class Stop:
    """
    Says when to stop.

    The signals' numbers come through a socket that the interpreter writes to at once, also while a library, such as the
    one that looks up a host's name, holds the main thread.
    """

    def __init__(self) -> None:
        self._asked = threading.Event()
        self.signal = 0
        self._read, write = socket.socketpair()
        write.setblocking(False)
        self._write = write
        signal.set_wakeup_fd(write.fileno())
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: None)
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def asked(self) -> bool:
        """Whether to stop."""
        return self._asked.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait; True where it is time to stop."""
        return self._asked.wait(max(seconds, 0))

    def _listen(self) -> None:
        for number in iter(lambda: self._read.recv(1), b""):
            if number[0] in (signal.SIGTERM, signal.SIGINT):
                self.signal = number[0]
                self._asked.set()
                timer = threading.Timer(_SECONDS, os._exit, (128 + number[0],))
                timer.daemon = True
                timer.start()
