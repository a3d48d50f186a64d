"""Publishing to a Metabase of any version: found again, changed where a number changed, strangers and people's edits kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.publish.metabase.conftest import Artifacts
from tests.publish.metabase.shop import (
    VERSIONS,
    Publisher,
    actions,
    artifacts_of,
    number_of,
    shop_server,
    written,
)
from tests.servers.faults import Meanwhile
from tests.servers.messages import Request
from tests.servers.metabase.samples import card, place, posted, put
from tests.servers.metabase.server import MetabaseServer
from watchglass.review import plan_report


@pytest.fixture(params=VERSIONS)
def each(request: pytest.FixtureRequest) -> Iterator[MetabaseServer]:
    with shop_server(request.param) as running:
        yield running


@pytest.fixture
def published(server: MetabaseServer, shop: Artifacts) -> Publisher:
    publisher = Publisher(server)
    assert publisher.apply(shop).complete
    server.forget()
    return publisher


def test_what_is_published_is_found_again_and_written_once(each: MetabaseServer, shop: Artifacts) -> None:
    publisher = Publisher(each)
    first = publisher.apply(shop)
    assert first.complete, first.error
    assert {change.action for change in first.done} == {"create"}
    each.forget()
    assert set(actions(publisher.plan(shop)).values()) == {"keep"}
    assert publisher.obstacles(shop) == []
    assert written(each) == []
    assert each.mails == ()


def test_a_changed_number_changes_its_cards_alone_and_is_said_by_its_name(
    each: MetabaseServer, shop: Artifacts, tmp_path: Path
) -> None:
    publisher = Publisher(each)
    publisher.apply(shop)
    changed = artifacts_of(tmp_path, {"{watch: 20, bad: 10}": "{watch: 20, bad: 12}"})
    plan = publisher.plan(changed)
    assert {key for key, action in actions(plan).items() if action != "keep"} == {
        "cards/overview/orders", "cards/overview/days",
    }  # fmt: skip
    assert "orders.bad 10 → 12" in plan_report.text(plan)
    each.forget()
    assert publisher.apply(changed).complete
    assert [line.partition("/api/")[2].split("/")[0] for line in written(each)] == ["card", "card"]
    assert publisher.plan(changed).writes == ()


def test_places_and_tabs_keep_their_numbers_when_a_board_changes(
    published: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    board = f"/api/dashboard/{number_of(server, 'Overview', 'dashboard')}"
    before = {each["id"] for each in server.get(board)["dashcards"]}
    words = '          - {id: words, as: text, title: Words, text: "Read this {{ twice }}."}\n'
    more = words + "          - {id: more, query: days, as: table}\n"
    assert published.apply(
        artifacts_of(tmp_path, {words: more, "title: All\n": "title: Everything\n"})
    ).complete
    after = {each["id"] for each in server.get(board)["dashcards"]}
    kept = len(before & after)
    assert kept == len(before) - 1  # the row's heading is known by its title
    assert len(after) == len(before) + 1


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        ({"name": "Mine"}, "/name"), ({"display": "table"}, "/display"), ({"description": "Mine"}, "/description"),
        ({"visualization_settings": {}}, "/visualization_settings"), ({"collection_id": None}, "/collection"),
        ({"archived": True}, "/collection"), ({"parameters": []}, "/parameters"),
    ],
    ids=["renamed", "display", "description without the mark", "settings", "moved", "in the Trash", "parameters"],
)  # fmt: skip
def test_fault_44_and_49_an_edit_of_a_card_is_shown_kept_and_taken_back(
    published: Publisher, server: MetabaseServer, shop: Artifacts, edit: dict[str, Any], place: str
) -> None:
    undisturbed = server.content()
    number = number_of(server, "Failed")
    put(server, f"/api/card/{number}", edit)
    edited = server.content()
    plan = published.plan(shop)
    (conflict,) = plan.conflicts
    assert str(conflict.key) == "metabase/cards/overview/failed"
    assert any(found.pointer.startswith(place) for found in conflict.differences)
    assert published.apply(shop).done == ()
    assert server.content() == edited
    wish = {"adopt": frozenset({"*"})} if edit.get("description") else {"overwrite_drift": True}
    assert published.apply(shop, **wish).complete
    assert server.content() == undisturbed
    assert number_of(server, "Failed") == number
    assert published.plan(shop).writes == ()


def test_a_text_that_somebody_writes_around_the_mark_is_an_edit_of_ours(
    published: Publisher, server: MetabaseServer, shop: Artifacts
) -> None:
    number = number_of(server, "Failed")
    text = server.get(f"/api/card/{number}")["description"]
    put(server, f"/api/card/{number}", {"description": f"Ask Ada.\n{text}\nOr Bob."})
    (conflict,) = published.plan(shop).conflicts
    assert conflict.drifted


@pytest.mark.parametrize(
    "edit",
    [{"name": "Mine"}, {"width": "fixed"}, {"parameters": []}, {"collection_id": None}, {"archived": True}],
    ids=["renamed", "width", "parameters", "moved", "in the Trash"],
)
def test_an_edit_of_a_board_is_shown_kept_and_taken_back(
    published: Publisher, server: MetabaseServer, shop: Artifacts, edit: dict[str, Any]
) -> None:
    undisturbed = server.content()
    put(server, f"/api/dashboard/{number_of(server, 'Overview', 'dashboard')}", edit)
    edited = server.content()
    assert [str(change.key) for change in published.plan(shop).conflicts] == ["metabase/dashboards/overview"]
    published.apply(shop)
    assert server.content() == edited
    assert published.apply(shop, overwrite_drift=True).complete
    assert server.content() == undisturbed
    assert published.plan(shop).writes == ()


def test_a_card_that_somebody_puts_on_our_board_is_an_edit_that_can_be_taken_back(
    published: Publisher, server: MetabaseServer, shop: Artifacts
) -> None:
    undisturbed = server.content()
    theirs = posted(server, "/api/card", card("Theirs"))["id"]
    board = f"/api/dashboard/{number_of(server, 'Overview', 'dashboard')}"
    got = server.get(board)
    put(server, board, {"dashcards": [*got["dashcards"], place(-1, theirs, 90)], "tabs": got["tabs"]})
    (conflict,) = published.plan(shop).conflicts
    assert conflict.drifted
    assert published.apply(shop, overwrite_drift=True).complete
    left = server.content()
    assert left["dashboards"] == undisturbed["dashboards"]
    assert [each["name"] for each in left["cards"]].count("Theirs") == 1


def test_fault_44_two_with_one_mark_stop_us_until_one_is_a_strangers(
    published: Publisher, server: MetabaseServer, shop: Artifacts
) -> None:
    number = number_of(server, "Failed")
    copy = posted(server, f"/api/card/{number}/copy", None)["id"]
    (conflict,) = published.plan(shop).conflicts
    assert f"{number}, {copy}" in conflict.reason
    assert published.apply(shop, overwrite_drift=True).done == ()
    put(server, f"/api/card/{copy}", {"description": "Mine"})
    assert published.plan(shop).writes == ()


def test_fault_44_a_copy_in_another_collection_is_a_strangers(
    published: Publisher, server: MetabaseServer, shop: Artifacts
) -> None:
    copy = posted(server, f"/api/card/{number_of(server, 'Failed')}/copy", None)["id"]
    put(server, f"/api/card/{copy}", {"collection_id": None})
    assert published.plan(shop).changes
    assert set(actions(published.plan(shop)).values()) == {"keep"}
    assert published.apply(shop, destroy=True, prune=True).complete
    assert not server.get(f"/api/card/{copy}")["archived"]


def test_the_collection_may_stand_anywhere(
    published: Publisher, server: MetabaseServer, shop: Artifacts
) -> None:
    above = posted(server, "/api/collection", {"name": "Teams"})["id"]
    home = next(each["id"] for each in server.get("/api/collection") if each["name"] == "Shop")
    put(server, f"/api/collection/{home}", {"parent_id": above})
    assert set(actions(published.plan(shop)).values()) == {"keep"}
    put(server, f"/api/collection/{home}", {"name": "Mine"})
    assert [str(change.key) for change in published.plan(shop).conflicts] == ["metabase/collections/shop"]


def test_a_collection_in_the_trash_comes_back_with_what_is_in_it(
    published: Publisher, server: MetabaseServer, shop: Artifacts
) -> None:
    undisturbed = server.content()
    home = next(each["id"] for each in server.get("/api/collection") if each["name"] == "Shop")
    put(server, f"/api/collection/{home}", {"archived": True})
    (conflict,) = published.plan(shop).conflicts
    assert conflict.key.kind == "collections"
    assert published.apply(shop, overwrite_drift=True).complete
    assert server.content() == undisturbed


def test_a_collection_of_the_name_is_adopted_with_a_card_of_the_name(
    server: MetabaseServer, shop: Artifacts
) -> None:
    home = posted(server, "/api/collection", {"name": "Shop"})["id"]
    number = posted(server, "/api/card", card("Failed", collection_id=home))["id"]
    publisher = Publisher(server)
    plan = publisher.plan(shop)
    assert {str(change.key) for change in plan.conflicts} == {
        "metabase/collections/shop", "metabase/cards/overview/failed",
    }  # fmt: skip
    assert publisher.apply(shop, adopt=frozenset({"*"})).complete
    assert number_of(server, "Failed") == number
    assert [each["name"] for each in server.get("/api/collection")].count("Shop") == 1
    assert publisher.plan(shop).writes == ()


def test_what_no_definition_names_stays_until_it_is_pruned_and_comes_back_with_its_number(
    published: Publisher, server: MetabaseServer, shop: Artifacts, tmp_path: Path
) -> None:
    number = number_of(server, "Failed")
    less = artifacts_of(tmp_path, {"          - {id: failed, metric: failed, as: number}\n": ""})
    assert actions(published.plan(less))["cards/overview/failed"] == "orphan"
    assert published.apply(less).complete
    assert not server.get(f"/api/card/{number}")["archived"]
    assert published.apply(less, prune=True).complete
    assert server.get(f"/api/card/{number}")["archived"]
    assert set(actions(published.plan(less, prune=True)).values()) == {"keep"}
    assert actions(published.plan(shop))["cards/overview/failed"] == "update"
    assert published.apply(shop).complete
    assert number_of(server, "Failed") == number
    assert published.plan(shop).writes == ()


def test_destroying_removes_what_is_ours_and_nothing_else(server: MetabaseServer, shop: Artifacts) -> None:
    posted(server, "/api/card", card("Theirs"))
    publisher = Publisher(server)
    assert publisher.apply(shop).complete
    done = publisher.apply(shop, destroy=True, prune=True)
    assert done.complete, done.error
    left = [each["name"] for each in server.content()["cards"] if not each["archived"]]
    assert left == ["Theirs"]
    assert publisher.plan(shop, destroy=True, prune=True).changes == ()
    assert publisher.apply(shop).complete
    assert publisher.plan(shop).writes == ()


def test_a_collection_that_holds_something_foreign_stays(
    published: Publisher, server: MetabaseServer, shop: Artifacts
) -> None:
    home = next(each["id"] for each in server.get("/api/collection") if each["name"] == "Shop")
    theirs = posted(server, "/api/card", card("Theirs", collection_id=home))["id"]
    done = published.apply(shop, destroy=True, prune=True)
    assert done.complete
    assert done.kept == ("the collection 'Shop' holds something that is not ours",)
    assert not server.get(f"/api/card/{theirs}")["archived"]
    assert not server.get(f"/api/collection/{home}")["archived"]


def test_fault_48_a_card_that_changes_between_plan_and_apply_is_not_overwritten(
    published: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    changed = artifacts_of(
        tmp_path, {"better: lower, thresholds: {watch: 2": "better: lower, thresholds: {watch: 3"}
    )
    session = published.session(changed)
    live = session.look()
    plan = session.plan(live, published.plan(changed).wish)
    number = number_of(server, "Failed")
    put(server, f"/api/card/{number}", {"name": "Mine"})
    done = session.apply(plan, live)
    assert done.failed is not None
    assert "changed while the plan was applied" in str(done.error)
    assert server.get(f"/api/card/{number}")["name"] == "Mine"


def test_fault_48_two_first_applies_at_once_make_nothing_twice(
    server: MetabaseServer, shop: Artifacts
) -> None:
    slow, fast = (Publisher(server).session(shop) for _ in range(2))
    seen, soon = slow.look(), fast.look()
    wish = Publisher(server).plan(shop).wish
    plans = slow.plan(seen, wish), fast.plan(soon, wish)
    assert fast.apply(plans[1], soon).complete
    undisturbed = server.content()
    slow.apply(plans[0], seen)
    assert server.content() == undisturbed


@pytest.mark.parametrize("path", ["card", "dashboard"])
def test_fault_48_of_two_that_make_the_same_at_one_moment_the_younger_goes(
    server: MetabaseServer, shop: Artifacts, path: str
) -> None:
    Publisher(server).apply(tuple(each for each in shop if each.kind not in (f"{path}s", "dashboards")))
    sent: list[Any] = []

    def other(request: Request) -> bool:
        if (request.method, request.path) == ("POST", f"/api/{path}") and not sent:
            sent.append(json.loads(request.body))
            return True
        return False

    server.inject(Meanwhile(lambda: server.ask("POST", f"/api/{path}", sent[0])), when=other)
    done = Publisher(server).apply(shop)
    assert done.failed is not None
    assert "at the same time" in str(done.error)
    assert [each["name"] for each in server.get(f"/api/{path}")].count(sent[0]["name"]) == 1
    assert Publisher(server).apply(shop).complete


def test_a_search_that_is_behind_is_never_asked(
    published: Publisher, server: MetabaseServer, shop: Artifacts
) -> None:
    published.plan(shop)
    published.apply(shop, destroy=True, prune=True)
    assert not any("/api/search" in record.line[1] for record in server.requests)
