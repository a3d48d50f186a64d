"""The stand-in as a tool of tests: data sources, state copied and compared, faults at every request, speed."""

from __future__ import annotations

import pytest
import requests

from tests.servers import faults
from tests.servers.grafana import GrafanaServer, grafana_server, samples
from tests.servers.grafana.content import differences


def test_a_data_source_lives_its_life(server: GrafanaServer) -> None:
    target = "/api/datasources/uid/pg"
    made = server.ask("POST", "/api/datasources", samples.source(secureJsonData={"password": "p"})).json()
    assert (made["datasource"]["isDefault"], made["datasource"]["type"][:7]) == (True, "grafana")
    assert server.ask("POST", "/api/datasources", samples.source("other", uid="pg")).status == 409
    assert server.ask("POST", "/api/datasources", samples.source("other", isDefault=True)).status == 200
    assert server.get(target).json()["isDefault"] is False
    changed = server.ask("PUT", target, samples.source(user="u", version=1)).json()["datasource"]
    assert (changed["version"], changed["secureJsonFields"]) == (2, {"password": True})
    assert server.ask("PUT", target, samples.source(version=1)).status == 409
    assert server.ask("PUT", target, samples.source("other")).status == 409
    assert server.ask("PUT", target, {"type": "postgres"}).status == 400
    assert [server.ask("DELETE", target).status for _ in range(2)] == [200, 404]


def test_a_read_only_source_is_not_written(server: GrafanaServer) -> None:
    server.ask("POST", "/api/datasources", samples.source())
    server.state.sources["pg"].read_only = True
    assert server.ask("PUT", "/api/datasources/uid/pg", samples.source()).status == 403
    assert server.ask("DELETE", "/api/datasources/uid/pg").status == 403


def test_the_health_of_a_source_can_be_spoilt_and_healed(server: GrafanaServer) -> None:
    server.ask("POST", "/api/datasources", samples.source())
    target = "/api/datasources/uid/pg/health"
    server.spoil_source("pg", "no route to host")
    assert (server.get(target).status, server.get(target).json()["message"]) == (400, "no route to host")
    server.spoil_source("pg", "")
    assert server.get(target).json()["status"] == "OK"


def test_a_query_needs_a_database_behind_the_server(server: GrafanaServer) -> None:
    server.ask("POST", "/api/datasources", samples.source())
    query = {"refId": "A", "datasource": {"uid": "pg"}, "rawSql": "select 1"}
    body = {"from": "now-1h", "to": "now", "queries": [query]}
    assert server.ask("POST", "/api/ds/query", body).status == 500


def fill(server: GrafanaServer) -> None:
    for method, target, body in (
        ("POST", "/api/datasources", samples.source()),
        ("POST", "/api/dashboards/db", samples.dashboard()),
        ("POST", samples.RULES, samples.rule()),
        ("POST", samples.CONTACTS, samples.contact()),
        ("POST", samples.TIMINGS, samples.timing()),
        ("PUT", f"{samples.TEMPLATES}/t", {"template": "x"}),
    ):
        assert server.ask(method, target, body).status < 300


def test_two_servers_with_the_same_content_are_equal_and_a_difference_is_named(server: GrafanaServer) -> None:
    fill(server)
    with grafana_server(server.state.version.number) as other:
        other.ask("POST", "/api/folders", samples.folder())
        fill(other)
        assert server.content() == other.content()
        other.ask("PUT", f"{samples.RULES}/r", samples.rule(labels={"a": "b"}))
        other.ask("DELETE", f"{samples.TEMPLATES}/t")
        found = list(differences(server.content(), other.content()))
    assert found == ["/rules/r/form/labels/a: only in the second", "/templates/t: only in the first"]


def test_a_secret_that_was_lost_is_a_difference(server: GrafanaServer) -> None:
    fill(server)
    before = server.content()
    server.ask("PUT", f"{samples.CONTACTS}/c", samples.contact(token="other"))
    assert server.content() != before


def test_a_state_put_back_is_the_one_that_was_copied(server: GrafanaServer) -> None:
    fill(server)
    snapshot, before = server.snapshot(), server.content()
    server.ask("DELETE", "/api/folders/f?forceDeleteRules=true")
    server.restore(snapshot)
    assert server.content() == before
    server.ask("POST", "/api/dashboards/db", samples.dashboard(title="2", version=1))
    server.restore(snapshot)
    assert server.get("/api/dashboards/uid/d").json()["dashboard"]["title"] == "Board"


@pytest.mark.parametrize("name", list(faults.ALL))
def test_a_write_struck_by_a_fault_was_done_or_was_not(server: GrafanaServer, name: str) -> None:
    server.inject(faults.ALL[name](), at=1)
    before = server.content()
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {server.editor_token}"
        target = f"{server.url}/api/dashboards/db"
        try:
            session.post(target, json=samples.dashboard(), timeout=5, allow_redirects=False)
        except requests.RequestException:
            server.resume()
    done = server.content() != before
    assert done == (name in {*AFTER, "slow drip"})


AFTER = (
    "reset after commit",
    "lost answer",
    "500 after commit",
    "cut body",
    "HTML page after commit",
    "wrong JSON",
)


def test_requests_are_recorded_with_what_was_said(server: GrafanaServer) -> None:
    header = {"Authorization": f"Bearer {server.viewer_token}"}
    requests.get(f"{server.url}/api/folders/none", headers=header, timeout=5)
    requests.post(f"{server.url}/api/folders", json={}, headers=header, timeout=5)
    assert [record.line for record in server.requests] == [
        ("GET", "/api/folders/none", 404),
        ("POST", "/api/folders", 403),
    ]
