"""The shop's artifacts, and a Metabase of the usual version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.metabase.shop import Publisher, artifacts_of, shop_server
from tests.servers.metabase.server import MetabaseServer
from watchglass.artifact import Artifact

Artifacts = tuple[Artifact, ...]


@pytest.fixture
def server() -> Iterator[MetabaseServer]:
    with shop_server() as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path) -> Artifacts:
    return artifacts_of(tmp_path)


@pytest.fixture(params=["0.50", "0.53", "0.54", "0.58", "0.63"])
def each(request: pytest.FixtureRequest) -> Iterator[MetabaseServer]:
    """Give one of every generation that can send mails, and messages by Slack."""
    with shop_server(request.param) as running:
        running.state.settings["slack-token-valid?"] = True
        yield running


@pytest.fixture
def published(server: MetabaseServer, mail: Artifacts) -> Publisher:
    """Publish what the module calls ``mail``."""
    server.state.settings["slack-token-valid?"] = True
    publisher = Publisher(server)
    assert publisher.apply(mail).complete
    server.forget()
    return publisher
