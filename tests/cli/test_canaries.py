"""Fault 59: no secret in anything that a run leaves behind, whatever goes wrong and whatever a server says."""

from __future__ import annotations

import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.cli.canaries import CANARIES, ECHOES, SEEN, leaks, pieces
from tests.publish.grafana.shop import SOURCE
from tests.servers.faults import ALL, Fault
from tests.servers.grafana.server import GrafanaServer, Snapshot, grafana_server
from tests.servers.metabase.server import MetabaseServer, metabase_server
from tests.servers.transport import Transport
from watchglass.cli.main import run
from watchglass.publish.client import Client
from watchglass.publish.errors import PublishError
from watchglass.publish.secret import Secret
from watchglass.publish.session import Session

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
    title: Few orders
    metric: orders
    when: bad
    for: 10m
    severity: high
    escalate:
      - {after: 1h, contact: pager}
      - {after: 2h, contact: hook}
      - {after: 3h, contact: genie}
      - {after: 4h, contact: bot}
      - {after: 5h, contact: talk}
notify:
  contacts:
    chat: {type: slack, url: "${env:CHAT}"}
    pager: {type: pagerduty, integration_key: "${env:PAGER}"}
    hook: {type: webhook, url: "https://hook.example.com/x", username: us, password: "${env:HOOK_PASSWORD}"}
    genie: {type: opsgenie, api_key: "${env:OPSGENIE}"}
    bot: {type: telegram, bot_token: "${env:TELEGRAM}", chat_id: "4711"}
    talk: {type: discord, url: "${env:DISCORD}"}
  routes:
    - {severity: high, contact: chat}
dashboards:
  overview:
    title: Overview
    publish: [grafana, metabase]
    rows: [{title: All, panels: [{metric: orders, as: gauge}, {query: now, as: table}]}]
environments:
  production:
    default: true
    sources: {main: {dsn: "${env:DSN}", grafana: {uid: shop-db}, metabase: {database: Shop}}}
    grafana: {url: "${env:GRAFANA_URL}", token: "${env:GRAFANA_TOKEN}", folder: Shop}
    metabase: {url: "${env:METABASE_URL}", api_key: "${env:METABASE_API_KEY}", collection: Shop}
"""


@dataclass(slots=True)
class Desk:
    """A project, both servers, and all that a run leaves behind."""

    home: Path
    grafana: GrafanaServer
    metabase: MetabaseServer
    capsys: pytest.CaptureFixture[str]
    empty: tuple[Snapshot, object]
    published: tuple[Snapshot, object]

    def begin(self, *, published: bool) -> None:
        """Put the servers into the state before a first apply, or after one."""
        for server, state in zip(
            (self.grafana, self.metabase), self.published if published else self.empty, strict=True
        ):
            server.resume()
            server.restore(state)  # type: ignore[arg-type]
            server.forget()

    def typed(self, *words: str) -> tuple[int, str]:
        """Type a command; gives the exit code, and the texts of every sink, each behind the name of its file."""
        left = self.home / "left"
        shutil.rmtree(left, ignore_errors=True)
        left.mkdir()
        code = run(list(words))
        told = self.capsys.readouterr()
        files = [path for path in self.home.rglob("*") if path.is_file() and path.name != "shop.yaml"]
        texts = [f"{path.relative_to(self.home)}\n{path.read_bytes().decode('latin-1')}" for path in files]
        return code, "\n".join([told.out, told.err, *texts])


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[GrafanaServer, MetabaseServer]]:
    with grafana_server() as grafana, metabase_server() as metabase:
        grafana.ask("POST", "/api/datasources", SOURCE)
        token = replace(grafana.state.tokens[grafana.editor_token], key=CANARIES["GRAFANA_TOKEN"])
        grafana.state.tokens[token.key] = token
        metabase.add_database("Shop", {})
        key = metabase.state.keys[metabase.admin_key]
        metabase.state.keys[CANARIES["METABASE_API_KEY"]] = key
        yield grafana, metabase


AGREED = ("--yes", "--no-lock")


@pytest.fixture
def desk(
    servers: tuple[GrafanaServer, MetabaseServer],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Desk]:
    grafana, metabase = servers
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GRAFANA_URL", grafana.url)
    monkeypatch.setenv("METABASE_URL", metabase.url)
    monkeypatch.setenv("WATCHGLASS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "left"))
    monkeypatch.setitem(Client.__init__.__kwdefaults__, "wait", lambda seconds: None)
    monkeypatch.setattr("watchglass.database.connection._PAUSE", 0)
    monkeypatch.chdir(tmp_path)
    Path("shop.yaml").write_text(DEFINITION, "utf-8")
    empty = (grafana.snapshot(), metabase.snapshot())
    made = Desk(tmp_path, grafana, metabase, capsys, empty, empty)
    code, told = made.typed("apply", "shop.yaml", "--yes")
    assert (code, leaks(told)) == (1, [])
    assert "no lock against a second apply: no connection to 127.0.0.1:1" in told
    code, told = made.typed("apply", "shop.yaml", *AGREED)
    assert (code, leaks(told)) == (0, [])
    made.published = (grafana.snapshot(), metabase.snapshot())
    yield made
    made.begin(published=False)


RUNS: tuple[tuple[bool, str, tuple[str, ...]], ...] = (
    (False, "read", ("plan", "shop.yaml", "--out", "plan.json")),
    (False, "read", ("--debug", "apply", "shop.yaml", *AGREED)),
    (False, "write", ("apply", "shop.yaml", *AGREED)),
    (True, "read", ("drift", "shop.yaml")),
    (True, "read", ("destroy", "shop.yaml", *AGREED)),
    (True, "write", ("destroy", "shop.yaml", *AGREED)),
)
"""After a first apply or before; which request fails, the first or the first write; the command."""


def fail(server: Transport, fault: Fault, which: str) -> None:
    """Let each such request fail, so that trying again does not help."""
    if which == "write":
        server.inject(fault, when=lambda request: request.method != "GET", times=None)
    else:
        server.inject(fault, times=None)


@pytest.mark.parametrize("name", [*(name for name in ALL if name != "slow drip"), *ECHOES])
def test_fault_59_no_secret_leaves_a_run_whatever_a_server_does(name: str, desk: Desk) -> None:
    make: Callable[[], Fault] = {**ALL, **ECHOES}[name]
    for published, which, words in RUNS:
        for server in (desk.grafana, desk.metabase):
            desk.begin(published=published)
            fail(server, make(), which)
            code, told = desk.typed(*words)
            assert code != 70, told
            assert leaks(told) == [], (words, which, list(pieces(told)))


FORMATS = [("plan", "text"), ("plan", "markdown"), ("plan", "json"), ("drift", "")]


@pytest.mark.parametrize(("command", "form"), FORMATS, ids=[" ".join(each) for each in FORMATS])
@pytest.mark.parametrize("name", SEEN)
def test_fault_59_a_secret_that_somebody_pasted_at_a_server_is_not_shown(
    name: str, command: str, form: str, desk: Desk
) -> None:
    """Where its text would be cut, too: a part of a secret is a secret."""
    desk.begin(published=True)
    for padding in ("", "x" * 45):
        got = desk.grafana.get("/api/dashboards/uid/shop-overview").json()
        title = f"{padding} {SEEN[name]}"
        body = {
            "dashboard": got["dashboard"] | {"title": title},
            "folderUid": "shop-folder",
            "overwrite": True,
        }
        assert desk.grafana.ask("POST", "/api/dashboards/db", body).status == 200
        words = [command, "shop.yaml", *(["--format", form, "--out", "plan.json"] if form else [])]
        code, told = desk.typed(*words)
        assert code in (1, 3)
        assert "***" in told or "\\*\\*\\*" in told
        assert leaks(told) == [], list(pieces(told))


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("command", ["plan", "apply", "drift", "destroy"])
def test_fault_59_the_report_of_a_bug_holds_no_secret(
    command: str, debug: bool, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(session: Session) -> None:
        cause = KeyError(*CANARIES.values(), PASSWORDS)
        raise RuntimeError(f"{CANARIES} {' '.join(SEEN.values())}") from cause

    monkeypatch.setattr(Session, "look", broken)
    desk.begin(published=True)
    code, told = desk.typed(
        *(["--debug"] if debug else []), command, "shop.yaml", *(AGREED if command in YES else ())
    )
    assert code == 70
    assert "RuntimeError" in told
    assert ("left/watchglass-" in told) == (not debug)
    assert leaks(told) == [], list(pieces(told))


PASSWORDS = list(SEEN.values())
YES = ("apply", "destroy")


@pytest.mark.parametrize(
    "words",
    [
        ("check", "shop.yaml"),
        *(("check", "shop.yaml", "--format", form) for form in ("json", "github", "sarif")),
        ("compile", "shop.yaml", "--output", "output"),
        ("test", "shop.yaml", "--junit", "junit.xml"),
        ("validate", "shop.yaml", "--dsn", "${env:DSN}"),
        ("validate", "shop.yaml", "--dsn", CANARIES["DSN"], "--format", "github"),
        ("grants", "shop.yaml", "--dsn", CANARIES["DSN"]),
    ],
    ids=" ".join,
)
def test_fault_59_nothing_that_is_written_holds_a_secret(words: tuple[str, ...], desk: Desk) -> None:
    desk.begin(published=False)
    _, told = desk.typed(*words)
    assert leaks(told) == [], list(pieces(told))


@pytest.mark.parametrize("name", [name for name in ALL if name != "slow drip"])
def test_fault_59_an_exception_holds_no_secret_with_all_of_its_locals(name: str, desk: Desk) -> None:
    """As trackers of errors write them down: the whole chain, every frame, every variable."""
    token = Secret(f"Bearer {CANARIES['GRAFANA_TOKEN']}")
    client = Client("Grafana", desk.grafana.url, {"Authorization": token})
    desk.begin(published=True)
    calls = (lambda: client.get("/api/org"), lambda: client.post("/api/folders", {"title": "x"}))
    for call in calls:
        desk.grafana.inject(ALL[name](), times=None)
        assert leaks("".join(_told(_error_of(call)))) == []
        desk.begin(published=True)


def _error_of(call: Callable[[], object]) -> PublishError | None:
    try:
        call()
    except PublishError as error:
        return error
    return None


def _told(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield repr(error)
        yield repr(error.__dict__)
        yield from traceback.TracebackException.from_exception(error, capture_locals=True).format()
        error = error.__cause__ or error.__context__
