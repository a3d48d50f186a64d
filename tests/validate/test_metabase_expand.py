"""A question is expanded as Metabase does it: optional clauses, field filters, bound values, its driver's question mark."""

from __future__ import annotations

import datetime
import decimal
import uuid

import pytest

from watchglass.validate.expansion import ExpansionError
from watchglass.validate.metabase_expand import FieldRef, expand_native

ID = uuid.UUID("00000000-0000-0000-0000-000000000001")
TAGS = {
    "org": {"type": "dimension"},
    "day": {"type": "date"},
    "size": {"type": "number"},
    "word": {"type": "text"},
    "set": {"type": "text", "default": "d"},
}
FIELDS = {"org": FieldRef("public", "orgs", "id", "uuid")}
FIELD = '"public"."orgs"."id"'


@pytest.mark.parametrize(
    ("sql", "values", "sent", "bound"),
    [
        ("a [[AND {{word}}]] b", {}, "a  b", ()),
        ("a [[AND {{ word }}]] b", {"word": "x"}, "a AND $1 b", ("x",)),
        ("[[{{word}} {{size}}]]", {"word": "x"}, "", ()),
        ("[[{{word}} {{size}}]]", {"word": "x", "size": "2"}, "$1 $2", ("x", 2)),
        ("{{word}} = {{word}}", {"word": "x"}, "$1 = $2", ("x", "x")),
        ("{{size}}", {"size": "1.5"}, "$1", (decimal.Decimal("1.5"),)),
        ("{{day}}", {"day": "2026-03-01"}, "$1", (datetime.date(2026, 3, 1),)),
        ("{{set}}", {}, "$1", ("d",)),
        ("{{org}}", {}, "1 = 1", ()),
        ("{{org}}", {"org": []}, "1 = 1", ()),
        ("[[AND {{org}}]]", {}, "", ()),
        ("{{org}}", {"org": [str(ID)]}, f"{FIELD} = $1", (ID,)),
        ("{{org}}", {"org": [str(ID), str(ID)]}, f"{FIELD} IN ($1, $2)", (ID, ID)),
        ("a ]] b }} c", {}, "a ]] b }} c", ()),
        ("-- {{word}} [[\nx", {}, "-- {{word}} [[\nx", ()),
        ("/* {{word}}\n[[ */ x", {}, "/* {{word}}\n[[ */ x", ()),
        ("'--' {{word}}\n{{set}}", {}, "'--' {{word}}\n$1", ("d",)),
        ("a ??| b '?' -- ?", {}, "a ?| b '?' -- ?", ()),
    ],
)
def test_a_question_is_expanded(
    sql: str, values: dict[str, object], sent: str, bound: tuple[object, ...]
) -> None:
    made = expand_native(sql, TAGS, values, FIELDS)
    assert (made.sql, made.parameters) == (sent, bound)


@pytest.mark.parametrize(
    ("sql", "message", "at"),
    [
        ("a [[b", "not closed", 2),
        ("a {{word", "not closed", 2),
        ("[[a]]", "without a tag", 0),
        ("[[a [[{{set}}]] ]]", "inside another", 4),
        ("a {{nope}}", "no tag 'nope'", 2),
        ("a {{word}}", "outside of an optional clause", 2),
        ("a ? b", "single question mark", 2),
    ],
)
def test_what_metabase_refuses_is_refused_at_its_character(sql: str, message: str, at: int) -> None:
    with pytest.raises(ExpansionError, match=message) as refused:
        expand_native(sql, TAGS, {}, FIELDS)
    assert refused.value.offset == at


def test_every_character_kept_is_found_again() -> None:
    sql = "before [[AND {{word}}]] between [[AND {{org}}]] a ?? after"
    made = expand_native(sql, TAGS, {"org": [str(ID)]}, FIELDS)
    for word in ("before", "between", "after"):
        assert made.map.source(made.sql.index(word)) == sql.index(word)
    assert sql[made.map.source(made.sql.index("orgs"))] == "{"
