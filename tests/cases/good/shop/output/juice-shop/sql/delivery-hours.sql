-- Deliveries by hours taken
-- Range: the last 30 days, in America/New_York.
-- Columns:
--   hours: number in h

SELECT (extract(epoch FROM o.delivered_at - o.placed_at) / 3600)::float8 AS hours
FROM shop.orders AS o
WHERE o.delivered_at IS NOT NULL AND (o.placed_at >= (now() AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York' AND o.placed_at < now())
ORDER BY 1;
