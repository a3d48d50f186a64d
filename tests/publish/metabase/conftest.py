"""The shop's artifacts, and a Metabase of the usual version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.metabase.shop import artifacts_of, shop_server
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
