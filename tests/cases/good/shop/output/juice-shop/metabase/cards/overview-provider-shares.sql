-- overview/provider-shares (card)
SELECT q."provider" AS "provider", q."refused_share" AS "refused_share"
FROM (SELECT p.provider,
       count(*) AS attempts,
       round(100.0 * count(*) FILTER (WHERE (p.state = 'refused')) / count(*), 2) AS refused_share,
       max(p.attempted_at) AS last_attempt,
       bool_or(p.provider = 'Pay''o''Mat') AS on_watch
FROM shop.payments AS p
WHERE (p.attempted_at >= COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'America/New_York', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now())) AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York') AND p.attempted_at < COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now()))
GROUP BY p.provider
ORDER BY 3 DESC) AS q;
