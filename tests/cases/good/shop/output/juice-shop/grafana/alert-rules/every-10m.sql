-- slow_deliveries/A (alert)
SELECT a.value
FROM (SELECT NULLIF((SELECT extract(epoch FROM q."median") FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY o.delivered_at - o.placed_at) AS median,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY o.delivered_at - o.placed_at) AS slowest,
       count(*) FILTER (WHERE o.delivered_at - o.placed_at > INTERVAL '48 hours') AS slow
FROM shop.orders AS o
WHERE o.delivered_at IS NOT NULL AND (o.placed_at >= $__timeFrom()::timestamptz AND o.placed_at < $__timeTo()::timestamptz)) AS q LIMIT 1)::float8, 'NaN') AS "value") AS a
WHERE a.value IS NOT NULL;
