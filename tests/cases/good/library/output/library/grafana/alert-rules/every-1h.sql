-- overdue-busy/A (alert)
SELECT a.*
FROM (SELECT COALESCE(q."branch"::text, '') AS "branch", max(NULLIF(q."overdue"::float8, 'NaN')) AS "value"
FROM (SELECT l.branch, count(*) AS overdue, max(((now() AT TIME ZONE 'Europe/Lisbon')::date) - l.due) AS days_late
FROM loans AS l
WHERE (l.returned IS NULL AND l.due < ((now() AT TIME ZONE 'Europe/Lisbon')::date)) AND (l.branch::text IN ('b0', 'b2'))
GROUP BY 1
ORDER BY 2 DESC, 1) AS q
GROUP BY COALESCE(q."branch"::text, '')
HAVING max(NULLIF(q."overdue"::float8, 'NaN')) IS NOT NULL) AS a
ORDER BY a."value" DESC NULLS LAST, 1;

-- overdue-busy/S (alert)
SELECT COALESCE(s."branch", '') AS "branch", COALESCE(s."days_late", '') AS "days_late", 1::float8 AS "value"
FROM (SELECT 1) AS one LEFT JOIN (SELECT DISTINCT ON (1) COALESCE(q."branch"::text, '') AS "branch", (q."days_late"::text)::text AS "days_late", NULLIF(q."overdue"::float8, 'NaN') AS "watchglass_values"
FROM (SELECT l.branch, count(*) AS overdue, max(((now() AT TIME ZONE 'Europe/Lisbon')::date) - l.due) AS days_late
FROM loans AS l
WHERE (l.returned IS NULL AND l.due < ((now() AT TIME ZONE 'Europe/Lisbon')::date)) AND (l.branch::text IN ('b0', 'b2'))
GROUP BY 1
ORDER BY 2 DESC, 1) AS q
ORDER BY 1, NULLIF(q."overdue"::float8, 'NaN') DESC NULLS LAST) AS s ON true;

-- overdue-late/A (alert)
SELECT a.*
FROM (SELECT COALESCE(q."branch"::text, '') AS "branch", max(NULLIF(q."overdue"::float8, 'NaN')) AS "value"
FROM (SELECT l.branch, count(*) AS overdue, max(((now() AT TIME ZONE 'Europe/Lisbon')::date) - l.due) AS days_late
FROM loans AS l
WHERE (l.returned IS NULL AND l.due < ((now() AT TIME ZONE 'Europe/Lisbon')::date)) AND (l.branch::text IN ('b0', 'b2'))
GROUP BY 1
ORDER BY 2 DESC, 1) AS q
GROUP BY COALESCE(q."branch"::text, '')
HAVING max(NULLIF(q."overdue"::float8, 'NaN')) IS NOT NULL) AS a
ORDER BY a."value" DESC NULLS LAST, 1;

-- overdue-late/S (alert)
SELECT COALESCE(s."branch", '') AS "branch", COALESCE(s."days_late", '') AS "days_late", 1::float8 AS "value"
FROM (SELECT 1) AS one LEFT JOIN (SELECT DISTINCT ON (1) COALESCE(q."branch"::text, '') AS "branch", (q."days_late"::text)::text AS "days_late", NULLIF(q."overdue"::float8, 'NaN') AS "watchglass_values"
FROM (SELECT l.branch, count(*) AS overdue, max(((now() AT TIME ZONE 'Europe/Lisbon')::date) - l.due) AS days_late
FROM loans AS l
WHERE (l.returned IS NULL AND l.due < ((now() AT TIME ZONE 'Europe/Lisbon')::date)) AND (l.branch::text IN ('b0', 'b2'))
GROUP BY 1
ORDER BY 2 DESC, 1) AS q
ORDER BY 1, NULLIF(q."overdue"::float8, 'NaN') DESC NULLS LAST) AS s ON true;
