"""Folders and dashboards: versions, pages, cascades."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.grafana import GrafanaServer, samples
from tests.servers.grafana.state import Json


def save(server: GrafanaServer, *arguments: Any, **options: Any) -> tuple[int, Json]:
    response = server.ask("POST", "/api/dashboards/db", samples.dashboard(*arguments, **options))
    return response.status, response.json()


def stored(server: GrafanaServer, uid: str = "d") -> Json:
    found: Json = server.get(f"/api/dashboards/uid/{uid}").json()
    return found


def test_a_save_needs_the_version_that_is_stored(server: GrafanaServer) -> None:
    save(server)
    assert save(server, title="2")[0] == 412
    assert save(server, title="2", version=1)[1]["version"] == 2
    assert save(server, title="3", version=1)[0] == 412
    assert save(server, title="3", overwrite=True)[1]["version"] == 3


def test_a_save_without_a_change_makes_a_version_and_names_the_old_one(old: GrafanaServer) -> None:
    save(old)
    assert save(old, version=1)[1]["version"] == 1
    assert stored(old)["dashboard"]["version"] == 2
    assert save(old, version=1)[0] == 412


def test_a_save_without_a_change_is_none_in_unified_storage(new: GrafanaServer) -> None:
    save(new)
    assert save(new, version=1)[1]["version"] == 1
    assert stored(new)["dashboard"]["version"] == 1


def test_a_save_without_a_folder_moves_a_dashboard_to_the_root(server: GrafanaServer) -> None:
    save(server)
    save(server, folder="", version=1)
    assert stored(server)["meta"]["folderUid"] == ""


def test_unknown_keys_are_kept_and_a_short_refresh_is_raised(server: GrafanaServer) -> None:
    save(server, title=" T ", mine={"b": 1, "a": [None]}, refresh="1s")
    assert stored(server)["dashboard"] == {
        "id": stored(server)["dashboard"]["id"],
        "uid": "d",
        "title": "T",
        "version": 1,
        "mine": {"b": 1, "a": [None]},
        "refresh": "5s",
    }


def test_names_of_fields_are_read_in_any_case_and_without_a_uid_one_is_made(server: GrafanaServer) -> None:
    body = {"Dashboard": {"title": "T"}, "FOLDERUID": "f", "unknown": 1}
    made = server.ask("POST", "/api/dashboards/db", body).json()
    assert made["folderUid"] == "f"
    assert stored(server, made["uid"])["dashboard"]["title"] == "T"


@pytest.mark.parametrize("body", [{"dashboard": "text"}, [], {"dashboard": {}, "overwrite": "yes"}])
def test_a_body_of_the_wrong_types_is_refused(server: GrafanaServer, body: Any) -> None:
    refused = server.ask("POST", "/api/dashboards/db", body)
    assert (refused.status, refused.json()) == (400, {"message": "bad request data"})


def test_a_body_that_is_not_said_to_be_json_is_refused(server: GrafanaServer) -> None:
    body = samples.folder("x")
    assert server.ask("POST", "/api/folders", body, {"content-type": "text/plain"}).status == 400


def test_a_dashboard_known_by_its_number_alone_is_found_and_an_unknown_one_not(server: GrafanaServer) -> None:
    number = save(server)[1]["id"]
    body = {"dashboard": {"id": number, "title": "T", "version": 1}, "folderUid": "f"}
    assert server.ask("POST", "/api/dashboards/db", body).json()["uid"] == "d"
    body["dashboard"] = {"id": 99, "title": "T"}
    assert server.ask("POST", "/api/dashboards/db", body).status == 404


def test_a_provisioned_dashboard_is_neither_saved_nor_deleted(server: GrafanaServer) -> None:
    save(server)
    server.provision_dashboard("d")
    assert save(server, title="2", overwrite=True) == (400, {"message": "Cannot save provisioned dashboard"})
    assert server.ask("DELETE", "/api/dashboards/uid/d").status == 400
    assert stored(server)["meta"]["provisioned"] is True


def test_twenty_versions_are_kept_and_one_can_be_restored(server: GrafanaServer) -> None:
    for number in range(1, 26):
        save(server, title=f"T{number}", overwrite=True, message=f"m{number}")
    versions = server.get("/api/dashboards/uid/d/versions?limit=100").json()["versions"]
    assert [each["version"] for each in versions] == list(range(25, 5, -1))
    assert versions[0]["message"] == "m25"
    assert server.ask("POST", "/api/dashboards/uid/d/restore", {"version": 6}).json()["version"] == 26
    assert stored(server)["dashboard"]["title"] == "T6"
    assert server.get("/api/dashboards/uid/d/versions/26").json()["data"]["title"] == "T6"
    assert server.get("/api/dashboards/uid/d/versions/5").status == 404


def test_a_search_joins_its_conditions(server: GrafanaServer) -> None:
    save(server, "a", "Alpha", tags=["x", "y"])
    save(server, "b", "Beta", "", tags=["x"])

    def found(query: str) -> list[str]:
        return [each["uid"] for each in server.get(f"/api/search?{query}").json()]

    assert found("") == ["a", "b", "f"]
    assert found("tag=x&tag=y") == ["a"]
    assert found("type=dash-folder") == ["f"]
    assert found("type=dash-db&query=BET") == ["b"]
    assert found("folderUIDs=general&type=dash-db") == ["b"]
    assert found("dashboardUIDs=a&dashboardUIDs=b") == ["a", "b"]
    assert found("limit=1&page=2") == ["b"]
    assert server.get("/api/search?limit=5001").status == 422


def test_pages_give_every_dashboard_once(server: GrafanaServer) -> None:
    for number in range(7):
        save(server, f"d{number}")
    seen, token = [], ""
    while True:
        page = server.get(f"{samples.DASHBOARDS}?limit=3&continue={token}").json()
        seen.append([item["metadata"]["name"] for item in page["items"]])
        token = page["metadata"].get("continue", "")
        if not token:
            break
    assert [len(names) for names in seen] == [3, 3, 1]
    assert len({name for names in seen for name in names}) == 7


def test_a_page_has_at_most_500_dashboards(server: GrafanaServer) -> None:
    for number in range(501):
        save(server, f"d{number}")
    page = server.get(f"{samples.DASHBOARDS}?limit=5000").json()
    assert len(page["items"]) == 500
    assert page["metadata"]["continue"]


def resource(name: str = "k", title: str = "K", version: str = "", **labels: str) -> Json:
    metadata = {"name": name, "labels": labels, "annotations": {"grafana.app/folder": "f", "x": "y"}}
    return {
        "metadata": metadata | ({"resourceVersion": version} if version else {}),
        "spec": {"title": title},
    }


def test_a_put_creates_and_a_stale_resource_version_conflicts(server: GrafanaServer) -> None:
    target = f"{samples.DASHBOARDS}/k"
    first = server.ask("PUT", target, resource())
    version = first.json()["metadata"]["resourceVersion"]
    assert first.status == 201
    assert server.ask("PUT", target, resource(title="2", version=version)).status == 200
    assert server.ask("PUT", target, resource(title="3", version=version)).json()["reason"] == "Conflict"
    assert server.ask("PUT", target, resource(title="4")).status == 200
    assert server.ask("POST", samples.DASHBOARDS, resource()).json()["reason"] == "AlreadyExists"
    assert server.ask("DELETE", target).status == 200
    assert server.get(target).json()["reason"] == "NotFound"


def test_own_labels_and_annotations_are_lost_before_12_4(old: GrafanaServer) -> None:
    made = old.ask("POST", samples.DASHBOARDS, resource(team="a")).json()["metadata"]
    assert made["labels"]["team"] == "a"
    kept = old.get(f"{samples.DASHBOARDS}/k").json()["metadata"]
    assert "team" not in kept["labels"]
    assert "x" not in kept["annotations"]
    assert old.get(f"{samples.DASHBOARDS}?labelSelector=team%3Da").status == 500


def test_own_labels_and_annotations_survive_in_12_4_also_a_classic_save(new: GrafanaServer) -> None:
    new.ask("POST", samples.DASHBOARDS, resource(team="a"))
    new.ask("POST", samples.DASHBOARDS, resource("l", team="b"))
    save(new, "k", "classic", overwrite=True)
    listed = new.get(f"{samples.DASHBOARDS}?labelSelector=team%3Da").json()["items"]
    assert [item["metadata"]["name"] for item in listed] == ["k"]
    assert listed[0]["metadata"]["annotations"]["x"] == "y"
    assert listed[0]["spec"]["title"] == "classic"
    other = new.get(f"{samples.DASHBOARDS}?labelSelector=team%21%3Da").json()["items"]
    assert [item["metadata"]["name"] for item in other] == ["l"]


def test_a_spec_against_the_schema_is_invalid_unless_that_is_ignored(server: GrafanaServer) -> None:
    bad = resource()
    bad["spec"]["panels"] = "none"
    assert server.ask("POST", samples.DASHBOARDS, bad).json()["reason"] == "Invalid"
    assert server.ask("POST", f"{samples.DASHBOARDS}?fieldValidation=Ignore", bad).status == 201


def test_other_namespaces_and_versions_are_refused(server: GrafanaServer) -> None:
    assert server.get(samples.DASHBOARDS.replace("default", "org-2")).status == 403
    assert server.get(samples.DASHBOARDS.replace("v1beta1", "v9")).status == 404
    assert server.get(f"{samples.DASHBOARDS}?continue=nonsense").status == 400


def nested(server: GrafanaServer, depth: int) -> list[int]:
    bodies = [
        samples.folder(f"n{level}", parent=f"n{level - 1}" if level > 1 else "")
        for level in range(1, depth + 1)
    ]
    return [server.ask("POST", "/api/folders", body).status for body in bodies]


def test_folders_nest_five_deep(server: GrafanaServer) -> None:
    assert nested(server, 6) == [200] * 5 + [400]
    shown = server.get("/api/folders/n3").json()
    assert (shown["parentUid"], [each["uid"] for each in shown["parents"]]) == ("n2", ["n1", "n2"])
    assert [each["uid"] for each in server.get("/api/folders?parentUid=n4").json()] == ["n5"]


def test_a_folder_moves_with_what_is_below_it_unless_that_gets_too_deep_or_goes_round(
    server: GrafanaServer,
) -> None:
    nested(server, 4)
    server.ask("POST", "/api/folders", samples.folder("g", parent="f"))
    assert server.ask("POST", "/api/folders/n1/move", {"parentUid": "g"}).status == 400
    assert server.ask("POST", "/api/folders/n1/move", {"parentUid": "n4"}).status == 400
    assert server.ask("POST", "/api/folders/n1/move", {"parentUid": "f"}).status == 200
    assert server.get("/api/folders/n1").json()["parentUid"] == "f"


def test_deleting_a_folder_takes_along_what_is_in_it(server: GrafanaServer) -> None:
    nested(server, 2)
    save(server, "inner", folder="n2")
    save(server, "outer", folder="f")
    assert server.ask("DELETE", "/api/folders/n1").status == 200
    assert server.get("/api/dashboards/uid/inner").status == 404
    assert server.get("/api/folders/n2").status == 404
    assert stored(server, "outer")["meta"]["folderUid"] == "f"


def test_a_folder_with_rules_somewhere_inside_goes_only_by_force(server: GrafanaServer) -> None:
    nested(server, 2)
    server.ask("POST", samples.RULES, samples.rule(folderUID="n2"))
    refused = server.ask("DELETE", "/api/folders/n1")
    assert (refused.status, refused.json()["messageId"]) == (400, "folder.not-empty")
    assert server.ask("DELETE", "/api/folders/n1?forceDeleteRules=true").status == 200
    assert server.get(samples.RULES).json() == []


def test_a_folder_update_needs_the_version_or_force(server: GrafanaServer) -> None:
    assert server.ask("PUT", "/api/folders/f", {"title": "T"}).status == 412
    assert server.ask("PUT", "/api/folders/f", {"title": "T", "version": 1}).json()["version"] == 2
    assert server.ask("PUT", "/api/folders/f", {"title": "U", "version": 1}).status == 412
    assert server.ask("PUT", "/api/folders/f", {"title": "U", "overwrite": True}).json()["title"] == "U"


def test_the_general_folder_cannot_be_made_and_an_unknown_parent_is_not_found(server: GrafanaServer) -> None:
    assert server.ask("POST", "/api/folders", samples.folder("general")).status == 500
    assert server.ask("POST", "/api/folders", samples.folder("x", parent="none")).status == 404
