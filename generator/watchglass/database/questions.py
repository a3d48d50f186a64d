"""What the catalog is asked, as SQL: each question's ``$1`` is a JSON list of names or of object numbers."""

from __future__ import annotations

from collections.abc import Mapping

from watchglass.sql.mentions import Kind

FUNCTIONS = """
SELECT p.oid::int8 AS oid, n.nspname AS schema, p.proname AS name,
    pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.oidvectortypes(p.proargtypes)) AS quoted,
    pg_catalog.oidvectortypes(p.proargtypes) AS signature,
    p.provolatile AS volatility, p.prosecdef AS definer, pg_catalog.pg_get_userbyid(p.proowner) AS owner,
    l.lanname AS language, CASE WHEN p.oid >= 16384 AND l.lanname IN ('sql', 'plpgsql') THEN p.prosrc ELSE '' END AS body,
    coalesce((SELECT e.extname FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
        WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        AND d.refclassid = 'pg_catalog.pg_extension'::regclass LIMIT 1), '') AS extension,
    p.pronargs - p.pronargdefaults - CASE WHEN p.provariadic <> 0 THEN 1 ELSE 0 END AS least,
    p.pronargs AS most, p.provariadic <> 0 AS variadic, coalesce(p.proconfig, '{}') AS config,
    coalesce((SELECT t.typtype IN ('c', 'd', 'p') FROM pg_catalog.pg_type t WHERE t.oid = p.proargtypes[0]), false) AS row
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
"""
RELATIONS = """
SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name,
    pg_catalog.format('%I.%I', n.nspname, c.relname) AS quoted, c.relkind AS kind, c.relowner::int8 AS owner,
    pg_catalog.pg_get_userbyid(c.relowner) AS owner_name, c.relrowsecurity AS secured,
    EXISTS (SELECT 1 FROM unnest(c.reloptions) o
        WHERE o ~* '^security_invoker=(t|tr|tru|true|y|ye|yes|on|1)$') AS invoker
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
"""
GIVEN_NAMES = "IN (SELECT pg_catalog.json_array_elements_text($1))"
GIVEN = "IN (SELECT pg_catalog.json_array_elements_text($1)::oid)"

# What hangs on a rule, a policy, a constraint, a function: `pg_depend` leaves PostgreSQL's own functions out, the tree
# that is stored has all of them.
_DEPEND = """
SELECT d.refclassid::regclass::text AS class, d.refobjid::int8 AS ref FROM pg_catalog.pg_depend d
WHERE d.classid = 'pg_catalog.{holder}'::regclass AND d.objid = {oid} AND d.refclassid IN ('pg_catalog.pg_proc'::regclass,
    'pg_catalog.pg_class'::regclass, 'pg_catalog.pg_type'::regclass, 'pg_catalog.pg_operator'::regclass)
    AND d.deptype IN ('n', 'a')
"""


def _held(holder: str, oid: str) -> str:
    inner = _DEPEND.format(holder=holder, oid=oid)
    return f"ARRAY(SELECT class || ' ' || ref FROM ({inner}) AS held)"


HELD: Mapping[Kind, str] = {
    "relation": f"""
        SELECT r.ev_class::int8 AS oid, r.ev_action::text AS tree, {_held("pg_rewrite", "r.oid")} AS refs, '{{}}'::int8[] AS types
        FROM pg_catalog.pg_rewrite r WHERE r.ev_type = '1' AND r.ev_class {GIVEN}
        UNION ALL
        SELECT p.polrelid::int8, p.polqual::text, {_held("pg_policy", "p.oid")}, '{{}}'
        FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
        WHERE c.relrowsecurity AND p.polcmd IN ('r', '*') AND p.polrelid {GIVEN}
        UNION ALL
        SELECT c.oid::int8, '', '{{}}', ARRAY(SELECT DISTINCT a.atttypid::int8 FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.atttypid >= 16384) || CASE WHEN c.oid >= 16384 THEN c.reltype::int8 ELSE 0 END
        FROM pg_catalog.pg_class c WHERE c.oid {GIVEN}""",
    "function": f"""
        SELECT p.oid::int8 AS oid, coalesce(p.prosqlbody::text, '') || ' ' || coalesce(p.proargdefaults::text, '') AS tree,
            {_held("pg_proc", "p.oid")} || ARRAY(SELECT 'pg_proc ' || f::int8 FROM pg_catalog.pg_aggregate a,
                unnest(ARRAY[a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn]::oid[]) f
                WHERE a.aggfnoid = p.oid AND f <> 0) AS refs, '{{}}'::int8[] AS types
        FROM pg_catalog.pg_proc p WHERE p.oid {GIVEN}""",
    "operator": f"""
        SELECT o.oid::int8 AS oid, '' AS tree, ARRAY['pg_proc ' || o.oprcode::oid::int8] AS refs, '{{}}'::int8[] AS types
        FROM pg_catalog.pg_operator o WHERE o.oid {GIVEN}""",
    "type": f"""
        SELECT t.oid::int8 AS oid, '' AS tree, ARRAY(SELECT 'pg_proc ' || f::int8
                FROM unnest(ARRAY[t.typinput, t.typoutput]::oid[]) f WHERE f >= 16384)
            || ARRAY(SELECT 'pg_proc ' || f::int8 FROM pg_catalog.pg_range r,
                unnest(ARRAY[r.rngcanonical, r.rngsubdiff]::oid[]) f WHERE r.rngtypid = t.oid AND f >= 16384)
            || ARRAY(SELECT 'pg_proc ' || c.castfunc::int8 FROM pg_catalog.pg_cast c
                WHERE t.oid IN (c.castsource, c.casttarget) AND c.castfunc >= 16384) AS refs,
            ARRAY[t.typbasetype, t.typelem]::int8[] || ARRAY(SELECT a.atttypid::int8 FROM pg_catalog.pg_attribute a
                WHERE a.attrelid = t.typrelid AND t.typrelid <> 0 AND NOT a.attisdropped) AS types
        FROM pg_catalog.pg_type t WHERE t.oid {GIVEN}
        UNION ALL
        SELECT c.contypid::int8, c.conbin::text, {_held("pg_constraint", "c.oid")}, '{{}}'
        FROM pg_catalog.pg_constraint c WHERE c.contypid {GIVEN} AND c.contypid <> 0""",
}
PATH = "SELECT unnest(pg_catalog.current_schemas(true)) AS name"
OUTER = (
    "SELECT 'function' AS kind, castfunc::int8 AS oid FROM pg_catalog.pg_cast "
    "WHERE castfunc >= 16384 AND castsource < 16384 AND casttarget < 16384"
)

BY_NUMBER: Mapping[Kind, str] = {
    "function": f"{FUNCTIONS} WHERE p.oid {GIVEN}",
    "relation": f"{RELATIONS} WHERE c.oid {GIVEN}",
}
BY_NAME: Mapping[Kind, str] = {
    "function": f"{FUNCTIONS} WHERE p.proname {GIVEN_NAMES}",
    "relation": f"{RELATIONS} WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 't') AND c.relname {GIVEN_NAMES}",
    "operator": (
        "SELECT o.oid::int8 AS oid, n.nspname AS schema, o.oprname AS name, ARRAY[o.oprleft, o.oprright]::int8[] AS operands "
        "FROM pg_catalog.pg_operator o "
        f"JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace WHERE o.oid >= 16384 AND o.oprname {GIVEN_NAMES}"
    ),
    "type": (
        "SELECT t.oid::int8 AS oid, n.nspname AS schema, t.typname AS name FROM pg_catalog.pg_type t "
        f"JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.oid >= 16384 AND t.typname {GIVEN_NAMES}"
    ),
}
