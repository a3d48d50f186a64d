"""Faults 41, 42 and 52 for dashboards by mail: whatever fails at whichever request, no mail is doubled and none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.metabase.conftest import Artifacts
from tests.publish.metabase.shop import artifacts_of, shop_server
from tests.publish.metabase.test_crashes import EVERY, WORST, Trial, attempt
from tests.publish.metabase.test_subscriptions import DAYS, ELSEWHERE, FILTERED, MAIL
from tests.servers.metabase.server import MetabaseServer, Snapshot


@pytest.fixture(scope="module")
def server() -> Iterator[MetabaseServer]:
    with shop_server("0.61") as running:
        running.state.settings["slack-token-valid?"] = True
        yield running


@pytest.fixture(scope="module")
def boards(server: MetabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Give the state in which all but the subscription is published."""
    attempt(server, artifacts_of(tmp_path_factory.mktemp("boards")))
    return server.snapshot()


@pytest.fixture
def filtered(server: MetabaseServer, boards: Snapshot, tmp_path: Path) -> Snapshot:
    """Give the state in which a subscription is published that filters."""
    server.restore(boards)
    attempt(server, artifacts_of(tmp_path, FILTERED))
    return server.snapshot()


def survives(
    name: str, server: MetabaseServer, start: Snapshot, artifacts: Artifacts, **wish: object
) -> None:
    trial = Trial(server, start, artifacts, **wish)
    trial.survives(name, trial.reads)


@EVERY
def test_fault_41_a_first_subscription_survives_any_fault_at_any_request(
    name: str, server: MetabaseServer, boards: Snapshot, tmp_path: Path
) -> None:
    survives(name, server, boards, artifacts_of(tmp_path, MAIL))


CHANGES = {
    "another hour": {"environments:\n": FILTERED["environments:\n"].replace("09:00", "10:00")},
    "another dashboard": ELSEWHERE,
    "places and a parameter that go": {**MAIL, DAYS: "", "filters: [region, kind]": "filters: [region]"},
}


@WORST
@pytest.mark.parametrize("change", CHANGES)
def test_fault_42_a_changed_subscription_survives_any_fault_at_any_request(
    name: str, change: str, server: MetabaseServer, filtered: Snapshot, tmp_path: Path
) -> None:
    survives(name, server, filtered, artifacts_of(tmp_path, CHANGES[change]), prune=True)


@WORST
def test_the_end_of_a_subscription_survives_any_fault_at_any_request(
    name: str, server: MetabaseServer, filtered: Snapshot, tmp_path: Path
) -> None:
    survives(name, server, filtered, artifacts_of(tmp_path), prune=True)


@WORST
def test_what_comes_back_from_the_trash_with_its_subscription_survives_any_fault_at_any_request(
    name: str, server: MetabaseServer, filtered: Snapshot, tmp_path: Path
) -> None:
    server.restore(filtered)
    shop = artifacts_of(tmp_path, FILTERED)
    attempt(server, shop, destroy=True, prune=True)
    survives(name, server, server.snapshot(), shop)
