"""Stand-in of GitLab's notes of one merge request: who one is, the list, a new note, another text of an old one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.servers.messages import Request, Response, answer
from tests.servers.transport import Transport

ME, TOKEN = 7, "glpat-of-the-comment"


@dataclass(slots=True)
class Notes:
    """The application; ``bodies`` is id → text."""

    bodies: dict[int, str] = field(default_factory=dict)

    def handle(self, request: Request) -> Response:
        """Answer a request with the right token."""
        path = request.target.partition("?")[0]
        if request.headers.get("private-token") != TOKEN:
            return answer({"message": "401 Unauthorized"}, 401)
        if path == "/api/v4/user":
            return answer({"id": ME})
        assert path.startswith("/api/v4/projects/1/merge_requests/3/notes"), path
        if request.method == "GET":
            return answer([self._shown(number) for number in self.bodies])
        number = len(self.bodies) + 1 if request.method == "POST" else int(path.rpartition("/")[2])
        assert request.method == "POST" or number in self.bodies
        self.bodies[number] = json.loads(request.body)["body"]
        return answer(self._shown(number), 201 if request.method == "POST" else 200)

    def _shown(self, number: int) -> dict[str, object]:
        return {"id": number, "body": self.bodies[number], "author": {"id": ME}}


@contextmanager
def gitlab_notes() -> Iterator[tuple[str, Notes]]:
    """Run it; gives the address of the API, and the notes."""
    notes = Notes()
    server = Transport(notes)
    server.start()
    try:
        yield f"{server.url}/api/v4", notes
    finally:
        server.stop()
