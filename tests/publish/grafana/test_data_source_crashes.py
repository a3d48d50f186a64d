"""Whatever fails while a managed data source and its readers are published, one more apply ends in the undisturbed state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.grafana.shop import service_of
from tests.publish.grafana.test_crashes import FAULTS, Trial, attempt
from tests.servers.grafana import grafana_server
from tests.servers.grafana.server import GrafanaServer, Snapshot
from watchglass.definition.service import Service

MANAGED = (
    'grafana: {uid: shop-db, manage: {host: "db.example.com:5432", database: shop, user: dashboards, '
    'password: "${env:PAGER}"}}'
)


@pytest.fixture(scope="module")
def server() -> Iterator[GrafanaServer]:
    with grafana_server() as running:
        running.editor_token = running.admin_token
        yield running


@pytest.fixture(scope="module")
def empty(server: GrafanaServer) -> Snapshot:
    return server.snapshot()


def shop(folder: Path, host: str = "db.example.com") -> Service:
    return service_of(folder, {"grafana: {uid: shop-db}": MANAGED.replace("db.example.com", host)})


def sources(server: GrafanaServer) -> dict[str, str]:
    return {uid: str(source.fields["url"]) for uid, source in server.state.sources.items()}


def all_left(trial: Trial, name: str, ends: dict[str, str]) -> list[str]:
    make, dies = FAULTS[name]
    found = []
    for number in range(1, trial.requests + 1):
        found += [f"request {number}: {left}" for left in trial.left_by(make(), number, dies=dies)]
        if sources(trial.server) != ends:
            found.append(f"request {number}: {sources(trial.server)}")
    return found


@pytest.mark.parametrize("name", FAULTS)
def test_a_first_publish_survives(name: str, server: GrafanaServer, empty: Snapshot, tmp_path: Path) -> None:
    trial = Trial(server, empty, shop(tmp_path))
    assert all_left(trial, name, {"shop-db": "db.example.com:5432"}) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_change_survives(name: str, server: GrafanaServer, empty: Snapshot, tmp_path: Path) -> None:
    server.restore(empty)
    attempt(server, shop(tmp_path))
    trial = Trial(server, server.snapshot(), shop(tmp_path, "new.example.com"))
    assert all_left(trial, name, {"shop-db": "new.example.com:5432"}) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_destroy_survives(name: str, server: GrafanaServer, empty: Snapshot, tmp_path: Path) -> None:
    server.restore(empty)
    attempt(server, shop(tmp_path))
    trial = Trial(server, server.snapshot(), shop(tmp_path), destroy=True, prune=True)
    assert all_left(trial, name, {}) == []
