"""Publishing one definition to Grafana and Metabase, as it is typed: what is told of each server, and what a plan keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.publish.grafana.shop import shop_server as grafana_server
from tests.publish.metabase.shop import shop_server as metabase_server
from tests.servers.grafana.server import GrafanaServer
from tests.servers.metabase.samples import card, posted
from tests.servers.metabase.server import MetabaseServer
from watchglass.cli.main import run

DEFINITION = """
version: 1
service: {id: shop, title: Shop, owner: us, timezone: Europe/Berlin}
levels: {good: green, bad: red}
sources: {main: {type: postgres}}
queries:
  now: {title: Now, every: 5m, sql: SELECT count(*) AS orders FROM orders o, columns: {orders: integer}}
metrics:
  orders: {title: Orders, query: now, column: orders, better: higher, thresholds: {bad: 10}}
alerts:
  few_orders: {title: Few orders, metric: orders, when: bad, for: 10m, severity: high}
dashboards:
  overview:
    title: Overview
    publish: [grafana, metabase]
    rows: [{title: All, panels: [{metric: orders, as: gauge}, {query: now, as: table}]}]
environments:
  production:
    default: true
    sources: {main: {grafana: {uid: shop-db}, metabase: {database: Shop}}}
    grafana: {url: "${env:GRAFANA_URL}", token: "${env:GRAFANA_TOKEN}", folder: Shop}
    metabase: {url: "${env:METABASE_URL}", api_key: "${env:METABASE_API_KEY}", collection: Shop}
  staging:
    sources: {main: {grafana: {uid: shop-db}, metabase: {database: Shop}}}
    grafana: {url: "${env:GRAFANA_URL}", token: "${env:GRAFANA_TOKEN}", folder: Shop (staging)}
    metabase: {url: "${env:METABASE_URL}", api_key: "${env:METABASE_API_KEY}", collection: Shop (staging)}
"""


@dataclass(slots=True)
class Desk:
    """A project with a server of each kind, and what was printed last."""

    grafana: GrafanaServer
    metabase: MetabaseServer
    capsys: pytest.CaptureFixture[str]
    out: str = ""
    err: str = ""

    def typed(self, *words: str) -> int:
        """Type a command; gives its exit code."""
        code = run(list(words))
        self.out, self.err = self.capsys.readouterr()
        return code


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    with grafana_server() as grafana, metabase_server() as metabase:
        monkeypatch.setenv("GRAFANA_URL", grafana.url)
        monkeypatch.setenv("GRAFANA_TOKEN", grafana.editor_token)
        monkeypatch.setenv("METABASE_URL", metabase.url)
        monkeypatch.setenv("METABASE_API_KEY", metabase.admin_key)
        monkeypatch.setenv("WATCHGLASS_CACHE", str(tmp_path / "cache"))
        monkeypatch.chdir(tmp_path)
        Path("shop.yaml").write_text(DEFINITION, "utf-8")
        yield Desk(grafana, metabase, capsys)


def change(old: str, new: str) -> None:
    """Change the definition's text."""
    text = Path("shop.yaml").read_text("utf-8")
    assert old in text
    Path("shop.yaml").write_text(text.replace(old, new), "utf-8")


def test_an_apply_that_ends_at_one_server_names_what_is_left_at_the_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", desk.grafana.viewer_token)
    assert desk.typed("apply", "shop.yaml", "--yes") == 1
    (left,) = (line for line in desk.out.splitlines() if line.startswith("not begun at metabase "))
    assert "collection 'Shop'" in left
    assert "dashboard 'Overview'" in left
    assert desk.out.splitlines()[-1].startswith("run it again")


def test_each_change_is_told_as_soon_as_it_is_done(desk: Desk) -> None:
    told: list[str] = []

    def looked(request: object) -> bool:
        if getattr(request, "method", "GET") != "GET":
            told.append(desk.capsys.readouterr().out)
        return False

    desk.grafana.inject(_NEVER, when=looked, times=None)
    assert desk.typed("apply", "shop.yaml", "--yes", "--target", "grafana") == 0
    assert "+ folder 'Shop'\n" in told[1]


class _Never:
    def serve(self, wire: object, act: object) -> None:
        raise AssertionError("no request is chosen")


_NEVER = _Never()


def test_a_destroy_is_complete_where_others_things_keep_the_collection(desk: Desk) -> None:
    assert desk.typed("apply", "shop.yaml", "--yes") == 0
    (home,) = (each["id"] for each in desk.metabase.get("/api/collection") if each["name"] == "Shop")
    posted(desk.metabase, "/api/card", card(collection_id=home, name="Theirs"))
    for _ in range(2):
        assert desk.typed("destroy", "shop.yaml", "--yes") == 0
        assert "note: the collection 'Shop' holds something that is not ours; it is left" in desk.out
        assert "run it again" not in desk.out
    assert [each["name"] for each in desk.metabase.get("/api/card")] == ["Theirs"]
