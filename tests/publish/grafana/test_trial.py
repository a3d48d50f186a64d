"""A message for one contact: its rule, its end, and that nothing of it is left, whatever happens."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.publish.grafana.shop import Killed, Publisher, actions, shop_server
from tests.publish.grafana.told import told_service
from tests.servers.faults import ALL
from tests.servers.grafana.server import GrafanaServer
from watchglass import naming
from watchglass.durations import Duration
from watchglass.publish.client import Client
from watchglass.publish.errors import PublishError, Refused
from watchglass.publish.grafana.trial import GROUP, Trial, check_ready, send
from watchglass.publish.secret import Secret

NOW = datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC)
TRIAL = Trial(
    "shop", "shop", "shop-folder", "chat", "shop-contact-chat", "shop: chat", "shop-db", Duration(2, "m")
)
NAME = f"shop {GROUP}"


@pytest.fixture
def server() -> Iterator[GrafanaServer]:
    with shop_server() as running:
        yield running


@pytest.fixture
def told(server: GrafanaServer, tmp_path: Path) -> GrafanaServer:
    """The shop with its contacts, published."""
    assert Publisher(server).apply(told_service(tmp_path)).complete
    server.forget()
    return server


class Clock:
    """Time that passes when somebody sleeps; at a second something happens."""

    def __init__(self, at: float, happens: Callable[[], None]) -> None:
        self.slept, self._at, self._happens = 0.0, at, happens

    def __call__(self, seconds: float) -> None:
        self.slept += seconds
        if self.slept >= self._at:
            self._happens()
            self._at = float("inf")


def client_of(server: GrafanaServer) -> Client:
    return Client(
        "Grafana",
        server.url,
        {"Authorization": Secret(f"Bearer {server.editor_token}")},
        wait=lambda _seconds: None,
    )


def dying(server: GrafanaServer) -> Client:
    """A client of a process that is killed: what comes last is not done."""
    client = client_of(server)
    client.delete = lambda *_args, **_more: None  # type: ignore[method-assign,assignment]
    return client


def groups(server: GrafanaServer) -> set[str]:
    return {rule.group for rule in server.state.rules.values()}


def test_a_rule_fires_for_the_contact_alone_and_is_gone(told: GrafanaServer) -> None:
    seen: list[dict[str, object]] = []

    def look() -> None:
        seen.extend(rule.form for rule in told.state.rules.values() if rule.group == NAME)
        told.state.firing.add(NAME)

    before = told.content()
    clock = Clock(120, look)
    assert send(client_of(told), TRIAL, NOW, clock)
    (rule,) = seen
    settings = rule["notification_settings"]
    assert isinstance(settings, dict)
    assert settings["receiver"] == "shop: chat"
    assert rule["for"] == 120_000
    assert 140 <= clock.slept <= 160
    assert told.content() == before


def test_it_stops_by_itself_should_nobody_remove_it(told: GrafanaServer) -> None:
    sql: list[str] = []

    def look() -> None:
        (rule,) = [each for each in told.state.rules.values() if each.group == NAME]
        sql.append(rule.form["data"][0]["model"]["rawSql"])
        told.state.firing.add(NAME)

    send(client_of(told), TRIAL, NOW, Clock(1, look))
    assert sql == [
        "SELECT CASE WHEN now() < TIMESTAMPTZ '2026-03-02 08:12:00+00' THEN 1 ELSE 0 END::float8 AS value"
    ]


def test_a_rule_that_does_not_fire_is_told_and_removed(told: GrafanaServer) -> None:
    with pytest.raises(Refused, match="did not fire within 180 seconds: no message was sent"):
        send(client_of(told), TRIAL, NOW, Clock(1e9, lambda: None))
    assert NAME not in groups(told)


@pytest.mark.parametrize("second", [5, 125])
def test_somebody_who_stops_it_leaves_nothing(second: int, told: GrafanaServer) -> None:
    asked: list[bool] = []
    told.state.firing |= {NAME} if second > 120 else set()
    clock = Clock(min(second, 7), lambda: asked.append(True))
    assert not send(client_of(told), TRIAL, NOW, clock, lambda: bool(asked))
    assert NAME not in groups(told)


@pytest.mark.parametrize("name", [name for name in ALL if name != "slow drip"])
@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
def test_whatever_fails_nothing_is_left_or_it_is_said_when_it_stops(
    name: str, method: str, told: GrafanaServer
) -> None:
    told.state.firing.add(NAME)
    told.inject(ALL[name](), when=lambda request: request.method == method)
    said = ""
    try:
        send(client_of(told), TRIAL, NOW, lambda _seconds: None)
    except PublishError as error:
        said = error.hint
    told.resume()
    assert NAME not in groups(told) or "it stops by itself at 2026-03-02 08:12:00+00" in said


def test_a_rule_that_was_left_behind_is_ours_and_the_next_test_takes_its_place(
    told: GrafanaServer, tmp_path: Path
) -> None:
    def killed() -> None:
        raise Killed

    with pytest.raises(Killed):
        send(dying(told), TRIAL, NOW, Clock(5, killed))
    assert NAME in groups(told)
    service = told_service(tmp_path)
    assert actions(Publisher(told).plan(service))[f"rule group {NAME}"] == "orphan"
    assert actions(Publisher(told).plan(service, prune=True))[f"rule group {NAME}"] == "delete"
    told.state.firing.add(NAME)
    assert send(client_of(told), TRIAL, NOW, lambda _seconds: None)
    assert NAME not in groups(told)


def test_an_alert_of_the_definition_is_not_moved_by_it(server: GrafanaServer, tmp_path: Path) -> None:
    service = told_service(tmp_path, {"  few_orders:": "  notify-test:"})
    assert Publisher(server).apply(service).complete
    server.state.firing.add(NAME)
    send(client_of(server), TRIAL, NOW, lambda _seconds: None)
    assert naming.uid("shop", "", "notify-test") in server.state.rules


def test_what_is_not_published_is_told_before_anything_is_written(
    server: GrafanaServer, told: GrafanaServer
) -> None:
    check_ready(client_of(told), TRIAL)
    with pytest.raises(Refused, match="contact point of 'cat' is not there yet"):
        check_ready(client_of(told), replace(TRIAL, contact="cat", point="shop-contact-cat"))
    with pytest.raises(Refused, match="folder of the service is not there yet"):
        check_ready(client_of(told), replace(TRIAL, folder="elsewhere"))
    assert all(record.line[0] == "GET" for record in server.requests)
