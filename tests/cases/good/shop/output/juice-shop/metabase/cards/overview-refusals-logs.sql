-- overview/refusals-logs (card)
SELECT q."attempted_at" AS "attempted_at", q."message" AS "message", q."provider" AS "provider"
FROM (SELECT p.attempted_at, p.provider, p.provider || ': ' || COALESCE(p.message, 'no message') AS message
FROM shop.payments AS p
WHERE (p.state = 'refused') AND (p.attempted_at >= COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'America/New_York', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now())) AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York') AND p.attempted_at < COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now()))
ORDER BY p.attempted_at DESC
LIMIT 200) AS q
ORDER BY 1 DESC;
