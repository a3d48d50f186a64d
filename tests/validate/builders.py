"""A small service, and its statements as the targets would send them."""

from __future__ import annotations

from pathlib import Path

from watchglass.artifact import Statement
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service
from watchglass.durations import Duration
from watchglass.problems import Span
from watchglass.sql.grafana import GrafanaDialect
from watchglass.sql.metabase import MetabaseDialect, tags
from watchglass.sql.pieces import SourceText
from watchglass.sql.plain import PlainDialect
from watchglass.sql.render import render
from watchglass.sql.template import parse
from watchglass.sql.vocabulary import Vocabulary

BERLIN = "Europe/Berlin"
SETUP = """
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE shops (id uuid, name text);
INSERT INTO shops SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'shop ' || n FROM generate_series(1, 4) AS n;
CREATE TABLE orders (shop uuid, at timestamptz, total numeric, mood mood);
INSERT INTO orders
SELECT ('00000000-0000-0000-0000-00000000000' || n % 4 + 1)::uuid, now() - n * INTERVAL '1 hour', n, 'good'
FROM generate_series(1, 24 * 20) AS n;
"""
DEFINITION = """
version: 1
service: {id: shop, title: Shop, owner: us, timezone: Europe/Berlin}
levels: {good: green, bad: red}
sources: {main: {type: postgres}}
filters:
  shop: {title: Shop, from: shops, value: id, label: name, type: uuid, multiple: true, default: all}
  mood: {title: Mood, options: {good: Good, bad: Bad}, default: all}
queries:
  q:
    title: Orders
    key: [shop]
    sql: |
      SELECT o.shop::text AS shop, count(*) AS orders, sum(o.total) AS total, max(o.at) AS last
      FROM orders o
      WHERE {{ in_range('o.at') }} AND {{ matches('shop', 'o.shop') }} AND {{ matches('mood', 'o.mood') }}
      GROUP BY 1
    columns: {shop: text, orders: integer, total: number, last: timestamp}
metrics:
  orders: {title: Orders, query: q, column: orders, better: higher, thresholds: {bad: 5}, when_null: 0}
dashboards:
  board:
    title: Board
    filters: [shop, mood]
    rows: [{title: All, panels: [{query: q, as: table, title: Orders, description: All orders}]}]
"""


def service(folder: Path, text: str = DEFINITION) -> Service:
    """Read a definition that has no error."""
    path = folder / "definition.yaml"
    path.write_text(text, "utf-8")
    reading = read(path)
    assert reading.definition is not None, reading.problems
    resolved = resolve(reading.definition)
    assert resolved.service is not None, resolved.problems
    return resolved.service


def statements(of: Service, sql: str = "", question: str = "") -> tuple[Statement, Statement, Statement]:
    """
    Give one query for Grafana, Metabase and an editor.

    Args:
        sql: another statement than the definition's; ``question``: another one for Metabase alone.
    """
    known = of.queries["q"].template
    read_as = [_template(text, of) if text else known for text in (sql, question or sql, sql)]
    length = Duration(7, "d")
    dialect = MetabaseDialect(BERLIN, of.filters, length)
    span = Span("definition.yaml", 12, 3, 12, 4)
    grafana, metabase, plain = read_as
    return (
        Statement(
            "grafana", "panel", "board/q", render(grafana.pieces, GrafanaDialect(BERLIN, of.filters)), "/", span,
            "table", grafana.filters, "q", "board/q", range=length,
        ),
        Statement(
            "metabase", "card", "board/q", render(metabase.pieces, dialect), "/", span, "", metabase.filters, "q",
            "board/q", tags(metabase, dialect, "board/q"), length,
        ),
        Statement(
            "plain", "sql", "q", render(plain.pieces, PlainDialect(BERLIN, of.filters, length)), "/", span, "",
            plain.filters, "q", range=length,
        ),
    )  # fmt: skip


def _template(text: str, of: Service):  # type: ignore[no-untyped-def]  # noqa: ANN202
    starts = tuple((20 + index, 1) for index in range(text.count("\n") + 1))
    source = SourceText("definition.yaml", ("queries", "q", "sql"), text, starts)
    made, problems = parse(source, Vocabulary({}, {}, frozenset(of.filters), {}, {}))
    assert made is not None, problems
    return made
