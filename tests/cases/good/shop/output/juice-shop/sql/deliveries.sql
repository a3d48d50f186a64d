-- Time to deliver
-- Range: the last 30 days, in America/New_York.
-- Worth asking every 10 minutes.
-- Columns:
--   median: interval in s; may be NULL
--   slowest: interval in s; may be NULL
--   slow: integer

SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY o.delivered_at - o.placed_at) AS median,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY o.delivered_at - o.placed_at) AS slowest,
       count(*) FILTER (WHERE o.delivered_at - o.placed_at > INTERVAL '48 hours') AS slow
FROM shop.orders AS o
WHERE o.delivered_at IS NOT NULL AND (o.placed_at >= (now() AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York' AND o.placed_at < now());
