-- overview/delivery_hours-histogram (card)
SELECT q."hours" AS "hours"
FROM (SELECT (extract(epoch FROM o.delivered_at - o.placed_at) / 3600)::float8 AS hours
FROM shop.orders AS o
WHERE o.delivered_at IS NOT NULL AND (o.placed_at >= COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'America/New_York', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now())) AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York') AND o.placed_at < COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now()))
ORDER BY 1) AS q;
