"""Secrets of files: read when a plan begins, from beside the definition or from a path of the machine, and never shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_publishing import typed
from tests.publish.grafana.shop import DEFINITION, shop_server
from tests.servers.grafana.server import GrafanaServer


@pytest.fixture
def server() -> Iterator[GrafanaServer]:
    with shop_server() as running:
        yield running


def shop(folder: Path, token: str) -> Path:
    home = folder / "definitions"
    home.mkdir()
    addresses = f'grafana: {{url: "${{env:GRAFANA_URL}}", token: "${{file:{token}}}", folder: Shop}}'
    (home / "shop.yaml").write_text(DEFINITION.replace("grafana: {folder: Shop}", addresses), "utf-8")
    return home


@pytest.mark.parametrize("beside", [True, False])
def test_a_token_of_a_file_publishes(server: GrafanaServer, tmp_path: Path, beside: bool) -> None:
    home = shop(tmp_path, "secrets/token" if beside else f"{tmp_path}/token")
    file = home / "secrets/token" if beside else tmp_path / "token"
    file.parent.mkdir(exist_ok=True)
    file.write_text(server.editor_token + "\n", "utf-8")
    done = typed(server, tmp_path, "apply", "definitions/shop.yaml", "--yes", GRAFANA_TOKEN="")
    assert done.returncode == 0, done.stderr
    assert server.get("/api/dashboards/uid/shop-overview").status == 200
    assert server.editor_token not in done.stdout + done.stderr


@pytest.mark.parametrize(("text", "reason"), [(None, "cannot be read"), ("\n", "is empty")])
def test_a_file_that_is_not_there_or_empty_is_told_before_any_request(
    server: GrafanaServer, tmp_path: Path, text: str | None, reason: str
) -> None:
    home = shop(tmp_path, "token")
    if text is not None:
        (home / "token").write_text(text, "utf-8")
    refused = typed(server, tmp_path, "plan", "definitions/shop.yaml")
    assert refused.returncode != 0
    assert f"${{file:token}} {reason}" in refused.stderr
    assert list(server.requests) == []


@pytest.mark.parametrize("place", ["title: Shop, owner", "folder: Shop"])
def test_a_file_has_no_place_in_what_is_published(server: GrafanaServer, tmp_path: Path, place: str) -> None:
    home = shop(tmp_path, "token")
    file = home / "shop.yaml"
    key, _, rest = place.partition(": Shop")
    file.write_text(file.read_text("utf-8").replace(place, f'{key}: "${{file:token}}"{rest}'), "utf-8")
    refused = typed(server, tmp_path, "check", "definitions/shop.yaml")
    assert refused.returncode == 1
    assert "(secret-not-allowed)" in refused.stdout + refused.stderr
