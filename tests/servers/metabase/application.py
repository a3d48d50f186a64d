"""A request becomes a response: who asks, which handler; a refusal is an answer like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from tests.servers.messages import Request, Response
from tests.servers.metabase import access
from tests.servers.metabase.call import Call, Rows
from tests.servers.metabase.refusals import Refusal, no_route
from tests.servers.metabase.routes import OPEN, ROUTES, Route
from tests.servers.metabase.state import State, User

_NOBODY = User(0, "", "", set())


class Metabase:
    """The application behind the wire; it is asked one request at a time."""

    def __init__(self, state: State, ask: Rows | None = None) -> None:
        self.state, self.ask = state, ask
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def handle(self, request: Request) -> Response:
        """Answer a request."""
        try:
            return self._answer(request)
        except Refusal as refusal:
            return refusal.response

    def _answer(self, request: Request) -> Response:
        found = _routed(request, OPEN)
        user = _NOBODY if found is not None else access.identify(request, self.state)
        found = found or _routed(request, ROUTES)
        if found is None:
            raise no_route()
        route, parameters = found
        return route.handler(Call(request, parameters, user, self.state, self.now(), self.ask))


def _routed(request: Request, routes: Iterable[Route]) -> tuple[Route, tuple[str, ...]] | None:
    for route in routes:
        if route.method != request.method or len(route.pattern) != len(request.parts):
            continue
        parameters = route.parameters(request.parts)
        if parameters is not None:
            return route, parameters
    return None
