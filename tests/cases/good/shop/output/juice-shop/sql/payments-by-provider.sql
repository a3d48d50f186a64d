-- Payments by provider
-- Range: the last 7 days, in America/New_York.
-- Worth asking every 5 minutes.
-- Columns:
--   provider: text
--   attempts: integer
--   refused_share: number in %; good below 3 %, watch from 3 %, bad from 6 %, broken from 15 %
--   last_attempt: timestamp
--   on_watch: boolean

SELECT p.provider,
       count(*) AS attempts,
       round(100.0 * count(*) FILTER (WHERE (p.state = 'refused')) / count(*), 2) AS refused_share,
       max(p.attempted_at) AS last_attempt,
       bool_or(p.provider = 'Pay''o''Mat') AS on_watch
FROM shop.payments AS p
WHERE (p.attempted_at >= (now() AT TIME ZONE 'America/New_York' - INTERVAL '7 days') AT TIME ZONE 'America/New_York' AND p.attempted_at < now())
GROUP BY p.provider
ORDER BY 3 DESC;
