"""Fault 60: what needs no network uses none, what does reaches the environment's hosts alone, packages are pinned by hash."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.publish.grafana.shop import SOURCE
from tests.servers.grafana.server import grafana_server
from tests.servers.metabase.server import metabase_server
from watchglass.cli.main import run

ROOT = Path(__file__).parents[2]
DEFINITION = """
version: 1
service: {id: shop, title: Shop, owner: us, timezone: Europe/Berlin}
levels: {good: green, watch: yellow, bad: red}
sources: {main: {type: postgres}}
queries:
  now:
    title: Now
    every: 5m
    sql: SELECT count(*) AS orders FROM orders o
    columns: {orders: integer}
metrics:
  orders: {title: Orders, query: now, column: orders, better: higher, thresholds: {watch: 20, bad: 10}}
alerts:
  few_orders:
    {title: Few orders, metric: orders, when: bad, for: 10m, severity: high, runbook: {url: "https://evil.example.com/r"}}
notify:
  contacts:
    hook: {type: webhook, url: "https://evil.example.com/hook"}
  routes:
    - {contact: hook}
dashboards:
  overview:
    title: Overview
    publish: [grafana, metabase]
    links: ["https://evil.example.com/link"]
    rows: [{title: All, panels: [{metric: orders, as: gauge}, {as: text, title: T, text: "![x](https://evil.example.com/i)"}]}]
environments:
  production:
    default: true
    sources: {main: {dsn: "${env:DSN}", grafana: {uid: shop-db}, metabase: {database: Shop}}}
    grafana: {url: "${env:GRAFANA_URL}", token: "${env:GRAFANA_TOKEN}", folder: Shop}
    metabase: {url: "${env:METABASE_URL}", api_key: "${env:METABASE_API_KEY}", collection: Shop}
  elsewhere:
    sources: {main: {grafana: {uid: shop-db}, metabase: {database: Shop}}}
    grafana: {url: "https://evil.example.com", token: "${env:GRAFANA_TOKEN}", folder: Shop}
"""
SECRETS = ("DSN", "GRAFANA_URL", "GRAFANA_TOKEN", "METABASE_URL", "METABASE_API_KEY")


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Write down every address that a socket connects to and every name that is looked up."""
    found: list[Any] = []
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connecting(self: socket.socket, address: Any) -> None:
        found.append(address)
        connect(self, address)

    def looking_up(host: Any, *more: Any, **named: Any) -> Any:
        found.append(host)
        return look_up(host, *more, **named)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket, "getaddrinfo", looking_up)
    return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WATCHGLASS_CACHE", str(tmp_path / "cache"))
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "shop.yaml").write_text(DEFINITION, "utf-8")
    return tmp_path


def test_the_guard_sees_a_connection(reached: list[Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        socket.create_connection(address).close()
    assert reached == ["127.0.0.1", address]


@pytest.mark.parametrize(
    "words",
    [["check"], ["compile"], ["compile", "--check"], ["test"], ["check", "-e", "elsewhere"]],
    ids=" ".join,
)
def test_fault_60_judging_and_compiling_need_no_network_and_no_secret(
    words: list[str], home: Path, reached: list[Any]
) -> None:
    code = run([words[0], "shop.yaml", *words[1:]])
    assert code == (3 if "--check" in words else 0)
    assert reached == []


def test_fault_60_publishing_reaches_the_hosts_of_the_environment_alone(
    home: Path, reached: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with grafana_server() as grafana, metabase_server() as metabase:
        grafana.ask("POST", "/api/datasources", SOURCE)
        metabase.add_database("Shop", {})
        addresses = {"GRAFANA_URL": grafana.url, "METABASE_URL": metabase.url}
        keys = {"GRAFANA_TOKEN": grafana.editor_token, "METABASE_API_KEY": metabase.admin_key}
        for name, value in (addresses | keys).items():
            monkeypatch.setenv(name, value)
        agreed = ("--yes", "--no-lock")
        for words in (["plan"], ["apply", *agreed], ["drift"], ["destroy", *agreed]):
            assert run([words[0], "shop.yaml", *words[1:]]) in (0, 3)
        allowed = {grafana.address, metabase.address}
    assert {each for each in reached if isinstance(each, tuple)} == allowed
    assert {each for each in reached if not isinstance(each, tuple)} == {"127.0.0.1"}


def test_fault_60_a_plan_of_a_strange_address_reaches_nobody_else_and_no_proxy_of_a_definition(
    home: Path, reached: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", "glsa_a-token-of-ours")
    text = DEFINITION.replace('https://evil.example.com", token', 'http://127.0.0.1:9", token')
    Path("shop.yaml").write_text(text, "utf-8")
    monkeypatch.setattr("watchglass.publish.client._TRIES", 1)
    assert run(["plan", "shop.yaml", "-e", "elsewhere"]) == 1
    assert {each for each in reached if isinstance(each, tuple)} == {("127.0.0.1", 9)}
    assert "nothing listens there" in capsys.readouterr().err


def test_fault_60_every_package_of_the_lock_is_pinned_by_hash() -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").replace("\\\n", " ").splitlines()
    packages = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert len(packages) > 20
    for line in packages:
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line[:60]
    assert "--require-hashes" in (ROOT / "Makefile").read_text("utf-8")
