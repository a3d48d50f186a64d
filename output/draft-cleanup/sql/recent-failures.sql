-- Failed runs of the cleanup job
-- The newest 200 of the range, each with what pg_cron was told.
-- Range: the last 7 days, in Europe/Berlin.
-- Budget: 100 milliseconds.
-- Columns:
--   started_at: timestamp
--   ended_at: timestamp; may be NULL
--   run: integer
--   message: text

SELECT run.start_time AS started_at, run.end_time AS ended_at, run.runid AS run,
       COALESCE(NULLIF(run.return_message, ''), 'no message') AS message
FROM cron.job_run_details AS run
JOIN cron.job AS job ON job.jobid = run.jobid
WHERE job.jobname = 'cleanup-old-drafts-hourly' AND run.status = 'failed' AND (run.start_time >= (now() AT TIME ZONE 'Europe/Berlin' - INTERVAL '7 days') AT TIME ZONE 'Europe/Berlin' AND run.start_time < now())
ORDER BY run.start_time DESC, run.runid DESC
LIMIT 200;
