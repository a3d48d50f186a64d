"""Faults 41, 42 and 52 for metrics by mail: whatever fails at whichever request, no alert is doubled and none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.metabase.shop import artifacts_of, shop_server
from tests.publish.metabase.test_crashes import EVERY, WORST, attempt
from tests.publish.metabase.test_question_alerts import AT_NINE, GOAL, MAIL, ROWS, STRICTER
from tests.publish.metabase.test_subscription_crashes import survives
from tests.servers.metabase.server import MetabaseServer, Snapshot


@pytest.fixture(scope="module")
def server() -> Iterator[MetabaseServer]:
    with shop_server("0.61") as running:
        running.state.settings["slack-token-valid?"] = True
        yield running


@pytest.fixture(scope="module")
def boards(server: MetabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Give the state in which all but the alert is published."""
    attempt(server, artifacts_of(tmp_path_factory.mktemp("boards")))
    return server.snapshot()


def published(server: MetabaseServer, boards: Snapshot, folder: Path, changes: dict[str, str]) -> Snapshot:
    """Give the state in which an alert is published, too."""
    server.restore(boards)
    attempt(server, artifacts_of(folder, changes))
    return server.snapshot()


@EVERY
def test_fault_41_a_first_alert_survives_any_fault_at_any_request(
    name: str, server: MetabaseServer, boards: Snapshot, tmp_path: Path
) -> None:
    survives(name, server, boards, artifacts_of(tmp_path, MAIL))


@WORST
@pytest.mark.parametrize(
    ("before", "after"),
    [(MAIL, AT_NINE), (MAIL, STRICTER), (GOAL, ROWS), (ROWS, GOAL)],
    ids=["another time", "another threshold", "off the chart", "onto the chart"],
)
def test_fault_42_a_changed_alert_survives_any_fault_at_any_request(
    name: str,
    before: dict[str, str],
    after: dict[str, str],
    server: MetabaseServer,
    boards: Snapshot,
    tmp_path: Path,
) -> None:
    start = published(server, boards, tmp_path, before)
    survives(name, server, start, artifacts_of(tmp_path, after), prune=True)


@WORST
def test_the_end_of_an_alert_survives_any_fault_at_any_request(
    name: str, server: MetabaseServer, boards: Snapshot, tmp_path: Path
) -> None:
    start = published(server, boards, tmp_path, MAIL)
    survives(name, server, start, artifacts_of(tmp_path), prune=True)
