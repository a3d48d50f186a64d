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


def boards(count: int) -> str:
    """Write more boards for both servers."""
    return "".join(
        f"  b{number}: {{title: Board {number}, publish: [grafana, metabase], "
        f"rows: [{{title: All, panels: [{{query: now, as: table}}]}}]}}\n"
        for number in range(count)
    )


def test_a_written_plan_keeps_what_was_asked_for(desk: Desk) -> None:
    change("dashboards:\n", "dashboards:\n" + boards(1))
    assert desk.typed("apply", "shop.yaml", "--yes") == 0
    change(boards(1), "")
    pruned = ("plan", "shop.yaml", "--prune", "--target", "grafana", "--out", "plan.json")
    assert desk.typed(*pruned) == 3
    assert "--allow-large" not in desk.out
    assert desk.typed("apply", "plan.json", "--prune", "--target", "grafana") == 0, desk.err
    assert "- dashboard 'Board 0'" in desk.out
    assert desk.typed("plan", "shop.yaml", "--target", "grafana") == 0
    desk.typed("plan", "shop.yaml")
    assert "? dashboard 'Board 0'" in desk.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--prune",), "plan.json was made without --prune"),
        (("--overwrite-drift",), "plan.json was made without --overwrite-drift"),
        (("--adopt", "*"), "plan.json was made with --adopt folders/shop-folder"),
        (("--target", "metabase"), "plan.json was made without --target"),
        (("-e", "staging"), "plan.json was made for the environment 'production': leave -e out"),
    ],
)
def test_an_option_that_contradicts_a_written_plan_is_refused(
    words: tuple[str, ...], said: str, desk: Desk
) -> None:
    assert desk.typed("plan", "shop.yaml", "--adopt", "folders/shop-folder", "--out", "plan.json") == 3
    assert desk.typed("apply", "plan.json", *words) == 2
    assert said in desk.err
    assert desk.typed("apply", "plan.json", "-e", "production", "--adopt", "folders/shop-folder") == 0


def test_the_environment_is_named_by_all_that_changes_it(desk: Desk) -> None:
    said = "shop.yaml, environment 'staging'"
    assert desk.typed("plan", "shop.yaml", "-e", "staging") == 3
    assert desk.out.startswith(f"{said}\n")
    assert desk.typed("plan", "shop.yaml", "-e", "staging", "--format", "markdown") == 3
    assert "### shop.yaml, environment 'staging'" in desk.out
    assert desk.typed("apply", "shop.yaml", "-e", "staging") == 2
    assert desk.out.startswith(f"{said}\n")
    assert "say --yes, or apply a plan that was written down" in desk.err
    assert desk.typed("apply", "shop.yaml", "-e", "staging", "--yes") == 0
    assert desk.out.startswith(f"{said}, at grafana ")
    assert desk.typed("destroy", "shop.yaml", "-e", "staging") == 2
    assert desk.out.startswith(f"{said}\n")
    assert desk.err.rstrip().endswith("say --yes")


def test_the_question_names_the_environment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda text, abort: asked.append(text))
    assert desk.typed("apply", "shop.yaml") == 0
    assert asked == ["Make these changes in 'production'?"]


def test_much_that_changes_is_told_with_its_server_and_its_numbers(desk: Desk) -> None:
    change("dashboards:\n", "dashboards:\n" + boards(4))
    assert desk.typed("apply", "shop.yaml", "--yes") == 0
    text = Path("shop.yaml").read_text("utf-8")
    change(boards(4), boards(4).replace("Board", "Panel"))
    assert desk.typed("apply", "shop.yaml", "--yes") == 1
    told = [line for line in desk.err.splitlines() if "--allow-large" in line]
    assert [line.partition(" at ")[2].partition(" ")[0] for line in told] == ["grafana", "metabase"]
    assert "4 of 7 objects of ours would change, over 30 %" in told[0]
    Path("shop.yaml").write_text(text, "utf-8")
    assert desk.typed("destroy", "shop.yaml", "--yes") == 0
    assert desk.typed("apply", "shop.yaml", "--yes") == 0, "what comes back from the Trash changes nothing"


def test_an_object_that_no_definition_makes_cannot_be_adopted(desk: Desk) -> None:
    for command in ("plan", "apply"):
        assert desk.typed(command, "shop.yaml", "--adopt", "dashboards/shop-overveiw") == 2
        assert "--adopt dashboards/shop-overveiw: no definition makes it; did you mean" in desk.err
    assert desk.typed("plan", "shop.yaml", "--adopt", "*", "--adopt", "shop-overview") == 3


def test_a_server_of_another_version_is_noted(desk: Desk) -> None:
    change("folder: Shop}", 'folder: Shop, version: "12.4"}')
    change("collection: Shop}", "collection: Shop, version: 60}")
    for form in ("text", "markdown"):
        assert desk.typed("plan", "shop.yaml", "--format", form) == 3
        said = desk.out.replace("\\", "")
        assert "note: artifacts are made for Grafana 12.4, and this is 12.3: correct `version:`" in said
        assert "note: artifacts are made for Metabase 60, and this is 58: correct `version:`" in said
    change('version: "12.4"', 'version: "12.3"')
    change("version: 60", "version: 58")
    assert desk.typed("plan", "shop.yaml") == 3
    assert "artifacts are made for" not in desk.out


def test_a_server_in_the_others_place_is_told_and_gets_no_token(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAFANA_URL", desk.metabase.url)
    assert desk.typed("plan", "shop.yaml", "--target", "grafana") == 1
    assert "the address of Grafana leads to a Metabase; no token was sent there" in desk.err
    monkeypatch.setenv("METABASE_URL", desk.grafana.url)
    assert desk.typed("plan", "shop.yaml", "--target", "metabase") == 1
    assert "the address of Metabase leads to a Grafana; no key was sent there" in desk.err
    sent = [record.request.headers for server in (desk.grafana, desk.metabase) for record in server.requests]
    assert sent
    assert not [each for each in sent if {"authorization", "x-api-key"} & {name.lower() for name in each}]
