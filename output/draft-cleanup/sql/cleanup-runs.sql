-- Last ten runs of the cleanup job
-- From the view cleanup_job_monitoring. A run that is under way has no end yet.
-- Worth asking every 5 minutes.
-- Budget: 50 milliseconds.
-- Columns:
--   started_at: timestamp
--   ended_at: timestamp; may be NULL
--   run: integer
--   status: text
--   seconds: number in s; may be NULL; healthy below 5 s, elevated from 5 s, high from 30 s
--   message: text; may be NULL
--   told: text

SELECT run.start_time AS started_at,
       run.end_time AS ended_at,
       run.runid AS run,
       run.status,
       round(extract(epoch FROM run.end_time - run.start_time), 2) AS seconds,
       run.return_message AS message,
       'Run ' || run.runid || ': ' || run.status AS told
FROM public.cleanup_job_monitoring AS run
WHERE run.runid IS NOT NULL
ORDER BY run.start_time DESC NULLS LAST, run.runid DESC;
