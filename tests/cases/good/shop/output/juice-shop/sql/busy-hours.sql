-- Orders by weekday and hour
-- Range: the last 30 days, in America/New_York.
-- Columns:
--   hour: text
--   weekday: text
--   orders: integer

SELECT to_char(o.placed_at AT TIME ZONE 'America/New_York', 'HH24') AS hour,
       extract(isodow FROM o.placed_at AT TIME ZONE 'America/New_York')::int::text AS weekday,
       count(*) AS orders
FROM shop.orders AS o
WHERE (o.placed_at >= (now() AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York' AND o.placed_at < now())
GROUP BY 1, 2
ORDER BY 1, 2;
