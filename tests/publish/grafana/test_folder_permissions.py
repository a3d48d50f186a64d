"""What roles and teams may do in our folder: those that are named, and nobody else's rights."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.publish.grafana.shop import Publisher, actions, service_of, shop_server
from tests.publish.grafana.test_data_sources import hindered
from tests.servers.faults import ALL, Fault
from tests.servers.grafana.server import GrafanaServer
from tests.servers.grafana.state import Team
from watchglass.artifact import Json
from watchglass.definition.service import Service
from watchglass.publish.errors import PublishError

FAULTS: dict[str, Callable[[], Fault]] = {name: make for name, make in ALL.items() if name != "slow drip"}


@pytest.fixture
def server() -> Iterator[GrafanaServer]:
    with shop_server() as running:
        running.state.teams = {3: Team(3, "Shop keepers"), 4: Team(4, "Others")}
        yield running


def shop(folder: Path, rights: str) -> Service:
    return service_of(
        folder, {"grafana: {folder: Shop}": f"grafana: {{folder: Shop, permissions: {{{rights}}}}}"}
    )


def rights(server: GrafanaServer) -> list[Json]:
    (folder,) = server.state.folders.values()
    return sorted(folder.rights, key=repr)


def change(publisher: Publisher, service: Service) -> str:
    return actions(publisher.plan(service))["permissions of Shop"]


def test_named_roles_and_teams_get_their_rights_and_others_keep_theirs(
    server: GrafanaServer, tmp_path: Path
) -> None:
    publisher = Publisher(server, server.admin_token)
    assert publisher.apply(service_of(tmp_path)).complete
    theirs = {"userId": 7, "permission": 4}
    (folder,) = server.state.folders.values()
    folder.rights.append(theirs)
    service = shop(tmp_path, 'viewer: none, "team:Shop keepers": admin')
    assert change(publisher, service) == "update"
    assert publisher.apply(service).complete
    assert rights(server) == sorted(
        [theirs, {"role": "Editor", "permission": 2}, {"teamId": 3, "permission": 4}], key=repr
    )
    assert change(publisher, service) == "keep"


def test_a_first_apply_makes_the_folder_and_then_its_rights(server: GrafanaServer, tmp_path: Path) -> None:
    publisher = Publisher(server)
    service = shop(tmp_path, "viewer: edit, editor: view")
    assert change(publisher, service) == "create"
    assert publisher.apply(service).complete
    assert rights(server) == [{"role": "Editor", "permission": 1}, {"role": "Viewer", "permission": 2}]
    assert set(actions(publisher.plan(service)).values()) == {"keep"}


def test_a_change_is_said_in_the_words_of_the_definition(server: GrafanaServer, tmp_path: Path) -> None:
    publisher = Publisher(server)
    publisher.apply(service_of(tmp_path))
    (write,) = publisher.plan(shop(tmp_path, "viewer: edit")).writes
    (difference,) = write.differences
    assert (difference.before, difference.after) == ("view", "edit")
    assert write.origins[difference.pointer][-3:] == ("grafana", "permissions", "viewer")


def test_without_the_line_no_rights_are_read_or_written(server: GrafanaServer, tmp_path: Path) -> None:
    publisher = Publisher(server)
    publisher.apply(service_of(tmp_path))
    publisher.apply(service_of(tmp_path), destroy=True, prune=True)
    assert not [record for record in server.requests if record.line[1].endswith("/permissions")]


def test_a_team_that_keeps_its_right_needs_no_look_up(server: GrafanaServer, tmp_path: Path) -> None:
    Publisher(server, server.admin_token).apply(shop(tmp_path, '"team:Others": view'))
    server.expire_rights()
    publisher = Publisher(server)  # an editor, who may look no team up
    assert change(publisher, shop(tmp_path, '"team:Others": edit')) == "update"
    assert hindered(publisher, shop(tmp_path, '"team:Others": edit')) == []
    assert publisher.apply(shop(tmp_path, '"team:Others": edit')).complete
    assert {"teamId": 4, "permission": 2} in rights(server)


@pytest.mark.parametrize("name", ["Nobodys", "Shop keepers"])
def test_a_team_that_is_not_there_or_not_seen_is_told_before_anything_is_written(
    server: GrafanaServer, tmp_path: Path, name: str
) -> None:
    publisher = Publisher(server, server.admin_token if name == "Nobodys" else None)
    found = hindered(publisher, shop(tmp_path, f'"team:{name}": view'))
    assert any(f"no team '{name}' that the token may see" in each for each in found)


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_fails_one_more_apply_sets_them(name: str, server: GrafanaServer, tmp_path: Path) -> None:
    publisher = Publisher(server)
    publisher.apply(service_of(tmp_path))
    changed = shop(tmp_path, "viewer: none")
    server.inject(FAULTS[name](), when=lambda request: request.path.endswith("/permissions"))
    with contextlib.suppress(PublishError):
        publisher.apply(changed)
    server.resume()
    server.forget()
    publisher.apply(changed)
    assert rights(server) == [{"role": "Editor", "permission": 2}]
    assert set(actions(publisher.plan(changed)).values()) == {"keep"}
