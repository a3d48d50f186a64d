-- revenue_low/A (alert)
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

-- provider_refuses-watch/A (alert)
SELECT a.*
FROM (SELECT COALESCE(q."provider"::text, '') AS "provider", max(NULLIF(q."refused_share"::float8, 'NaN')) AS "value"
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
ORDER BY 3 DESC) AS q
GROUP BY COALESCE(q."provider"::text, '')
HAVING max(NULLIF(q."refused_share"::float8, 'NaN')) IS NOT NULL) AS a
ORDER BY a."value" DESC NULLS LAST, 1
LIMIT 10;

-- provider_refuses-watch/S (alert)
SELECT COALESCE(s."provider", '') AS "provider", COALESCE(s."last_attempt", '') AS "last_attempt", 1::float8 AS "value"
FROM (SELECT 1) AS one LEFT JOIN (SELECT a.*
FROM (SELECT DISTINCT ON (1) COALESCE(q."provider"::text, '') AS "provider", to_char(q."last_attempt"::timestamptz AT TIME ZONE 'America/New_York', 'YYYY-MM-DD HH24:MI') AS "last_attempt", NULLIF(q."refused_share"::float8, 'NaN') AS "watchglass_values"
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
ORDER BY 3 DESC) AS q
ORDER BY 1, NULLIF(q."refused_share"::float8, 'NaN') DESC NULLS LAST) AS a
ORDER BY a."watchglass_values" DESC NULLS LAST, 1
LIMIT 10) AS s ON true;

-- provider_refuses-broken/A (alert)
SELECT a.*
FROM (SELECT COALESCE(q."provider"::text, '') AS "provider", max(NULLIF(q."refused_share"::float8, 'NaN')) AS "value"
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
ORDER BY 3 DESC) AS q
GROUP BY COALESCE(q."provider"::text, '')
HAVING max(NULLIF(q."refused_share"::float8, 'NaN')) IS NOT NULL) AS a
ORDER BY a."value" DESC NULLS LAST, 1
LIMIT 10;

-- provider_refuses-broken/S (alert)
SELECT COALESCE(s."provider", '') AS "provider", COALESCE(s."last_attempt", '') AS "last_attempt", 1::float8 AS "value"
FROM (SELECT 1) AS one LEFT JOIN (SELECT a.*
FROM (SELECT DISTINCT ON (1) COALESCE(q."provider"::text, '') AS "provider", to_char(q."last_attempt"::timestamptz AT TIME ZONE 'America/New_York', 'YYYY-MM-DD HH24:MI') AS "last_attempt", NULLIF(q."refused_share"::float8, 'NaN') AS "watchglass_values"
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
ORDER BY 3 DESC) AS q
ORDER BY 1, NULLIF(q."refused_share"::float8, 'NaN') DESC NULLS LAST) AS a
ORDER BY a."watchglass_values" DESC NULLS LAST, 1
LIMIT 10) AS s ON true;
