-- Drafts before and since the Redis sessions
-- Since 2025-11-08 a draft reaches the database when something is generated from it; few of the later ones may be unused.
-- Filter Organization: all.
-- Worth asking every 7 days.
-- Budget: 150 milliseconds.
-- Columns:
--   period: text
--   drafts: integer
--   unused: integer
--   pollution: number in %; may be NULL; healthy below 10 %, elevated from 10 %, high from 30 %, critical from 50 %
--   newest_unused: text; may be NULL

WITH parted AS (
  SELECT c.id, c.created_at, (c.status = 'draft' AND c.generation_status IS NULL) AS unused, c.created_at >= TIMESTAMPTZ '2025-11-08T00:00:00+01:00' AS since
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND TRUE
)
SELECT part.period,
       count(parted.id) AS drafts,
       count(parted.id) FILTER (WHERE parted.unused) AS unused,
       round(100.0 * count(parted.id) FILTER (WHERE parted.unused) / NULLIF(count(parted.id), 0), 2) AS pollution,
       array_to_string((array_agg(parted.id ORDER BY parted.created_at DESC, parted.id)
                        FILTER (WHERE parted.unused))[1:5], ', ') AS newest_unused
FROM (VALUES (false, 'before Redis'), (true, 'since Redis')) AS part(since, period)
LEFT JOIN parted ON parted.since = part.since
GROUP BY part.since, part.period
ORDER BY part.since;
