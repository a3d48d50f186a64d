-- payments_and_revenue/A (alert)
SELECT COALESCE(NULLIF((SELECT q."refused_share" FROM (SELECT count(*) AS attempts,
       round(100.0 * count(*) FILTER (WHERE (p.state = 'refused')) / NULLIF(count(*), 0), 2) AS refused_share,
       count(*) FILTER (WHERE p.state = 'captured')::numeric / NULLIF(count(*), 0) AS captured_ratio
FROM shop.payments AS p
WHERE (p.attempted_at >= $__timeFrom()::timestamptz AND p.attempted_at < $__timeTo()::timestamptz) AND TRUE) AS q LIMIT 1)::float8, 'NaN'), 0) AS "value";

-- payments_and_revenue/B (alert)
SELECT a.value
FROM (SELECT NULLIF((SELECT q."revenue" FROM (SELECT count(*) AS orders,
       COALESCE(sum(o.total), 0) AS revenue,
       round(avg(o.total), 2) AS basket,
       round(100 * avg(o.total) / 75.5, 1) AS basket_index
FROM shop.orders AS o
JOIN shop.cities AS c ON c.id = o.city_id
WHERE (o.placed_at >= $__timeFrom()::timestamptz AND o.placed_at < $__timeTo()::timestamptz)
  AND TRUE
  AND TRUE) AS q LIMIT 1)::float8, 'NaN') AS "value") AS a
WHERE a.value IS NOT NULL;

-- cold_room_off/A (alert)
SELECT a.value
FROM (SELECT NULLIF((SELECT q."celsius" FROM (SELECT q.*, row_number() OVER () AS watchglass_row FROM (SELECT r.taken_at, r.celsius, (CASE WHEN r.celsius IS NULL THEN NULL WHEN r.celsius < 0 THEN 'bad' WHEN r.celsius < 2 THEN 'watch' WHEN r.celsius < 6 THEN 'good' WHEN r.celsius < 8 THEN 'watch' ELSE 'bad' END) AS state
FROM shop.cold_room_readings AS r
WHERE (r.taken_at >= $__timeFrom()::timestamptz AND r.taken_at < $__timeTo()::timestamptz)
ORDER BY r.taken_at) AS q) AS q ORDER BY q.watchglass_row DESC LIMIT 1)::float8, 'NaN') AS "value") AS a
WHERE a.value IS NOT NULL;
