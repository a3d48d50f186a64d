"""What groups may do with our collection: those that are named, and nobody else's rights."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.publish.metabase.shop import Publisher, actions, artifacts_of, number_of, written
from tests.servers.faults import ALL, Fault, Interrupted
from tests.servers.metabase.server import MetabaseServer
from watchglass.artifact import Artifact
from watchglass.publish.errors import PublishError

COLLECTION = "metabase: {collection: Shop, version: 60}"
FAULTS: dict[str, Callable[[], Fault]] = {name: make for name, make in ALL.items() if name != "slow drip"}


def shop(folder: Path, rights: str) -> tuple[Artifact, ...]:
    return artifacts_of(
        folder, {COLLECTION: f"metabase: {{collection: Shop, version: 60, permissions: {{{rights}}}}}"}
    )


def right(server: MetabaseServer, group: int, collection: str = "Shop") -> str:
    number = number_of(server, collection, "collection")
    graph = server.get("/api/collection/graph")["groups"]
    return str(graph[str(group)].get(str(number), "none"))


def test_named_groups_get_their_rights_and_others_keep_theirs(server: MetabaseServer, tmp_path: Path) -> None:
    readers, writers, others = (server.add_group(name) for name in ("Readers", "Writers", "Others"))
    others.collections["root"] = "read"
    artifacts = shop(tmp_path, f"{readers.id}: read, {writers.id}: write")
    plan = Publisher(server).plan(artifacts)
    assert actions(plan)["permissions/shop"] == "create"
    assert Publisher(server).apply(artifacts).complete
    assert [right(server, each.id) for each in (readers, writers, others)] == ["read", "write", "read"]
    assert set(actions(Publisher(server).plan(artifacts)).values()) == {"keep"}


def test_rights_on_other_collections_stay(server: MetabaseServer, tmp_path: Path) -> None:
    group = server.add_group()
    server.ask("POST", "/api/collection", {"name": "Theirs"})
    group.collections[number_of(server, "Theirs", "collection")] = "write"
    Publisher(server).apply(shop(tmp_path, f"{group.id}: read"))
    assert (right(server, group.id), right(server, group.id, "Theirs")) == ("read", "write")


def test_a_change_is_said_in_the_words_of_the_definition(server: MetabaseServer, tmp_path: Path) -> None:
    group = server.add_group()
    Publisher(server).apply(shop(tmp_path, f"{group.id}: read"))
    plan = Publisher(server).plan(shop(tmp_path, f"{group.id}: none"))
    (change,) = plan.writes
    (difference,) = change.differences
    assert (difference.before, difference.after) == ("read", "none")
    assert change.origins[difference.pointer][-2:] == ("permissions", str(group.id))
    assert Publisher(server).apply(shop(tmp_path, f"{group.id}: none")).complete
    assert right(server, group.id) == "none"


def test_without_the_line_no_rights_are_read_or_written(server: MetabaseServer, tmp_path: Path) -> None:
    Publisher(server).apply(artifacts_of(tmp_path))
    assert "/api/collection/graph" not in {record.line[1] for record in server.requests}


def test_a_key_that_is_no_administrator_s_is_told_before_anything_is_written(
    server: MetabaseServer, tmp_path: Path
) -> None:
    group = server.add_group()
    key = server.new_key(group)
    server.forget()
    found = Publisher(server, key).obstacles(shop(tmp_path, f"{group.id}: read"))
    assert any("with an administrator's key alone" in each for each in found)
    assert written(server) == []


def test_a_group_that_is_not_there_is_told_before_anything_is_written(
    server: MetabaseServer, tmp_path: Path
) -> None:
    group = server.add_group()
    (found,) = Publisher(server).obstacles(shop(tmp_path, f"{group.id}: read, 77: write"))
    assert "Metabase has no group 77" in found
    assert written(server) == []


def test_rights_that_somebody_changes_at_the_same_time_are_not_overwritten(
    server: MetabaseServer, tmp_path: Path
) -> None:
    group, other = server.add_group(), server.add_group("Others")
    Publisher(server).apply(shop(tmp_path, f"{group.id}: read"))

    def meanwhile() -> None:
        graph = server.get("/api/collection/graph")
        graph["groups"][str(other.id)] = {"root": "write"}
        server.ask("PUT", "/api/collection/graph", graph)

    server.inject(Interrupted(meanwhile), when=lambda request: request.method == "PUT")
    found = Publisher(server).apply(shop(tmp_path, f"{group.id}: write"))
    assert other.collections["root"] == "write"
    assert found.complete or (found.error is not None and "plan once more" in found.error.hint)
    assert Publisher(server).apply(shop(tmp_path, f"{group.id}: write")).complete
    assert right(server, group.id) == "write"


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_fails_one_more_apply_sets_them(name: str, server: MetabaseServer, tmp_path: Path) -> None:
    group = server.add_group()
    Publisher(server).apply(shop(tmp_path, f"{group.id}: read"))
    changed = shop(tmp_path, f"{group.id}: write")
    server.inject(FAULTS[name](), when=lambda request: request.method == "PUT")
    with contextlib.suppress(PublishError):
        Publisher(server).apply(changed)
    server.resume()
    server.forget()
    Publisher(server).apply(changed)
    assert right(server, group.id) == "write"
    assert set(actions(Publisher(server).plan(changed)).values()) == {"keep"}
