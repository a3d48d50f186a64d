"""
Random histories: edits of the definition, edits by hand, strangers, faults, prunes, in any order.

Whatever happened before: a stranger's object is never touched; after an apply that ended well each wanted object is there
once, and the next plan is empty. WATCHGLASS_HISTORIES says how many are tried (1,000 in a release).
"""

from __future__ import annotations

import contextlib
import copy
import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.publish.metabase.shop import OWNER, TABLES, Publisher
from tests.servers.faults import ALL
from tests.servers.metabase.samples import card
from tests.servers.metabase.server import MetabaseServer
from watchglass.artifact import Artifact
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.publish.errors import PublishError
from watchglass.publish.metabase import marks
from watchglass.publish.metabase.alerts import on_the_wire
from watchglass.targets.metabase.render import render

HISTORIES = int(os.environ.get("WATCHGLASS_HISTORIES", "40"))
STEPS = 20
BOARDS = ("a", "b")
PANELS = ("p", "q")
LOOKS = ("gauge", "table", "number", "bar_gauge")
FAULTS = sorted(name for name in ALL if name not in ("slow drip", "refused"))
Boards = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

HEAD = """
version: 1
service: {id: shop, title: Shop, owner: us, timezone: Europe/Berlin}
levels: {good: green, bad: red}
sources: {main: {type: postgres}}
queries: {q: {title: Q, sql: SELECT 1 AS n, columns: {n: integer}}}
environments:
  production: {default: true, sources: {main: {metabase: {database: Shop}}}, metabase: {collection: Shop, version: 60}}
"""


@lru_cache(maxsize=500)
def artifacts_of(
    number: int, boards: Boards, mails: tuple[str, ...] = (), watched: bool = False
) -> tuple[Artifact, ...]:
    """Render a service of boards with panels of a look, some of them sent by mail at an hour that changes, and its metric."""
    metric = (
        f"metrics: {{n: {{title: N, query: q, column: n, better: lower, thresholds: {{bad: {number}}}}}}}\n"
    )
    made = "".join(
        f"  {name}: {{title: Board {name}, publish: metabase, rows: [{{title: R, panels: [{_panels(name, panels)}]}}]}}\n"
        for name, panels in boards
    )
    sent = "".join(
        f"  mail_{name}: {{dashboard: {name}, at: {{daily: '1{number}:00'}}, to: boss@example.com, attach: csv}}\n"
        for name in mails
    )
    if watched:
        sent += f"  watch: {{metric: n, when: bad, at: {{daily: '0{number}:00'}}, to: boss@example.com}}\n"
    made += f"subscriptions:\n{sent}" if sent else ""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "definition.yaml"
        file.write_text(f"{HEAD}{metric}dashboards:\n{made}", "utf-8")
        reading = read(file)
        assert reading.definition is not None
        resolved = resolve(reading.definition)
    assert resolved.service is not None
    return render(resolved.service).artifacts


def _panels(board: str, panels: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(
        f"{{id: {name}, title: {board} {name}, {'query: q' if look == 'table' else 'metric: n'}, as: {look}}}"
        for name, look in panels
    )


class History(RuleBasedStateMachine):
    """One server, one definition that changes, and people."""

    def __init__(self) -> None:
        super().__init__()
        self.server = MetabaseServer("0.61")
        self.server.add_database("Shop", TABLES)
        self.server.state.settings["report-timezone"] = "Europe/Berlin"
        self.server.start()
        self.publisher = Publisher(self.server)
        self.strangers: dict[str, Any] = {}

    @initialize(number=st.integers(1, 3))
    def begin(self, number: int) -> None:
        self.number = number
        self.boards: dict[str, dict[str, str]] = {"a": {"p": "gauge"}}
        self.mailed: set[str] = set()
        self.watched = False

    def teardown(self) -> None:
        self.server.stop()

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        boards = tuple((name, tuple(sorted(panels.items()))) for name, panels in sorted(self.boards.items()))
        return artifacts_of(self.number, boards, self.mails, self.watched)

    @property
    def mails(self) -> tuple[str, ...]:
        return tuple(sorted(self.mailed & self.boards.keys()))

    @rule(board=st.sampled_from(BOARDS), wanted=st.booleans())
    def define_or_drop_a_mail(self, board: str, wanted: bool) -> None:
        self.mailed = self.mailed | {board} if wanted else self.mailed - {board}

    @rule(
        board=st.sampled_from(BOARDS),
        edit=st.sampled_from(
            [{"archived": True}, {"name": "Mine"}, {"skip_if_empty": True}, {"archived": False}]
        ),
    )
    def somebody_edits_a_mail_of_ours(self, board: str, edit: dict[str, Any]) -> None:
        for each in self.server.state.pulses.values():
            if each.dashboard == self.ours("dashboard", board):
                self.server.ask("PUT", f"/api/pulse/{each.id}", edit)

    @rule(wanted=st.booleans())
    def define_or_drop_a_watch(self, wanted: bool) -> None:
        self.watched = wanted

    @rule(edit=st.sampled_from([{"active": False}, {"active": True}, {"handlers": []}]))
    def somebody_edits_an_alert_of_ours(self, edit: dict[str, Any]) -> None:
        for each in list(self.server.state.notifications):
            raw = self.server.get(f"/api/notification/{each}")
            self.server.ask("PUT", f"/api/notification/{each}", on_the_wire(raw) | edit)

    @rule(number=st.integers(1, 3))
    def change_the_number(self, number: int) -> None:
        self.number = number

    @rule(board=st.sampled_from(BOARDS), panel=st.sampled_from(PANELS), look=st.sampled_from(LOOKS))
    def define_a_panel(self, board: str, panel: str, look: str) -> None:
        self.boards.setdefault(board, {})[panel] = look

    @rule(board=st.sampled_from(BOARDS), panel=st.sampled_from(PANELS))
    def drop_a_panel(self, board: str, panel: str) -> None:
        if len(self.boards.get(board, {})) > 1:
            self.boards[board].pop(panel, None)

    @rule(board=st.sampled_from(BOARDS))
    def drop_a_board(self, board: str) -> None:
        if len(self.boards) > 1:
            self.boards.pop(board, None)

    def ours(self, path: str, key: str) -> int | None:
        """Give the number of one of ours, wherever it is."""
        every: Any = self.server.state.cards if path == "card" else self.server.state.dashboards
        for each in every.values():
            _, mark = marks.split(each.description)
            if mark is not None and mark.id == key:
                return int(each.id)
        return None

    def somebody_sends(self, method: str, path: str, key: str, body: Any, more: str = "") -> None:
        number = self.ours(path, key)
        if number is not None:
            self.server.ask(method, f"/api/{path}/{number}{more}", body)
        self.remember()

    @rule(
        board=st.sampled_from(BOARDS),
        panel=st.sampled_from(PANELS),
        edit=st.sampled_from([
            {"name": "Mine"}, {"display": "row"}, {"archived": True}, {"archived": False}, {"collection_id": None},
            {"description": "Mine"}, {"visualization_settings": {}},
        ]),
    )  # fmt: skip
    def somebody_edits_a_card_of_ours(self, board: str, panel: str, edit: dict[str, Any]) -> None:
        self.somebody_sends("PUT", "card", f"{board}/{panel}", edit)

    @rule(
        board=st.sampled_from(BOARDS),
        edit=st.sampled_from([
            {"name": "Mine"}, {"width": "fixed"}, {"archived": True}, {"archived": False}, {"collection_id": None},
            {"dashcards": [], "tabs": []}, {"dashcards": [
                {"id": -1, "card_id": None, "row": 0, "col": 0, "size_x": 4, "size_y": 4}], "tabs": [{"id": -1, "name": "T"}]},
        ]),
    )  # fmt: skip
    def somebody_edits_a_board_of_ours(self, board: str, edit: dict[str, Any]) -> None:
        self.somebody_sends("PUT", "dashboard", board, edit)

    @rule(board=st.sampled_from(BOARDS), panel=st.sampled_from(PANELS))
    def somebody_deletes_a_card_of_ours(self, board: str, panel: str) -> None:
        self.somebody_sends("DELETE", "card", f"{board}/{panel}", None)

    @rule(board=st.sampled_from(BOARDS))
    def somebody_deletes_a_board_of_ours(self, board: str) -> None:
        self.somebody_sends("DELETE", "dashboard", board, None)

    @rule(board=st.sampled_from(BOARDS), panel=st.sampled_from(PANELS))
    def somebody_copies_a_card_of_ours(self, board: str, panel: str) -> None:
        self.somebody_sends("POST", "card", f"{board}/{panel}", None, "/copy")

    @rule(edit=st.sampled_from([{"archived": True}, {"name": "Mine"}, {"archived": False}]))
    def somebody_edits_our_collection(self, edit: dict[str, Any]) -> None:
        home = self.home()
        if home is not None:
            self.server.ask("PUT", f"/api/collection/{home}", edit)
            self.remember()

    def home(self) -> int | None:
        every = self.server.state.collections.values()
        return next((each.id for each in every if OWNER in (each.description or "")), None)

    @rule(inside=st.booleans(), name=st.sampled_from(["Theirs", "a p"]))
    def a_stranger_makes_a_card(self, inside: bool, name: str) -> None:
        self.server.ask("POST", "/api/card", card(name, collection_id=self.home() if inside else None))
        self.remember()

    @rule()
    def the_strangers_leave(self) -> None:
        """Delete what has no mark, and copies, so that an apply can end well once more."""
        seen: set[str] = set()
        for each in list(self.server.state.cards.values()):
            _, mark = marks.split(each.description)
            if mark is None or mark.id in seen:
                self.server.ask("DELETE", f"/api/card/{each.id}")
            seen |= {mark.id} if mark is not None else set()
        self.remember()

    def remember(self) -> None:
        self.strangers = self.foreign()

    def foreign(self) -> dict[str, Any]:
        """Give the cards without our mark, by number; what goes into the Trash with our collection comes back with it."""
        found = {
            str(each.id): copy.deepcopy(each)
            for each in self.server.state.cards.values()
            if marks.split(each.description)[1] is None
        }
        for each in found.values():
            each.archived, each.operation = each.archived_directly, ""
        return found

    @rule(overwrite=st.booleans(), prune=st.booleans())
    def apply(self, overwrite: bool, prune: bool) -> None:
        with contextlib.suppress(PublishError):
            wish = {"overwrite_drift": overwrite, "prune": prune}
            plan = self.publisher.plan(self.artifacts, **wish)
            done = self.publisher.apply(self.artifacts, **wish)
            if done.complete and not plan.conflicts:
                self.judge(prune=prune)
            assert done.error is None, done.error

    @rule(at=st.integers(1, 30), name=st.sampled_from(FAULTS), prune=st.booleans(), overwrite=st.booleans())
    def apply_while_something_fails(self, at: int, name: str, prune: bool, overwrite: bool) -> None:
        self.server.forget()
        self.server.inject(ALL[name](), at=at)
        with contextlib.suppress(PublishError):
            self.publisher.apply(self.artifacts, prune=prune, overwrite_drift=overwrite)
        self.server.resume()
        self.server.forget()

    @rule()
    def destroy(self) -> None:
        with contextlib.suppress(PublishError):
            self.publisher.apply(self.artifacts, destroy=True, prune=True)

    def judge(self, *, prune: bool) -> None:
        """Judge the state behind an apply that ended well."""
        again = self.publisher.plan(self.artifacts, prune=prune)
        assert again.writes == ()
        assert again.conflicts == ()
        wanted = {each.id for each in self.artifacts if each.kind == "cards"}
        here = [
            mark.id
            for each in self.server.state.cards.values()
            for _, mark in [marks.split(each.description)]
            if mark is not None and not each.archived and each.collection == self.home()
        ]
        assert wanted <= set(here)
        assert len(here) == len(set(here))
        assert not prune or set(here) == wanted
        self.judge_mails(prune=prune)

    def judge_mails(self, *, prune: bool) -> None:
        """Judge that each board that is to be mailed is, once, and that the metric is watched once, where it is to be."""
        boards = self.server.state.dashboards
        sent = sorted(
            mark.id
            for each in self.server.state.pulses.values()
            for _, mark in [marks.split(boards[each.dashboard or 0].description)]
            if mark is not None and not each.archived
        )
        assert set(self.mails) <= set(sent)
        assert len(sent) == len(set(sent))
        assert not prune or sent == list(self.mails)
        awake = [each for each in self.server.state.notifications.values() if each.active]
        assert int(self.watched) <= len(awake) <= 1
        assert not prune or len(awake) == int(self.watched)

    @invariant()
    def strangers_are_as_they_were(self) -> None:
        assert self.foreign() == self.strangers


def test_any_history_ends_well() -> None:
    run_state_machine_as_test(
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
