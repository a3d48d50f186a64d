"""
What the catalog is asked for: each question gives objects with the SQL that makes them.

The columns are ``class``, ``oid`` (what ``pg_depend`` calls the object by), ``schema``, ``name`` and ``ddl``. Only the
catalog is read, which every login may; the search path is empty, so that PostgreSQL writes every name with its schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FIRST: Final = 16384
"""The first number of an object that is not PostgreSQL's own."""

_OURS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"

# A type that only stands in for one takes no modifiers, such as the (Point,4326) of a geometry.
_TYPE = (
    "format_type(a.atttypid, CASE WHEN a.atttypid = ANY (string_to_array(current_setting('watchglass.stubs'), ',')"
    "::oid[]) THEN NULL ELSE a.atttypmod END)"
)
_FREE = (
    f"NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_attrdef'::regclass AND d.objid = ad.oid "
    f"AND d.refobjid >= {FIRST} AND d.refobjid <> ad.adrelid AND d.refclassid <> 'pg_type'::regclass)"
)
_COLUMNS = f"""(SELECT string_agg(format(E'\\n  %I %s%s%s%s%s', a.attname, {_TYPE},
    CASE WHEN a.attcollation <> ty.typcollation THEN format(' COLLATE %s', a.attcollation::regcollation) END,
    CASE WHEN a.attgenerated <> '' THEN format(' GENERATED ALWAYS AS (%s)%s', pg_get_expr(ad.adbin, ad.adrelid),
              CASE a.attgenerated WHEN 's' THEN ' STORED' END)
         WHEN a.attidentity <> '' THEN format(' GENERATED %s AS IDENTITY',
              CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END) END,
    CASE WHEN a.attgenerated = '' AND ad.oid IS NOT NULL AND {_FREE}
         THEN ' DEFAULT ' || pg_get_expr(ad.adbin, ad.adrelid) END,
    CASE WHEN a.attnotnull THEN ' NOT NULL' END), ',' ORDER BY a.attnum)
  FROM pg_attribute a JOIN pg_type ty ON ty.oid = a.atttypid
  LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attislocal)"""

_SCHEMAS = f"""SELECT 'pg_namespace' AS class, n.oid::int8 AS oid, n.nspname::text AS schema, n.nspname::text AS name,
    format('CREATE SCHEMA IF NOT EXISTS %I', n.nspname) AS ddl
FROM pg_namespace n WHERE {_OURS}"""

_EXTENSIONS = """SELECT 'pg_extension' AS class, x.oid::int8 AS oid, n.nspname::text AS schema, x.extname::text AS name,
    format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %I', x.extname, n.nspname) AS ddl
FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace WHERE x.extname <> 'plpgsql'"""

_TYPES = f"""SELECT 'pg_type' AS class, t.oid::int8 AS oid, n.nspname::text AS schema, t.typname::text AS name,
    CASE t.typtype
    WHEN 'e' THEN format('CREATE TYPE %I.%I AS ENUM (%s)', n.nspname, t.typname, (
        SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
        FROM pg_enum e WHERE e.enumtypid = t.oid))
    WHEN 'd' THEN format('CREATE DOMAIN %I.%I AS %s%s%s%s', n.nspname, t.typname,
        format_type(t.typbasetype, t.typtypmod), ' DEFAULT ' || t.typdefault,
        CASE WHEN t.typnotnull THEN ' NOT NULL' END, (
        SELECT string_agg(format(' CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), '' ORDER BY k.conname)
        FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'))
    WHEN 'r' THEN format('CREATE TYPE %I.%I AS RANGE (SUBTYPE = %s)', n.nspname, t.typname, (
        SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid))
    ELSE format('CREATE DOMAIN %I.%I AS text', n.nspname, t.typname) END AS ddl,
    t.typtype = 'b' AS stands_in
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'b' AND t.typcategory <> 'A') AND {_OURS}"""

_COMPOSITES = f"""SELECT 'pg_class' AS class, c.oid::int8 AS oid, n.nspname::text AS schema, c.relname::text AS name,
    format('CREATE TYPE %s AS (%s)', c.oid::regclass, (
        SELECT string_agg(format('%I %s', a.attname, {_TYPE}), ', ' ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) AS ddl
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'c' AND {_OURS}"""

_SEQUENCES = f"""SELECT 'pg_class' AS class, c.oid::int8 AS oid, n.nspname::text AS schema, c.relname::text AS name,
    format('CREATE SEQUENCE %s AS %s', c.oid::regclass, format_type(s.seqtypid, NULL)) AS ddl
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_OURS}
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')"""

_TABLES = f"""SELECT 'pg_class' AS class, c.oid::int8 AS oid, n.nspname::text AS schema, c.relname::text AS name,
    format('CREATE TABLE %s %s%s', c.oid::regclass,
        CASE WHEN c.relispartition
             THEN format('PARTITION OF %s %s', (SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = c.oid)::regclass,
                         pg_get_expr(c.relpartbound, c.oid))
             ELSE format(E'(%s\\n)%s', {_COLUMNS}, (
                 SELECT format(' INHERITS (%s)', string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno))
                 FROM pg_inherits i WHERE i.inhrelid = c.oid HAVING count(*) > 0)) END,
        CASE WHEN c.relkind = 'p' THEN ' PARTITION BY ' || pg_get_partkeydef(c.oid) END) AS ddl,
    c.relkind = 'f' AS stands_in
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'f') AND {_OURS}"""

_DEFAULTS = f"""SELECT 'pg_attrdef' AS class, ad.oid::int8 AS oid, n.nspname::text AS schema,
    c.relname || '.' || a.attname AS name,
    format('ALTER TABLE ONLY %s ALTER COLUMN %I SET DEFAULT %s', c.oid::regclass, a.attname,
           pg_get_expr(ad.adbin, ad.adrelid)) AS ddl
FROM pg_attrdef ad JOIN pg_attribute a ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
JOIN pg_class c ON c.oid = ad.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attgenerated = '' AND {_OURS} AND NOT ({_FREE})"""

_LANGUAGES = "('sql', 'plpgsql')"
_STUB = """format('CREATE %s %I.%I(%s)%s LANGUAGE plpgsql %s%s%s AS $stub$BEGIN%s END$stub$',
    CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, n.nspname, p.proname,
    pg_get_function_arguments(p.oid), ' RETURNS ' || pg_get_function_result(p.oid),
    CASE WHEN p.prokind <> 'p' THEN CASE p.provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END END,
    CASE WHEN p.proisstrict THEN ' STRICT' END, CASE WHEN p.prosecdef THEN ' SECURITY DEFINER' END,
    CASE WHEN p.prokind = 'p' OR p.prorettype = 'void'::regtype THEN ''
         WHEN p.prorettype = 'trigger'::regtype THEN ' RETURN NEW;'
         WHEN p.proretset OR p.proargmodes && ARRAY['o', 'b', 't']::"char"[] THEN ' RETURN;' ELSE ' RETURN NULL;' END)"""

_FUNCTIONS = f"""SELECT 'pg_proc' AS class, p.oid::int8 AS oid, n.nspname::text AS schema,
    format('%s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)) AS name,
    CASE WHEN l.lanname IN {_LANGUAGES} THEN rtrim(pg_get_functiondef(p.oid), E'\\n') ELSE {_STUB} END AS ddl,
    l.lanname NOT IN {_LANGUAGES} AS stands_in
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE {_OURS} AND p.prokind IN ('f', 'p') AND (l.lanname IN {_LANGUAGES} OR NOT EXISTS (
    SELECT FROM unnest(p.proargtypes::oid[] || p.prorettype) AS used(oid)
    WHERE used.oid IN ('internal'::regtype, 'cstring'::regtype, 'event_trigger'::regtype)))
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')"""

_VIEWS = f"""SELECT 'pg_class' AS class, c.oid::int8 AS oid, n.nspname::text AS schema, c.relname::text AS name,
    format(E'CREATE %s %s%s AS\\n%s', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, c.oid::regclass,
        CASE WHEN c.relkind = 'v' THEN ' WITH (' || nullif(array_to_string(c.reloptions, ', '), '') || ')' END,
        rtrim(pg_get_viewdef(c.oid), ';')) AS ddl
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND {_OURS}"""

_CONSTRAINTS = f"""SELECT 'pg_constraint' AS class, k.oid::int8 AS oid, n.nspname::text AS schema,
    c.relname || '.' || k.conname AS name,
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.oid::regclass, k.conname, pg_get_constraintdef(k.oid)) AS ddl
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conparentid = 0 AND k.conislocal AND {_OURS}"""

_INDEXES = f"""SELECT 'pg_class' AS class, c.oid::int8 AS oid, n.nspname::text AS schema, c.relname::text AS name,
    regexp_replace(pg_get_indexdef(c.oid), ' ON ONLY ', ' ON ') AS ddl
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT c.relispartition AND {_OURS}
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))"""

_TRIGGERS = f"""SELECT 'pg_trigger' AS class, g.oid::int8 AS oid, n.nspname::text AS schema, c.relname || '.' || g.tgname AS name,
    pg_get_triggerdef(g.oid) AS ddl
FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT g.tgisinternal AND g.tgparentid = 0 AND {_OURS}"""

_POLICIES = f"""SELECT 'pg_policy' AS class, p.oid::int8 AS oid, n.nspname::text AS schema, c.relname || '.' || p.polname AS name,
    format('CREATE POLICY %I ON %s%s FOR %s TO %s%s%s', p.polname, c.oid::regclass,
        CASE WHEN NOT p.polpermissive THEN ' AS RESTRICTIVE' END,
        CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
        (SELECT string_agg(CASE r.oid WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r.oid)) END, ', ')
         FROM unnest(p.polroles) AS r(oid)),
        ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
        ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') AS ddl,
    ARRAY(SELECT pg_get_userbyid(r.oid)::text FROM unnest(p.polroles) AS r(oid) WHERE r.oid <> 0) AS roles
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS}"""

OBJECTS: Final[Mapping[str, str]] = {
    "schema": _SCHEMAS,
    "extension": _EXTENSIONS,
    "type": _TYPES,
    "composite type": _COMPOSITES,
    "sequence": _SEQUENCES,
    "table": _TABLES,
    "function": _FUNCTIONS,
    "default": _DEFAULTS,
    "view": _VIEWS,
    "constraint": _CONSTRAINTS,
    "index": _INDEXES,
    "trigger": _TRIGGERS,
    "policy": _POLICIES,
}
"""Kind → question, in the order in which objects stand that do not need one another."""

STUBS: Final = f"""SELECT t.oid::int8 FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
JOIN pg_extension x ON x.oid = d.refobjid
WHERE t.typtype = 'b' AND t.typcategory <> 'A' AND {_OURS} AND x.extname <> ALL ($1)"""
"""Types of extensions that are not among those given."""

UNMADE: Final = f"""SELECT o.told, o.nspname::text FROM (
    SELECT 'pg_proc'::regclass AS class, p.oid, n.nspname, 'aggregate or window function ' || p.oid::regprocedure::text AS told
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prokind IN ('a', 'w')
    UNION ALL SELECT 'pg_operator'::regclass, o.oid, n.nspname, 'operator ' || o.oid::regoperator::text
    FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
    UNION ALL SELECT 'pg_cast'::regclass, k.oid, n.nspname,
        format('cast from %s to %s', format_type(k.castsource, NULL), format_type(k.casttarget, NULL))
    FROM pg_cast k JOIN pg_type t ON t.oid = k.casttarget JOIN pg_namespace n ON n.oid = t.typnamespace WHERE k.oid >= {FIRST}
    UNION ALL SELECT 'pg_collation'::regclass, l.oid, n.nspname, 'collation ' || l.oid::regcollation::text
    FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
    UNION ALL SELECT 'pg_ts_config'::regclass, t.oid, n.nspname, 'text search configuration ' || t.oid::regconfig::text
    FROM pg_ts_config t JOIN pg_namespace n ON n.oid = t.cfgnamespace
    UNION ALL SELECT 'pg_rewrite'::regclass, r.oid, n.nspname, format('rule %I on %s', r.rulename, c.oid::regclass)
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE r.rulename <> '_RETURN') AS o
WHERE o.oid >= {FIRST}
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype IN ('e', 'i')) ORDER BY 1"""
"""Objects that nothing here writes SQL for."""

MEMBERS: Final = """SELECT d.classid::regclass::text, d.objid::int8, x.extname::text, x.oid::int8
FROM pg_depend d JOIN pg_extension x ON x.oid = d.refobjid
WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass"""

NEEDS: Final = f"""SELECT d.classid::regclass::text, d.objid::int8, d.refclassid::regclass::text, d.refobjid::int8
FROM pg_depend d WHERE d.deptype <> 'e' AND d.objid >= {FIRST} AND d.refobjid >= {FIRST}
UNION ALL SELECT 'pg_class', c.oid::int8, 'pg_namespace', c.relnamespace::int8 FROM pg_class c
UNION ALL SELECT 'pg_proc', p.oid::int8, 'pg_namespace', p.pronamespace::int8 FROM pg_proc p
UNION ALL SELECT 'pg_type', t.oid::int8, 'pg_namespace', t.typnamespace::int8 FROM pg_type t
UNION ALL SELECT 'pg_extension', x.oid::int8, 'pg_namespace', x.extnamespace::int8 FROM pg_extension x"""
"""What needs what."""

ALIASES: Final = f"""SELECT 'pg_type', t.oid::int8, 'pg_class', t.typrelid::int8 FROM pg_type t WHERE t.typrelid <> 0
UNION ALL SELECT 'pg_type', t.typarray::int8, CASE WHEN t.typrelid <> 0 THEN 'pg_class' ELSE 'pg_type' END,
    (CASE WHEN t.typrelid <> 0 THEN t.typrelid ELSE t.oid END)::int8 FROM pg_type t WHERE t.typarray <> 0
UNION ALL SELECT 'pg_type', r.rngmultitypid::int8, 'pg_type', r.rngtypid::int8 FROM pg_range r
UNION ALL SELECT 'pg_rewrite', r.oid::int8, 'pg_class', r.ev_class::int8 FROM pg_rewrite r
UNION ALL SELECT 'pg_constraint', k.oid::int8, 'pg_type', k.contypid::int8 FROM pg_constraint k WHERE k.contypid <> 0
UNION ALL SELECT 'pg_class', k.conindid::int8, 'pg_constraint', k.oid::int8 FROM pg_constraint k
    WHERE k.contype IN ('p', 'u', 'x') AND k.conindid <> 0 AND k.conparentid = 0
UNION ALL SELECT 'pg_class', d.objid::int8, 'pg_class', d.refobjid::int8 FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i'
UNION ALL SELECT 'pg_attrdef', ad.oid::int8, 'pg_class', ad.adrelid::int8 FROM pg_attrdef ad
    JOIN pg_attribute a ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
    WHERE a.attgenerated <> '' OR {_FREE}"""
"""Objects that are parts of others: a table's row type, an array, a view's rule, the index of a key, a default in its table."""

_READING = "('SELECT', 'USAGE', 'EXECUTE')"
_GRANTEE = "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END"
_ROLE = "CASE a.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(a.grantee)::text END"

RIGHTS: Final = f"""
SELECT 'pg_class' AS class, c.oid::int8 AS oid, '' AS role,
    format('ALTER TABLE %s %s ROW LEVEL SECURITY', c.oid::regclass, f.word) AS ddl
FROM pg_class c CROSS JOIN (VALUES ('ENABLE'), ('FORCE')) AS f(word)
WHERE c.relkind IN ('r', 'p') AND CASE f.word WHEN 'ENABLE' THEN c.relrowsecurity ELSE c.relforcerowsecurity END
UNION ALL SELECT 'pg_class', d.objid::int8, '', format('ALTER SEQUENCE %s OWNED BY %s.%I', d.objid::regclass,
    d.refobjid::regclass, a.attname)
FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
UNION ALL SELECT 'pg_namespace', n.oid::int8, {_ROLE},
    format('GRANT %s ON SCHEMA %I TO %s', a.privilege_type, n.nspname, {_GRANTEE})
FROM pg_namespace n, aclexplode(n.nspacl) AS a WHERE a.privilege_type IN {_READING} AND a.grantee <> n.nspowner
UNION ALL SELECT 'pg_namespace', n.oid::int8, '', 'REVOKE ALL ON SCHEMA public FROM PUBLIC'
FROM pg_namespace n WHERE n.nspname = 'public' AND NOT EXISTS (SELECT FROM aclexplode(n.nspacl) AS a WHERE a.grantee = 0)
UNION ALL SELECT 'pg_class', c.oid::int8, {_ROLE}, format('GRANT %s ON %s%s TO %s', a.privilege_type,
    CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END, c.oid::regclass, {_GRANTEE})
FROM pg_class c, aclexplode(c.relacl) AS a
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND a.privilege_type IN {_READING} AND a.grantee <> c.relowner
UNION ALL SELECT 'pg_class', c.oid::int8, {_ROLE},
    format('GRANT %s (%s) ON %s TO %s', a.privilege_type, string_agg(quote_ident(t.attname), ', ' ORDER BY t.attnum),
           c.oid::regclass, {_GRANTEE})
FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND t.attacl IS NOT NULL AND NOT t.attisdropped,
    aclexplode(t.attacl) AS a WHERE a.privilege_type = 'SELECT' AND a.grantee <> c.relowner
GROUP BY c.oid, a.privilege_type, a.grantee
UNION ALL SELECT 'pg_proc', p.oid::int8, '', format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', p.oid::regprocedure)
FROM pg_proc p WHERE p.proacl IS NOT NULL AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) AS a WHERE a.grantee = 0)
UNION ALL SELECT 'pg_proc', p.oid::int8, {_ROLE}, format('GRANT EXECUTE ON ROUTINE %s TO %s', p.oid::regprocedure, {_GRANTEE})
FROM pg_proc p, aclexplode(p.proacl) AS a WHERE a.grantee <> p.proowner
ORDER BY 1, 4"""
"""
What may be read of an object, row security, and whose a sequence is, to be said when all objects are there.

``role`` is who it is for, empty for everybody.
"""

ROLES: Final = """SELECT r.rolname::text AS name, r.rolsuper AS super, r.rolbypassrls AS unhindered, r.rolinherit AS inherits,
    ARRAY(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
          WHERE m.member = r.oid ORDER BY 1) AS groups
FROM pg_roles r WHERE r.rolname !~ '^pg_' ORDER BY 1"""
"""Roles: never a password, and no one may log in."""

USABLE: Final = f"""SELECT n.nspname::text FROM pg_namespace n
WHERE {_OURS} AND has_schema_privilege(n.oid, 'USAGE') ORDER BY 1"""
"""Schemas that the login may use."""

KNOWN: Final = f"SELECT n.nspname::text FROM pg_namespace n WHERE {_OURS} ORDER BY 1"
"""All schemas but PostgreSQL's own."""
