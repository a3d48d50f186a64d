"""Fault 52 and its kin: whatever fails at whichever request, one more apply ends in the undisturbed state."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.publish.metabase.conftest import Artifacts
from tests.publish.metabase.shop import Killed, Publisher, artifacts_of, number_of, shop_server
from tests.servers.faults import ALL, Fault, Interrupted
from tests.servers.metabase.content import differences
from tests.servers.metabase.samples import alert, card, posted
from tests.servers.metabase.server import MetabaseServer, Snapshot
from watchglass.publish.errors import PublishError

FAULTS: dict[str, tuple[Callable[[], Fault], bool]] = {
    **{name: (make, False) for name, make in ALL.items() if name != "slow drip"},
    "killed before": (lambda: Interrupted(lambda: None), True),
    "killed after": (lambda: Interrupted(lambda: None, after=True), True),
}
"""Name → the fault, and whether the process dies of it."""

EVERY = pytest.mark.parametrize("name", FAULTS)
WORST = pytest.mark.parametrize(
    "name",
    [
        "killed before",
        "killed after",
        "lost answer",
        "500 before commit",
        "500 after commit",
        "429",
        "cut body",
    ],
)
"""The faults that leave a server in another state each; the others end as one of these does."""

CHANGES = {
    "{watch: 20, bad: 10}": "{watch: 20, bad: 12}",
    "title: Details": "title: All details",
    "metabase: {collection: Shop": "metabase: {collection: The shop",
    "as: lines, time: day, y: [orders]": "as: table",
    "          - {id: failed, metric: failed, as: number}\n": "",
    "{id: table, query: now, as: table}": "{id: other, query: now, as: table}",
}


@pytest.fixture(scope="module")
def server() -> Iterator[MetabaseServer]:
    with shop_server("0.61") as running:
        posted(running, "/api/card", card("Theirs"))
        running.forget()
        yield running


@pytest.fixture(scope="module")
def empty(server: MetabaseServer) -> Snapshot:
    return server.snapshot()


def attempt(server: MetabaseServer, artifacts: Artifacts, *, dies: bool = False, **wish: object) -> None:
    with contextlib.suppress(PublishError, Killed):
        Publisher(server, dies=dies).apply(artifacts, **wish)  # type: ignore[arg-type]


class Trial:
    """One apply, from one state: what it ends in undisturbed, and what it ends in after a fault and a second try."""

    def __init__(self, server: MetabaseServer, start: Snapshot, artifacts: Artifacts, **wish: object) -> None:
        self.server, self.start, self.artifacts, self.wish = server, start, artifacts, wish
        self.begin()
        self.attempt()
        self.undisturbed, self.requests = server.content(), len(server.requests)
        written = [record.number for record in server.requests if record.request.method != "GET"]
        self.reads = written[0] - 1
        """How many requests a plan is made of; in these nothing can be left half done."""

    def begin(self) -> None:
        self.server.restore(self.start)
        self.server.forget()

    def attempt(self, *, dies: bool = False) -> None:
        attempt(self.server, self.artifacts, dies=dies, **self.wish)

    def left_by(self, fault: Fault, number: int, *, dies: bool) -> list[str]:
        """Let one request fail, apply once more, and list what differs from the undisturbed end."""
        self.begin()
        self.server.inject(fault, at=number)
        self.attempt(dies=dies)
        self.server.resume()
        self.server.forget()
        self.attempt()
        left = Publisher(self.server).plan(self.artifacts, **self.wish).writes  # type: ignore[arg-type]
        missing = [f"left: {change.title}" for change in left]
        return [*differences(self.undisturbed, self.server.content()), *missing]

    def survives(self, name: str, first: int = 1) -> None:
        """Let each request fail in turn, from a number on."""
        make, dies = FAULTS[name]
        for number in range(first, self.requests + 1):
            assert self.left_by(make(), number, dies=dies) == [], f"request {number}"


@EVERY
def test_fault_41_a_first_publish_survives_any_fault_at_any_request(
    name: str, server: MetabaseServer, empty: Snapshot, tmp_path: Path
) -> None:
    Trial(server, empty, artifacts_of(tmp_path)).survives(name)


@WORST
def test_fault_42_a_change_and_a_prune_survive_any_fault_at_any_request(
    name: str, server: MetabaseServer, empty: Snapshot, tmp_path: Path
) -> None:
    server.restore(empty)
    attempt(server, artifacts_of(tmp_path))
    posted(server, "/api/notification", alert(number_of(server, "Days")))
    trial = Trial(server, server.snapshot(), artifacts_of(tmp_path, CHANGES), prune=True)
    trial.survives(name, trial.reads)


@WORST
def test_a_destroy_survives_any_fault_at_any_request(
    name: str, server: MetabaseServer, empty: Snapshot, tmp_path: Path
) -> None:
    server.restore(empty)
    shop = artifacts_of(tmp_path)
    attempt(server, shop)
    trial = Trial(server, server.snapshot(), shop, destroy=True, prune=True)
    trial.survives(name, trial.reads)


@WORST
def test_what_comes_back_from_the_trash_survives_any_fault_at_any_request(
    name: str, server: MetabaseServer, empty: Snapshot, tmp_path: Path
) -> None:
    server.restore(empty)
    shop = artifacts_of(tmp_path)
    attempt(server, shop)
    attempt(server, shop, destroy=True, prune=True)
    trial = Trial(server, server.snapshot(), shop)
    trial.survives(name, trial.reads)
