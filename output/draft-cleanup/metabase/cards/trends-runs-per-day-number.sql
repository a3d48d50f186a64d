-- trends/runs_per_day-number (card)
SELECT (SELECT q."runs" FROM (SELECT q.*, row_number() OVER () AS watchglass_row FROM (SELECT b.day,
       count(run.runid) AS runs,
       count(*) FILTER (WHERE run.status = 'succeeded') AS succeeded,
       count(*) FILTER (WHERE run.status = 'failed') AS failed,
       round(100.0 * count(*) FILTER (WHERE run.status = 'succeeded')
             / NULLIF(count(*) FILTER (WHERE run.status IN ('succeeded', 'failed')), 0), 2) AS success_rate,
       round(avg(extract(epoch FROM run.end_time - run.start_time)), 2) AS mean_duration
FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('day', (COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'Europe/Berlin', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'Europe/Berlin', ]]now())) AT TIME ZONE 'Europe/Berlin' - INTERVAL '30 days') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin'), (COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'Europe/Berlin', ]]now()) - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 day') AS g) AS b(day)
LEFT JOIN (
  SELECT details.*, date_trunc('day', details.start_time, 'Europe/Berlin') AS day
  FROM (
    SELECT detail.runid, detail.status, detail.start_time, detail.end_time
    FROM cron.job_run_details AS detail
    JOIN cron.job AS job ON job.jobid = detail.jobid
    WHERE job.jobname = 'cleanup-old-drafts-hourly' AND (detail.start_time >= (((COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'Europe/Berlin', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'Europe/Berlin', ]]now())) AT TIME ZONE 'Europe/Berlin' - INTERVAL '30 days') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin' - INTERVAL '1 day') AT TIME ZONE 'Europe/Berlin') AND detail.start_time < COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'Europe/Berlin', ]]now()))
  ) AS details
) AS run ON run.day = b.day
WHERE b.day <= now()
GROUP BY b.day
ORDER BY b.day) AS q) AS q ORDER BY q.watchglass_row DESC LIMIT 1) AS "runs";
