-- Drafts by weekday and hour
-- When people work; every hour of the week stands there, quiet ones too.
-- Range: the last 7 days, in Europe/Berlin.
-- Filter Organization: all.
-- Worth asking every 7 days.
-- Budget: 250 milliseconds.
-- Columns:
--   weekday: text
--   hour: text
--   created: integer
--   materialized: integer
--   rate: number in %; may be NULL

WITH placed AS (
  SELECT extract(isodow FROM (c.created_at AT TIME ZONE 'Europe/Berlin'))::integer AS weekday,
         extract(hour FROM (c.created_at AT TIME ZONE 'Europe/Berlin'))::integer AS hour,
         (c.status = 'draft' AND c.generation_status IS NULL) AS unused
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND (c.created_at >= (now() AT TIME ZONE 'Europe/Berlin' - INTERVAL '7 days') AT TIME ZONE 'Europe/Berlin' AND c.created_at < now()) AND TRUE
)
SELECT weekday.n::text AS weekday,
       lpad(hour.n::text, 2, '0') AS hour,
       count(placed.hour) AS created,
       count(*) FILTER (WHERE NOT placed.unused) AS materialized,
       round(100.0 * count(*) FILTER (WHERE NOT placed.unused) / NULLIF(count(placed.hour), 0), 1) AS rate
FROM generate_series(1, 7) AS weekday(n)
CROSS JOIN generate_series(0, 23) AS hour(n)
LEFT JOIN placed ON placed.weekday = weekday.n AND placed.hour = hour.n
GROUP BY weekday.n, hour.n
ORDER BY weekday.n, hour.n;
