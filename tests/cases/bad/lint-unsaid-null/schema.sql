CREATE TABLE courses (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  created_by uuid NOT NULL,
  status text NOT NULL,
  generation_status text,
  created_at timestamptz NOT NULL
);
CREATE SCHEMA cron;
CREATE TABLE cron.job (
  jobid bigint PRIMARY KEY,
  schedule text NOT NULL,
  command text NOT NULL,
  nodename text NOT NULL,
  nodeport integer NOT NULL,
  database text NOT NULL,
  username text NOT NULL,
  active boolean NOT NULL,
  jobname text
);
CREATE TABLE cron.job_run_details (
  jobid bigint,
  runid bigint PRIMARY KEY,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);
