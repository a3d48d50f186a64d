"""Servers of both versions, with one folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.grafana import GrafanaServer, grafana_server, samples


def _filled(version: str) -> Iterator[GrafanaServer]:
    with grafana_server(version) as server:
        server.ask("POST", "/api/folders", samples.folder())
        yield server


@pytest.fixture
def old() -> Iterator[GrafanaServer]:
    """Grafana 12.3."""
    yield from _filled("12.3")


@pytest.fixture
def new() -> Iterator[GrafanaServer]:
    """Grafana 12.4."""
    yield from _filled("12.4")


@pytest.fixture(params=["12.3", "12.4"])
def server(request: pytest.FixtureRequest) -> Iterator[GrafanaServer]:
    """Each version in turn."""
    yield from _filled(request.param)
