-- report/job_gap-number (card)
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
