-- Unused drafts a day over 7 days
-- The mean of the last seven whole days, which one busy hour does not move; beside it the last 24 hours.
-- Filter Organization: all.
-- Worth asking every 1 hour.
-- Budget: 100 milliseconds.
-- Columns:
--   mean_of_week: number in /d
--   last_day: integer

SELECT round(count(*) FILTER (WHERE c.created_at < today.begins) / 7.0, 2) AS mean_of_week,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '24 hours') AS last_day
FROM (SELECT date_trunc('day', (now()), 'Europe/Berlin') AS begins) AS today
LEFT JOIN public.courses AS c
       ON (c.created_at AT TIME ZONE 'Europe/Berlin') >= (today.begins AT TIME ZONE 'Europe/Berlin') - INTERVAL '7 days'
      AND (c.status = 'draft' AND c.generation_status IS NULL) AND TRUE;
