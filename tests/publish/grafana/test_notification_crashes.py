"""Whatever fails while contacts, hours and routes are published, one more apply ends in the undisturbed state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.grafana.shop import shop_server
from tests.publish.grafana.test_crashes import FAULTS, Trial, attempt
from tests.publish.grafana.told import PER_RULE, told_service
from tests.servers.grafana.server import GrafanaServer, Snapshot

CHANGES = {
    'from: "09:00"': 'from: "08:00"',
    "addresses: boss@example.com": "addresses: [boss@example.com, deputy@example.com]",
    "    - {contact: pager}": "    - {contact: boss, repeat: 1h}",
    '    pager: {type: pagerduty, integration_key: "${env:PAGER}"}\n': "",
    "timezone: Europe/Berlin": "timezone: Europe/Rome",
}

DEATHS = [name for name, (_, dies) in FAULTS.items() if dies]
"""The faults of which the process dies: what is half done then, no other fault leaves in another way."""


@pytest.fixture(scope="module")
def server() -> Iterator[GrafanaServer]:
    with shop_server() as running:
        yield running


@pytest.fixture(scope="module")
def empty(server: GrafanaServer) -> Snapshot:
    return server.snapshot()


def all_left(trial: Trial, name: str) -> list[str]:
    make, dies = FAULTS[name]
    return [
        f"request {number}: {left}"
        for number in range(1, trial.requests + 1)
        for left in trial.left_by(make(), number, dies=dies)
    ]


@pytest.mark.parametrize("name", FAULTS)
def test_a_first_publish_survives(name: str, server: GrafanaServer, empty: Snapshot, tmp_path: Path) -> None:
    assert all_left(Trial(server, empty, told_service(tmp_path)), name) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_change_and_a_prune_survive(
    name: str, server: GrafanaServer, empty: Snapshot, tmp_path: Path
) -> None:
    server.restore(empty)
    attempt(server, told_service(tmp_path))
    start = server.snapshot()
    assert all_left(Trial(server, start, told_service(tmp_path, CHANGES), prune=True), name) == []


@pytest.mark.parametrize("name", DEATHS)
def test_the_way_to_rules_of_their_own_survives(
    name: str, server: GrafanaServer, empty: Snapshot, tmp_path: Path
) -> None:
    server.restore(empty)
    attempt(server, told_service(tmp_path))
    start = server.snapshot()
    assert all_left(Trial(server, start, told_service(tmp_path, PER_RULE), prune=True), name) == []


@pytest.mark.parametrize("name", DEATHS)
def test_a_destroy_survives(name: str, server: GrafanaServer, empty: Snapshot, tmp_path: Path) -> None:
    server.restore(empty)
    shop = told_service(tmp_path)
    attempt(server, shop)
    assert all_left(Trial(server, server.snapshot(), shop, destroy=True, prune=True), name) == []
