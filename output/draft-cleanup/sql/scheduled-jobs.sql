-- Scheduled jobs
-- Every job of pg_cron with its newest run; one that never ran stands there, too.
-- Budget: 100 milliseconds.
-- Columns:
--   job: integer
--   name: text
--   schedule: text
--   active: boolean
--   last_run: timestamp; may be NULL
--   last_status: text; may be NULL
--   last_message: text; may be NULL

SELECT job.jobid AS job,
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
ORDER BY job.jobid;
