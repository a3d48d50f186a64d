"""The shapes in which Grafana refuses: plain, coded, coded with extras, dashboards', Kubernetes'."""

from __future__ import annotations

from typing import Any

from tests.servers.messages import JSON_UTF8, Response, answer


class Refusal(Exception):
    """A request that is not done; the answer says why."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status, response.body)
        self.response = response


def plain(status: int, message: str) -> Refusal:
    """Refuse with a message alone."""
    return Refusal(answer({"message": message}, status))


def bad_request() -> Refusal:
    """Refuse a body that cannot be read: no JSON, another content type, a wrong type of a field."""
    return plain(400, "bad request data")


def internal() -> Refusal:
    """Refuse as Grafana does where it did not foresee the cause."""
    return plain(500, "Internal Server Error")


def coded(status: int, code: str, message: str, extra: dict[str, Any] | None = None) -> Refusal:
    """Refuse with a message's id."""
    body = {"statusCode": status, "messageId": code, "message": message}
    return Refusal(answer(body | ({"extra": extra} if extra else {}), status))


def with_status(status: int, word: str, message: str) -> Refusal:
    """Refuse as the dashboards' and folders' part does."""
    return Refusal(answer({"message": message, "status": word}, status))


def missing(status: int = 404) -> Refusal:
    """Refuse with nothing but a status."""
    return Refusal(Response(status))


def unauthorized(code: str, message: str) -> Refusal:
    """Refuse somebody whom the server does not know."""
    body = {"extra": None, "message": message, "messageId": code, "statusCode": 401, "traceID": ""}
    return Refusal(answer(body, 401, JSON_UTF8))


def forbidden(needed: tuple[str, ...], number: int) -> Refusal:
    """Refuse somebody whose rights do not reach."""
    rights = needed[0] if len(needed) == 1 else "any of " + ", ".join(needed)
    body = {
        "accessErrorId": f"ACE{number:010d}",
        "message": f"You'll need additional permissions to perform this action. Permissions needed: {rights}",
        "title": "Access denied",
    }
    return Refusal(answer(body, 403, JSON_UTF8))


def kubernetes(code: int, message: str, reason: str = "", name: str = "") -> Refusal:
    """Refuse as the `/apis` part does."""
    body: dict[str, Any] = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
    }
    if reason:
        body["reason"] = reason
        body["details"] = {"name": name, "group": "dashboard.grafana.app", "kind": "dashboards"}
    return Refusal(answer(body | {"code": code}, code))
