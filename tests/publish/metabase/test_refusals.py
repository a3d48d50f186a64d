"""What is known before the first write, what is read back after it, and how few requests an unchanged plan takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.publish.metabase.conftest import Artifacts
from tests.publish.metabase.shop import (
    OWNER,
    TABLES,
    Publisher,
    artifacts_of,
    number_of,
    shop_server,
    written,
)
from tests.servers.faults import Said
from tests.servers.messages import answer
from tests.servers.metabase.samples import posted, put
from tests.servers.metabase.server import MetabaseServer
from watchglass.artifact import Json
from watchglass.publish.client import Client
from watchglass.publish.errors import PublishError, Refused
from watchglass.publish.metabase.server import connect
from watchglass.publish.secret import Secret


def publishers(server: MetabaseServer, **rights: str) -> tuple[int, str]:
    """Make the collection, and a group with rights to it; give the collection's number and a key."""
    home = int(posted(server, "/api/collection", {"name": "Shop"})["id"])
    group = server.add_group()
    group.collections[home] = rights.get("collection", "write")  # type: ignore[assignment]
    group.databases[1] = rights.get("database", "query-builder-and-native")  # type: ignore[assignment]
    return home, server.new_key(group)


def no_database(server: MetabaseServer) -> None:
    server.state.databases.clear()


def two_databases(server: MetabaseServer) -> None:
    server.add_database("Shop", TABLES)


def other_engine(server: MetabaseServer) -> None:
    server.state.databases[1].engine = "mysql"


def not_synced(server: MetabaseServer) -> None:
    server.state.databases[1].tables.clear()


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (no_database, "no PostgreSQL database named 'Shop'"), (two_databases, "2 PostgreSQL databases named 'Shop'"),
        (other_engine, "no PostgreSQL database named 'Shop'"), (not_synced, "no column code of public.regions in 'Shop'"),
    ],
)  # fmt: skip
def test_a_database_that_is_not_as_it_must_be_is_an_obstacle(
    server: MetabaseServer, shop: Artifacts, break_it: Callable[[MetabaseServer], None], says: str
) -> None:
    break_it(server)
    (obstacle,) = Publisher(server).obstacles(shop)
    assert says in obstacle
    assert written(server) == []


@pytest.mark.parametrize(
    ("rights", "says"),
    [
        ({"collection": "read"}, "may not write into the collection 'Shop'"),
        ({"database": "query-builder"}, "may not write SQL for the database 'Shop'"),
        ({"database": "no"}, "no PostgreSQL database named 'Shop' that this key may query"),
        ({"collection": "none"}, "it does not see all"),
        ({}, ""),
    ],
)
def test_fault_46_what_a_key_may_not_do_or_see_is_an_obstacle(
    server: MetabaseServer, shop: Artifacts, rights: dict[str, str], says: str
) -> None:
    _, key = publishers(server, **rights)
    found = Publisher(server, key).obstacles(shop)
    assert [says in each for each in found] == ([True] if says else [])


def test_a_key_of_few_rights_publishes_into_a_collection_that_was_made_for_it(
    server: MetabaseServer, shop: Artifacts
) -> None:
    home, key = publishers(server)
    publisher = Publisher(server, key)
    assert [change.reason for change in publisher.plan(shop).conflicts] != []
    assert publisher.apply(shop, adopt=frozenset({"collections/shop"})).complete
    assert publisher.plan(shop).writes == ()
    assert len(server.get(f"/api/collection/{home}/items?models=dashboard")["data"]) == 2


def test_fault_46_a_card_that_was_moved_out_of_sight_is_not_made_a_second_time(
    server: MetabaseServer, shop: Artifacts
) -> None:
    _, key = publishers(server)
    publisher = Publisher(server, key)
    publisher.apply(shop, adopt=frozenset({"*"}))
    number = number_of(server, "Failed")
    put(
        server,
        f"/api/card/{number}",
        {"collection_id": posted(server, "/api/collection", {"name": "Secret"})["id"]},
    )
    server.forget()
    plan = publisher.plan(shop)
    assert any(f"question {number} stands in its place" in change.reason for change in plan.conflicts)
    assert publisher.apply(shop, overwrite_drift=True).done == ()
    assert written(server) == []


def test_a_wrong_key_and_an_old_server_are_refused_at_once(shop: Artifacts) -> None:
    with shop_server("0.49") as old, pytest.raises(Refused, match=r"v0\.49\.2 is older than 0\.50"):
        Publisher(old).plan(shop)
    with shop_server() as server, pytest.raises(PublishError, match="401"):
        Publisher(server, "mb_wrong").plan(shop)


@pytest.mark.parametrize(
    ("version", "note"),
    [
        ("0.58", "single numbers take colours from Metabase 0.59 on: overview/failed stand without"),
        ("0.59", ""),
        ("0.64", "Metabase v0.64.2 is newer than 0.63, the newest that was tried"),
    ],
)
def test_what_a_version_cannot_do_is_a_note_of_the_plan(shop: Artifacts, version: str, note: str) -> None:
    with shop_server(version) as server:
        assert Publisher(server).plan(shop).instance.notes == ((note,) if note else ())


@pytest.mark.parametrize("tag", ["v1.58.15.1", "v0.58.15-RC1", "v0.58.0-SNAPSHOT", "vLOCAL_DEV", "v0.58"])
def test_any_tag_is_read(server: MetabaseServer, tag: str) -> None:
    server.inject(Said(answer({"version": {"tag": tag}})), times=2)
    client = Client("Metabase", server.url, {"x-api-key": Secret(server.admin_key)})
    assert connect(client, OWNER, ()).instance.version == tag


def spoiled(server: MetabaseServer, body: Json, status: int = 200) -> None:
    """Let the server do what it is asked for, and say something else."""
    server.inject(
        Said(answer(body, status), after=True),
        when=lambda request: (request.method, request.path) == ("POST", "/api/card"),
    )


def test_fault_45_a_card_without_its_sql_stops_the_apply(server: MetabaseServer, shop: Artifacts) -> None:
    def lose_sql() -> Json:
        made = dict(server.get("/api/card")[0])
        return made | {
            "dataset_query": {"lib/type": "mbql/query", "database": 1, "stages": [{"lib/type": "x"}]}
        }

    publisher = Publisher(server)
    publisher.apply(shop)
    lost = lose_sql()
    publisher.apply(shop, destroy=True, prune=True)
    server.inject(
        Said(answer(lost)), when=lambda request: request.method == "PUT" and "/api/card/" in request.path
    )
    done = publisher.apply(shop)
    assert done.failed is not None
    assert "without its SQL" in str(done.error)
    assert publisher.apply(shop).complete
    assert publisher.plan(shop).writes == ()


def test_fault_45_a_success_that_says_failed_is_none(server: MetabaseServer, shop: Artifacts) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    publisher.apply(shop, destroy=True, prune=True)
    failed = {"status": "failed", "error": "out of memory"}
    server.inject(
        Said(answer(failed, 202)),
        when=lambda request: request.method == "PUT" and "/api/card/" in request.path,
    )
    done = publisher.apply(shop)
    assert done.failed is not None
    assert "out of memory" in str(done.error)
    assert publisher.apply(shop).complete


def test_fault_45_what_a_server_keeps_otherwise_is_named(server: MetabaseServer, shop: Artifacts) -> None:
    spoiled(server, {})
    assert Publisher(server).apply(shop).complete, "the answer was nonsense, the card is found by its mark"
    number = number_of(server, "Failed")
    other = server.get(f"/api/card/{number}") | {"display": "smartscalar"}
    put(server, f"/api/card/{number}", {"name": "Mine"})
    server.inject(
        Said(answer(other)), when=lambda request: request.method == "PUT" and "/api/card/" in request.path
    )
    done = Publisher(server).apply(shop, overwrite_drift=True)
    assert "kept something else of the question 'Failed': /display" in str(done.error)


def test_an_unchanged_plan_of_many_cards_takes_one_request_a_board_and_a_few(
    server: MetabaseServer, tmp_path: Path
) -> None:
    boards = "".join(
        f"  b{board}:\n    title: Board {board}\n    publish: metabase\n    rows:\n"
        f"      - title: All\n        panels: [{', '.join(_panel(number) for number in range(20))}]\n"
        for board in range(10)
    )
    many = artifacts_of(tmp_path, {"dashboards:\n": f"dashboards:\n{boards}"})
    publisher = Publisher(server)
    assert publisher.apply(many).complete
    server.forget()
    assert publisher.plan(many).writes == ()
    assert len(server.requests) <= 12 + 8


def _panel(number: int) -> str:
    return f"{{id: p{number}, title: Panel {number}, query: now, as: table}}"


def test_cards_on_no_board_are_read_at_once_where_they_are_many(
    server: MetabaseServer, tmp_path: Path
) -> None:
    panels = ", ".join(_panel(number) for number in range(30))
    board = f"  b:\n    title: B\n    publish: metabase\n    rows: [{{title: All, panels: [{panels}]}}]\n"
    many = artifacts_of(tmp_path, {"dashboards:\n": f"dashboards:\n{board}"})
    publisher = Publisher(server)
    assert publisher.apply(tuple(each for each in many if each.kind != "dashboards")).complete
    server.forget()
    plan = publisher.plan(many)
    assert {change.key.kind for change in plan.writes} == {"dashboards"}
    assert len(server.requests) <= 10
