"""Who is let in, what each role may do, and rights that a token was given before a folder was made."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.grafana import GrafanaServer, access, samples
from tests.servers.grafana.state import Role
from tests.servers.messages import Response


def asked(server: GrafanaServer, token: str, method: str, target: str, body: Any = None) -> Response:
    return server.ask(method, target, body, {"authorization": f"Bearer {token}"})


WRITES = [
    ("POST", "/api/folders", samples.folder("new", "New")),
    ("POST", "/api/dashboards/db", samples.dashboard()),
    ("PUT", samples.GROUP, {"interval": 60, "rules": [samples.rule()]}),
    ("POST", samples.RULES, samples.rule()),
    ("POST", samples.CONTACTS, samples.contact()),
    ("POST", samples.TIMINGS, samples.timing()),
    ("PUT", f"{samples.TEMPLATES}/t", {"template": "x"}),
    ("DELETE", samples.POLICIES, None),
]


@pytest.mark.parametrize(("method", "target", "body"), WRITES, ids=[line[1] for line in WRITES])
def test_an_editor_writes_what_a_viewer_may_not(
    server: GrafanaServer, method: str, target: str, body: Any
) -> None:
    refused = asked(server, server.viewer_token, method, target, body)
    assert refused.status == 403
    assert refused.json()["title"] == "Access denied"
    assert asked(server, server.editor_token, method, target, body).status in {200, 201, 202}


def test_data_sources_are_for_administrators(server: GrafanaServer) -> None:
    refused = asked(server, server.editor_token, "POST", "/api/datasources", samples.source())
    assert "datasources:create" in refused.json()["message"]
    assert asked(server, server.admin_token, "POST", "/api/datasources", samples.source()).status == 200


def test_a_viewer_reads(server: GrafanaServer) -> None:
    for target in (samples.RULES, samples.POLICIES, samples.CONTACTS, "/api/search", samples.DASHBOARDS):
        assert asked(server, server.viewer_token, "GET", target).status == 200


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "auth.unauthorized"),
        ("Bearer glsa_x", "api-key.invalid"),
        ("Basic YTpi", "password-auth.failed"),
        ("Basic %", "password-auth.failed"),
    ],
)
def test_a_stranger_is_told_why(server: GrafanaServer, header: str, code: str) -> None:
    refused = server.ask("GET", "/api/org", headers={"authorization": header})
    assert (refused.status, refused.json()["messageId"]) == (401, code)


def test_a_token_is_of_one_organization(server: GrafanaServer) -> None:
    headers = {"authorization": f"Bearer {server.admin_token}", "x-grafana-org-id": "2"}
    refused = server.ask("GET", "/api/org", headers=headers)
    assert (refused.status, refused.json()["messageId"]) == (401, "api-key.organization-mismatch")


def test_health_asks_nobody_for_a_name(server: GrafanaServer) -> None:
    assert server.ask("GET", "/api/health", headers={"authorization": ""}).json()["database"] == "ok"


def test_a_path_that_is_none_is_not_found(server: GrafanaServer) -> None:
    assert server.get("/api/nothing").json() == {"message": "Not found"}


def test_rights_that_were_looked_up_do_not_reach_a_folder_made_later(server: GrafanaServer) -> None:
    asked(server, server.editor_token, "GET", "/api/org")
    server.ask("POST", "/api/folders", samples.folder("later"))
    later = samples.rule("r", folderUID="later")
    server.ask("POST", samples.RULES, later)
    group = samples.GROUP.replace("/f/", "/later/")
    for method, target, body in (
        ("POST", samples.RULES, samples.rule("s", folderUID="later")),
        ("PUT", f"{samples.RULES}/r", later),
        ("PUT", group, {"interval": 60, "rules": [later]}),
        ("DELETE", group, None),
        ("DELETE", f"{samples.RULES}/r", None),
    ):
        assert asked(server, server.editor_token, method, target, body).status == 500, target
    assert asked(server, server.editor_token, "GET", samples.RULES).json() == []


def test_rights_are_looked_up_again_after_a_while(server: GrafanaServer) -> None:
    clock = [0.0]
    server.grafana.clock = lambda: clock[0]
    asked(server, server.editor_token, "GET", "/api/org")
    server.ask("POST", "/api/folders", samples.folder("later"))
    later = samples.rule(folderUID="later")
    clock[0] = access.RIGHTS_LIVE - 1
    assert asked(server, server.editor_token, "POST", samples.RULES, later).status == 500
    clock[0] = access.RIGHTS_LIVE
    assert asked(server, server.editor_token, "POST", samples.RULES, later).status == 201


def test_a_folder_that_the_token_made_is_reached_at_once(server: GrafanaServer) -> None:
    asked(server, server.editor_token, "GET", "/api/org")
    asked(server, server.editor_token, "POST", "/api/folders", samples.folder("own"))
    asked(server, server.editor_token, "POST", "/api/folders", samples.folder("inner", parent="own"))
    rule = samples.rule(folderUID="inner")
    assert asked(server, server.editor_token, "POST", samples.RULES, rule).status == 201


def test_an_administrators_token_reaches_every_folder(server: GrafanaServer) -> None:
    asked(server, server.admin_token, "GET", "/api/org")
    server.ask("POST", "/api/folders", samples.folder("later"))
    assert (
        asked(server, server.admin_token, "POST", samples.RULES, samples.rule(folderUID="later")).status
        == 201
    )


def test_service_accounts_and_their_tokens_are_made_and_go(server: GrafanaServer) -> None:
    made = server.ask("POST", "/api/serviceaccounts", {"name": "ci", "role": "Editor"}).json()
    tokens = f"/api/serviceaccounts/{made['id']}/tokens"
    token = server.ask("POST", tokens, {"name": "t"}).json()["key"]
    assert asked(server, token, "GET", "/api/org").status == 200
    assert server.get(f"/api/serviceaccounts/{made['id']}").json()["tokens"] == 1
    assert server.ask("POST", tokens, {"name": "t"}).status == 409
    assert server.ask("DELETE", f"/api/serviceaccounts/{made['id']}").status == 200
    assert asked(server, token, "GET", "/api/org").status == 401


def test_names_of_service_accounts_are_unique(server: GrafanaServer) -> None:
    body = {"name": "ci", "role": "Viewer"}
    statuses = [server.ask("POST", "/api/serviceaccounts", body).status for _ in range(2)]
    assert statuses == [201, 400]
    found = server.get("/api/serviceaccounts/search?query=CI").json()
    assert found["totalCount"] == 1


def test_a_tests_own_token_has_the_role_that_it_wants(server: GrafanaServer) -> None:
    token = server.new_token(Role.VIEWER, "mine")
    assert asked(server, token, "DELETE", samples.POLICIES).status == 403
