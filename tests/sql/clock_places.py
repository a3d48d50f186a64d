"""Reads of the clock with their values at one instant, and the places where they may stand."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

NOW = datetime.datetime(2026, 3, 1, 22, 30, 15, 123456, tzinfo=datetime.UTC)
"""Half past eleven at night in Berlin, where the tests' sessions are."""

BERLIN = ZoneInfo("Europe/Berlin")
HERE = NOW.astimezone(BERLIN)
DAY = datetime.timedelta(days=1)
MIDNIGHT = HERE.replace(hour=0, minute=0, second=0, microsecond=0)

READS = {
    "now()": NOW,
    "pg_catalog . now( /* no */ )": NOW,
    "transaction_timestamp()": NOW,
    "statement_timestamp()": NOW,
    "clock_timestamp()": NOW,
    "current_timestamp": NOW,
    "CURRENT_TIMESTAMP ( 0 )": NOW.replace(microsecond=0),
    "localtimestamp": HERE.replace(tzinfo=None),
    "localtimestamp(1)": HERE.replace(tzinfo=None, microsecond=100_000),
    "current_date": HERE.date(),
    "localtime": HERE.time(),
    "localtime(0)": HERE.time().replace(microsecond=0),
    "current_time": HERE.timetz().replace(tzinfo=datetime.timezone(datetime.timedelta(hours=1))),
    "timeofday()": "Sun Mar 01 23:30:15.123456 2026 CET",
    "age(timestamptz '2026-02-28 00:00+01')": DAY,
    "age(timestamp '2026-02-28')": DAY,
}
"""An expression → its value at NOW in Berlin."""

WORDS = {
    "'now'::timestamptz": NOW,
    "timestamp 'now'": HERE.replace(tzinfo=None),
    "time 'now'": HERE.time(),
    "'today'::date": HERE.date(),
    "CAST('yesterday' AS timestamptz)": MIDNIGHT - DAY,
    "date 'tomorrow'": HERE.date() + DAY,
    "timestamp(0) with time zone 'Today 08:00'": MIDNIGHT.replace(hour=8),
    "'tomorrow 08:00 UTC'::timestamptz": datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC),
    "'today'::text::date": HERE.date(),
    "date('today')": HERE.date(),
    "timestamptz 'today' - interval '1 day'": MIDNIGHT - DAY,
    "lower('[now,)'::tstzrange)": NOW,
    "('{today}'::date[])[1]": HERE.date(),
}
"""Words that the input of a date takes for the clock."""

PLACES = {
    "query": "SELECT {read}",
    "subquery": "WITH a AS (SELECT {read} AS x) SELECT (SELECT x FROM a)",
    "do": "CREATE TABLE t (x {type}); DO $$ BEGIN INSERT INTO t VALUES ({read}); END $$; TABLE t",
    "do in quotes": "CREATE TABLE t (x {type}); DO 'BEGIN INSERT INTO t VALUES ({quoted}); END'; TABLE t",
    "SQL function": "CREATE FUNCTION f() RETURNS {type} LANGUAGE sql AS $$ SELECT {read} $$; SELECT f()",
    "SQL function in quotes": "CREATE FUNCTION f() RETURNS {type} AS 'SELECT {quoted}' LANGUAGE 'sql'; SELECT f()",
    "SQL function with escapes": (
        "CREATE FUNCTION f() RETURNS {type} LANGUAGE sql AS E'SELECT \\x27\\x27 IS NULL;\\nSELECT {quoted}'; SELECT f()"
    ),
    "PL/pgSQL function": (
        "CREATE FUNCTION f() RETURNS {type} LANGUAGE plpgsql AS $f$ BEGIN RETURN {read}; END $f$; SELECT f()"
    ),
    "PL/pgSQL variable": (
        "CREATE FUNCTION f() RETURNS {type} LANGUAGE plpgsql AS "
        "$f$ DECLARE x {type} NOT NULL := {read}; BEGIN RETURN x; END $f$; SELECT f()"
    ),
    "PL/pgSQL assignment": (
        "CREATE FUNCTION f() RETURNS {type} LANGUAGE plpgsql AS "
        "$f$ DECLARE x {type}[]; BEGIN x[1] = {read}; RETURN x[1]; END $f$; SELECT f()"
    ),
    "PL/pgSQL into": (
        "CREATE FUNCTION f() RETURNS {type} LANGUAGE plpgsql AS "
        "$f$ DECLARE x {type}; BEGIN SELECT {read} INTO STRICT x; RETURN x; END $f$; SELECT f()"
    ),
    "PL/pgSQL dynamic": (
        "CREATE FUNCTION f() RETURNS {type} LANGUAGE plpgsql AS "
        "$f$ DECLARE x {type}; BEGIN EXECUTE 'SELECT {quoted}' INTO x; RETURN x; END $f$; SELECT f()"
    ),
    "PL/pgSQL using": (
        "CREATE FUNCTION f() RETURNS {type} LANGUAGE plpgsql AS "
        "$f$ DECLARE x {type}; BEGIN EXECUTE 'SELECT $1' INTO x USING {read}; RETURN x; END $f$; SELECT f()"
    ),
    "procedure": (
        "CREATE TABLE t (x {type}); CREATE PROCEDURE p() LANGUAGE sql AS $$ INSERT INTO t VALUES ({read}) $$; CALL p(); TABLE t"
    ),
    "trigger": (
        "CREATE TABLE t (x {type}); "
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.x := {read}; RETURN NEW; END $$; "
        "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); INSERT INTO t VALUES (NULL); TABLE t"
    ),
}
"""Where a read may stand that is made when it is run."""

KEPT = {
    "view": "CREATE VIEW v AS SELECT {read} AS x; SELECT x FROM v",
    "view over view": "CREATE VIEW v AS SELECT {read} AS x; CREATE VIEW w AS SELECT x FROM v; SELECT x FROM w",
    "materialized view": "CREATE MATERIALIZED VIEW v AS SELECT {read} AS x; REFRESH MATERIALIZED VIEW v; SELECT x FROM v",
    "default": "CREATE TABLE t (i int, x {type} DEFAULT {read}); INSERT INTO t VALUES (1); SELECT x FROM t",
    "default set later": (
        "CREATE TABLE t (i int, x {type}); ALTER TABLE t ALTER x SET DEFAULT {read}; INSERT INTO t VALUES (1); SELECT x FROM t"
    ),
    "domain": "CREATE DOMAIN d AS {type} DEFAULT {read}; CREATE TABLE t (i int, x d); INSERT INTO t VALUES (1); SELECT x FROM t",
    "check": "CREATE TABLE t (x {type} CHECK (x = {read})); INSERT INTO t VALUES ({value}); TABLE t",
    "rule": (
        "CREATE TABLE t (x {type}); CREATE VIEW v AS TABLE t; "
        "CREATE RULE r AS ON INSERT TO v DO INSTEAD INSERT INTO t VALUES ({read}); INSERT INTO v VALUES (NULL); TABLE t"
    ),
    "trigger's condition": (
        "CREATE TABLE t (x {type}); "
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; "
        "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.x <> {read}) EXECUTE FUNCTION f(); "
        "INSERT INTO t VALUES ({value}); TABLE t"
    ),
    "standard function": "CREATE FUNCTION f() RETURNS {type} RETURN {read}; SELECT f()",
    "atomic function": "CREATE FUNCTION f() RETURNS {type} BEGIN ATOMIC; SELECT {read}; END; SELECT f()",
    "argument's default": "CREATE FUNCTION f(x {type} DEFAULT {read}) RETURNS {type} LANGUAGE sql AS 'SELECT $1'; SELECT f()",
    "policy": (
        "CREATE TABLE t (x {type}); INSERT INTO t VALUES ({value}); CREATE POLICY p ON t USING (x = {read}); "
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE ROLE r; GRANT SELECT ON t TO r; SET LOCAL ROLE r; TABLE t"
    ),
}
"""Where the database keeps an expression."""


def filled(place: str, read: str, value: object, written: str = "") -> str:
    types = {
        datetime.time: "timetz" if getattr(value, "tzinfo", None) else "time",
        datetime.datetime: "timestamptz" if getattr(value, "tzinfo", None) else "timestamp",
        datetime.timedelta: "interval",
    }
    kind = {datetime.date: "date", str: "text", **types}[type(value)]
    return place.format(read=read, value=written or read, quoted=read.replace("'", "''"), type=kind)
