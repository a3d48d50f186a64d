-- Cleanup job over the range
-- Runs that have ended; the mean duration leaves out those that have not.
-- Range: the last 7 days, in Europe/Berlin.
-- Worth asking every 5 minutes.
-- Budget: 100 milliseconds.
-- Columns:
--   runs: integer
--   failed: integer
--   success_rate: number in %; may be NULL
--   mean_duration: number in s; may be NULL

SELECT count(*) AS runs,
       count(*) FILTER (WHERE run.status = 'failed') AS failed,
       round(100.0 * count(*) FILTER (WHERE run.status = 'succeeded') / NULLIF(count(*), 0), 2) AS success_rate,
       round(avg(extract(epoch FROM run.end_time - run.start_time)), 2) AS mean_duration
FROM cron.job_run_details AS run
JOIN cron.job AS job ON job.jobid = run.jobid
WHERE job.jobname = 'cleanup-old-drafts-hourly' AND run.status IN ('succeeded', 'failed') AND (run.start_time >= (now() AT TIME ZONE 'Europe/Berlin' - INTERVAL '7 days') AT TIME ZONE 'Europe/Berlin' AND run.start_time < now());
