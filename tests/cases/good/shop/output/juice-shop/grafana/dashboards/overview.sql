-- overview/revenue-number (panel)
SELECT h."time", h."revenue"
FROM (SELECT q."day" AS "time", q."revenue" AS "revenue"
FROM (SELECT b.day, COALESCE(sum(o.total), 0) AS revenue, count(o.number) AS orders
FROM (SELECT g AT TIME ZONE 'America/New_York' FROM generate_series(date_trunc('day', ($__timeFrom()::timestamptz) AT TIME ZONE 'America/New_York'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'America/New_York', INTERVAL '1 day') AS g) AS b(day)
LEFT JOIN shop.orders AS o ON date_trunc('day', o.placed_at, 'America/New_York') = b.day AND (o.placed_at >= $__timeFrom()::timestamptz AND o.placed_at < $__timeTo()::timestamptz)
GROUP BY 1
ORDER BY 1) AS q
UNION ALL
SELECT ($__timeTo()::timestamptz), (SELECT (SELECT q."revenue" FROM (SELECT count(*) AS orders,
       COALESCE(sum(o.total), 0) AS revenue,
       round(avg(o.total), 2) AS basket,
       round(100 * avg(o.total) / 75.5, 1) AS basket_index
FROM shop.orders AS o
JOIN shop.cities AS c ON c.id = o.city_id
WHERE (o.placed_at >= $__timeFrom()::timestamptz AND o.placed_at < $__timeTo()::timestamptz)
  AND (cardinality(array_remove(ARRAY[${region}]::text[], NULL)) = 0 OR c.region_code IN (SELECT code FROM shop.regions WHERE replace(replace(code::text, '%', '%25'), chr(36), '%24') = ANY (ARRAY[${region}]::text[])))
  AND (cardinality(array_remove(ARRAY[${city}]::text[], NULL)) = 0 OR c.id IN (SELECT id FROM shop.cities WHERE id::text = ANY (ARRAY[${city}]::text[])))) AS q LIMIT 1) AS "revenue")) AS h
WHERE h."time" IS NOT NULL
ORDER BY 1;

-- overview/refused-gauge (panel)
SELECT COALESCE((SELECT q."refused_share" FROM (SELECT count(*) AS attempts,
       round(100.0 * count(*) FILTER (WHERE (p.state = 'refused')) / NULLIF(count(*), 0), 2) AS refused_share,
       count(*) FILTER (WHERE p.state = 'captured')::numeric / NULLIF(count(*), 0) AS captured_ratio
FROM shop.payments AS p
WHERE (p.attempted_at >= $__timeFrom()::timestamptz AND p.attempted_at < $__timeTo()::timestamptz) AND (cardinality(array_remove(ARRAY[${provider}]::text[], NULL)) = 0 OR replace(replace(p.provider::text, '%', '%25'), chr(36), '%24') = ANY (ARRAY[${provider}]::text[]))) AS q LIMIT 1), 0) AS "refused_share";

-- overview/captured-number (panel)
SELECT (SELECT q."captured_ratio" FROM (SELECT count(*) AS attempts,
       round(100.0 * count(*) FILTER (WHERE (p.state = 'refused')) / NULLIF(count(*), 0), 2) AS refused_share,
       count(*) FILTER (WHERE p.state = 'captured')::numeric / NULLIF(count(*), 0) AS captured_ratio
FROM shop.payments AS p
WHERE (p.attempted_at >= $__timeFrom()::timestamptz AND p.attempted_at < $__timeTo()::timestamptz) AND (cardinality(array_remove(ARRAY[${provider}]::text[], NULL)) = 0 OR replace(replace(p.provider::text, '%', '%25'), chr(36), '%24') = ANY (ARRAY[${provider}]::text[]))) AS q LIMIT 1) AS "captured_ratio";

-- overview/delivery-number (panel)
SELECT (SELECT extract(epoch FROM q."median") FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY o.delivered_at - o.placed_at) AS median,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY o.delivered_at - o.placed_at) AS slowest,
       count(*) FILTER (WHERE o.delivered_at - o.placed_at > INTERVAL '48 hours') AS slow
FROM shop.orders AS o
WHERE o.delivered_at IS NOT NULL AND (o.placed_at >= $__timeFrom()::timestamptz AND o.placed_at < $__timeTo()::timestamptz)) AS q LIMIT 1) AS "median";

-- overview/stock_left-bar_gauge (panel)
SELECT q."sku" AS "sku", q."above_reorder" AS "above_reorder"
FROM (SELECT s.sku, s.name, s.in_stock, (CASE WHEN (s.in_stock - s.reorder_at) IS NULL THEN NULL WHEN (s.in_stock - s.reorder_at) < -20 THEN 'broken' WHEN (s.in_stock - s.reorder_at) < 0 THEN 'bad' WHEN (s.in_stock - s.reorder_at) < 30 THEN 'watch' ELSE 'good' END) AS state,
       s.in_stock - s.reorder_at AS above_reorder, s.counted_at
FROM shop.products AS s
ORDER BY s.in_stock - s.reorder_at) AS q;

-- overview/revenue-bars (panel)
SELECT q."day" AS "time", q."revenue" AS "revenue"
FROM (SELECT b.day, COALESCE(sum(o.total), 0) AS revenue, count(o.number) AS orders
FROM (SELECT g AT TIME ZONE 'America/New_York' FROM generate_series(date_trunc('day', ($__timeFrom()::timestamptz) AT TIME ZONE 'America/New_York'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'America/New_York', INTERVAL '1 day') AS g) AS b(day)
LEFT JOIN shop.orders AS o ON date_trunc('day', o.placed_at, 'America/New_York') = b.day AND (o.placed_at >= $__timeFrom()::timestamptz AND o.placed_at < $__timeTo()::timestamptz)
GROUP BY 1
ORDER BY 1) AS q
ORDER BY 1;

-- overview/weeks (panel)
SELECT q."week" AS "time", q."region" AS "region", q."revenue" AS "revenue"
FROM (SELECT b.week, r.name AS region, COALESCE(sum(o.total), 0) AS revenue
FROM (SELECT g AT TIME ZONE 'America/New_York' FROM generate_series(date_trunc('week', ($__timeFrom()::timestamptz) AT TIME ZONE 'America/New_York'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'America/New_York', INTERVAL '1 week') AS g) AS b(week)
CROSS JOIN shop.regions AS r
LEFT JOIN shop.cities AS c ON c.region_code = r.code
LEFT JOIN shop.orders AS o ON o.city_id = c.id AND date_trunc('week', o.placed_at, 'America/New_York') = b.week
                          AND (o.placed_at >= $__timeFrom()::timestamptz AND o.placed_at < $__timeTo()::timestamptz)
WHERE (cardinality(array_remove(ARRAY[${region}]::text[], NULL)) = 0 OR r.code IN (SELECT code FROM shop.regions WHERE replace(replace(code::text, '%', '%25'), chr(36), '%24') = ANY (ARRAY[${region}]::text[])))
GROUP BY 1, 2
ORDER BY 1, 2) AS q
ORDER BY 1;

-- overview/months (panel)
SELECT q."month" AS "time", q."revenue" AS "revenue"
FROM (SELECT b.month, COALESCE(sum(o.total), 0) AS revenue
FROM (SELECT g AT TIME ZONE 'America/New_York' FROM generate_series(date_trunc('month', ($__timeFrom()::timestamptz) AT TIME ZONE 'America/New_York'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'America/New_York', INTERVAL '1 month') AS g) AS b(month)
LEFT JOIN shop.orders AS o ON date_trunc('month', o.placed_at, 'America/New_York') = b.month AND (o.placed_at >= $__timeFrom()::timestamptz AND o.placed_at < $__timeTo()::timestamptz)
GROUP BY 1
ORDER BY 1) AS q
ORDER BY 1;

-- overview/cold_room-lines (panel)
SELECT q."taken_at" AS "time", q."celsius" AS "celsius"
FROM (SELECT r.taken_at, r.celsius, (CASE WHEN r.celsius IS NULL THEN NULL WHEN r.celsius < 0 THEN 'bad' WHEN r.celsius < 2 THEN 'watch' WHEN r.celsius < 6 THEN 'good' WHEN r.celsius < 8 THEN 'watch' ELSE 'bad' END) AS state
FROM shop.cold_room_readings AS r
WHERE (r.taken_at >= $__timeFrom()::timestamptz AND r.taken_at < $__timeTo()::timestamptz)
ORDER BY r.taken_at) AS q
ORDER BY 1;

-- overview/cold_room-states (panel)
SELECT q."taken_at" AS "time", q."state" AS "state"
FROM (SELECT r.taken_at, r.celsius, (CASE WHEN r.celsius IS NULL THEN NULL WHEN r.celsius < 0 THEN 'bad' WHEN r.celsius < 2 THEN 'watch' WHEN r.celsius < 6 THEN 'good' WHEN r.celsius < 8 THEN 'watch' ELSE 'bad' END) AS state
FROM shop.cold_room_readings AS r
WHERE (r.taken_at >= $__timeFrom()::timestamptz AND r.taken_at < $__timeTo()::timestamptz)
ORDER BY r.taken_at) AS q
ORDER BY 1;

-- overview/busy_hours-heatmap (panel)
SELECT q."hour" AS "hour", CASE q."weekday"::text WHEN '1' THEN 'Monday' WHEN '2' THEN 'Tuesday' WHEN '3' THEN 'Wednesday' WHEN '4' THEN 'Thursday' WHEN '5' THEN 'Friday' WHEN '6' THEN 'Saturday' WHEN '7' THEN 'Sunday' ELSE q."weekday"::text END AS "weekday", q."orders" AS "orders"
FROM (SELECT to_char(o.placed_at AT TIME ZONE 'America/New_York', 'HH24') AS hour,
       extract(isodow FROM o.placed_at AT TIME ZONE 'America/New_York')::int::text AS weekday,
       count(*) AS orders
FROM shop.orders AS o
WHERE (o.placed_at >= $__timeFrom()::timestamptz AND o.placed_at < $__timeTo()::timestamptz)
GROUP BY 1, 2
ORDER BY 1, 2) AS q;

-- overview/delivery_hours-histogram (panel)
SELECT q."hours" AS "hours"
FROM (SELECT (extract(epoch FROM o.delivered_at - o.placed_at) / 3600)::float8 AS hours
FROM shop.orders AS o
WHERE o.delivered_at IS NOT NULL AND (o.placed_at >= $__timeFrom()::timestamptz AND o.placed_at < $__timeTo()::timestamptz)
ORDER BY 1) AS q;

-- overview/by_opening-pie (panel)
SELECT q."shift" AS "shift", q."orders" AS "orders"
FROM (SELECT CASE WHEN (((extract(isodow FROM o.placed_at AT TIME ZONE 'America/New_York') IN (1, 2, 3, 4, 5, 6) AND (o.placed_at AT TIME ZONE 'America/New_York')::time >= TIME '08:00' AND (o.placed_at AT TIME ZONE 'America/New_York')::time < TIME '20:00'))) THEN 'open' ELSE 'closed' END AS shift, count(*) AS orders
FROM shop.orders AS o
WHERE (o.placed_at >= $__timeFrom()::timestamptz AND o.placed_at < $__timeTo()::timestamptz)
GROUP BY 1
ORDER BY 1) AS q;

-- overview/provider-shares (panel)
SELECT q."provider" AS "provider", q."refused_share" AS "refused_share"
FROM (SELECT p.provider,
       count(*) AS attempts,
       round(100.0 * count(*) FILTER (WHERE (p.state = 'refused')) / count(*), 2) AS refused_share,
       max(p.attempted_at) AS last_attempt,
       bool_or(p.provider = 'Pay''o''Mat') AS on_watch,
       (SELECT json_agg(d.attempts ORDER BY d.day)
        FROM (SELECT b.day, count(o.attempted_at) AS attempts
              FROM (SELECT g AT TIME ZONE 'America/New_York' FROM generate_series(date_trunc('day', ($__timeFrom()::timestamptz) AT TIME ZONE 'America/New_York'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'America/New_York', INTERVAL '1 day') AS g) AS b(day)
              LEFT JOIN shop.payments AS o ON o.provider = p.provider AND date_trunc('day', o.attempted_at, 'America/New_York') = b.day
              GROUP BY b.day) AS d) AS by_day
FROM shop.payments AS p
WHERE (p.attempted_at >= $__timeFrom()::timestamptz AND p.attempted_at < $__timeTo()::timestamptz)
GROUP BY p.provider
ORDER BY 3 DESC) AS q;

-- overview/stock-table (panel)
SELECT *
FROM (SELECT s.sku, s.name, s.in_stock, (CASE WHEN (s.in_stock - s.reorder_at) IS NULL THEN NULL WHEN (s.in_stock - s.reorder_at) < -20 THEN 'broken' WHEN (s.in_stock - s.reorder_at) < 0 THEN 'bad' WHEN (s.in_stock - s.reorder_at) < 30 THEN 'watch' ELSE 'good' END) AS state,
       s.in_stock - s.reorder_at AS above_reorder, s.counted_at
FROM shop.products AS s
ORDER BY s.in_stock - s.reorder_at) AS q
LIMIT 100;

-- overview/payments_by_provider-table (panel)
SELECT q."provider" AS "provider", q."refused_share" AS "refused_share", q."last_attempt" AS "last_attempt", q."by_day" AS "by_day"
FROM (SELECT p.provider,
       count(*) AS attempts,
       round(100.0 * count(*) FILTER (WHERE (p.state = 'refused')) / count(*), 2) AS refused_share,
       max(p.attempted_at) AS last_attempt,
       bool_or(p.provider = 'Pay''o''Mat') AS on_watch,
       (SELECT json_agg(d.attempts ORDER BY d.day)
        FROM (SELECT b.day, count(o.attempted_at) AS attempts
              FROM (SELECT g AT TIME ZONE 'America/New_York' FROM generate_series(date_trunc('day', ($__timeFrom()::timestamptz) AT TIME ZONE 'America/New_York'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'America/New_York', INTERVAL '1 day') AS g) AS b(day)
              LEFT JOIN shop.payments AS o ON o.provider = p.provider AND date_trunc('day', o.attempted_at, 'America/New_York') = b.day
              GROUP BY b.day) AS d) AS by_day
FROM shop.payments AS p
WHERE (p.attempted_at >= $__timeFrom()::timestamptz AND p.attempted_at < $__timeTo()::timestamptz)
GROUP BY p.provider
ORDER BY 3 DESC) AS q;

-- overview/refusals-logs (panel)
SELECT q."attempted_at" AS "time", q."message" AS "message", q."provider" AS "provider"
FROM (SELECT p.attempted_at, p.provider, p.provider || ': ' || COALESCE(p.message, 'no message') AS message
FROM shop.payments AS p
WHERE (p.state = 'refused') AND (p.attempted_at >= $__timeFrom()::timestamptz AND p.attempted_at < $__timeTo()::timestamptz)
ORDER BY p.attempted_at DESC
LIMIT 200) AS q
ORDER BY 1 DESC;

-- overview/filters/region (variable)
SELECT coalesce(name::text, code::text) || CASE WHEN count(*) OVER (PARTITION BY coalesce(name::text, code::text)) > 1 AND coalesce(name::text, code::text) <> code::text THEN ' (' || code::text || ')' ELSE '' END AS "__text",
       replace(replace(code::text, '%', '%25'), chr(36), '%24') AS "__value"
FROM (SELECT DISTINCT code, name FROM shop.regions
      WHERE code IS NOT NULL) AS listed
ORDER BY 1;

-- overview/filters/city (variable)
SELECT coalesce(name::text, id::text) || CASE WHEN count(*) OVER (PARTITION BY coalesce(name::text, id::text)) > 1 AND coalesce(name::text, id::text) <> id::text THEN ' (' || id::text || ')' ELSE '' END AS "__text",
       id::text AS "__value"
FROM (SELECT DISTINCT id, name FROM shop.cities
      WHERE id IS NOT NULL
        AND (cardinality(array_remove(ARRAY[${region}]::text[], NULL)) = 0 OR region_code IN (SELECT code FROM shop.regions WHERE replace(replace(code::text, '%', '%25'), chr(36), '%24') = ANY (ARRAY[${region}]::text[])))) AS listed
ORDER BY 1;

-- overview/annotations/refusals (annotation)
SELECT q."attempted_at" AS "time", q."message"::text AS "text"
FROM (SELECT p.attempted_at, p.provider, p.provider || ': ' || COALESCE(p.message, 'no message') AS message
FROM shop.payments AS p
WHERE (p.state = 'refused') AND (p.attempted_at >= $__timeFrom()::timestamptz AND p.attempted_at < $__timeTo()::timestamptz)
ORDER BY p.attempted_at DESC
LIMIT 200) AS q
ORDER BY 1;
