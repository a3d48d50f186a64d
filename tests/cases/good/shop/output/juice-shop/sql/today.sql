-- The last 24 hours
-- Range: the last 1 day, in America/New_York.
-- Filter Region: all.
-- Filter City: all.
-- Worth asking every 5 minutes.
-- Budget: 500 milliseconds.
-- Columns:
--   orders: integer
--   revenue: number in EUR
--   basket: number in EUR; may be NULL
--   basket_index: number in %; may be NULL

SELECT count(*) AS orders,
       COALESCE(sum(o.total), 0) AS revenue,
       round(avg(o.total), 2) AS basket,
       round(100 * avg(o.total) / 75.5, 1) AS basket_index
FROM shop.orders AS o
JOIN shop.cities AS c ON c.id = o.city_id
WHERE (o.placed_at >= (now() AT TIME ZONE 'America/New_York' - INTERVAL '1 day') AT TIME ZONE 'America/New_York' AND o.placed_at < now())
  AND TRUE
  AND TRUE;
