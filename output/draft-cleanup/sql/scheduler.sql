-- Scheduler
-- Whether pg_cron is there, and how many of its jobs run.
-- Budget: 50 milliseconds.
-- Columns:
--   pg_cron: text; may be NULL
--   jobs: integer
--   active_jobs: integer

SELECT (SELECT extension.extversion FROM pg_catalog.pg_extension AS extension WHERE extension.extname = 'pg_cron') AS pg_cron,
       count(*) AS jobs,
       count(*) FILTER (WHERE job.active) AS active_jobs
FROM cron.job AS job;
