-- overview/revenue-bars (card)
SELECT q."day" AS "day", q."revenue" AS "revenue"
FROM (SELECT b.day, COALESCE(sum(o.total), 0) AS revenue, count(o.number) AS orders
FROM (SELECT g AT TIME ZONE 'America/New_York' FROM generate_series(date_trunc('day', (COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'America/New_York', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now())) AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York')) AT TIME ZONE 'America/New_York'), (COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now()) - INTERVAL '1 microsecond') AT TIME ZONE 'America/New_York', INTERVAL '1 day') AS g) AS b(day)
LEFT JOIN shop.orders AS o ON date_trunc('day', o.placed_at, 'America/New_York') = b.day AND (o.placed_at >= COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'America/New_York', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now())) AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York') AND o.placed_at < COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now()))
GROUP BY 1
ORDER BY 1) AS q
ORDER BY 1;
