"""Publishing to Metabase as it is typed: plan, apply, drift, destroy; what stops it, and no key in any text."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.metabase.shop import DEFINITION, number_of, shop_server
from tests.servers.metabase.samples import put
from tests.servers.metabase.server import MetabaseServer

ADDRESS = 'metabase: {url: "${env:METABASE_URL}", api_key: "${env:METABASE_API_KEY}", collection: Shop, version: 60}'


@pytest.fixture
def server() -> Iterator[MetabaseServer]:
    with shop_server("0.61") as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    text = DEFINITION.replace("metabase: {collection: Shop, version: 60}", ADDRESS)
    (tmp_path / "shop.yaml").write_text(text, "utf-8")
    return tmp_path


def typed(server: MetabaseServer, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Type a command in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
    done = subprocess.run(
        [sys.executable, "-m", "watchglass", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=home,
        env={
            **environment,
            "METABASE_URL": server.url,
            "METABASE_API_KEY": server.admin_key,
            "WATCHGLASS_CACHE": str(home / "cache"),
        },
    )
    assert server.admin_key not in done.stdout + done.stderr
    return done


def test_a_first_publish_as_a_user_types_it(server: MetabaseServer, home: Path) -> None:
    planned = typed(server, home, "plan", "shop.yaml")
    assert (planned.returncode, planned.stderr) == (3, "")
    assert "7 to create" in planned.stdout
    assert all(record.line[0] == "GET" for record in server.requests)
    assert typed(server, home, "apply", "shop.yaml", "--yes").returncode == 0
    again = typed(server, home, "plan", "shop.yaml")
    assert again.returncode == 0
    assert "7 unchanged" in again.stdout
    assert typed(server, home, "destroy", "shop.yaml", "--yes").returncode == 0
    assert server.get("/api/card") == []


def test_an_edit_by_hand_is_shown_and_stops_an_apply(server: MetabaseServer, home: Path) -> None:
    typed(server, home, "apply", "shop.yaml", "--yes")
    put(server, f"/api/card/{number_of(server, 'Failed')}", {"name": "Mine"})
    planned = typed(server, home, "plan", "shop.yaml")
    assert planned.returncode == 1
    assert "'Mine' → 'Failed'" in planned.stdout
    refused = typed(server, home, "apply", "shop.yaml", "--yes")
    assert refused.returncode == 1
    assert "nothing was written" in refused.stderr
    assert typed(server, home, "apply", "shop.yaml", "--yes", "--overwrite-drift").returncode == 0
    assert number_of(server, "Failed")


def test_a_database_that_is_not_there_stops_it_before_the_first_write(
    server: MetabaseServer, home: Path
) -> None:
    server.state.databases.clear()
    refused = typed(server, home, "apply", "shop.yaml", "--yes")
    assert refused.returncode == 1
    assert "no PostgreSQL database named 'Shop'" in refused.stderr
    assert all(record.line[0] == "GET" for record in server.requests)


def test_a_dashboard_by_mail_is_published_where_mails_go_out_and_refused_where_none_do(
    server: MetabaseServer, home: Path
) -> None:
    mail = 'subscriptions:\n  daily: {dashboard: overview, at: {daily: "09:00"}, to: boss@example.com}\n'
    (home / "shop.yaml").write_text((home / "shop.yaml").read_text("utf-8") + mail, "utf-8")
    server.state.settings["email-configured?"] = False
    refused = typed(server, home, "apply", "shop.yaml", "--yes")
    assert refused.returncode == 1
    assert "would take subscriptions that it never sends: daily" in refused.stderr
    assert all(record.line[0] == "GET" for record in server.requests)
    server.configure_mail()
    assert typed(server, home, "apply", "shop.yaml", "--yes").returncode == 0
    assert [each["name"] for each in server.get("/api/pulse")] == ["Overview"]
    assert typed(server, home, "plan", "shop.yaml").returncode == 0
