-- Cleanup job by day
-- Runs, successes and mean duration; 24 runs a day are expected. The last day is not over yet.
-- Range: the last 30 days, in Europe/Berlin.
-- Worth asking every 7 days.
-- Budget: 300 milliseconds.
-- Columns:
--   day: timestamp
--   runs: integer
--   succeeded: integer
--   failed: integer
--   success_rate: number in %; may be NULL; healthy from 99 %, elevated below 99 %, high below 95 %
--   mean_duration: number in s; may be NULL; healthy below 5 s, elevated from 5 s, high from 30 s

SELECT b.day,
       count(run.runid) AS runs,
       count(*) FILTER (WHERE run.status = 'succeeded') AS succeeded,
       count(*) FILTER (WHERE run.status = 'failed') AS failed,
       round(100.0 * count(*) FILTER (WHERE run.status = 'succeeded')
             / NULLIF(count(*) FILTER (WHERE run.status IN ('succeeded', 'failed')), 0), 2) AS success_rate,
       round(avg(extract(epoch FROM run.end_time - run.start_time)), 2) AS mean_duration
FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('day', ((now() AT TIME ZONE 'Europe/Berlin' - INTERVAL '30 days') AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'Europe/Berlin'), (now() - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 day') AS g) AS b(day)
LEFT JOIN (
  SELECT details.*, date_trunc('day', details.start_time, 'Europe/Berlin') AS day
  FROM (
    SELECT detail.runid, detail.status, detail.start_time, detail.end_time
    FROM cron.job_run_details AS detail
    JOIN cron.job AS job ON job.jobid = detail.jobid
    WHERE job.jobname = 'cleanup-old-drafts-hourly' AND (detail.start_time >= ((((now() AT TIME ZONE 'Europe/Berlin' - INTERVAL '30 days') AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'Europe/Berlin' - INTERVAL '1 day') AT TIME ZONE 'Europe/Berlin') AND detail.start_time < now())
  ) AS details
) AS run ON run.day = b.day
WHERE b.day <= now()
GROUP BY b.day
ORDER BY b.day;
