-- investigation/failed-runs (card)
SELECT run.start_time AS started_at, run.end_time AS ended_at, run.runid AS run,
       COALESCE(NULLIF(run.return_message, ''), 'no message') AS message
FROM cron.job_run_details AS run
JOIN cron.job AS job ON job.jobid = run.jobid
WHERE job.jobname = 'cleanup-old-drafts-hourly' AND run.status = 'failed' AND (run.start_time >= COALESCE(((now()) AT TIME ZONE 'Europe/Berlin' - INTERVAL '30 days') AT TIME ZONE 'Europe/Berlin') AND run.start_time < now())
ORDER BY run.start_time DESC, run.runid DESC
LIMIT 200;
