"""Keys and groups: what is refused, what is left out of lists, how errors look; over the wire, with its faults."""

from __future__ import annotations

import pytest
import requests

from tests.servers.faults import LostAnswer
from tests.servers.metabase.conftest import Made
from tests.servers.metabase.samples import card, posted
from tests.servers.metabase.server import ADMIN, PASSWORD, MetabaseServer


def sent(server: MetabaseServer, method: str, path: str, key: str, body: object = None) -> requests.Response:
    headers = {"x-api-key": key} if key else {}
    return requests.request(method, server.url + path, json=body, headers=headers, timeout=10)


def test_nobody_is_told_the_version_and_health_alone(server: MetabaseServer) -> None:
    assert sent(server, "GET", "/api/session/properties", "").json()["version"]["tag"] == "v0.58.2"
    assert sent(server, "GET", "/api/health", "").json() == {"status": "ok"}
    answer = sent(server, "GET", "/api/card", "mb_wrong")
    assert (answer.status_code, answer.text) == (401, "Unauthenticated")


def test_a_person_logs_in(server: MetabaseServer) -> None:
    answer = sent(server, "POST", "/api/session", "", {"username": ADMIN, "password": PASSWORD})
    headers = {"X-Metabase-Session": answer.json()["id"]}
    got = requests.get(f"{server.url}/api/user/current", headers=headers, timeout=10).json()
    assert (got["email"], got["is_superuser"]) == (ADMIN, True)
    assert sent(server, "POST", "/api/session", "", {"username": ADMIN, "password": "x"}).status_code == 401


def test_a_key_may_what_its_group_may(server: MetabaseServer) -> None:
    home = posted(server, "/api/collection", {"name": "Shop"})["id"]
    group = server.add_group()
    key = server.new_key(group)
    body = card(collection_id=home)
    assert sent(server, "GET", f"/api/collection/{home}/items", key).status_code == 403
    group.collections[home] = "write"
    assert sent(server, "POST", "/api/card", key, body).status_code == 403
    group.databases[1] = "query-builder"
    assert sent(server, "POST", "/api/card", key, body).status_code == 403
    group.databases[1] = "query-builder-and-native"
    assert sent(server, "POST", "/api/card", key, body).status_code == 200
    group.collections[home] = "read"
    assert sent(server, "POST", "/api/card", key, body).status_code == 403
    assert len(sent(server, "GET", "/api/card", key).json()) == 1


def test_lists_leave_out_what_a_key_may_not_see(server: MetabaseServer) -> None:
    home = posted(server, "/api/collection", {"name": "Shop"})["id"]
    posted(server, "/api/card", card(collection_id=home))
    key = server.new_key(server.add_group())
    assert sent(server, "GET", "/api/card", key).json() == []
    assert sent(server, "GET", "/api/collection", key).json() == []
    assert sent(server, "GET", "/api/database", key).json()["data"] == []
    assert sent(server, "GET", "/api/setting/site-url", key).status_code == 403


def test_a_new_collection_has_the_rights_of_the_one_above(server: MetabaseServer) -> None:
    group = server.add_group()
    group.collections["root"] = "write"
    home = posted(server, "/api/collection", {"name": "Shop"})["id"]
    assert group.collections[home] == "write"


@pytest.mark.parametrize(("version", "text"), [("0.58", "Not found."), ("0.59", '{"message": "Not found."}')])
def test_how_what_is_missing_is_said(made: Made, version: str, text: str) -> None:
    answer = made(version).ask("GET", "/api/card/99")
    assert (answer.status, answer.body.decode()) == (404, text)
    assert made(version).ask("GET", "/api/ee/serialization/export").body == b"API endpoint does not exist."


def test_the_graph_of_rights_has_a_revision(server: MetabaseServer) -> None:
    graph = server.get("/api/collection/graph")
    graph["groups"]["1"] = {"root": "read"}
    assert server.ask("PUT", "/api/collection/graph", graph).status == 200
    assert server.ask("PUT", "/api/collection/graph", graph).status == 409


def test_a_lost_answer_is_a_card_all_the_same(server: MetabaseServer) -> None:
    server.inject(LostAnswer(), when=lambda request: request.method == "POST")
    with pytest.raises(requests.ConnectionError):
        sent(server, "POST", "/api/card", server.admin_key, card())
    assert len(server.get("/api/card")) == 1


def test_a_state_is_put_back(server: MetabaseServer) -> None:
    before, content = server.snapshot(), server.content()
    posted(server, "/api/card", card())
    assert server.content() != content
    server.restore(before)
    assert server.content() == content
