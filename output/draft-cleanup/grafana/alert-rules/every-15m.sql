-- old_drafts_pending/A (alert)
SELECT a.value
FROM (SELECT NULLIF((SELECT q."unused" FROM (WITH aged AS (
  SELECT c.created_at, (c.status = 'draft' AND c.generation_status IS NULL) AS unused,
         CASE WHEN c.created_at < now() - INTERVAL '24 hours' THEN 4
              WHEN c.created_at <= now() - INTERVAL '6 hours' THEN 3
              WHEN c.created_at <= now() - INTERVAL '1 hour' THEN 2
              ELSE 1 END AS position
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND TRUE
)
SELECT bucket.age,
       count(aged.position) AS drafts,
       count(*) FILTER (WHERE aged.unused) AS unused,
       count(*) FILTER (WHERE NOT aged.unused) AS materialized,
       round(100.0 * count(*) FILTER (WHERE aged.unused) / NULLIF(count(aged.position), 0), 2) AS unused_share,
       min(aged.created_at) AS oldest,
       max(aged.created_at) AS newest
FROM (VALUES (1, '< 1h'), (2, '1-6h'), (3, '6-24h'), (4, '> 24h')) AS bucket(position, age)
LEFT JOIN aged ON aged.position = bucket.position
GROUP BY bucket.position, bucket.age
ORDER BY bucket.position) AS q WHERE q."age"::text = '> 24h' LIMIT 1)::float8, 'NaN') AS "value") AS a
WHERE a.value IS NOT NULL;
