-- overview/total_drafts-gauge (panel)
SELECT (SELECT q."total_drafts" FROM (SELECT count(*) AS total_drafts,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused_drafts,
       count(*) FILTER (WHERE c.generation_status IS NOT NULL) AS active_drafts,
       round(100.0 * count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) / NULLIF(count(*), 0), 2) AS pollution,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '1 hour') AS created_last_hour,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '24 hours') AS created_last_day,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '7 days') AS created_last_week,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL AND c.created_at < now() - INTERVAL '24 hours')) AS pending_cleanup,
       now() AS measured_at
FROM public.courses AS c
WHERE (c.status = 'draft') AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))) AS q LIMIT 1) AS "total_drafts";

-- overview/pollution-gauge (panel)
SELECT COALESCE((SELECT q."pollution" FROM (SELECT count(*) AS total_drafts,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused_drafts,
       count(*) FILTER (WHERE c.generation_status IS NOT NULL) AS active_drafts,
       round(100.0 * count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) / NULLIF(count(*), 0), 2) AS pollution,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '1 hour') AS created_last_hour,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '24 hours') AS created_last_day,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '7 days') AS created_last_week,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL AND c.created_at < now() - INTERVAL '24 hours')) AS pending_cleanup,
       now() AS measured_at
FROM public.courses AS c
WHERE (c.status = 'draft') AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))) AS q LIMIT 1), 0) AS "pollution";

-- overview/unused_drafts-number (panel)
SELECT (SELECT q."unused_drafts" FROM (SELECT count(*) AS total_drafts,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused_drafts,
       count(*) FILTER (WHERE c.generation_status IS NOT NULL) AS active_drafts,
       round(100.0 * count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) / NULLIF(count(*), 0), 2) AS pollution,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '1 hour') AS created_last_hour,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '24 hours') AS created_last_day,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '7 days') AS created_last_week,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL AND c.created_at < now() - INTERVAL '24 hours')) AS pending_cleanup,
       now() AS measured_at
FROM public.courses AS c
WHERE (c.status = 'draft') AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))) AS q LIMIT 1) AS "unused_drafts";

-- overview/old_drafts-number (panel)
SELECT (SELECT q."unused" FROM (WITH aged AS (
  SELECT c.created_at, (c.status = 'draft' AND c.generation_status IS NULL) AS unused,
         CASE WHEN c.created_at < now() - INTERVAL '24 hours' THEN 4
              WHEN c.created_at <= now() - INTERVAL '6 hours' THEN 3
              WHEN c.created_at <= now() - INTERVAL '1 hour' THEN 2
              ELSE 1 END AS position
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
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
ORDER BY bucket.position) AS q WHERE q."age"::text = '> 24h' LIMIT 1) AS "unused";

-- overview/job_gap-number (panel)
SELECT COALESCE((SELECT q."hours_since_last_run" FROM (WITH state AS (
  SELECT wanted.jobname, job.jobid, job.schedule, COALESCE(job.active, false) AS active, ran.last_run, ran.last_success,
         CASE WHEN job.active THEN
           substring(job.schedule FROM '^([0-9]{1,2}) [*] [*] [*] [*]')::integer * INTERVAL '1 minute'
         END AS minute
  FROM (SELECT 'cleanup-old-drafts-hourly' AS jobname) AS wanted
  LEFT JOIN cron.job AS job ON job.jobname = wanted.jobname
  LEFT JOIN LATERAL (
    SELECT max(run.start_time) AS last_run, max(run.end_time) FILTER (WHERE run.status = 'succeeded') AS last_success
    FROM cron.job_run_details AS run
    WHERE run.jobid = job.jobid
  ) AS ran ON true
  ORDER BY ran.last_run DESC NULLS LAST, job.jobid
  LIMIT 1
), timed AS (
  SELECT state.*,
         extract(epoch FROM now() - state.last_run) / 3600 AS hours_since_last_run,
         extract(epoch FROM now() - state.last_success) / 3600 AS hours_since_success,
         date_bin(INTERVAL '1 hour', now() - state.minute, TIMESTAMPTZ '2000-01-01 00:00:00+00')
           + INTERVAL '1 hour' + state.minute AS next_run
  FROM state
)
SELECT timed.jobname,
       CASE WHEN timed.jobid IS NULL THEN 'missing'
            WHEN NOT timed.active THEN 'switched off'
            WHEN timed.last_run IS NULL THEN 'never ran'
            ELSE (CASE WHEN timed.hours_since_last_run IS NULL THEN NULL WHEN timed.hours_since_last_run < 1.5 THEN 'healthy' WHEN timed.hours_since_last_run < 2 THEN 'elevated' ELSE 'critical' END) END AS health,
       timed.schedule, timed.active, timed.last_run, timed.last_success, timed.next_run,
       round(timed.hours_since_last_run, 4) AS hours_since_last_run,
       round(timed.hours_since_success, 4) AS hours_since_success,
       round(extract(epoch FROM timed.next_run - now()) / 60, 1) AS minutes_to_next
FROM timed) AS q LIMIT 1), 999) AS "hours_since_last_run";

-- overview/traffic-number (panel)
SELECT (SELECT q."created_last_hour" FROM (SELECT count(*) AS total_drafts,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused_drafts,
       count(*) FILTER (WHERE c.generation_status IS NOT NULL) AS active_drafts,
       round(100.0 * count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) / NULLIF(count(*), 0), 2) AS pollution,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '1 hour') AS created_last_hour,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '24 hours') AS created_last_day,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '7 days') AS created_last_week,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL AND c.created_at < now() - INTERVAL '24 hours')) AS pending_cleanup,
       now() AS measured_at
FROM public.courses AS c
WHERE (c.status = 'draft') AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))) AS q LIMIT 1) AS "created_last_hour";

-- overview/cleanup_job-table (panel)
SELECT q."jobname" AS "jobname", q."health" AS "health", CASE q."active"::text WHEN 'true' THEN 'yes' WHEN 'false' THEN 'no' ELSE q."active"::text END AS "active", q."schedule" AS "schedule", q."last_run" AS "last_run", q."last_success" AS "last_success", q."next_run" AS "next_run", q."minutes_to_next" AS "minutes_to_next"
FROM (WITH state AS (
  SELECT wanted.jobname, job.jobid, job.schedule, COALESCE(job.active, false) AS active, ran.last_run, ran.last_success,
         CASE WHEN job.active THEN
           substring(job.schedule FROM '^([0-9]{1,2}) [*] [*] [*] [*]')::integer * INTERVAL '1 minute'
         END AS minute
  FROM (SELECT 'cleanup-old-drafts-hourly' AS jobname) AS wanted
  LEFT JOIN cron.job AS job ON job.jobname = wanted.jobname
  LEFT JOIN LATERAL (
    SELECT max(run.start_time) AS last_run, max(run.end_time) FILTER (WHERE run.status = 'succeeded') AS last_success
    FROM cron.job_run_details AS run
    WHERE run.jobid = job.jobid
  ) AS ran ON true
  ORDER BY ran.last_run DESC NULLS LAST, job.jobid
  LIMIT 1
), timed AS (
  SELECT state.*,
         extract(epoch FROM now() - state.last_run) / 3600 AS hours_since_last_run,
         extract(epoch FROM now() - state.last_success) / 3600 AS hours_since_success,
         date_bin(INTERVAL '1 hour', now() - state.minute, TIMESTAMPTZ '2000-01-01 00:00:00+00')
           + INTERVAL '1 hour' + state.minute AS next_run
  FROM state
)
SELECT timed.jobname,
       CASE WHEN timed.jobid IS NULL THEN 'missing'
            WHEN NOT timed.active THEN 'switched off'
            WHEN timed.last_run IS NULL THEN 'never ran'
            ELSE (CASE WHEN timed.hours_since_last_run IS NULL THEN NULL WHEN timed.hours_since_last_run < 1.5 THEN 'healthy' WHEN timed.hours_since_last_run < 2 THEN 'elevated' ELSE 'critical' END) END AS health,
       timed.schedule, timed.active, timed.last_run, timed.last_success, timed.next_run,
       round(timed.hours_since_last_run, 4) AS hours_since_last_run,
       round(timed.hours_since_success, 4) AS hours_since_success,
       round(extract(epoch FROM timed.next_run - now()) / 60, 1) AS minutes_to_next
FROM timed) AS q;

-- overview/daily (panel)
SELECT q."day" AS "time", q."created" AS "created", q."used" AS "used", q."abandoned" AS "abandoned"
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

-- overview/ages (panel)
SELECT q."age" AS "age", q."unused" AS "unused", q."materialized" AS "materialized"
FROM (WITH aged AS (
  SELECT c.created_at, (c.status = 'draft' AND c.generation_status IS NULL) AS unused,
         CASE WHEN c.created_at < now() - INTERVAL '24 hours' THEN 4
              WHEN c.created_at <= now() - INTERVAL '6 hours' THEN 3
              WHEN c.created_at <= now() - INTERVAL '1 hour' THEN 2
              ELSE 1 END AS position
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
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
ORDER BY bucket.position) AS q;

-- overview/top (panel)
SELECT q."organization" AS "organization", q."unused" AS "unused", q."drafts" AS "drafts", q."pollution" AS "pollution"
FROM (SELECT o.id::text AS organization_id,
       o.name AS organization,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused,
       count(*) FILTER (WHERE (c.status = 'draft') AND c.generation_status IS NOT NULL) AS materialized,
       count(*) FILTER (WHERE (c.status = 'draft')) AS drafts,
       round(100.0 * count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL))
             / NULLIF(count(*) FILTER (WHERE (c.status = 'draft')), 0), 2) AS pollution,
       count(*) FILTER (WHERE c.status = 'published') AS published,
       count(DISTINCT c.created_by) FILTER (WHERE (c.status = 'draft')) AS creators,
       max(c.created_at) FILTER (WHERE (c.status = 'draft')) AS newest_draft,
       min(c.created_at) FILTER (WHERE (c.status = 'draft')) AS oldest_draft
FROM public.courses AS c
JOIN public.organizations AS o ON o.id = c.organization_id
WHERE (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
GROUP BY o.id, o.name
HAVING count(*) FILTER (WHERE (c.status = 'draft')) > 0
ORDER BY 3 DESC, 5 DESC, o.id
LIMIT 10) AS q
LIMIT 5;

-- overview/usage-lines (panel)
SELECT q."day" AS "time", q."usage_average" AS "usage_average"
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

-- overview/drafts_per_day-lines (panel)
SELECT q."day" AS "time", q."created_average" AS "created_average"
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

-- overview/sessions (panel)
SELECT q."duration" AS "duration", q."completed" AS "completed", q."abandoned" AS "abandoned"
FROM (WITH sessions AS (
  SELECT (extract(epoch FROM c.updated_at - c.created_at) / 60) AS minutes, (c.status = 'draft' AND c.generation_status IS NULL) AS unused
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND (c.created_at >= $__timeFrom()::timestamptz AND c.created_at < $__timeTo()::timestamptz) AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
)
SELECT stretch.duration,
       count(s.minutes) AS sessions,
       count(*) FILTER (WHERE NOT s.unused) AS completed,
       count(*) FILTER (WHERE s.unused) AS abandoned,
       round(100.0 * count(*) FILTER (WHERE NOT s.unused) / NULLIF(count(s.minutes), 0), 2) AS completion,
       round(avg(s.minutes), 1) AS mean_minutes,
       round(min(s.minutes), 1) AS min_minutes,
       round(max(s.minutes), 1) AS max_minutes
FROM (VALUES (1, 'under 1 min', 0, 1), (2, '1-5 min', 1, 5), (3, '5-15 min', 5, 15), (4, '15-60 min', 15, 60),
             (5, 'over 60 min', 60, NULL)) AS stretch(position, duration, low, high)
LEFT JOIN sessions AS s ON s.minutes >= stretch.low AND (s.minutes < stretch.high OR stretch.high IS NULL)
GROUP BY stretch.position, stretch.duration
ORDER BY stretch.position) AS q;

-- overview/job_success-number (panel)
SELECT (SELECT q."success_rate" FROM (SELECT count(*) AS runs,
       count(*) FILTER (WHERE run.status = 'failed') AS failed,
       round(100.0 * count(*) FILTER (WHERE run.status = 'succeeded') / NULLIF(count(*), 0), 2) AS success_rate,
       round(avg(extract(epoch FROM run.end_time - run.start_time)), 2) AS mean_duration
FROM cron.job_run_details AS run
JOIN cron.job AS job ON job.jobid = run.jobid
WHERE job.jobname = 'cleanup-old-drafts-hourly' AND run.status IN ('succeeded', 'failed') AND (run.start_time >= $__timeFrom()::timestamptz AND run.start_time < $__timeTo()::timestamptz)) AS q LIMIT 1) AS "success_rate";

-- overview/run_duration-number (panel)
SELECT (SELECT q."mean_duration" FROM (SELECT count(*) AS runs,
       count(*) FILTER (WHERE run.status = 'failed') AS failed,
       round(100.0 * count(*) FILTER (WHERE run.status = 'succeeded') / NULLIF(count(*), 0), 2) AS success_rate,
       round(avg(extract(epoch FROM run.end_time - run.start_time)), 2) AS mean_duration
FROM cron.job_run_details AS run
JOIN cron.job AS job ON job.jobid = run.jobid
WHERE job.jobname = 'cleanup-old-drafts-hourly' AND run.status IN ('succeeded', 'failed') AND (run.start_time >= $__timeFrom()::timestamptz AND run.start_time < $__timeTo()::timestamptz)) AS q LIMIT 1) AS "mean_duration";

-- overview/failures_in_a_row-number (panel)
SELECT (SELECT q."failures" FROM (WITH runs AS (
  SELECT run.status, row_number() OVER (ORDER BY run.start_time DESC, run.runid DESC) AS back
  FROM cron.job_run_details AS run
  JOIN cron.job AS job ON job.jobid = run.jobid
  WHERE job.jobname = 'cleanup-old-drafts-hourly' AND run.status IN ('succeeded', 'failed')
    AND run.start_time > now() - INTERVAL '7 days'
)
SELECT count(*) FILTER (WHERE back < COALESCE(last_success, back + 1)) AS failures,
       count(*) FILTER (WHERE back < COALESCE(last_failure, back + 1)) AS successes
FROM runs
CROSS JOIN (
  SELECT min(back) FILTER (WHERE status = 'succeeded') AS last_success,
         min(back) FILTER (WHERE status = 'failed') AS last_failure
  FROM runs
) AS newest) AS q LIMIT 1) AS "failures";

-- overview/missed_runs-number (panel)
SELECT h."time", h."missed"
FROM (SELECT q."week" AS "time", q."missed" AS "missed"
FROM (WITH runs AS (
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
ORDER BY r.week) AS q
UNION ALL
SELECT ($__timeTo()::timestamptz), (SELECT (SELECT q."missed" FROM (SELECT q.*, row_number() OVER () AS watchglass_row FROM (WITH runs AS (
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
ORDER BY r.week) AS q) AS q ORDER BY q.watchglass_row DESC LIMIT 1) AS "missed")) AS h
WHERE h."time" IS NOT NULL
ORDER BY 1;

-- overview/recent_failures-logs (panel)
SELECT q."started_at" AS "time", q."message" AS "message", q."ended_at" AS "ended_at", q."run" AS "run"
FROM (SELECT run.start_time AS started_at, run.end_time AS ended_at, run.runid AS run,
       COALESCE(NULLIF(run.return_message, ''), 'no message') AS message
FROM cron.job_run_details AS run
JOIN cron.job AS job ON job.jobid = run.jobid
WHERE job.jobname = 'cleanup-old-drafts-hourly' AND run.status = 'failed' AND (run.start_time >= $__timeFrom()::timestamptz AND run.start_time < $__timeTo()::timestamptz)
ORDER BY run.start_time DESC, run.runid DESC
LIMIT 200) AS q
ORDER BY 1 DESC;

-- overview/cleanup_runs-table (panel)
SELECT q."started_at" AS "started_at", q."run" AS "run", CASE q."status"::text WHEN 'succeeded' THEN 'Succeeded' WHEN 'failed' THEN 'Failed' WHEN 'running' THEN 'Running' WHEN 'starting' THEN 'Starting' WHEN 'sending' THEN 'Sending' WHEN 'connecting' THEN 'Connecting' ELSE q."status"::text END AS "status", q."seconds" AS "seconds", q."message" AS "message"
FROM (SELECT run.start_time AS started_at,
       run.end_time AS ended_at,
       run.runid AS run,
       run.status,
       round(extract(epoch FROM run.end_time - run.start_time), 2) AS seconds,
       run.return_message AS message,
       'Run ' || run.runid || ': ' || run.status AS told
FROM public.cleanup_job_monitoring AS run
WHERE run.runid IS NOT NULL
ORDER BY run.start_time DESC NULLS LAST, run.runid DESC) AS q;

-- overview/filters/organization (variable)
SELECT coalesce(name::text, id::text) || CASE WHEN count(*) OVER (PARTITION BY coalesce(name::text, id::text)) > 1 AND coalesce(name::text, id::text) <> id::text THEN ' (' || id::text || ')' ELSE '' END AS "__text",
       id::text AS "__value"
FROM (SELECT DISTINCT id, name FROM public.organizations
      WHERE id IS NOT NULL) AS listed
ORDER BY 1;

-- overview/annotations/failed_runs (annotation)
SELECT q."started_at" AS "time", q."ended_at" AS "timeend", q."message"::text AS "text"
FROM (SELECT run.start_time AS started_at, run.end_time AS ended_at, run.runid AS run,
       COALESCE(NULLIF(run.return_message, ''), 'no message') AS message
FROM cron.job_run_details AS run
JOIN cron.job AS job ON job.jobid = run.jobid
WHERE job.jobname = 'cleanup-old-drafts-hourly' AND run.status = 'failed' AND (run.start_time >= $__timeFrom()::timestamptz AND run.start_time < $__timeTo()::timestamptz)
ORDER BY run.start_time DESC, run.runid DESC
LIMIT 200) AS q
ORDER BY 1;

-- overview/annotations/last_runs (annotation)
SELECT q."started_at" AS "time", q."ended_at" AS "timeend", q."told"::text AS "text"
FROM (SELECT run.start_time AS started_at,
       run.end_time AS ended_at,
       run.runid AS run,
       run.status,
       round(extract(epoch FROM run.end_time - run.start_time), 2) AS seconds,
       run.return_message AS message,
       'Run ' || run.runid || ': ' || run.status AS told
FROM public.cleanup_job_monitoring AS run
WHERE run.runid IS NOT NULL
ORDER BY run.start_time DESC NULLS LAST, run.runid DESC) AS q
ORDER BY 1;
