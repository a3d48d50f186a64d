"""The SQL of the page on panels does what the page says of it, in every target."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.postgres import Ask
from tests.sql.statements import by_grafana, by_metabase, template
from watchglass.sql.metabase import FROM_TAG, TO_TAG

PAGE = (Path(__file__).parents[2] / "docs/panels.md").read_text("utf-8")
ORDERS = """WITH orders (id, at) AS (VALUES
  (1, timestamptz '2026-03-02 10:00Z'), (2, '2026-03-02 10:59Z'), (3, '2026-03-04 02:00Z'), (4, '2026-02-01 02:00Z')
)
"""


@pytest.mark.parametrize("target", ["grafana", "metabase"])
def test_a_heat_map_has_an_hour_without_rows_where_the_query_makes_it(ask: Ask, target: str) -> None:
    match = re.search(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    assert match is not None
    read = template(ORDERS + match[1])
    days = {FROM_TAG: "2026-03-01", TO_TAG: "2026-03-07"}
    sql, parameters = by_grafana(read) if target == "grafana" else by_metabase(read, days=days)
    rows = ask(sql, parameters, "UTC")
    assert [row[:2] for row in rows] == [(day, hour) for day in range(1, 8) for hour in range(24)]
    assert {row[:2]: row[2] for row in rows if row[2]} == {(1, 11): 2, (3, 3): 1}
