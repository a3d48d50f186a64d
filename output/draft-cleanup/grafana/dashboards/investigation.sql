-- investigation/spike_sources-table (panel)
SELECT q."organization" AS "organization", q."drafts" AS "drafts", q."creators" AS "creators", q."newest" AS "newest"
FROM (SELECT o.id::text AS organization_id,
       o.name AS organization,
       count(*) AS drafts,
       count(DISTINCT c.created_by) AS creators,
       max(c.created_at) AS newest
FROM public.courses AS c
JOIN public.organizations AS o ON o.id = c.organization_id
WHERE (c.status = 'draft') AND c.created_at > now() - INTERVAL '1 hour'
  AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
GROUP BY o.id, o.name
ORDER BY 3 DESC, o.id
LIMIT 10) AS q;

-- investigation/suspicious_creators-table (panel)
SELECT COALESCE(c.created_by::text, 'nobody') AS creator,
       min(creator.email) AS email,
       count(*) AS drafts,
       count(DISTINCT c.organization_id) AS organizations,
       min(c.created_at) AS first_draft,
       max(c.created_at) AS last_draft
FROM public.courses AS c
LEFT JOIN auth.users AS creator ON creator.id = c.created_by
WHERE (c.status = 'draft') AND c.created_at > now() - INTERVAL '1 hour'
  AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
GROUP BY c.created_by
HAVING count(*) > 20
ORDER BY 3 DESC, 1
LIMIT 100;

-- investigation/recent_drafts-bar (panel)
SELECT q."state" AS "state", q."drafts" AS "drafts"
FROM (SELECT state.name AS state, count(c.id) AS drafts, max(c.created_at) AS newest
FROM (VALUES (1, 'unused'), (2, 'pending'), (3, 'processing'), (4, 'completed'), (5, 'failed')) AS state(position, name)
LEFT JOIN public.courses AS c ON COALESCE(c.generation_status::text, 'unused') = state.name
                             AND (c.status = 'draft') AND c.created_at > now() - INTERVAL '24 hours'
                             AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
GROUP BY state.position, state.name
ORDER BY state.position) AS q;

-- investigation/unused_average-table (panel)
SELECT round(count(*) FILTER (WHERE c.created_at < today.begins) / 7.0, 2) AS mean_of_week,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '24 hours') AS last_day
FROM (SELECT date_trunc('day', (now()), 'Europe/Berlin') AS begins) AS today
LEFT JOIN public.courses AS c
       ON (c.created_at AT TIME ZONE 'Europe/Berlin') >= (today.begins AT TIME ZONE 'Europe/Berlin') - INTERVAL '7 days'
      AND (c.status = 'draft' AND c.generation_status IS NULL) AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])));

-- investigation/traffic_by_shift-table (panel)
WITH hours AS (
  SELECT b.hour, count(c.id) AS drafts
  FROM (SELECT g FROM generate_series(date_trunc('hour', ($__timeFrom()::timestamptz), 'Europe/Berlin'), $__timeTo()::timestamptz - INTERVAL '1 microsecond', INTERVAL '1 hour') AS g) AS b(hour)
  LEFT JOIN public.courses AS c ON date_trunc('hour', c.created_at, 'Europe/Berlin') = b.hour AND (c.created_at >= $__timeFrom()::timestamptz AND c.created_at < $__timeTo()::timestamptz)
                               AND (c.status = 'draft') AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
  GROUP BY b.hour
), told AS (
  SELECT hours.drafts, CASE WHEN (((extract(isodow FROM hours.hour AT TIME ZONE 'Europe/Berlin') IN (1, 2, 3, 4, 5, 6, 7) AND (hours.hour AT TIME ZONE 'Europe/Berlin')::time >= TIME '09:00' AND (hours.hour AT TIME ZONE 'Europe/Berlin')::time < TIME '17:00'))) THEN 'peak, 9:00 to 17:00' ELSE 'off peak' END AS shift
  FROM hours
)
SELECT told.shift, count(*) AS hours, sum(told.drafts)::bigint AS drafts,
       round(avg(told.drafts), 2) AS mean_per_hour, max(told.drafts) AS most_per_hour
FROM told
GROUP BY told.shift
ORDER BY told.shift DESC;

-- investigation/hourly_traffic-heatmap (panel)
SELECT q."hour" AS "hour", CASE q."weekday"::text WHEN '1' THEN 'Monday' WHEN '2' THEN 'Tuesday' WHEN '3' THEN 'Wednesday' WHEN '4' THEN 'Thursday' WHEN '5' THEN 'Friday' WHEN '6' THEN 'Saturday' WHEN '7' THEN 'Sunday' ELSE q."weekday"::text END AS "weekday", q."created" AS "created"
FROM (WITH placed AS (
  SELECT extract(isodow FROM (c.created_at AT TIME ZONE 'Europe/Berlin'))::integer AS weekday,
         extract(hour FROM (c.created_at AT TIME ZONE 'Europe/Berlin'))::integer AS hour,
         (c.status = 'draft' AND c.generation_status IS NULL) AS unused
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND (c.created_at >= $__timeFrom()::timestamptz AND c.created_at < $__timeTo()::timestamptz) AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
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
ORDER BY weekday.n, hour.n) AS q;

-- investigation/system_health-table (panel)
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
WHERE (c.status = 'draft') AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])));

-- investigation/pending_audit-table (panel)
SELECT c.id AS course,
       c.title,
       o.name AS organization,
       creator.email AS created_by,
       c.created_at,
       now() - c.created_at AS age,
       COALESCE(c.generation_status::text, 'none') AS generation,
       CASE WHEN c.generation_status IS NULL THEN 'unused: the job should have deleted it'
            WHEN c.generation_status = 'failed' THEN 'its generation failed'
            WHEN c.generation_status = 'completed' THEN 'generated, but not published'
            ELSE 'its generation has not ended' END AS reason
FROM public.courses AS c
JOIN public.organizations AS o ON o.id = c.organization_id
LEFT JOIN auth.users AS creator ON creator.id = c.created_by
WHERE (c.status = 'draft') AND c.created_at < now() - INTERVAL '24 hours'
  AND (cardinality(array_remove(ARRAY[${organization}]::text[], NULL)) = 0 OR c.organization_id IN (SELECT id FROM public.organizations WHERE id::text = ANY (ARRAY[${organization}]::text[])))
ORDER BY (c.generation_status IS NULL) DESC, c.created_at, c.id
LIMIT 500;

-- investigation/scheduled_jobs-table (panel)
SELECT q."job" AS "job", q."name" AS "name", q."schedule" AS "schedule", CASE q."active"::text WHEN 'true' THEN 'yes' WHEN 'false' THEN 'no' ELSE q."active"::text END AS "active", q."last_run" AS "last_run", CASE q."last_status"::text WHEN 'succeeded' THEN 'Succeeded' WHEN 'failed' THEN 'Failed' WHEN 'running' THEN 'Running' WHEN 'starting' THEN 'Starting' WHEN 'sending' THEN 'Sending' WHEN 'connecting' THEN 'Connecting' ELSE q."last_status"::text END AS "last_status", q."last_message" AS "last_message"
FROM (SELECT job.jobid AS job,
       COALESCE(job.jobname, 'job ' || job.jobid) AS name,
       job.schedule, job.active,
       newest.start_time AS last_run,
       newest.status AS last_status,
       newest.return_message AS last_message
FROM cron.job AS job
LEFT JOIN LATERAL (
  SELECT run.start_time, run.status, run.return_message
  FROM cron.job_run_details AS run
  WHERE run.jobid = job.jobid
  ORDER BY run.start_time DESC NULLS LAST, run.runid DESC
  LIMIT 1
) AS newest ON true
ORDER BY job.jobid) AS q;

-- investigation/scheduler-table (panel)
SELECT (SELECT extension.extversion FROM pg_catalog.pg_extension AS extension WHERE extension.extname = 'pg_cron') AS pg_cron,
       count(*) AS jobs,
       count(*) FILTER (WHERE job.active) AS active_jobs
FROM cron.job AS job;

-- investigation/failed-runs (panel)
SELECT run.start_time AS started_at, run.end_time AS ended_at, run.runid AS run,
       COALESCE(NULLIF(run.return_message, ''), 'no message') AS message
FROM cron.job_run_details AS run
JOIN cron.job AS job ON job.jobid = run.jobid
WHERE job.jobname = 'cleanup-old-drafts-hourly' AND run.status = 'failed' AND (run.start_time >= $__timeFrom()::timestamptz AND run.start_time < $__timeTo()::timestamptz)
ORDER BY run.start_time DESC, run.runid DESC
LIMIT 200;

-- investigation/filters/organization (variable)
SELECT coalesce(name::text, id::text) || CASE WHEN count(*) OVER (PARTITION BY coalesce(name::text, id::text)) > 1 AND coalesce(name::text, id::text) <> id::text THEN ' (' || id::text || ')' ELSE '' END AS "__text",
       id::text AS "__value"
FROM (SELECT DISTINCT id, name FROM public.organizations
      WHERE id IS NOT NULL) AS listed
ORDER BY 1;
