"""The parse tree as dictionaries, held against the same tree in the parser's other form."""

from __future__ import annotations

import json

import hypothesis
import pytest
from hypothesis import strategies as st

from watchglass.sql import parsed, tree
from watchglass.sql.gate import inspect
from watchglass.sql.tree import TreeNode

NAMES = st.sampled_from(["a", "t", "public.f", '"Ä b"', "pg_catalog.now", "n"])
ATOMS = st.one_of(
    st.sampled_from(
        ["1", "NULL", "'é'", "$1", "t.a", "(t).b", "t.*", "ARRAY[1, 2]", "current_date", "E'\\u003c\\\\\"'"]
    ),
    st.builds("{}()".format, NAMES),
)
SELECTS = st.deferred(lambda: st.one_of(PLAIN, WITH, UNION))


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}({}, {})".format, NAMES, inner, inner),
        st.builds("percentile_cont({}) WITHIN GROUP (ORDER BY {} USING <)".format, inner, inner),
        st.builds("({})::{}".format, inner, NAMES),
        st.builds(
            "({} {} {})".format, inner, st.sampled_from(["+", "LIKE", "SIMILAR TO", "OPERATOR(a.@@)"]), inner
        ),
        st.builds("({} BETWEEN SYMMETRIC {} AND {})".format, inner, inner, inner),
        st.builds("CASE {} WHEN {} THEN {} END".format, inner, inner, inner),
        st.builds("({} IN ({}))".format, inner, SELECTS),
        st.builds("(({}).c[1].d)".format, inner),
    )


VALUES = st.recursive(ATOMS, _grown, max_leaves=4)
TABLES = st.one_of(
    NAMES,
    st.builds("{} JOIN {} USING (a)".format, NAMES, NAMES),
    st.builds("({}) AS q".format, SELECTS),
    st.builds("{}({}) AS f(x {})".format, NAMES, VALUES, NAMES),
)
PLAIN = st.builds(
    "SELECT {} FROM {} WHERE {} {}".format,
    VALUES,
    TABLES,
    VALUES,
    st.sampled_from(["", "FOR UPDATE", "ORDER BY 1"]),
)
UNION = st.builds("({}) UNION ({})".format, PLAIN, PLAIN)
WITH = st.builds(
    "WITH {} a AS ({}), n AS ({}) {}".format,
    st.sampled_from(["", "RECURSIVE"]),
    st.one_of(PLAIN, st.just("DELETE FROM t RETURNING a")),
    PLAIN,
    PLAIN,
)
WRITES = {"DeleteStmt", "LockingClause", "IntoClause"}


@hypothesis.given(SELECTS)
@hypothesis.settings(max_examples=50, deadline=None)
def test_the_gate_sees_all_that_stands_in_the_other_form_of_the_tree(sql: str) -> None:
    nodes = list(tree.walk(tree.parse(sql)))
    facts = inspect(sql, parameters=True)
    assert len(facts.refusals) == sum(node.name in WRITES for node in nodes)
    named = {(mention.kind, mention.name) for mention in facts.mentions}
    for node in nodes:
        assert _names(node) <= named, node.name
    tables = {_table(node) for node in nodes if node.name == "RangeVar"}
    assert {table for table in tables if table not in {"a", "n"}} <= facts.tables <= tables


def _names(node: TreeNode) -> set[tuple[str, tuple[str, ...]]]:
    """Give what a message names beyond doubt."""
    kind, field = {
        "FuncCall": ("function", "funcname"),
        "TypeName": ("type", "names"),
        "SortBy": ("operator", "use_op"),
        "SubLink": ("operator", "oper_name"),
    }.get(node.name, ("", ""))
    names = node.names(field)
    if node.name == "A_Expr" and node.scalars["kind"] == 1:
        kind, names = "operator", node.names("name")
    if node.name == "ColumnRef":
        return {("function", (name,)) for name in node.names("fields")[1:]}
    return {(kind, names)} if names else set()


def _table(node: TreeNode) -> str:
    schema = node.scalars.get("schemaname")
    return f"{schema}.{node.scalars['relname']}" if schema else str(node.scalars["relname"])


@pytest.mark.parametrize(
    "text",
    [
        '{"a":{"b":[1,-2,{"c":true},{}],"d":"x\\"}{][,:\\\\"},"e":[],"f":null}',
        '{ "a" : [ { "b" : "\\u003c" } , [ ] , 0 ] }',
    ],
)
def test_json_is_read_alike_at_any_depth(text: str) -> None:
    deep = "".join(('{"in":[' * 3000, text, "]}" * 3000))
    found = parsed.read(deep)
    for _ in range(3000):
        (found,) = found["in"]
    assert found == json.loads(text)


def test_a_deep_sum_names_what_stands_at_its_end() -> None:
    mentions = inspect("SELECT f()" + "+1" * 1900).mentions
    assert {mention.name for mention in mentions} == {("f",), ("+",)}
