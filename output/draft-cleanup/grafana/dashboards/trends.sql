-- trends/weeks (panel)
SELECT q."week" AS "time", q."created" AS "created", q."used" AS "used"
FROM (WITH weeks AS (
  SELECT b.week,
         count(c.id) AS created,
         count(c.id) FILTER (WHERE NOT (c.status = 'draft' AND c.generation_status IS NULL)) AS used
  FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('week', (((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '2 weeks') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 week') AS g) AS b(week)
  LEFT JOIN public.courses AS c ON date_trunc('week', c.created_at, 'Europe/Berlin') = b.week
                               AND (c.created_at >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '2 weeks') AT TIME ZONE 'Europe/Berlin') AND c.created_at < $__timeTo()::timestamptz)
                               AND (c.status = 'draft') AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
  GROUP BY b.week
), compared AS (
  SELECT weeks.*, lag(created) OVER (ORDER BY week) AS created_before FROM weeks
)
SELECT w.week, w.created, w.used,
       round(100.0 * w.used / NULLIF(w.created, 0), 2) AS usage_rate,
       w.created_before,
       round(100.0 * (w.created - w.created_before) / NULLIF(w.created_before, 0), 2) AS change_on_week
FROM compared AS w
JOIN (SELECT ($__timeFrom()::timestamptz) AS first) AS shown ON w.week >= date_trunc('week', shown.first, 'Europe/Berlin')
WHERE w.week <= now()
ORDER BY w.week) AS q
ORDER BY 1;

-- trends/months (panel)
SELECT q."month" AS "time", q."drafts" AS "drafts", q."drafts_year_ago" AS "drafts_year_ago", q."published" AS "published", q."published_year_ago" AS "published_year_ago"
FROM (WITH months AS (
  SELECT b.month,
         count(c.id) FILTER (WHERE (c.status = 'draft')) AS drafts,
         count(c.id) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused,
         count(c.id) FILTER (WHERE c.status = 'published') AS published
  FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('month', (((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '13 months') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 month') AS g) AS b(month)
  LEFT JOIN public.courses AS c ON date_trunc('month', c.created_at, 'Europe/Berlin') = b.month
                               AND (c.created_at >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '13 months') AT TIME ZONE 'Europe/Berlin') AND c.created_at < $__timeTo()::timestamptz)
                               AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
  GROUP BY b.month
), compared AS (
  SELECT months.*, lag(drafts, 12) OVER (ORDER BY month) AS drafts_year_ago,
         lag(published, 12) OVER (ORDER BY month) AS published_year_ago
  FROM months
)
SELECT m.month, m.drafts, m.unused, m.published,
       round(100.0 * m.unused / NULLIF(m.drafts, 0), 2) AS pollution,
       m.drafts_year_ago,
       round(100.0 * (m.drafts - m.drafts_year_ago) / NULLIF(m.drafts_year_ago, 0), 1) AS drafts_on_year,
       m.published_year_ago,
       round(100.0 * (m.published - m.published_year_ago) / NULLIF(m.published_year_ago, 0), 1) AS published_on_year
FROM compared AS m
JOIN (SELECT ($__timeFrom()::timestamptz) AS first) AS shown ON m.month >= date_trunc('month', shown.first, 'Europe/Berlin')
WHERE m.month <= now()
ORDER BY m.month) AS q
ORDER BY 1;

-- trends/abandonment-lines (panel)
SELECT q."day" AS "time", q."abandonment_average" AS "abandonment_average"
FROM (WITH days AS (
  SELECT b.day,
         count(c.id) AS created,
         count(c.id) FILTER (WHERE NOT (c.status = 'draft' AND c.generation_status IS NULL)) AS used,
         count(c.id) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS abandoned,
         count(DISTINCT c.organization_id) AS organizations,
         count(DISTINCT c.created_by) AS users
  FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('day', (((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '8 days') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 day') AS g) AS b(day)
  LEFT JOIN public.courses AS c ON date_trunc('day', c.created_at, 'Europe/Berlin') = b.day
                               AND (c.created_at >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '8 days') AT TIME ZONE 'Europe/Berlin') AND c.created_at < $__timeTo()::timestamptz)
                               AND (c.status = 'draft') AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
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
JOIN (SELECT ($__timeFrom()::timestamptz) AS first) AS shown ON m.day >= date_trunc('day', shown.first, 'Europe/Berlin')
WHERE m.day <= now()
ORDER BY m.day) AS q
ORDER BY 1;

-- trends/people (panel)
SELECT q."day" AS "time", q."organizations" AS "organizations", q."users" AS "users"
FROM (WITH days AS (
  SELECT b.day,
         count(c.id) AS created,
         count(c.id) FILTER (WHERE NOT (c.status = 'draft' AND c.generation_status IS NULL)) AS used,
         count(c.id) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS abandoned,
         count(DISTINCT c.organization_id) AS organizations,
         count(DISTINCT c.created_by) AS users
  FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('day', (((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '8 days') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 day') AS g) AS b(day)
  LEFT JOIN public.courses AS c ON date_trunc('day', c.created_at, 'Europe/Berlin') = b.day
                               AND (c.created_at >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '8 days') AT TIME ZONE 'Europe/Berlin') AND c.created_at < $__timeTo()::timestamptz)
                               AND (c.status = 'draft') AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
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
JOIN (SELECT ($__timeFrom()::timestamptz) AS first) AS shown ON m.day >= date_trunc('day', shown.first, 'Europe/Berlin')
WHERE m.day <= now()
ORDER BY m.day) AS q
ORDER BY 1;

-- trends/month-table (panel)
WITH months AS (
  SELECT b.month,
         count(c.id) FILTER (WHERE (c.status = 'draft')) AS drafts,
         count(c.id) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused,
         count(c.id) FILTER (WHERE c.status = 'published') AS published
  FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('month', (((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '13 months') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 month') AS g) AS b(month)
  LEFT JOIN public.courses AS c ON date_trunc('month', c.created_at, 'Europe/Berlin') = b.month
                               AND (c.created_at >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '13 months') AT TIME ZONE 'Europe/Berlin') AND c.created_at < $__timeTo()::timestamptz)
                               AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
  GROUP BY b.month
), compared AS (
  SELECT months.*, lag(drafts, 12) OVER (ORDER BY month) AS drafts_year_ago,
         lag(published, 12) OVER (ORDER BY month) AS published_year_ago
  FROM months
)
SELECT m.month, m.drafts, m.unused, m.published,
       round(100.0 * m.unused / NULLIF(m.drafts, 0), 2) AS pollution,
       m.drafts_year_ago,
       round(100.0 * (m.drafts - m.drafts_year_ago) / NULLIF(m.drafts_year_ago, 0), 1) AS drafts_on_year,
       m.published_year_ago,
       round(100.0 * (m.published - m.published_year_ago) / NULLIF(m.published_year_ago, 0), 1) AS published_on_year
FROM compared AS m
JOIN (SELECT ($__timeFrom()::timestamptz) AS first) AS shown ON m.month >= date_trunc('month', shown.first, 'Europe/Berlin')
WHERE m.month <= now()
ORDER BY m.month;

-- trends/week-table (panel)
WITH weeks AS (
  SELECT b.week,
         count(c.id) AS created,
         count(c.id) FILTER (WHERE NOT (c.status = 'draft' AND c.generation_status IS NULL)) AS used
  FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('week', (((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '2 weeks') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 week') AS g) AS b(week)
  LEFT JOIN public.courses AS c ON date_trunc('week', c.created_at, 'Europe/Berlin') = b.week
                               AND (c.created_at >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '2 weeks') AT TIME ZONE 'Europe/Berlin') AND c.created_at < $__timeTo()::timestamptz)
                               AND (c.status = 'draft') AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
  GROUP BY b.week
), compared AS (
  SELECT weeks.*, lag(created) OVER (ORDER BY week) AS created_before FROM weeks
)
SELECT w.week, w.created, w.used,
       round(100.0 * w.used / NULLIF(w.created, 0), 2) AS usage_rate,
       w.created_before,
       round(100.0 * (w.created - w.created_before) / NULLIF(w.created_before, 0), 2) AS change_on_week
FROM compared AS w
JOIN (SELECT ($__timeFrom()::timestamptz) AS first) AS shown ON w.week >= date_trunc('week', shown.first, 'Europe/Berlin')
WHERE w.week <= now()
ORDER BY w.week;

-- trends/job-runs (panel)
SELECT q."day" AS "time", q."succeeded" AS "succeeded", q."failed" AS "failed"
FROM (SELECT b.day,
       count(run.runid) AS runs,
       count(*) FILTER (WHERE run.status = 'succeeded') AS succeeded,
       count(*) FILTER (WHERE run.status = 'failed') AS failed,
       round(100.0 * count(*) FILTER (WHERE run.status = 'succeeded')
             / NULLIF(count(*) FILTER (WHERE run.status IN ('succeeded', 'failed')), 0), 2) AS success_rate,
       round(avg(extract(epoch FROM run.end_time - run.start_time)), 2) AS mean_duration
FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('day', ($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 day') AS g) AS b(day)
LEFT JOIN (
  SELECT details.*, date_trunc('day', details.start_time, 'Europe/Berlin') AS day
  FROM (
    SELECT detail.runid, detail.status, detail.start_time, detail.end_time
    FROM cron.job_run_details AS detail
    JOIN cron.job AS job ON job.jobid = detail.jobid
    WHERE job.jobname = 'cleanup-old-drafts-hourly' AND (detail.start_time >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '1 day') AT TIME ZONE 'Europe/Berlin') AND detail.start_time < $__timeTo()::timestamptz)
  ) AS details
) AS run ON run.day = b.day
WHERE b.day <= now()
GROUP BY b.day
ORDER BY b.day) AS q
ORDER BY 1;

-- trends/job-duration (panel)
SELECT q."day" AS "time", q."mean_duration" AS "mean_duration"
FROM (SELECT b.day,
       count(run.runid) AS runs,
       count(*) FILTER (WHERE run.status = 'succeeded') AS succeeded,
       count(*) FILTER (WHERE run.status = 'failed') AS failed,
       round(100.0 * count(*) FILTER (WHERE run.status = 'succeeded')
             / NULLIF(count(*) FILTER (WHERE run.status IN ('succeeded', 'failed')), 0), 2) AS success_rate,
       round(avg(extract(epoch FROM run.end_time - run.start_time)), 2) AS mean_duration
FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('day', ($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 day') AS g) AS b(day)
LEFT JOIN (
  SELECT details.*, date_trunc('day', details.start_time, 'Europe/Berlin') AS day
  FROM (
    SELECT detail.runid, detail.status, detail.start_time, detail.end_time
    FROM cron.job_run_details AS detail
    JOIN cron.job AS job ON job.jobid = detail.jobid
    WHERE job.jobname = 'cleanup-old-drafts-hourly' AND (detail.start_time >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '1 day') AT TIME ZONE 'Europe/Berlin') AND detail.start_time < $__timeTo()::timestamptz)
  ) AS details
) AS run ON run.day = b.day
WHERE b.day <= now()
GROUP BY b.day
ORDER BY b.day) AS q
ORDER BY 1;

-- trends/job-weeks (panel)
WITH runs AS (
  SELECT date_trunc('week', run.start_time, 'Europe/Berlin') AS week, run.status, run.start_time, run.end_time
  FROM cron.job_run_details AS run
  JOIN cron.job AS job ON job.jobid = run.jobid
  WHERE job.jobname = 'cleanup-old-drafts-hourly' AND (run.start_time >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '1 week') AT TIME ZONE 'Europe/Berlin') AND run.start_time < $__timeTo()::timestamptz)
), weeks AS (
  -- 192 hours on is next week, whatever the clocks do
  SELECT b.week, LEAST(date_trunc('week', (b.week + INTERVAL '192 hours'), 'Europe/Berlin'), ($__timeTo()::timestamptz), now()) AS ends
  FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('week', ($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 week') AS g) AS b(week)
  WHERE b.week <= now()
), counted AS (
  SELECT weeks.week,
         floor(extract(epoch FROM weeks.ends - weeks.week) / 3600)::bigint AS expected,
         count(runs.start_time) AS runs,
         count(*) FILTER (WHERE runs.status = 'succeeded') AS succeeded,
         count(*) FILTER (WHERE runs.status = 'failed') AS failed,
         avg(extract(epoch FROM runs.end_time - runs.start_time)) AS seconds
  FROM weeks
  LEFT JOIN runs ON runs.week = weeks.week
  GROUP BY weeks.week, weeks.ends
), rated AS (
  SELECT counted.*, round(100.0 * succeeded / NULLIF(succeeded + failed, 0), 2) AS success_rate FROM counted
)
SELECT r.week, r.expected, r.runs, GREATEST(r.expected - r.runs, 0) AS missed, r.succeeded, r.failed, r.success_rate,
       round(r.seconds, 2) AS mean_duration,
       CASE WHEN r.runs = 0 THEN 'no runs' ELSE (CASE WHEN r.success_rate IS NULL THEN NULL WHEN r.success_rate < 95 THEN 'high' WHEN r.success_rate < 99 THEN 'elevated' ELSE 'healthy' END) END AS health
FROM rated AS r
ORDER BY r.week;

-- trends/job-days (panel)
SELECT b.day,
       count(run.runid) AS runs,
       count(*) FILTER (WHERE run.status = 'succeeded') AS succeeded,
       count(*) FILTER (WHERE run.status = 'failed') AS failed,
       round(100.0 * count(*) FILTER (WHERE run.status = 'succeeded')
             / NULLIF(count(*) FILTER (WHERE run.status IN ('succeeded', 'failed')), 0), 2) AS success_rate,
       round(avg(extract(epoch FROM run.end_time - run.start_time)), 2) AS mean_duration
FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('day', ($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 day') AS g) AS b(day)
LEFT JOIN (
  SELECT details.*, date_trunc('day', details.start_time, 'Europe/Berlin') AS day
  FROM (
    SELECT detail.runid, detail.status, detail.start_time, detail.end_time
    FROM cron.job_run_details AS detail
    JOIN cron.job AS job ON job.jobid = detail.jobid
    WHERE job.jobname = 'cleanup-old-drafts-hourly' AND (detail.start_time >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '1 day') AT TIME ZONE 'Europe/Berlin') AND detail.start_time < $__timeTo()::timestamptz)
  ) AS details
) AS run ON run.day = b.day
WHERE b.day <= now()
GROUP BY b.day
ORDER BY b.day;

-- trends/runs_per_day-number (panel)
SELECT h."time", h."runs"
FROM (SELECT q."day" AS "time", q."runs" AS "runs"
FROM (SELECT b.day,
       count(run.runid) AS runs,
       count(*) FILTER (WHERE run.status = 'succeeded') AS succeeded,
       count(*) FILTER (WHERE run.status = 'failed') AS failed,
       round(100.0 * count(*) FILTER (WHERE run.status = 'succeeded')
             / NULLIF(count(*) FILTER (WHERE run.status IN ('succeeded', 'failed')), 0), 2) AS success_rate,
       round(avg(extract(epoch FROM run.end_time - run.start_time)), 2) AS mean_duration
FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('day', ($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 day') AS g) AS b(day)
LEFT JOIN (
  SELECT details.*, date_trunc('day', details.start_time, 'Europe/Berlin') AS day
  FROM (
    SELECT detail.runid, detail.status, detail.start_time, detail.end_time
    FROM cron.job_run_details AS detail
    JOIN cron.job AS job ON job.jobid = detail.jobid
    WHERE job.jobname = 'cleanup-old-drafts-hourly' AND (detail.start_time >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '1 day') AT TIME ZONE 'Europe/Berlin') AND detail.start_time < $__timeTo()::timestamptz)
  ) AS details
) AS run ON run.day = b.day
WHERE b.day <= now()
GROUP BY b.day
ORDER BY b.day) AS q
UNION ALL
SELECT ($__timeTo()::timestamptz), (SELECT (SELECT q."runs" FROM (SELECT q.*, row_number() OVER () AS watchglass_row FROM (SELECT b.day,
       count(run.runid) AS runs,
       count(*) FILTER (WHERE run.status = 'succeeded') AS succeeded,
       count(*) FILTER (WHERE run.status = 'failed') AS failed,
       round(100.0 * count(*) FILTER (WHERE run.status = 'succeeded')
             / NULLIF(count(*) FILTER (WHERE run.status IN ('succeeded', 'failed')), 0), 2) AS success_rate,
       round(avg(extract(epoch FROM run.end_time - run.start_time)), 2) AS mean_duration
FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('day', ($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 day') AS g) AS b(day)
LEFT JOIN (
  SELECT details.*, date_trunc('day', details.start_time, 'Europe/Berlin') AS day
  FROM (
    SELECT detail.runid, detail.status, detail.start_time, detail.end_time
    FROM cron.job_run_details AS detail
    JOIN cron.job AS job ON job.jobid = detail.jobid
    WHERE job.jobname = 'cleanup-old-drafts-hourly' AND (detail.start_time >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Berlin' - INTERVAL '1 day') AT TIME ZONE 'Europe/Berlin') AND detail.start_time < $__timeTo()::timestamptz)
  ) AS details
) AS run ON run.day = b.day
WHERE b.day <= now()
GROUP BY b.day
ORDER BY b.day) AS q) AS q ORDER BY q.watchglass_row DESC LIMIT 1) AS "runs")) AS h
WHERE h."time" IS NOT NULL
ORDER BY 1;

-- trends/before_after_redis-table (panel)
WITH counted AS (
  SELECT 1 AS position, 'before Redis' AS period, 46::bigint AS drafts, 26::bigint AS unused,
         NULL::numeric AS minutes
  UNION ALL
  SELECT 2, 'since Redis', count(*), count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)), avg((extract(epoch FROM c.updated_at - c.created_at) / 60))
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND c.created_at >= TIMESTAMPTZ '2025-11-08T00:00:00+01:00' AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
  UNION ALL
  SELECT 3, 'whole database', count(*), count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)), avg((extract(epoch FROM c.updated_at - c.created_at) / 60))
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
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

-- trends/redis_consistency-table (panel)
WITH parted AS (
  SELECT c.id, c.created_at, (c.status = 'draft' AND c.generation_status IS NULL) AS unused, c.created_at >= TIMESTAMPTZ '2025-11-08T00:00:00+01:00' AS since
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
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

-- trends/filters/organization (variable)
SELECT coalesce(name::text, id::text) || CASE WHEN count(*) OVER (PARTITION BY coalesce(name::text, id::text)) > 1 AND coalesce(name::text, id::text) <> id::text THEN ' (' || id::text || ')' ELSE '' END AS "__text",
       id::text AS "__value"
FROM (SELECT DISTINCT id, name FROM public.organizations
      WHERE id IS NOT NULL) AS listed
ORDER BY 1;
