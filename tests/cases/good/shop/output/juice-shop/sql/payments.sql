-- Payments
-- Range: the last 7 days, in America/New_York.
-- Filter Payment provider: all.
-- Worth asking every 1 minute.
-- Columns:
--   attempts: integer
--   refused_share: number in %; may be NULL
--   captured_ratio: number; may be NULL

SELECT count(*) AS attempts,
       round(100.0 * count(*) FILTER (WHERE (p.state = 'refused')) / NULLIF(count(*), 0), 2) AS refused_share,
       count(*) FILTER (WHERE p.state = 'captured')::numeric / NULLIF(count(*), 0) AS captured_ratio
FROM shop.payments AS p
WHERE (p.attempted_at >= (now() AT TIME ZONE 'America/New_York' - INTERVAL '7 days') AT TIME ZONE 'America/New_York' AND p.attempted_at < now()) AND TRUE;
