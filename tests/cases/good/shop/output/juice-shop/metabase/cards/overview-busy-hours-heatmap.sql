-- overview/busy_hours-heatmap (card)
SELECT q."hour" AS "hour", CASE q."weekday"::text WHEN '1' THEN 'Monday' WHEN '2' THEN 'Tuesday' WHEN '3' THEN 'Wednesday' WHEN '4' THEN 'Thursday' WHEN '5' THEN 'Friday' WHEN '6' THEN 'Saturday' WHEN '7' THEN 'Sunday' ELSE q."weekday"::text END AS "weekday", q."orders" AS "orders"
FROM (SELECT to_char(o.placed_at AT TIME ZONE 'America/New_York', 'HH24') AS hour,
       extract(isodow FROM o.placed_at AT TIME ZONE 'America/New_York')::int::text AS weekday,
       count(*) AS orders
FROM shop.orders AS o
WHERE (o.placed_at >= COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'America/New_York', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now())) AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York') AND o.placed_at < COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now()))
GROUP BY 1, 2
ORDER BY 1, 2) AS q;
