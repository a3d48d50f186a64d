-- overview/payments_by_provider-table (card)
SELECT q."provider" AS "provider", q."refused_share" AS "refused_share", q."last_attempt" AS "last_attempt", q."by_day" AS "by_day"
FROM (SELECT p.provider,
       count(*) AS attempts,
       round(100.0 * count(*) FILTER (WHERE (p.state = 'refused')) / count(*), 2) AS refused_share,
       max(p.attempted_at) AS last_attempt,
       bool_or(p.provider = 'Pay''o''Mat') AS on_watch,
       (SELECT json_agg(d.attempts ORDER BY d.day)
        FROM (SELECT b.day, count(o.attempted_at) AS attempts
              FROM (SELECT g AT TIME ZONE 'America/New_York' FROM generate_series(date_trunc('day', (COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'America/New_York', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now())) AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York')) AT TIME ZONE 'America/New_York'), (COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now()) - INTERVAL '1 microsecond') AT TIME ZONE 'America/New_York', INTERVAL '1 day') AS g) AS b(day)
              LEFT JOIN shop.payments AS o ON o.provider = p.provider AND date_trunc('day', o.attempted_at, 'America/New_York') = b.day
              GROUP BY b.day) AS d) AS by_day
FROM shop.payments AS p
WHERE (p.attempted_at >= COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'America/New_York', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now())) AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York') AND p.attempted_at < COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now()))
GROUP BY p.provider
ORDER BY 3 DESC) AS q;
