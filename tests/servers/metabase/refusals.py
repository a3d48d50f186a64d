"""The shapes in which Metabase refuses: plain text, errors by field, a message."""

from __future__ import annotations

from typing import Any

from tests.servers.messages import Response, answer

TEXT = "text/plain"


class Refusal(Exception):
    """A request that is not done; the answer says why."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status, response.body)
        self.response = response


def text(status: int, message: str) -> Refusal:
    """Refuse with a text."""
    return Refusal(Response(status, message.encode(), TEXT))


def unauthenticated() -> Refusal:
    """Refuse somebody whom the server does not know."""
    return text(401, "Unauthenticated")


def forbidden() -> Refusal:
    """Refuse somebody whose rights do not reach."""
    return text(403, "You don't have permissions to do that.")


def missing(in_json: bool) -> Refusal:
    """Refuse what is not there: as text in older versions."""
    return message(404, "Not found.") if in_json else text(404, "Not found.")


def no_route() -> Refusal:
    """Refuse a path that is none of the API's."""
    return text(404, "API endpoint does not exist.")


def invalid(**errors: str) -> Refusal:
    """Refuse fields, each with what is wanted of it."""
    specific = {name: ["invalid"] for name in errors}
    return Refusal(answer({"errors": errors, "specific-errors": specific}, 400))


def message(status: int, said: str, **more: Any) -> Refusal:
    """Refuse with a message."""
    return Refusal(answer({"message": said} | more, status))


def failed_assertion(said: str) -> Refusal:
    """Fail where the server did not foresee the cause."""
    return message(500, f"Assert failed: {said}", via=[], trace=[], cause=None)
