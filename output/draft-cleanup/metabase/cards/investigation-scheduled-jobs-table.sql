-- investigation/scheduled_jobs-table (card)
SELECT q."job" AS "job", q."name" AS "name", q."schedule" AS "schedule", CASE q."active"::text WHEN 'true' THEN 'yes' WHEN 'false' THEN 'no' ELSE q."active"::text END AS "active", q."last_run" AS "last_run", CASE q."last_status"::text WHEN 'succeeded' THEN 'Succeeded' WHEN 'failed' THEN 'Failed' WHEN 'running' THEN 'Running' WHEN 'starting' THEN 'Starting' WHEN 'sending' THEN 'Sending' WHEN 'connecting' THEN 'Connecting' ELSE q."last_status"::text END AS "last_status", q."last_message" AS "last_message"
FROM (SELECT job.jobid AS job,
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
ORDER BY job.jobid) AS q;
