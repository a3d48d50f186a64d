-- trends/job-weeks (card)
WITH runs AS (
  SELECT date_trunc('week', run.start_time, 'Europe/Berlin') AS week, run.status, run.start_time, run.end_time
  FROM cron.job_run_details AS run
  JOIN cron.job AS job ON job.jobid = run.jobid
  WHERE job.jobname = 'cleanup-old-drafts-hourly' AND (run.start_time >= (((COALESCE(((now()) AT TIME ZONE 'Europe/Berlin' - INTERVAL '12 weeks') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin' - INTERVAL '1 week') AT TIME ZONE 'Europe/Berlin') AND run.start_time < now())
), weeks AS (
  -- 192 hours on is next week, whatever the clocks do
  SELECT b.week, LEAST(date_trunc('week', (b.week + INTERVAL '192 hours'), 'Europe/Berlin'), (now()), now()) AS ends
  FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('week', (COALESCE(((now()) AT TIME ZONE 'Europe/Berlin' - INTERVAL '12 weeks') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin'), (now() - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 week') AS g) AS b(week)
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
