-- Drafts by day
-- Drafts of each day as they stand now: used where something was generated from them, else left behind. Drafts that the job has deleted since are in no day. The last day is not over yet.
-- Range: the last 30 days, in Europe/Berlin.
-- Filter Organization: all.
-- Worth asking every 1 day.
-- Budget: 300 milliseconds.
-- Columns:
--   day: timestamp
--   created: integer
--   used: integer
--   abandoned: integer
--   usage_rate: number in %; may be NULL
--   abandonment_rate: number in %; may be NULL
--   organizations: integer
--   users: integer
--   created_average: number in /d; healthy below 20 /d, elevated from 20 /d
--   abandoned_average: number in /d
--   usage_average: number in %; may be NULL; healthy from 80 %, elevated below 80 %, high below 43 %
--   abandonment_average: number in %; may be NULL; healthy below 20 %, elevated from 20 %, high from 57 %
--   change_on_day: number in %; may be NULL

WITH days AS (
  SELECT b.day,
         count(c.id) AS created,
         count(c.id) FILTER (WHERE NOT (c.status = 'draft' AND c.generation_status IS NULL)) AS used,
         count(c.id) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS abandoned,
         count(DISTINCT c.organization_id) AS organizations,
         count(DISTINCT c.created_by) AS users
  FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('day', (((((now() AT TIME ZONE 'Europe/Berlin' - INTERVAL '30 days') AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'Europe/Berlin' - INTERVAL '8 days') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin'), (now() - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 day') AS g) AS b(day)
  LEFT JOIN public.courses AS c ON date_trunc('day', c.created_at, 'Europe/Berlin') = b.day
                               AND (c.created_at >= ((((now() AT TIME ZONE 'Europe/Berlin' - INTERVAL '30 days') AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'Europe/Berlin' - INTERVAL '8 days') AT TIME ZONE 'Europe/Berlin') AND c.created_at < now())
                               AND (c.status = 'draft') AND TRUE
  GROUP BY b.day
), moving AS (
  SELECT days.*,
         avg(created) OVER week AS created_average,
         avg(abandoned) OVER week AS abandoned_average,
         100.0 * sum(used) OVER week / NULLIF(sum(created) OVER week, 0) AS usage_average,
         created - lag(created) OVER (ORDER BY day) AS created_more,
         lag(created) OVER (ORDER BY day) AS created_before
  FROM days
  WINDOW week AS (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)
)
SELECT m.day, m.created, m.used, m.abandoned,
       round(100.0 * m.used / NULLIF(m.created, 0), 2) AS usage_rate,
       round(100.0 * m.abandoned / NULLIF(m.created, 0), 2) AS abandonment_rate,
       m.organizations, m.users,
       round(m.created_average, 2) AS created_average,
       round(m.abandoned_average, 2) AS abandoned_average,
       round(m.usage_average, 2) AS usage_average,
       round(100 - m.usage_average, 2) AS abandonment_average,
       round(100.0 * m.created_more / NULLIF(m.created_before, 0), 2) AS change_on_day
FROM moving AS m
JOIN (SELECT ((now() AT TIME ZONE 'Europe/Berlin' - INTERVAL '30 days') AT TIME ZONE 'Europe/Berlin') AS first) AS shown ON m.day >= date_trunc('day', shown.first, 'Europe/Berlin')
WHERE m.day <= now()
ORDER BY m.day;
