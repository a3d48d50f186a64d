"""
Random histories: edits of the definition, edits by hand, strangers, faults, prunes, in any order.

Whatever happened before: a stranger's object is never touched; after an apply that ended well nothing of what is wanted is
missing, nothing stands twice, and the next plan is empty. WATCHGLASS_HISTORIES says how many are tried (1,000 in a release).
"""

from __future__ import annotations

import contextlib
import copy
import os
import tempfile
from functools import lru_cache
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.publish.grafana.shop import Publisher, shop_server
from tests.servers.faults import ALL
from tests.servers.grafana.server import GrafanaServer
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service
from watchglass.publish.errors import PublishError

HISTORIES = int(os.environ.get("WATCHGLASS_HISTORIES", "150"))
STEPS = 20
BOARDS = ("a", "b", "c")
ALERTS = ("x", "y", "z")
FAULTS = sorted(name for name in ALL if name not in ("slow drip", "refused"))

HEAD = """
version: 1
service: {id: shop, title: Shop, owner: us, timezone: Europe/Berlin}
levels: {good: green, bad: red}
sources: {main: {type: postgres}}
queries: {q: {title: Q, sql: SELECT 1 AS n, columns: {n: integer}}}
environments:
  production:
    default: true
    sources: {main: {dsn: "${env:DSN}", grafana: {uid: shop-db}, metabase: {database: Shop}}}
    grafana: {folder: Shop}
"""


@lru_cache(maxsize=500)
def service_of(
    number: int, boards: tuple[tuple[str, str], ...], alerts: tuple[tuple[str, str], ...]
) -> Service:
    """Make a service of boards with titles, and of alerts with intervals."""
    metric = (
        f"metrics: {{n: {{title: N, query: q, column: n, better: lower, thresholds: {{bad: {number}}}}}}}\n"
    )
    made = "".join(
        f"  {name}: {{title: {title}, rows: [{{title: R, panels: [{{metric: n, as: gauge}}]}}]}}\n"
        for name, title in boards
    )
    rules = "".join(
        f"  {name}: {{title: Alert {name}, metric: n, when: bad, for: 10m, every: {every}, severity: high}}\n"
        for name, every in alerts
    )
    parts = [HEAD, metric, f"dashboards:\n{made}" if made else "", f"alerts:\n{rules}" if rules else ""]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "definition.yaml"
        file.write_text("".join(parts), "utf-8")
        reading = read(file)
        assert reading.definition is not None
        resolved = resolve(reading.definition)
    assert resolved.service is not None
    return resolved.service


class History(RuleBasedStateMachine):
    """One server, one definition that changes, and people."""

    server: GrafanaServer

    def __init__(self) -> None:
        super().__init__()
        self.context = contextlib.ExitStack()
        self.server = self.context.enter_context(shop_server())
        self.publisher = Publisher(self.server)
        self.strangers: dict[str, object] = {}

    @initialize(
        number=st.integers(1, 3),
        boards=st.dictionaries(st.sampled_from(BOARDS), st.sampled_from("PQ"), min_size=1),
        alerts=st.dictionaries(st.sampled_from(ALERTS), st.sampled_from(["1m", "5m"]), min_size=1),
    )
    def begin(self, number: int, boards: dict[str, str], alerts: dict[str, str]) -> None:
        self.number, self.boards, self.alerts = number, boards, alerts

    def teardown(self) -> None:
        self.context.close()

    @property
    def service(self) -> Service:
        return service_of(self.number, tuple(sorted(self.boards.items())), tuple(sorted(self.alerts.items())))

    @rule(number=st.integers(1, 3))
    def change_the_number(self, number: int) -> None:
        self.number = number

    @rule(name=st.sampled_from(BOARDS), title=st.sampled_from("PQ"))
    def define_a_board(self, name: str, title: str) -> None:
        self.boards = self.boards | {name: title}

    @rule(name=st.sampled_from(BOARDS))
    def drop_a_board(self, name: str) -> None:
        if len(self.boards) > 1:
            self.boards = {key: value for key, value in self.boards.items() if key != name}

    @rule(name=st.sampled_from(ALERTS), every=st.sampled_from(["1m", "5m"]))
    def define_an_alert(self, name: str, every: str) -> None:
        self.alerts = self.alerts | {name: every}

    @rule(name=st.sampled_from(ALERTS))
    def drop_an_alert(self, name: str) -> None:
        self.alerts = {key: value for key, value in self.alerts.items() if key != name}

    @rule(name=st.sampled_from(BOARDS), title=st.sampled_from("XY"))
    def somebody_edits_a_board_of_ours(self, name: str, title: str) -> None:
        got = self.server.get(f"/api/dashboards/uid/shop-{name}")
        if got.status == 200:
            body = {"dashboard": got.json()["dashboard"] | {"title": title}, "folderUid": "shop-folder"}
            self.server.ask("POST", "/api/dashboards/db", body | {"overwrite": True})
            self.remember()

    @rule(name=st.sampled_from(BOARDS))
    def somebody_deletes_a_board_of_ours(self, name: str) -> None:
        self.server.ask("DELETE", f"/api/dashboards/uid/shop-{name}")
        self.remember()

    @rule(name=st.sampled_from(ALERTS), length=st.sampled_from(["1m", "2h"]))
    def somebody_edits_a_rule_of_ours(self, name: str, length: str) -> None:
        got = self.server.get(f"/api/v1/provisioning/alert-rules/shop-{name}")
        if got.status == 200:
            self.server.ask(
                "PUT", f"/api/v1/provisioning/alert-rules/shop-{name}", got.json() | {"for": length}
            )

    @rule(name=st.sampled_from(ALERTS))
    def somebody_deletes_a_rule_of_ours(self, name: str) -> None:
        self.server.ask("DELETE", f"/api/v1/provisioning/alert-rules/shop-{name}")

    @rule(number=st.integers(0, 1), inside=st.booleans())
    def a_stranger_makes_a_board(self, number: int, inside: bool) -> None:
        body = {"uid": f"theirs-{number}", "title": "Theirs", "tags": [], "panels": [], "schemaVersion": 42}
        folder = {"folderUid": "shop-folder"} if inside and self.folder_is_there() else {}
        self.server.ask("POST", "/api/dashboards/db", {"dashboard": body, "overwrite": True} | folder)
        self.remember()

    @rule(name=st.sampled_from(BOARDS))
    def a_stranger_sits_where_a_board_of_ours_would_be(self, name: str) -> None:
        if self.server.get(f"/api/dashboards/uid/shop-{name}").status == 404:
            body = {"uid": f"shop-{name}", "title": "Squatter", "tags": [], "panels": [], "schemaVersion": 42}
            self.server.ask("POST", "/api/dashboards/db", {"dashboard": body})
            self.remember()

    def folder_is_there(self) -> bool:
        return self.server.get("/api/folders/shop-folder").status == 200

    def remember(self) -> None:
        self.strangers = self.foreign()

    def foreign(self) -> dict[str, object]:
        """Give the boards without our mark."""
        boards = self.server.content()["dashboards"]
        return {
            uid: copy.deepcopy(each)
            for uid, each in boards.items()
            if "watchglass:shop" not in (each["spec"].get("tags") or [])
        }

    @rule(overwrite=st.booleans(), prune=st.booleans())
    def apply(self, overwrite: bool, prune: bool) -> None:
        with contextlib.suppress(PublishError):
            plan = self.publisher.plan(self.service, overwrite_drift=overwrite, prune=prune)
            done = self.publisher.apply(self.service, overwrite_drift=overwrite, prune=prune)
            if done.complete and not plan.conflicts:
                self.judge(prune=prune)

    @rule(at=st.integers(1, 16), name=st.sampled_from(FAULTS), prune=st.booleans())
    def apply_while_something_fails(self, at: int, name: str, prune: bool) -> None:
        self.server.forget()
        self.server.inject(ALL[name](), at=at)
        with contextlib.suppress(PublishError):
            self.publisher.apply(self.service, prune=prune)
        self.server.resume()
        self.server.forget()

    @rule()
    def destroy(self) -> None:
        with contextlib.suppress(PublishError):
            self.publisher.apply(self.service, destroy=True, prune=True)

    def judge(self, *, prune: bool) -> None:
        """Judge the state behind an apply that ended well."""
        again = self.publisher.plan(self.service, prune=prune)
        assert again.writes == ()
        content = self.server.content()
        assert {f"shop-{name}" for name in self.boards} <= set(content["dashboards"])
        assert {f"shop-{name}" for name in self.alerts} <= set(content["rules"])
        if prune:
            ours = content["dashboards"].keys() - self.strangers.keys()
            assert ours == {f"shop-{name}" for name in self.boards}

    @invariant()
    def strangers_are_as_they_were(self) -> None:
        assert self.foreign() == self.strangers


def test_any_history_ends_well() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        History,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            report_multiple_bugs=False,
            phases=[Phase.generate, Phase.target],
            suppress_health_check=list(HealthCheck),
        ),
    )
