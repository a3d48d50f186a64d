-- investigation/scheduler-table (card)
SELECT (SELECT extension.extversion FROM pg_catalog.pg_extension AS extension WHERE extension.extname = 'pg_cron') AS pg_cron,
       count(*) AS jobs,
       count(*) FILTER (WHERE job.active) AS active_jobs
FROM cron.job AS job;
