-- Revenue by day
-- Range: the last 30 days, in America/New_York.
-- Columns:
--   day: timestamp
--   revenue: number in EUR
--   orders: integer

SELECT b.day, COALESCE(sum(o.total), 0) AS revenue, count(o.number) AS orders
FROM (SELECT g AT TIME ZONE 'America/New_York' FROM generate_series(date_trunc('day', ((now() AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York') AT TIME ZONE 'America/New_York'), (now() - INTERVAL '1 microsecond') AT TIME ZONE 'America/New_York', INTERVAL '1 day') AS g) AS b(day)
LEFT JOIN shop.orders AS o ON date_trunc('day', o.placed_at, 'America/New_York') = b.day AND (o.placed_at >= (now() AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York' AND o.placed_at < now())
GROUP BY 1
ORDER BY 1;
