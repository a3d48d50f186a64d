-- overview/captured-number (card)
SELECT (SELECT q."captured_ratio" FROM (SELECT count(*) AS attempts,
       round(100.0 * count(*) FILTER (WHERE (p.state = 'refused')) / NULLIF(count(*), 0), 2) AS refused_share,
       count(*) FILTER (WHERE p.state = 'captured')::numeric / NULLIF(count(*), 0) AS captured_ratio
FROM shop.payments AS p
WHERE (p.attempted_at >= COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'America/New_York', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now())) AT TIME ZONE 'America/New_York' - INTERVAL '30 days') AT TIME ZONE 'America/New_York') AND p.attempted_at < COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'America/New_York', ]]now())) AND (TRUE [[AND p.provider::text = {{provider}}::text]])) AS q LIMIT 1) AS "captured_ratio";
