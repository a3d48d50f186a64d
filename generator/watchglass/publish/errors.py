"""
Why a request did not do what was asked.

.. code-block:: text

    PublishError
    ├── NotSent        nothing reached the server: no connection, an address that is refused
    ├── Refused        the server answered that it did not do it; a repeat would be refused, too
    │   └── Kept       what is to go holds others' things, and is left
    ├── Strange        an answer that is none of this server's: a page of a proxy, cut JSON, too much
    └── Uncertain      a write was sent and no answer came: it may be done
"""

from __future__ import annotations


class PublishError(Exception):
    """
    A request that ended otherwise than it was meant to.

    Args:
        message: one sentence, free of secrets.
        hint: what to do next.
        status: the answer's HTTP status, where there was one.
    """

    def __init__(self, message: str, hint: str = "", status: int | None = None) -> None:
        super().__init__(message)
        self.message, self.hint, self.status = message, hint, status


class NotSent(PublishError):
    """Nothing reached the server."""


class Refused(PublishError):
    """The server did not do it, and would not do it if asked again."""


class Kept(Refused):
    """What is to go holds others' things: it is left, and that is no failure."""


class Strange(PublishError):
    """An answer that is none of this server's."""


class Uncertain(PublishError):
    """A write was sent and its answer was lost: it may be done, or not."""
