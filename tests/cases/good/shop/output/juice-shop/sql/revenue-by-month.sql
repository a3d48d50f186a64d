-- Revenue by month
-- Range: the last 6 months, in America/New_York.
-- Columns:
--   month: timestamp
--   revenue: number in EUR

SELECT b.month, COALESCE(sum(o.total), 0) AS revenue
FROM (SELECT g AT TIME ZONE 'America/New_York' FROM generate_series(date_trunc('month', ((now() AT TIME ZONE 'America/New_York' - INTERVAL '6 months') AT TIME ZONE 'America/New_York') AT TIME ZONE 'America/New_York'), (now() - INTERVAL '1 microsecond') AT TIME ZONE 'America/New_York', INTERVAL '1 month') AS g) AS b(month)
LEFT JOIN shop.orders AS o ON date_trunc('month', o.placed_at, 'America/New_York') = b.month AND (o.placed_at >= (now() AT TIME ZONE 'America/New_York' - INTERVAL '6 months') AT TIME ZONE 'America/New_York' AND o.placed_at < now())
GROUP BY 1
ORDER BY 1;
