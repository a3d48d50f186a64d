-- Drafts by age
-- Unused drafts over 24 hours old should not exist, the job deletes them.
-- Filter Organization: all.
-- Worth asking every 15 minutes.
-- Budget: 100 milliseconds.
-- Columns:
--   age: text
--   drafts: integer
--   unused: integer
--   materialized: integer (Something was generated from them; the job keeps them.)
--   unused_share: number in %; may be NULL
--   oldest: timestamp; may be NULL
--   newest: timestamp; may be NULL

WITH aged AS (
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
ORDER BY bucket.position;
