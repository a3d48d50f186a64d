-- Failures and successes of the cleanup job in a row
-- Counted from the newest run that has ended.
-- Worth asking every 5 minutes.
-- Budget: 50 milliseconds.
-- Columns:
--   failures: integer; healthy below 1, elevated from 1, high from 3
--   successes: integer

WITH runs AS (
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
) AS newest;
