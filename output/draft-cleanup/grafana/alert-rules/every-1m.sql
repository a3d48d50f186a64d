-- heartbeat-main/A (alert)
SELECT a.value
FROM (SELECT NULLIF((SELECT q."answers" FROM (SELECT 1 AS answers) AS q LIMIT 1)::float8, 'NaN') AS "value") AS a
WHERE a.value IS NOT NULL;

-- watchdog/A (alert)
SELECT a.value
FROM (SELECT NULLIF((SELECT q."answers" FROM (SELECT 1 AS answers) AS q LIMIT 1)::float8, 'NaN') AS "value") AS a
WHERE a.value IS NOT NULL;
