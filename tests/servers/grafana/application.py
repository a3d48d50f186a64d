"""A request becomes a response: who asks, may they, which handler; a refusal is an answer like any other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from tests.servers.grafana import access, accounts, apis, policies
from tests.servers.grafana.call import Call
from tests.servers.grafana.queries import Rows
from tests.servers.grafana.refusals import Refusal, forbidden, kubernetes, plain
from tests.servers.grafana.routes import ROUTES, Route
from tests.servers.grafana.state import State
from tests.servers.grafana.versions import Version
from tests.servers.messages import Request, Response

_BY_SHAPE: dict[tuple[str, int], list[Route]] = {}
for _each in ROUTES:
    _BY_SHAPE.setdefault((_each.method, len(_each.pattern)), []).append(_each)


class Grafana:
    """The application behind the wire; it is asked one request at a time."""

    def __init__(self, version: Version, ask: Callable[[str], Rows] | None = None) -> None:
        self.state = State(version=version, policies=policies.default(version))
        self.ask = ask
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.clock: Callable[[], float] = monotonic

    def handle(self, request: Request) -> Response:
        """Answer a request."""
        try:
            return self._answer(request)
        except Refusal as refusal:
            return refusal.response

    def _answer(self, request: Request) -> Response:
        parts = request.parts
        if parts == ("api", "health"):
            return accounts.health(self._call(request, (), access.ADMIN))
        identity = access.identify(request, self.state)
        route, parameters = _routed(request.method, parts)
        access.look_up(identity, self.state, self.clock)
        if identity.role < route.role:
            raise forbidden(route.needed, self.state.next_id("refusal"))
        if parts[0] == "apis" and parameters:
            _checked_api(*parameters[:2])
        return route.handler(self._call(request, parameters, identity))

    def _call(self, request: Request, parameters: tuple[str, ...], identity: Any) -> Call:
        return Call(request, parameters, identity, self.state, self.now(), self.ask)


def _checked_api(version: str, namespace: str) -> None:
    if version not in apis.CONVERTED:
        raise kubernetes(404, "the server could not find the requested resource", "NotFound")
    if namespace != "default":
        raise kubernetes(403, "namespace is not that of the organization", "Forbidden")


def _routed(method: str, parts: tuple[str, ...]) -> tuple[Route, tuple[str, ...]]:
    for route in _BY_SHAPE.get((method, len(parts)), ()):
        parameters = route.parameters(parts)
        if parameters is not None:
            return route, parameters
    raise plain(404, "Not found")
