-- What the Redis sessions changed
-- Against the baseline of 2025-11-08 (46 drafts, 26 of them unused); improvement is how much smaller the pollution is.
-- Filter Organization: all.
-- Worth asking every 1 month.
-- Budget: 200 milliseconds.
-- Columns:
--   period: text
--   drafts: integer
--   unused: integer
--   pollution: number in %; may be NULL; healthy below 10 %, elevated from 10 %, high from 30 %, critical from 50 %
--   mean_minutes: number in min; may be NULL
--   improvement: number in %; may be NULL

WITH counted AS (
  SELECT 1 AS position, 'before Redis' AS period, 46::bigint AS drafts, 26::bigint AS unused,
         NULL::numeric AS minutes
  UNION ALL
  SELECT 2, 'since Redis', count(*), count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)), avg((extract(epoch FROM c.updated_at - c.created_at) / 60))
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND c.created_at >= TIMESTAMPTZ '2025-11-08T00:00:00+01:00' AND TRUE
  UNION ALL
  SELECT 3, 'whole database', count(*), count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)), avg((extract(epoch FROM c.updated_at - c.created_at) / 60))
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND TRUE
), rated AS (
  SELECT counted.*, 100.0 * unused / NULLIF(drafts, 0) AS pollution FROM counted
)
SELECT r.period, r.drafts, r.unused,
       round(r.pollution, 2) AS pollution,
       round(r.minutes, 1) AS mean_minutes,
       round(100 * (1 - r.pollution / NULLIF(base.pollution, 0)), 1) AS improvement
FROM rated AS r
CROSS JOIN (SELECT rated.pollution FROM rated WHERE rated.position = 1) AS base
ORDER BY r.position;
