-- draft_pollution_high/A (alert)
SELECT COALESCE(NULLIF((SELECT q."pollution" FROM (SELECT count(*) AS total_drafts,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused_drafts,
       count(*) FILTER (WHERE c.generation_status IS NOT NULL) AS active_drafts,
       round(100.0 * count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) / NULLIF(count(*), 0), 2) AS pollution,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '1 hour') AS created_last_hour,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '24 hours') AS created_last_day,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '7 days') AS created_last_week,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL AND c.created_at < now() - INTERVAL '24 hours')) AS pending_cleanup,
       now() AS measured_at
FROM public.courses AS c
WHERE (c.status = 'draft') AND TRUE) AS q LIMIT 1)::float8, 'NaN'), 0) AS "value";

-- cleanup_job_stalled/A (alert)
SELECT COALESCE(NULLIF((SELECT q."hours_since_last_run" FROM (WITH state AS (
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
FROM timed) AS q LIMIT 1)::float8, 'NaN'), 999) AS "value";

-- cleanup_job_stalled/B (alert)
SELECT COALESCE(NULLIF((SELECT q."hours_since_success" FROM (WITH state AS (
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
FROM timed) AS q LIMIT 1)::float8, 'NaN'), 999) AS "value";

-- cleanup_job_stalled/S (alert)
SELECT COALESCE(s."health", '') AS "health", COALESCE(s."active", '') AS "active", COALESCE(s."schedule", '') AS "schedule", COALESCE(s."last_run", '') AS "last_run", COALESCE(s."last_success", '') AS "last_success", COALESCE(s."next_run", '') AS "next_run", COALESCE(s."minutes_to_next", '') AS "minutes_to_next", 1::float8 AS "value"
FROM (SELECT 1) AS one LEFT JOIN (SELECT (q."health"::text)::text AS "health", (q."active"::text)::text AS "active", (q."schedule"::text)::text AS "schedule", to_char(q."last_run"::timestamptz AT TIME ZONE 'Europe/Berlin', 'YYYY-MM-DD HH24:MI') AS "last_run", to_char(q."last_success"::timestamptz AT TIME ZONE 'Europe/Berlin', 'YYYY-MM-DD HH24:MI') AS "last_success", to_char(q."next_run"::timestamptz AT TIME ZONE 'Europe/Berlin', 'YYYY-MM-DD HH24:MI') AS "next_run", (q."minutes_to_next"::text)::text AS "minutes_to_next" FROM (WITH state AS (
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
FROM timed) AS q LIMIT 1) AS s ON true;

-- cleanup_job_failures/A (alert)
SELECT a.value
FROM (SELECT NULLIF((SELECT q."failures" FROM (WITH runs AS (
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
) AS newest) AS q LIMIT 1)::float8, 'NaN') AS "value") AS a
WHERE a.value IS NOT NULL;

-- cleanup_job_failures/B (alert)
SELECT NULLIF((SELECT q."successes" FROM (WITH runs AS (
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
) AS newest) AS q LIMIT 1)::float8, 'NaN') AS "value";

-- old_drafts_many/A (alert)
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

-- draft_traffic_spike/A (alert)
SELECT a.value
FROM (SELECT NULLIF((SELECT q."created_last_hour" FROM (SELECT count(*) AS total_drafts,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused_drafts,
       count(*) FILTER (WHERE c.generation_status IS NOT NULL) AS active_drafts,
       round(100.0 * count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) / NULLIF(count(*), 0), 2) AS pollution,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '1 hour') AS created_last_hour,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '24 hours') AS created_last_day,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '7 days') AS created_last_week,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL AND c.created_at < now() - INTERVAL '24 hours')) AS pending_cleanup,
       now() AS measured_at
FROM public.courses AS c
WHERE (c.status = 'draft') AND TRUE) AS q LIMIT 1)::float8, 'NaN') AS "value") AS a
WHERE a.value IS NOT NULL;

-- organization_flood/A (alert)
SELECT a.*
FROM (SELECT COALESCE(q."organization_id"::text, '') AS "organization_id", max(NULLIF(q."unused"::float8, 'NaN')) AS "value"
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
WHERE TRUE
GROUP BY o.id, o.name
HAVING count(*) FILTER (WHERE (c.status = 'draft')) > 0
ORDER BY 3 DESC, 5 DESC, o.id
LIMIT 10) AS q
GROUP BY COALESCE(q."organization_id"::text, '')
HAVING max(NULLIF(q."unused"::float8, 'NaN')) IS NOT NULL) AS a
ORDER BY a."value" DESC NULLS LAST, 1
LIMIT 10;

-- organization_flood/S (alert)
SELECT COALESCE(s."organization_id", '') AS "organization_id", COALESCE(s."organization", '') AS "organization", COALESCE(s."drafts", '') AS "drafts", COALESCE(s."creators", '') AS "creators", COALESCE(s."newest_draft", '') AS "newest_draft", 1::float8 AS "value"
FROM (SELECT 1) AS one LEFT JOIN (SELECT a.*
FROM (SELECT DISTINCT ON (1) COALESCE(q."organization_id"::text, '') AS "organization_id", (q."organization"::text)::text AS "organization", (q."drafts"::text)::text AS "drafts", (q."creators"::text)::text AS "creators", to_char(q."newest_draft"::timestamptz AT TIME ZONE 'Europe/Berlin', 'YYYY-MM-DD HH24:MI') AS "newest_draft", NULLIF(q."unused"::float8, 'NaN') AS "watchglass_values"
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
WHERE TRUE
GROUP BY o.id, o.name
HAVING count(*) FILTER (WHERE (c.status = 'draft')) > 0
ORDER BY 3 DESC, 5 DESC, o.id
LIMIT 10) AS q
ORDER BY 1, NULLIF(q."unused"::float8, 'NaN') DESC NULLS LAST) AS a
ORDER BY a."watchglass_values" DESC NULLS LAST, 1
LIMIT 10) AS s ON true;
