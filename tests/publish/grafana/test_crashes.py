"""Fault 52 and its kin: whatever fails at whichever request, one more apply ends in the undisturbed state."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.publish.grafana.shop import Killed, Publisher, service_of, shop_server
from tests.servers.faults import ALL, Fault, Interrupted
from tests.servers.grafana.content import differences
from tests.servers.grafana.server import GrafanaServer, Snapshot
from watchglass.definition.service import Service
from watchglass.publish.errors import PublishError

FAULTS: dict[str, tuple[Callable[[], Fault], bool]] = {
    **{name: (make, False) for name, make in ALL.items() if name != "slow drip"},
    "killed before": (lambda: Interrupted(lambda: None), True),
    "killed after": (lambda: Interrupted(lambda: None, after=True), True),
}
"""Name → the fault, and whether the process dies of it."""

CHANGES = {
    "{watch: 20, bad: 10}": "{watch: 20, bad: 12}",
    "title: Details": "title: All details",
    "folder: Shop": "folder: The shop",
}


@pytest.fixture(scope="module")
def server() -> Iterator[GrafanaServer]:
    with shop_server() as running:
        yield running


@pytest.fixture(scope="module")
def empty(server: GrafanaServer) -> Snapshot:
    return server.snapshot()


def attempt(server: GrafanaServer, service: Service, *, dies: bool = False, **wish: object) -> None:
    with contextlib.suppress(PublishError, Killed):
        Publisher(server, dies=dies).apply(service, **wish)  # type: ignore[arg-type]


class Trial:
    """One apply, from one state: what it ends in undisturbed, and what it ends in after a fault and a second try."""

    def __init__(self, server: GrafanaServer, start: Snapshot, service: Service, **wish: object) -> None:
        self.server, self.start, self.service, self.wish = server, start, service, wish
        self.begin()
        self.attempt()
        self.undisturbed, self.requests = server.content(), len(server.requests)

    def begin(self) -> None:
        self.server.restore(self.start)
        self.server.forget()

    def attempt(self, *, dies: bool = False) -> None:
        attempt(self.server, self.service, dies=dies, **self.wish)

    def left_by(self, fault: Fault, number: int, *, dies: bool) -> list[str]:
        """Let one request fail, apply once more, and list what differs from the undisturbed end."""
        self.begin()
        self.server.inject(fault, at=number)
        self.attempt(dies=dies)
        self.server.resume()
        self.server.forget()
        self.attempt()
        left = Publisher(self.server).plan(self.service, **self.wish).writes  # type: ignore[arg-type]
        missing = [f"left: {change.title}" for change in left]
        return [*differences(self.undisturbed, self.server.content()), *missing]


@pytest.mark.parametrize("name", FAULTS)
def test_a_first_publish_survives_any_fault_at_any_request(
    name: str, server: GrafanaServer, empty: Snapshot, tmp_path: Path
) -> None:
    trial = Trial(server, empty, service_of(tmp_path))
    make, dies = FAULTS[name]
    for number in range(1, trial.requests + 1):
        assert trial.left_by(make(), number, dies=dies) == [], f"request {number}"


@pytest.mark.parametrize("name", FAULTS)
def test_a_destroy_survives_any_fault_at_any_request(
    name: str, server: GrafanaServer, empty: Snapshot, tmp_path: Path
) -> None:
    server.restore(empty)
    shop = service_of(tmp_path)
    attempt(server, shop)
    trial = Trial(server, server.snapshot(), shop, destroy=True, prune=True)
    make, dies = FAULTS[name]
    for number in range(1, trial.requests + 1):
        assert trial.left_by(make(), number, dies=dies) == [], f"request {number}"


@pytest.mark.parametrize("name", FAULTS)
def test_a_change_and_a_prune_survive_any_fault_at_any_request(
    name: str, server: GrafanaServer, empty: Snapshot, tmp_path: Path
) -> None:
    server.restore(empty)
    attempt(server, service_of(tmp_path))
    start = server.snapshot()
    without = "  some_failed: {title: Some failed, metric: failed, when: watch, for: 5m, every: 1m, severity: low}\n"
    changed = service_of(tmp_path, CHANGES | {without: ""})
    trial = Trial(server, start, changed, prune=True)
    make, dies = FAULTS[name]
    for number in range(1, trial.requests + 1):
        assert trial.left_by(make(), number, dies=dies) == [], f"request {number}"
