"""A filter means the same in every target: TRUE where nothing is chosen, NULLs included; else its values and no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.postgres import VERSIONS, Ask, asking
from tests.sql.statements import Sent, by_grafana, by_hand, by_metabase, by_rule, template, vocabulary
from watchglass.sql.grafana import GrafanaDialect, variable_query
from watchglass.sql.metabase import FROM_TAG, TO_TAG, MetabaseDialect, tags
from watchglass.sql.pieces import Filter
from watchglass.sql.render import render
from watchglass.validate.grafana_expand import Variable, interpolate

A, B = "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"
SETUP = f"""
CREATE SCHEMA "we$ird";
CREATE TABLE "we$ird"."[[orgs]]" ("{{{{id}}}}" uuid, "na--me" text, region text);
INSERT INTO "we$ird"."[[orgs]]" VALUES ('{A}', 'same', 'n'), ('{B}', 'same', 's'), (gen_random_uuid(), NULL, 's'),
                                       (NULL, 'lost', NULL);
CREATE TABLE orgs (id uuid, name text, size int);
INSERT INTO orgs VALUES ('{A}', 'A', 1), ('{B}', 'B', 2), (NULL, 'lost', NULL);
CREATE TABLE sales (org uuid, size int, word text, hard text);
INSERT INTO sales VALUES ('{A}', 1, 'a$b', ' a : b\\'), ('{B}', 2, 'it''s', ' c d '), (NULL, NULL, NULL, NULL);
"""
ORG = Filter("org", "Organization", "uuid", table="orgs", value="id", label="name", multiple=True)
WEIRD = Filter(
    "org", "Organization", "uuid", table="we$ird.[[orgs]]", value="{{id}}", label="na--me", multiple=True
)
SIZE = Filter("org", "Size", "integer", table="orgs", value="size", multiple=True)
WORD = Filter("org", "Word", "text", options=(("a$b", "A"), ("it's", "B")), multiple=True)
HARD = Filter("org", "Word", "text", options=((" a : b\\", "A"), (" c d ", "B"), ("e f", "C")), multiple=True)
FORMS = {
    "listed": (ORG, "org", (A, B)),
    "weird": (WEIRD, "org", (A, B)),
    "number": (SIZE, "size", ("1", "2")),
    "options": (WORD, "word", ("a$b", "it's")),
    "hard options": (HARD, "hard", (" a : b\\", " c d ")),
}
form = pytest.mark.parametrize(("of", "column", "values"), FORMS.values(), ids=FORMS)
sender = pytest.mark.parametrize(
    "send", [by_grafana, by_rule, by_metabase], ids=["panel", "rule", "question"]
)


@pytest.fixture(scope="module", params=VERSIONS, ids="PostgreSQL {}".format)
def shop(request: pytest.FixtureRequest) -> Iterator[Ask]:
    with asking(request.param, SETUP) as answer:
        yield answer


def counted(shop: Ask, sent: Sent) -> int:
    return int(shop(*sent)[0][0])


def counting(column: str, around: str = "{}") -> str:
    inner = "{{ matches('org', 's." + column + "') }}"
    return f"SELECT count(*) FROM sales AS s WHERE {around.format(inner)}"


@sender
@form
def test_an_unset_filter_is_true_for_nulls_too(
    shop: Ask, send: Callable[..., Sent], of: Filter, column: str, values: tuple[str, ...]
) -> None:
    read = template(counting(column), vocabulary(filters=("org",)))
    assert counted(shop, send(read, {"org": of})) == 3


@sender
@form
@pytest.mark.parametrize(
    ("around", "rows"), [("{}", 1), ("NOT {}", 1), ("false OR {}", 1), ("{} AND true", 1)]
)
def test_a_set_filter_keeps_its_value_alone(
    shop: Ask,
    send: Callable[..., Sent],
    of: Filter,
    column: str,
    values: tuple[str, ...],
    around: str,
    rows: int,
) -> None:
    read = template(counting(column, around), vocabulary(filters=("org",)))
    assert counted(shop, send(read, {"org": of}, {"org": values[:1]})) == rows


@sender
@pytest.mark.parametrize("name", ["listed", "weird", "number"])
def test_several_values_keep_several(shop: Ask, send: Callable[..., Sent], name: str) -> None:
    of, column, values = FORMS[name]
    read = template(counting(column), vocabulary(filters=("org",)))
    assert counted(shop, send(read, {"org": of}, {"org": values})) == 2


@form
def test_none_chosen_is_no_empty_list(shop: Ask, of: Filter, column: str, values: tuple[str, ...]) -> None:
    read = template(counting(column), vocabulary(filters=("org",)))
    assert counted(shop, by_grafana(read, {"org": of}, none=True)) == 3


@form
def test_in_an_editor_a_filter_stands_at_its_default(
    shop: Ask, of: Filter, column: str, values: tuple[str, ...]
) -> None:
    read = template(counting(column), vocabulary(filters=("org",)))
    assert counted(shop, by_hand(read, {"org": of})) == 3
    at = Filter(of.id, of.title, of.type, of.table, of.value, of.label, of.multiple, values[:1], of.options)
    assert counted(shop, by_hand(read, {"org": at})) == 1


@pytest.mark.parametrize("of", [ORG, WEIRD, WORD], ids=["listed", "weird", "options"])
def test_a_rule_reads_no_variable(of: Filter) -> None:
    read = template(counting("org"), vocabulary(filters=("org",)))
    for chosen in ({}, {"org": ("a$b",)}):
        text = render(read.pieces, GrafanaDialect("UTC", {"org": of}, chosen)).text
        assert "$" not in text
        assert "[[" not in text


def test_a_variables_names_are_unique_and_its_values_are_those_that_match(shop: Ask) -> None:
    rows = shop(interpolate(variable_query(WEIRD, {"org": WEIRD}, "UTC").text, {}).text)
    names = [name for name, _ in rows]
    assert len(rows) == 3
    assert len(set(names)) == 3
    assert {f"same ({A})", f"same ({B})"} < set(names)


def test_a_variable_without_names_lists_each_value_once(shop: Ask) -> None:
    assert shop(variable_query(SIZE, {"org": SIZE}, "UTC").text) == [("1", "1"), ("2", "2")]


@pytest.mark.parametrize(("region", "listed"), [("all", 3), (("n",), 1), ((), 3)])
def test_a_chained_variable_is_narrowed_by_its_parent(
    shop: Ask, region: str | tuple[str, ...], listed: int
) -> None:
    parent = Filter("region", "Region", "text", table="we$ird.[[orgs]]", value="region", multiple=True)
    child = Filter(
        "org",
        "Organization",
        "uuid",
        table="we$ird.[[orgs]]",
        value="{{id}}",
        depends_on={"region": "region"},
    )
    variable = Variable("region", multi=True, include_all=True, all_value="NULL", selected=region)
    sql = variable_query(child, {"region": parent, "org": child}, "UTC").text
    assert len(shop(interpolate(sql, {"region": variable}).text)) == listed


def test_a_question_declares_the_tags_that_it_reads() -> None:
    words = vocabulary(filters=("org", "word"))
    read = template(
        "SELECT {{ range_end() }} WHERE {{ matches('org', 'a') }} AND {{ matches('word', 'b') }}", words
    )
    dialect = MetabaseDialect(
        "UTC", {"org": ORG, "word": Filter("word", "Word", "text", options=(("x", "X"),))}
    )
    made = tags(read, dialect, "question")
    assert {name: tag["type"] for name, tag in made.items()} == {
        "org": "dimension",
        "word": "text",
        FROM_TAG: "date",
        TO_TAG: "date",
    }
    assert made["org"]["dimension"] == ["field", {"table": "public.orgs", "column": "id"}, None]
    assert made == tags(read, dialect, "question")
    assert made["org"]["id"] != tags(read, dialect, "another")["org"]["id"]


def test_a_fixed_range_reads_no_tag() -> None:
    read = template("SELECT 1 WHERE {{ in_range('now()') }}")
    dialect = MetabaseDialect("UTC", fixed=True)
    assert tags(read, dialect, "question") == {}
    assert "{{" not in render(read.pieces, dialect).text
