"""The table of recorded readings: the SQL that makes it, who may do what with it, and how one metric's past is read from it."""

from __future__ import annotations

from watchglass.sql.literals import identifier, quote, quoted_name
from watchglass.sql.pieces import InRange, Piece, Text
from watchglass.sql.words import number

SCHEMA = "watchglass"
TABLE = f"{SCHEMA}.readings"
AT = "at"
WRITER = "watchglass_sampler"
"""The role that records, unless another is chosen."""

NO_KEY = "{}"
"""The key of a metric that is one number; of a keyed metric it says that there was no row at that instant."""

TABLE_SQL = f"""CREATE SCHEMA IF NOT EXISTS {SCHEMA};
CREATE TABLE IF NOT EXISTS {TABLE} (
  service text NOT NULL,
  metric text NOT NULL,
  at timestamptz NOT NULL,
  key jsonb NOT NULL,
  value double precision,
  PRIMARY KEY (service, metric, at, key)
);
COMMENT ON TABLE {TABLE} IS 'What watchglass sample recorded: one row a metric, instant and key';
"""


def reader_sql(role: str) -> str:
    """Let a role read the table."""
    return f"GRANT USAGE ON SCHEMA {SCHEMA} TO {identifier(role)};\nGRANT SELECT ON {TABLE} TO {identifier(role)};\n"


def writer_sql(role: str) -> str:
    """Make a role that may add readings and delete them again, where it is not there yet; it gets no password here."""
    return (
        f"DO $$ BEGIN\n  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {quote(role)}) THEN\n"
        f"    CREATE ROLE {identifier(role)} LOGIN;\n  END IF;\nEND $$;\n"
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {identifier(role)};\n"
        f"GRANT SELECT, INSERT, DELETE ON {TABLE} TO {identifier(role)};\n"
    )


def history_of(
    service: str, metric: str, value: str, key: tuple[str, ...], time: str, series: str = ""
) -> tuple[Piece, ...]:
    """
    Select a metric's readings of the range.

    Args:
        value: name of the column that holds the number, ``time`` of the one that holds the instant.
        key: names of the columns of the key, which are read as text; ``series`` of one that joins
            them.
    """
    joined = ", ".join(f"r.key ->> {quote(column)}" for column in key)
    one = f"concat_ws(' / ', {joined}) AS {quoted_name(series)}, " if series else ""
    return (
        Text(
            f"SELECT r.at AS {quoted_name(time)}, {_columns(key)}{one}r.value AS {quoted_name(value)}\n"
            f"FROM {TABLE} AS r\nWHERE {_mine(service, metric, key)} AND "
        ),
        InRange(Text("r.at")),
        Text("\nORDER BY r.at"),
    )


def newest_of(service: str, metric: str, value: str, key: tuple[str, ...], seconds: float) -> Text:
    """
    Select a metric's newest reading, at most some seconds old; of a keyed metric that of each key.

    A key that is missing from the newest instant has vanished.
    """
    fresh = f"at <= now() AND at > now() - make_interval(secs => {number(seconds)})"
    newest = f"SELECT max(at) FROM {TABLE} WHERE service = {quote(service)} AND metric = {quote(metric)} AND {fresh}"
    return Text(
        f"SELECT {_columns(key)}r.value AS {quoted_name(value)}\nFROM {TABLE} AS r\n"
        f"WHERE {_mine(service, metric, key)} AND r.at = ({newest})"
    )


def instants_of(service: str, metric: str) -> str:
    """Select the instants at which a metric was recorded, from ``$1`` (exclusive) to ``$2``, the oldest first."""
    return (
        f"SELECT DISTINCT at FROM {TABLE} WHERE service = {quote(service)} AND metric = {quote(metric)}\n"
        "AND at > CAST($1 AS timestamptz) AND at <= CAST($2 AS timestamptz) ORDER BY at LIMIT 9000"
    )


def _columns(key: tuple[str, ...]) -> str:
    return "".join(f"r.key ->> {quote(column)} AS {quoted_name(column)}, " for column in key)


def _mine(service: str, metric: str, key: tuple[str, ...]) -> str:
    whole = f"r.key {'<>' if key else '='} '{NO_KEY}'"
    return f"r.service = {quote(service)} AND r.metric = {quote(metric)} AND {whole}"
