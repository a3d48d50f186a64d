"""Data sources that the definition manages: made before all else, secrets that are never shown, strangers and rights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_publishing import typed
from tests.publish.grafana.shop import DEFINITION, SOURCE, Publisher, actions, service_of
from tests.servers.grafana import grafana_server
from tests.servers.grafana.server import GrafanaServer
from watchglass.artifact import Json
from watchglass.definition.service import Service
from watchglass.pipeline import render
from watchglass.publish.client import Client
from watchglass.publish.grafana.desired import wanted
from watchglass.publish.grafana.server import connect, obstacles
from watchglass.publish.secret import Secret

SECRET = "a-password-of-the-shop"
MANAGED = (
    'grafana: {uid: shop-db, manage: {name: Shop, host: "db.example.com:5432", database: shop, user: dashboards, '
    'password: "${env:SHOP_PASSWORD}", sslmode: require}}'
)
WITH_IT = {"grafana: {uid: shop-db}": MANAGED}


@pytest.fixture
def server() -> Iterator[GrafanaServer]:
    with grafana_server() as running:
        yield running


@pytest.fixture
def admin(server: GrafanaServer) -> Publisher:
    made = Publisher(server, server.admin_token)
    made.environment["SHOP_PASSWORD"] = SECRET
    return made


def shop(folder: Path, **edits: str) -> Service:
    text = MANAGED
    for old, new in edits.items():
        assert old in text
        text = text.replace(old, new)
    return service_of(folder, {"grafana: {uid: shop-db}": text})


def there(server: GrafanaServer) -> Json:
    return json.loads(server.get("/api/datasources/uid/shop-db").body)


def hindered(publisher: Publisher, service: Service) -> list[str]:
    """List what an apply would fail at."""
    client = Client("Grafana", publisher.server.url, {"Authorization": Secret(f"Bearer {publisher.token}")})
    grafana = connect(client, "shop", "test", publisher.reveal)
    return list(obstacles(grafana, wanted(render(service).artifacts, publisher.reveal)))


def test_it_is_made_first_and_the_next_plan_is_empty(
    server: GrafanaServer, admin: Publisher, tmp_path: Path
) -> None:
    service = shop(tmp_path)
    server.forget()
    assert admin.apply(service).complete
    writes = [record.line[1] for record in server.requests if record.line[0] != "GET"]
    assert writes[0] == "/api/datasources"
    assert set(actions(admin.plan(service)).values()) == {"keep"}


def test_the_server_has_the_secret_and_neither_output_nor_mark_shows_it(
    server: GrafanaServer, admin: Publisher, tmp_path: Path
) -> None:
    service = shop(tmp_path)
    admin.apply(service)
    made = there(server)
    assert made["secureJsonFields"] == {"password": True}
    assert (made["url"], made["user"]) == ("db.example.com:5432", "dashboards")
    assert made["jsonData"]["sslmode"] == "require"
    assert SECRET not in json.dumps(made)
    assert SECRET not in "".join(json.dumps(artifact.body) for artifact in render(service).artifacts)
    assert SECRET not in repr(admin.plan(service))


def test_what_changes_is_said_in_the_words_of_the_definition(admin: Publisher, tmp_path: Path) -> None:
    admin.apply(shop(tmp_path))
    plan = admin.plan(shop(tmp_path, **{"db.example.com:5432": "new.example.com:5432"}))
    (change,) = plan.writes
    (difference,) = change.differences
    assert (difference.before, difference.after) == ("db.example.com:5432", "new.example.com:5432")
    assert change.origins[difference.pointer][-2:] == ("manage", "host")


def test_a_new_secret_is_told_from_the_old_one_without_being_shown(
    admin: Publisher, server: GrafanaServer, tmp_path: Path
) -> None:
    service = shop(tmp_path)
    admin.apply(service)
    admin.environment["SHOP_PASSWORD"] = "another-password"
    assert actions(admin.plan(service))["data source Shop"] == "update"
    assert admin.apply(service).complete
    assert server.state.sources["shop-db"].secrets["password"] == "another-password"
    assert set(actions(admin.plan(service)).values()) == {"keep"}


def test_an_edit_by_hand_is_not_lost_in_silence(
    server: GrafanaServer, admin: Publisher, tmp_path: Path
) -> None:
    service = shop(tmp_path)
    admin.apply(service)
    server.ask("PUT", "/api/datasources/uid/shop-db", {**there(server), "url": "elsewhere:5432"})
    (conflict,) = admin.plan(service).conflicts
    assert "somebody changed it since the last apply" in conflict.reason
    assert admin.apply(service, overwrite_drift=True).complete
    assert there(server)["url"] == "db.example.com:5432"


def test_a_reference_is_no_place_that_an_edit_at_the_server_could_go_to(
    admin: Publisher, tmp_path: Path
) -> None:
    admin.environment["SHOP_HOST"] = "db.example.com:5432"
    service = shop(tmp_path, **{'"db.example.com:5432"': '"${env:SHOP_HOST}"'})
    (wished,) = [each for each in wanted(render(service).artifacts, admin.reveal) if each.key.id == "shop-db"]
    assert wished.body["url"] == "db.example.com:5432"
    assert {pointer for pointer in wished.origins if "url" in pointer or "secrets" in pointer} == set()
    assert "/options/database" in wished.origins


def test_the_default_source_of_the_organization_stays_it(
    server: GrafanaServer, admin: Publisher, tmp_path: Path
) -> None:
    admin.apply(shop(tmp_path))
    assert there(server)["isDefault"]
    admin.apply(shop(tmp_path, **{"sslmode: require": "sslmode: disable"}))
    assert there(server)["isDefault"]


def test_a_stranger_at_its_uid_is_adopted_only_by_wish(
    server: GrafanaServer, admin: Publisher, tmp_path: Path
) -> None:
    server.ask("POST", "/api/datasources", SOURCE)
    service = shop(tmp_path)
    assert actions(admin.plan(service))["data source Shop"] == "conflict"
    assert admin.apply(service, adopt=frozenset({"data-sources/shop-db"})).complete
    assert there(server)["url"] == "db.example.com:5432"


def test_a_stranger_of_its_name_is_named(server: GrafanaServer, admin: Publisher, tmp_path: Path) -> None:
    server.ask("POST", "/api/datasources", {**SOURCE, "uid": "other"})
    (conflict,) = admin.plan(shop(tmp_path)).conflicts
    assert conflict.reason == "another data source is called 'Shop'; rename one of them"


def test_one_that_a_file_at_the_server_makes_is_left_alone(
    server: GrafanaServer, admin: Publisher, tmp_path: Path
) -> None:
    server.ask("POST", "/api/datasources", SOURCE)
    server.state.sources["shop-db"].read_only = True
    (conflict,) = admin.plan(shop(tmp_path)).conflicts
    assert "it comes from a file at the server" in conflict.reason


def test_destroy_removes_it_after_all_that_reads_it(
    server: GrafanaServer, admin: Publisher, tmp_path: Path
) -> None:
    service = shop(tmp_path)
    admin.apply(service)
    server.forget()
    assert admin.apply(service, destroy=True, prune=True).complete
    writes = [record.line[:2] for record in server.requests if record.line[0] != "GET"]
    assert writes[-1] == ("DELETE", "/api/datasources/uid/shop-db")
    assert server.state.sources == {}


def test_an_editor_is_told_before_anything_is_written(server: GrafanaServer, tmp_path: Path) -> None:
    addresses = 'grafana: {url: "${env:GRAFANA_URL}", token: "${env:GRAFANA_TOKEN}"}'
    text = DEFINITION.replace("grafana: {folder: Shop}", addresses).replace(*next(iter(WITH_IT.items())))
    (tmp_path / "shop.yaml").write_text(text, "utf-8")
    found = typed(server, tmp_path, "apply", "shop.yaml", "--yes", SHOP_PASSWORD=SECRET)
    assert found.returncode == 1
    assert "the token may not write data sources" in found.stdout + found.stderr
    assert "role Admin" in found.stdout + found.stderr
    assert server.content()["folders"] == {}
    assert SECRET not in found.stdout + found.stderr


def test_a_database_that_is_not_reached_stops_the_apply_before_its_rules(
    server: GrafanaServer, admin: Publisher, tmp_path: Path
) -> None:
    service = shop(tmp_path)
    admin.apply(service)
    changed = shop(tmp_path, **{"db.example.com": "down.example.com"})
    server.spoil_source("shop-db", "dial tcp: no such host")
    found = admin.apply(changed)
    assert found.error is not None
    assert "does not reach its database: dial tcp: no such host" in found.error.message
    server.spoil_source("shop-db", "")
    assert admin.apply(changed).complete


def test_a_source_that_is_not_there_yet_is_no_obstacle_and_one_that_is_down_is(
    server: GrafanaServer, admin: Publisher, tmp_path: Path
) -> None:
    service = shop(tmp_path)
    assert hindered(admin, service) == []
    admin.apply(service)
    server.spoil_source("shop-db", "connection refused")
    assert hindered(admin, service) == [
        "the data source 'shop-db' does not reach its database: connection refused"
    ]
    moved = shop(tmp_path, **{"db.example.com": "new.example.com"})
    assert hindered(admin, moved) == []  # the change is what mends it


def test_the_file_for_provisioning_reads_the_secret_from_the_server_s_environment(tmp_path: Path) -> None:
    (file,) = [each for each in render(shop(tmp_path)).artifacts if each.kind == "datasources"]
    assert file.path.endswith("grafana/datasources/main.yaml")
    (source,) = json.loads(file.body)["datasources"]
    assert source["secureJsonData"] == {"password": "$__env{SHOP_PASSWORD}"}
    assert (source["orgId"], source["uid"], source["editable"]) == (1, "shop-db", False)


def test_a_certificate_and_a_limit_of_connections_are_said(tmp_path: Path) -> None:
    edits = {"sslmode: require": 'sslmode: verify-full, ca: "${env:SHOP_CA}", max_connections: 5'}
    (made,) = [each for each in render(shop(tmp_path, **edits)).artifacts if each.kind == "data-sources"]
    assert made.body["jsonData"] == {
        "database": "shop",
        "sslmode": "verify-full",
        "tlsConfigurationMethod": "file-content",
        "maxOpenConns": 5,
    }
    assert made.body["secureJsonData"]["tlsCACert"] == "${env:SHOP_CA}"
