-- Current state of the drafts
-- Every draft that stands right now.
-- Filter Organization: all.
-- Worth asking every 5 minutes.
-- Budget: 100 milliseconds.
-- Columns:
--   total_drafts: integer; healthy below 20, elevated from 20, critical from 50
--   unused_drafts: integer; healthy below 10, elevated from 10, high from 20, critical from 50
--   active_drafts: integer (Something was generated from them.)
--   pollution: number in %; may be NULL; healthy below 10 %, elevated from 10 %, high from 30 %, critical from 50 %
--   created_last_hour: integer; healthy below 50, elevated from 50, high from 100
--   created_last_day: integer
--   created_last_week: integer
--   pending_cleanup: integer; healthy below 5, elevated from 5, high from 20, critical from 50
--   measured_at: timestamp

SELECT count(*) AS total_drafts,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused_drafts,
       count(*) FILTER (WHERE c.generation_status IS NOT NULL) AS active_drafts,
       round(100.0 * count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) / NULLIF(count(*), 0), 2) AS pollution,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '1 hour') AS created_last_hour,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '24 hours') AS created_last_day,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '7 days') AS created_last_week,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL AND c.created_at < now() - INTERVAL '24 hours')) AS pending_cleanup,
       now() AS measured_at
FROM public.courses AS c
WHERE (c.status = 'draft') AND TRUE;
