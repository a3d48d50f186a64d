-- investigation/traffic_by_shift-table (card)
WITH hours AS (
  SELECT b.hour, count(c.id) AS drafts
  FROM (SELECT g FROM generate_series(date_trunc('hour', (COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'Europe/Berlin', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'Europe/Berlin', ]]now())) AT TIME ZONE 'Europe/Berlin' - INTERVAL '7 days') AT TIME ZONE 'Europe/Berlin')), 'Europe/Berlin'), COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'Europe/Berlin', ]]now()) - INTERVAL '1 microsecond', INTERVAL '1 hour') AS g) AS b(hour)
  LEFT JOIN public.courses AS c ON date_trunc('hour', c.created_at, 'Europe/Berlin') = b.hour AND (c.created_at >= COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'Europe/Berlin', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'Europe/Berlin', ]]now())) AT TIME ZONE 'Europe/Berlin' - INTERVAL '7 days') AT TIME ZONE 'Europe/Berlin') AND c.created_at < COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'Europe/Berlin', ]]now()))
                               AND (c.status = 'draft') AND (TRUE [[AND c.organization_id IN (SELECT id FROM public.organizations WHERE {{organization}})]])
  GROUP BY b.hour
), told AS (
  SELECT hours.drafts, CASE WHEN (((extract(isodow FROM hours.hour AT TIME ZONE 'Europe/Berlin') IN (1, 2, 3, 4, 5, 6, 7) AND (hours.hour AT TIME ZONE 'Europe/Berlin')::time >= TIME '09:00' AND (hours.hour AT TIME ZONE 'Europe/Berlin')::time < TIME '17:00'))) THEN 'peak, 9:00 to 17:00' ELSE 'off peak' END AS shift
  FROM hours
)
SELECT told.shift, count(*) AS hours, sum(told.drafts)::bigint AS drafts,
       round(avg(told.drafts), 2) AS mean_per_hour, max(told.drafts) AS most_per_hour
FROM told
GROUP BY told.shift
ORDER BY told.shift DESC;
