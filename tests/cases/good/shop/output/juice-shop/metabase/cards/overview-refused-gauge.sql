-- overview/refused-gauge (card)
SELECT COALESCE((SELECT q."refused_share" FROM (SELECT count(*) AS attempts,
       round(100.0 * count(*) FILTER (WHERE (p.state = 'refused')) / NULLIF(count(*), 0), 2) AS refused_share,
       count(*) FILTER (WHERE p.state = 'captured')::numeric / NULLIF(count(*), 0) AS captured_ratio
FROM shop.payments AS p
WHERE (p.attempted_at >= COALESCE(((now()) AT TIME ZONE 'America/New_York' - INTERVAL '7 days') AT TIME ZONE 'America/New_York') AND p.attempted_at < now()) AND (TRUE [[AND p.provider::text = {{provider}}::text]])) AS q LIMIT 1), 0) AS "refused_share";
