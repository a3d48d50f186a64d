CREATE SCHEMA cron;
CREATE TABLE cron.job (jobid bigint PRIMARY KEY, schedule text NOT NULL, jobname text, active boolean NOT NULL);
CREATE TABLE cron.job_run_details (
  jobid bigint,
  runid bigint PRIMARY KEY,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);
CREATE ROLE dashboards NOLOGIN;
CREATE VIEW public.cleanup_job_monitoring AS
SELECT job.jobname, job.schedule, job.active, run.status, run.return_message, run.start_time, run.end_time
FROM cron.job
JOIN cron.job_run_details AS run ON run.jobid = job.jobid
ORDER BY run.start_time DESC
LIMIT 10;
GRANT SELECT ON public.cleanup_job_monitoring TO dashboards;
-- Until here the view reads with its owner's rights, and the dashboards see it.
ALTER VIEW public.cleanup_job_monitoring SET (security_invoker = true);
