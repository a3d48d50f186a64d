-- overview/delivery-number (card)
SELECT (SELECT extract(epoch FROM q."median") FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY o.delivered_at - o.placed_at) AS median,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY o.delivered_at - o.placed_at) AS slowest,
       count(*) FILTER (WHERE o.delivered_at - o.placed_at > INTERVAL '48 hours') AS slow
FROM shop.orders AS o
WHERE o.delivered_at IS NOT NULL AND (o.placed_at >= COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'America/New_York', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now())) AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York') AND o.placed_at < COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now()))) AS q LIMIT 1) AS "median";
