"""Each known cause of false drift, and what a person changes all the same; the mark in its line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.metabase import queries
from tests.servers.metabase.versions import Version
from watchglass.artifact import Json
from watchglass.publish.metabase import marks, normal
from watchglass.publish.metabase.marks import Mark
from watchglass.publish.resource import digest

TAGS: dict[str, dict[str, Any]] = {
    "region": {
        "id": "1", "name": "region", "display-name": "Region", "type": "dimension", "dimension": ["field", 7, None],
        "widget-type": "string/=",
    },
    "from": {"id": "2", "name": "from", "display-name": "From", "type": "date"},
}  # fmt: skip
QUERY = {"type": "native", "database": 1, "native": {"query": "SELECT 1\n", "template-tags": TAGS}}


def column(number: Json) -> Json:
    return {"table": "public.regions", "column": "code"} if number == 7 else number


def held(query: Json) -> str:
    return digest(normal.query(query, column))


@pytest.mark.parametrize("major", range(50, 64))
def test_a_query_has_one_form_whatever_version_answers_it(major: int) -> None:
    assert held(queries.shown(queries.kept(QUERY, Version(major)), Version(major))) == held(QUERY)


@pytest.mark.parametrize(
    "noise",
    [
        {"required": False}, {"default": None}, {"options": {}}, {"lib/uuid": "x"}, {"dimension": ["field", {}, 7]},
        {"dimension": ["field", 7, {"base-type": "type/Text"}]},
        {"dimension": ["field", {"table": "public.regions", "column": "code"}, None]},
    ],
)  # fmt: skip
def test_what_a_server_puts_into_a_tag_is_no_difference(noise: dict[str, Json]) -> None:
    tags = TAGS | {"region": TAGS["region"] | noise}
    assert held(QUERY | {"native": {"query": "SELECT 1\n", "template-tags": tags}}) == held(QUERY)


@pytest.mark.parametrize(
    "native",
    [
        {"query": "SELECT 1", "template-tags": TAGS}, {"query": "SELECT 1\n", "template-tags": {}}, {},
        {"query": "SELECT 1\n", "template-tags": TAGS | {"from": TAGS["from"] | {"required": True}}},
        {"query": "SELECT 1\n", "template-tags": TAGS | {"from": TAGS["from"] | {"default": False}}},
        {"query": "SELECT 1\n", "template-tags": TAGS | {"region": TAGS["region"] | {"dimension": ["field", 8, None]}}},
    ],
    ids=["a blank", "no tags", "no SQL", "required", "a default that is no", "another column"],
)  # fmt: skip
def test_what_a_person_changes_in_a_query_is_one(native: dict[str, Json]) -> None:
    assert held(QUERY | {"native": native}) != held(QUERY)


CARD: dict[str, Any] = {
    "name": "N", "display": "gauge", "type": "question", "parameters": [{"id": "1", "slug": "region"}],
    "visualization_settings": {"gauge.segments": [{"min": 0, "max": 10}], "stackable.stack_type": None},
}  # fmt: skip


def card(body: Json) -> str:
    return digest(normal.card(body, normal.OURS, "Text", {}))


@pytest.mark.parametrize(
    "noise",
    [
        {"id": 3, "entity_id": "x", "created_at": "x", "result_metadata": [{}], "cache_ttl": None, "creator": {}},
        {"type": None}, {"parameters": [{"id": "1", "slug": "region", "required": False, "values_source_config": {}}]},
        {"visualization_settings": {"stackable.stack_type": None, "gauge.segments": [{"max": 10.0, "min": 0.0}]}},
        {"collection_position": 1, "enable_embedding": True, "parameter_mappings": []},
    ],
    ids=["its own", "type", "parameters", "numbers and order", "what is not ours"],
)  # fmt: skip
def test_what_a_server_puts_into_a_card_is_no_difference(noise: dict[str, Json]) -> None:
    assert card(CARD | noise) == card(CARD)


@pytest.mark.parametrize(
    "edit",
    [
        {"name": "M"}, {"display": "scalar"}, {"type": "model"}, {"parameters": []},
        {"visualization_settings": {"gauge.segments": [{"min": 0, "max": 11}], "stackable.stack_type": None}},
        {"visualization_settings": {"gauge.segments": [{"min": 0, "max": 10}]}},
    ],
)  # fmt: skip
def test_what_a_person_changes_in_a_card_is_one(edit: dict[str, Json]) -> None:
    assert card(CARD | edit) != card(CARD)


PLACE: dict[str, Any] = {
    "card_id": None, "row": 0, "col": 0, "size_x": 6, "size_y": 3, "series": [],
    "parameter_mappings": [
        {"parameter_id": "a", "card_id": 1, "target": ["variable", ["template-tag", "a"]]},
        {"parameter_id": "b", "card_id": 1, "target": ["variable", ["template-tag", "b"]]},
    ],
    "visualization_settings": {"virtual_card": {"display": "text"}, "text": "T"},
}  # fmt: skip


def placed(body: Json) -> str:
    return digest(normal.dashcard(body, "k", None, lambda number: number))


@pytest.mark.parametrize(
    "noise",
    [
        {"id": 1, "entity_id": "x", "card": {}, "collection_authority_level": None, "dashboard_tab_id": None},
        {"series": None}, {"parameter_mappings": list(reversed(PLACE["parameter_mappings"]))},
        {"visualization_settings": PLACE["visualization_settings"] | {normal.SLOT: "k"}},
        {"visualization_settings": {"text": "T", "virtual_card": {
            "display": "text", "name": None, "archived": False, "dataset_query": {}, "visualization_settings": {}}}},
        {"parameter_mappings": [
            each | {"target": [*each["target"], {"stage-number": 0}]} for each in PLACE["parameter_mappings"]]},
    ],
    ids=["its own", "no series", "order", "our key", "the long form", "the stage that there is"],
)  # fmt: skip
def test_what_a_server_puts_into_a_place_is_no_difference(noise: dict[str, Json]) -> None:
    assert placed(PLACE | noise) == placed(PLACE)


@pytest.mark.parametrize(
    "edit",
    [
        {"row": 1}, {"size_x": 7}, {"card_id": 4}, {"series": [{"id": 4}]}, {"parameter_mappings": []},
        {"visualization_settings": {}},
    ],
)  # fmt: skip
def test_what_a_person_changes_in_a_place_is_one(edit: dict[str, Json]) -> None:
    assert placed(PLACE | edit) != placed(PLACE)


def test_the_order_of_places_is_none() -> None:
    body = {"name": "B"}
    places = [normal.dashcard(PLACE, key, None, lambda number: number) for key in "ab"]
    one, other = (
        normal.dashboard(body, normal.OURS, "", [], listed) for listed in (places, list(reversed(places)))
    )
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    "text",
    [
        "watchglass:shop:card:overview/x", "watchglass:shop@test:card:overview/x sum=0123abcd",
        "watchglass:shop:card:x sum=0 paused=1,22",
    ],
)  # fmt: skip
def test_a_mark_is_read_as_it_was_written(text: str) -> None:
    said, mark = marks.split(f"Two\n\nlines\n\n{text}")
    assert said == "Two\n\nlines"
    assert str(mark) == text


@pytest.mark.parametrize(
    "text", [None, "", "watchglass", "see watchglass:shop:card:x", "watchglass:shop:card:x and more", "watchglass:a b:card:x"]
)  # fmt: skip
def test_other_texts_are_no_mark(text: str | None) -> None:
    assert marks.split(text) == ((text or "").strip(), None)


@given(st.text(), st.sampled_from(["", "0123456789abcdef"]), st.lists(st.integers(1, 99)))
def test_a_text_and_its_mark_come_apart_as_they_were(text: str, total: str, paused: list[int]) -> None:
    mark = Mark("shop", "card", "overview/x", total, tuple(paused))
    said, found = marks.split(marks.joined(text, mark))
    assert found == mark
    assert said == "\n".join(text.splitlines()).strip()
