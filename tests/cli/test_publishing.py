"""Publishing as it is typed: plan, apply, a plan that is written down, drift, destroy; exit codes, refusals, no secrets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database import servers
from tests.publish.grafana.shop import DEFINITION, SOURCE, shop_server
from tests.servers.faults import Interrupted
from tests.servers.grafana.server import GrafanaServer
from watchglass.cli.main import run
from watchglass.database.lock import only_one

ADDRESSES = 'grafana: {url: "${env:GRAFANA_URL}", token: "${env:GRAFANA_TOKEN}", folder: Shop}'


@pytest.fixture
def server() -> Iterator[GrafanaServer]:
    with shop_server() as running:
        yield running


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    file = tmp_path / "shop.yaml"
    file.write_text(DEFINITION.replace("grafana: {folder: Shop}", ADDRESSES), "utf-8")
    return file


@pytest.fixture
def locked(definition: Path) -> Path:
    """Give a definition whose environment names the database that holds the lock."""
    text = definition.read_text("utf-8").replace("main: {grafana:", 'main: {dsn: "${env:DSN}", grafana:')
    definition.write_text(text, "utf-8")
    return definition


def typed(
    server: GrafanaServer, folder: Path, *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Type a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "watchglass", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")},
            "GRAFANA_URL": server.url,
            "GRAFANA_TOKEN": server.editor_token,
            "WATCHGLASS_CACHE": str(folder / "cache"),
            **environment,
        },
    )


def test_a_first_publish_as_a_user_types_it(server: GrafanaServer, definition: Path) -> None:
    home = definition.parent
    planned = typed(server, home, "plan", "shop.yaml")
    assert (planned.returncode, planned.stderr) == (3, "")
    assert "5 to create" in planned.stdout
    assert all(record.line[0] == "GET" for record in server.requests)
    nobody = typed(server, home, "apply", "shop.yaml")
    assert nobody.returncode == 2
    assert "say --yes" in nobody.stderr
    applied = typed(server, home, "apply", "shop.yaml", "--yes")
    assert applied.returncode == 0
    assert "no lock against a second apply" in applied.stderr
    again = typed(server, home, "plan", "shop.yaml")
    assert again.returncode == 0
    assert "5 unchanged" in again.stdout
    assert typed(server, home, "apply", "shop.yaml").stdout == "nothing to do\n"
    assert typed(server, home, "drift", "shop.yaml").returncode == 0
    gone = typed(server, home, "destroy", "shop.yaml", "--yes")
    assert gone.returncode == 0
    assert server.content()["dashboards"] == {}


@pytest.mark.parametrize(
    ("dsn", "said"),
    [
        ("", "${env:DSN} is empty; nothing was sent"),
        ("host=/nowhere dbname=x", "nothing was written"),
        ("garbage", "nothing was written"),
    ],
)
def test_fault_48_a_lock_that_is_wished_for_and_cannot_be_had_stops_it(
    dsn: str, said: str, server: GrafanaServer, locked: Path
) -> None:
    refused = typed(server, locked.parent, "apply", "shop.yaml", "--yes", DSN=dsn)
    assert refused.returncode == 1
    assert "no lock against a second apply: " in refused.stderr
    assert said in refused.stderr
    assert "say --no-lock where only one apply runs at a time" in refused.stderr
    assert all(record.line[0] == "GET" for record in server.requests)
    assert bool(server.requests) == bool(dsn)
    done = typed(server, locked.parent, "apply", "shop.yaml", "--yes", "--no-lock", DSN=dsn)
    assert done.returncode == 0
    assert "shop.yaml: no lock against a second apply; let CI run one at a time" in done.stderr


def test_fault_48_a_second_apply_is_kept_out(server: GrafanaServer, locked: Path) -> None:
    with servers.server_18() as database:
        dsn = database.dsn()
        with only_one(dsn, "shop"):
            second = typed(server, locked.parent, "apply", "shop.yaml", "--yes", DSN=dsn)
        assert second.returncode == 1
        assert "another apply of 'shop' is under way; nothing was written" in second.stderr
        assert server.content()["dashboards"] == {}
        assert typed(server, locked.parent, "apply", "shop.yaml", "--yes", DSN=dsn).returncode == 0


def test_fault_50_a_plan_that_was_written_down_is_applied_as_it_was_or_not_at_all(
    server: GrafanaServer, definition: Path
) -> None:
    home = definition.parent
    assert typed(server, home, "plan", "shop.yaml", "--out", "plan.json").returncode == 3
    assert server.editor_token not in (home / "plan.json").read_text("utf-8")
    server.ask("POST", "/api/folders", {"uid": "shop-folder", "title": "Somebody's"})
    stale = typed(server, home, "apply", "plan.json")
    assert stale.returncode == 1
    assert "nothing was written" in stale.stderr
    assert "grafana/folders/shop-folder: it was changed at the server since" in stale.stderr
    server.ask("DELETE", "/api/folders/shop-folder")
    assert typed(server, home, "apply", "plan.json").returncode == 0
    other = typed(server, home, "apply", "plan.json")
    assert other.returncode == 1


def test_what_definitions_of_one_server_read_alike_is_read_once(
    server: GrafanaServer, definition: Path
) -> None:
    boards = "".join(
        f"  b{number}: {{title: Board {number}, rows: [{{title: All, panels: [{{query: now, as: table}}]}}]}}\n"
        for number in range(8)
    )
    text = definition.read_text("utf-8").replace("dashboards:\n", f"dashboards:\n{boards}")
    definition.write_text(text, "utf-8")
    (definition.parent / "other.yaml").write_text(
        text.replace("id: shop,", "id: other,").replace("folder: Shop}", "folder: Other}"), "utf-8"
    )
    both = ("shop.yaml", "other.yaml")
    assert typed(server, definition.parent, "apply", *both, "--yes").returncode == 0
    server.forget()
    assert typed(server, definition.parent, "plan", *both).returncode == 0
    asked = Counter(record.line[1].partition("?")[0] for record in server.requests)
    lists = "/api/v1/provisioning/alert-rules"
    pages = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards"
    assert (asked[lists], asked[f"{lists}/export"], asked[pages]) == (1, 1, 1)


PLAN = {
    "watchglass": "plan",
    "definitions": ["shop.yaml"],
    "environment": None,
    "asked": {"prune": False, "overwrite_drift": False, "allow_large": False, "targets": [], "adopt": []},
    "plans": [
        {"form": 1, "instance": ["grafana", "x", "y"], "owner": "shop", "changes": [["keep", "x", "", ""]]}
    ],
}


def test_a_file_that_is_no_plan_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (bound,) = PLAN["plans"]
    broken: list[object] = [
        *({name: value for name, value in PLAN.items() if name != key} for key in PLAN),
        *(PLAN | {"plans": [{key: bound[key] for key in bound if key != gone}]} for gone in bound),
        *(PLAN | {key: 5} for key in PLAN),
        PLAN | {"definitions": [5]},
        PLAN | {"plans": [[]]},
        *(PLAN | {"asked": {**PLAN["asked"], key: 5}} for key in PLAN["asked"]),
        [],
        5,
        None,
        PLAN | {"plans": [bound | {"form": 2}]},
        PLAN | {"plans": [bound | {"changes": [["keep", "x", ""]]}]},
        PLAN | {"plans": [bound | {"changes": [["keep", ["x"], "", ""]]}]},
    ]
    for body in broken:
        Path("x.json").write_text(json.dumps(body), "utf-8")
        assert run(["apply", "x.json"]) == 2, body
        assert "x.json is no plan; `watchglass plan --out x.json` writes one" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "value"), [("GRAFANA_TOKEN", ""), ("GRAFANA_URL", " ")])
def test_fault_12_a_secret_that_is_not_there_is_refused_before_any_request(
    name: str, value: str, server: GrafanaServer, definition: Path
) -> None:
    refused = typed(server, definition.parent, "plan", "shop.yaml", **{name: value})
    assert refused.returncode == 1
    assert f"${{env:{name}}} is empty; nothing was sent" in refused.stderr
    assert server.requests == []


def test_a_data_source_that_is_not_there_stops_it_before_the_first_write(
    server: GrafanaServer, definition: Path
) -> None:
    server.ask("DELETE", f"/api/datasources/uid/{SOURCE['uid']}")
    planned = typed(server, definition.parent, "plan", "shop.yaml")
    assert planned.returncode == 1
    assert "no data source 'shop-db'" in planned.stderr
    applied = typed(server, definition.parent, "apply", "shop.yaml", "--yes")
    assert applied.returncode == 1
    assert "nothing was written" in applied.stderr
    assert server.content()["dashboards"] == {}


def test_a_database_behind_a_source_that_is_down_stops_it_too(
    server: GrafanaServer, definition: Path
) -> None:
    server.spoil_source("shop-db")
    applied = typed(server, definition.parent, "apply", "shop.yaml", "--yes")
    assert applied.returncode == 1
    assert "does not reach its database" in applied.stderr
    assert server.content()["dashboards"] == {}


def test_drift_is_shown(server: GrafanaServer, definition: Path) -> None:
    home = definition.parent
    typed(server, home, "apply", "shop.yaml", "--yes")
    got = server.get("/api/dashboards/uid/shop-overview").json()
    body = {"dashboard": got["dashboard"] | {"title": "Mine"}, "folderUid": "shop-folder", "overwrite": True}
    server.ask("POST", "/api/dashboards/db", body)
    drift = typed(server, home, "drift", "shop.yaml")
    assert drift.returncode == 3
    assert "(in the definition → at the server)" in drift.stdout
    assert "'Overview' → 'Mine'" in drift.stdout
    refused = typed(server, home, "apply", "shop.yaml", "--yes")
    assert refused.returncode == 1
    assert "changed by somebody else" in refused.stderr
    assert typed(server, home, "apply", "shop.yaml", "--yes", "--overwrite-drift").returncode == 0


def test_an_edit_in_the_ui_is_taken_into_the_definition(server: GrafanaServer, definition: Path) -> None:
    home = definition.parent
    typed(server, home, "apply", "shop.yaml", "--yes")
    assert typed(server, home, "adopt", "shop.yaml").returncode == 0
    got = server.get("/api/dashboards/uid/shop-overview").json()
    body = {"dashboard": got["dashboard"] | {"title": "Mine"}, "folderUid": "shop-folder", "overwrite": True}
    server.ask("POST", "/api/dashboards/db", body)
    said = typed(server, home, "adopt", "shop.yaml")
    assert said.returncode == 3
    assert "overview.title Overview → Mine" in said.stdout
    assert "nothing was written: --write" in said.stdout
    before = definition.read_text("utf-8")
    assert typed(server, home, "adopt", "shop.yaml", "--write").returncode == 0
    assert definition.read_text("utf-8") == before.replace("title: Overview", "title: Mine")
    assert typed(server, home, "plan", "shop.yaml").returncode == 0


def test_fault_53_a_signal_lets_the_request_in_flight_end(server: GrafanaServer, definition: Path) -> None:
    stopped: list[int] = []

    def stop() -> None:
        stopped.append(process.pid)
        process.terminate()

    writes = [0]

    def second_write(request: object) -> bool:
        writes[0] += getattr(request, "method", "GET") != "GET"
        return writes[0] == 2

    server.inject(_Then(stop), when=second_write)
    process = subprocess.Popen(
        [sys.executable, "-m", "watchglass", "apply", "shop.yaml", "--yes"],
        cwd=definition.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "GRAFANA_URL": server.url,
            "GRAFANA_TOKEN": server.editor_token,
            "WATCHGLASS_CACHE": str(definition.parent / "cache"),
        },
    )
    out, err = process.communicate(timeout=20)
    assert stopped
    assert process.returncode == 130
    assert "stopping after the request in flight" in err
    assert "not begun:" in out
    assert "run it again" in out
    assert typed(server, definition.parent, "apply", "shop.yaml", "--yes").returncode == 0


class _Then(Interrupted):
    """Do something, then serve as ever."""

    def serve(self, wire: object, act: object) -> None:
        self.action()
        wire.send(act())  # type: ignore[attr-defined, operator]


def test_the_plan_is_a_comment_or_json_where_that_is_asked_for(
    server: GrafanaServer, definition: Path
) -> None:
    comment = typed(server, definition.parent, "plan", "shop.yaml", "--format", "markdown").stdout
    assert comment.startswith("## Watchglass plan\n")
    assert "5 to create" in comment
    machine = json.loads(typed(server, definition.parent, "plan", "shop.yaml", "--format", "json").stdout)
    (plan,) = machine["shop.yaml"]
    assert {change["action"] for change in plan["changes"]} == {"create"}
    assert server.editor_token not in json.dumps(machine)
