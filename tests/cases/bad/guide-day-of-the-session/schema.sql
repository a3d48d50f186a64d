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
GRANT USAGE ON SCHEMA cron TO dashboards;
GRANT SELECT ON cron.job, cron.job_run_details TO dashboards;
