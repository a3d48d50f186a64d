INSERT INTO cron.job VALUES (1, '0 * * * *', 'cleanup-old-drafts-hourly', true);
-- Two runs of one day in UTC, of two days further east.
INSERT INTO cron.job_run_details (jobid, runid, status, start_time, end_time)
SELECT 1, hour, 'succeeded', at, at + INTERVAL '2 seconds'
FROM unnest(ARRAY[1, 23]) AS hour,
     LATERAL (SELECT date_trunc('day', now(), 'UTC') - INTERVAL '2 days' + hour * INTERVAL '1 hour' AS at) AS run;
