-- overview/by_opening-pie (card)
SELECT q."shift" AS "shift", q."orders" AS "orders"
FROM (SELECT CASE WHEN (((extract(isodow FROM o.placed_at AT TIME ZONE 'America/New_York') IN (1, 2, 3, 4, 5, 6) AND (o.placed_at AT TIME ZONE 'America/New_York')::time >= TIME '08:00' AND (o.placed_at AT TIME ZONE 'America/New_York')::time < TIME '20:00'))) THEN 'open' ELSE 'closed' END AS shift, count(*) AS orders
FROM shop.orders AS o
WHERE (o.placed_at >= COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'America/New_York', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now())) AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York') AND o.placed_at < COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now()))
GROUP BY 1
ORDER BY 1) AS q;
