-- Revenue by week and region
-- Range: the last 8 weeks, in America/New_York.
-- Filter Region: all.
-- Columns:
--   week: timestamp
--   region: text
--   revenue: number in EUR

SELECT b.week, r.name AS region, COALESCE(sum(o.total), 0) AS revenue
FROM (SELECT g AT TIME ZONE 'America/New_York' FROM generate_series(date_trunc('week', ((now() AT TIME ZONE 'America/New_York' - INTERVAL '8 weeks') AT TIME ZONE 'America/New_York') AT TIME ZONE 'America/New_York'), (now() - INTERVAL '1 microsecond') AT TIME ZONE 'America/New_York', INTERVAL '1 week') AS g) AS b(week)
CROSS JOIN shop.regions AS r
LEFT JOIN shop.cities AS c ON c.region_code = r.code
LEFT JOIN shop.orders AS o ON o.city_id = c.id AND date_trunc('week', o.placed_at, 'America/New_York') = b.week
                          AND (o.placed_at >= (now() AT TIME ZONE 'America/New_York' - INTERVAL '8 weeks') AT TIME ZONE 'America/New_York' AND o.placed_at < now())
WHERE TRUE
GROUP BY 1, 2
ORDER BY 1, 2;
