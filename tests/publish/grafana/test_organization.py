"""A definition for one organization of Grafana: a token of another one is refused before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_publishing import typed
from tests.publish.grafana.shop import DEFINITION, service_of, shop_server
from tests.publish.scripted import Step, scripted
from tests.servers.grafana.server import GrafanaServer
from watchglass.pipeline import render
from watchglass.publish.client import Client
from watchglass.publish.errors import Refused
from watchglass.publish.grafana.server import connect
from watchglass.publish.secret import Secret

ADDRESSES = 'grafana: {url: "${env:GRAFANA_URL}", token: "${env:GRAFANA_TOKEN}", organization: 1}'


@pytest.fixture
def server() -> Iterator[GrafanaServer]:
    with shop_server() as running:
        yield running


def publish(server: GrafanaServer, folder: Path, organization: int) -> tuple[int, str]:
    written = DEFINITION.replace("grafana: {folder: Shop}", ADDRESSES.replace("1}", f"{organization}}}"))
    (folder / "shop.yaml").write_text(written, "utf-8")
    found = typed(server, folder, "apply", "shop.yaml", "--yes")
    return found.returncode, found.stderr


def test_a_token_of_the_organization_is_asked_as_of_it(server: GrafanaServer, tmp_path: Path) -> None:
    assert publish(server, tmp_path, 1)[0] == 0
    asked = [record.request.headers for record in server.requests]
    assert {headers.get("x-grafana-org-id") for headers in asked if "authorization" in headers} == {"1"}


def test_a_token_of_another_organization_is_refused_before_anything_is_written(
    server: GrafanaServer, tmp_path: Path
) -> None:
    code, told = publish(server, tmp_path, 2)
    assert code == 1
    assert "for organization 2 of Grafana, and the token is of another one" in told
    assert {record.line[0] for record in server.requests} == {"GET"}


def test_a_server_that_takes_no_notice_of_the_header_is_told_by_its_answer() -> None:
    health, ours = Step(body=b'{"version": "12.3.0"}'), Step(body=b'{"id": 7, "name": "Ours"}')
    with scripted(health, ours) as server:
        client = Client("Grafana", server.url, {"Authorization": Secret("Bearer glsa_canary_0123")})
        with pytest.raises(
            Refused, match="for organization 2 of Grafana, and the token is of organization 7"
        ):
            connect(client, "shop", "test", Secret, 2)


def test_a_token_that_is_no_token_is_told_as_such() -> None:
    no = Step(401, body=b'{"message": "Invalid API key", "messageId": "api-key.invalid"}')
    with scripted(Step(body=b'{"version": "12.3.0"}'), no, no) as server:
        client = Client("Grafana", server.url, {"Authorization": Secret("Bearer glsa_canary_0123")})
        with pytest.raises(Refused, match="Invalid API key"):
            connect(client, "shop", "test", Secret, 2)


def test_files_for_provisioning_carry_the_number(tmp_path: Path) -> None:
    service = service_of(tmp_path, {"grafana: {folder: Shop}": "grafana: {folder: Shop, organization: 3}"})
    files = [artifact.body for artifact in render(service).artifacts if artifact.kind == "alerting"]
    assert [group["orgId"] for body in files for group in body["groups"]] == [3, 3]
