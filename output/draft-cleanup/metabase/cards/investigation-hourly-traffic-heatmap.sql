-- investigation/hourly_traffic-heatmap (card)
SELECT q."hour" AS "hour", CASE q."weekday"::text WHEN '1' THEN 'Monday' WHEN '2' THEN 'Tuesday' WHEN '3' THEN 'Wednesday' WHEN '4' THEN 'Thursday' WHEN '5' THEN 'Friday' WHEN '6' THEN 'Saturday' WHEN '7' THEN 'Sunday' ELSE q."weekday"::text END AS "weekday", q."created" AS "created"
FROM (WITH placed AS (
  SELECT extract(isodow FROM (c.created_at AT TIME ZONE 'Europe/Berlin'))::integer AS weekday,
         extract(hour FROM (c.created_at AT TIME ZONE 'Europe/Berlin'))::integer AS hour,
         (c.status = 'draft' AND c.generation_status IS NULL) AS unused
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND (c.created_at >= COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'Europe/Berlin', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'Europe/Berlin', ]]now())) AT TIME ZONE 'Europe/Berlin' - INTERVAL '7 days') AT TIME ZONE 'Europe/Berlin') AND c.created_at < COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'Europe/Berlin', ]]now())) AND (TRUE [[AND c.organization_id IN (SELECT id FROM public.organizations WHERE {{organization}})]])
)
SELECT weekday.n::text AS weekday,
       lpad(hour.n::text, 2, '0') AS hour,
       count(placed.hour) AS created,
       count(*) FILTER (WHERE NOT placed.unused) AS materialized,
       round(100.0 * count(*) FILTER (WHERE NOT placed.unused) / NULLIF(count(placed.hour), 0), 1) AS rate
FROM generate_series(1, 7) AS weekday(n)
CROSS JOIN generate_series(0, 23) AS hour(n)
LEFT JOIN placed ON placed.weekday = weekday.n AND placed.hour = hour.n
GROUP BY weekday.n, hour.n
ORDER BY weekday.n, hour.n) AS q;
