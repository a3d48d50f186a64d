-- Refused payments
-- Range: the last 7 days, in America/New_York.
-- Columns:
--   attempted_at: timestamp
--   provider: text
--   message: text

SELECT p.attempted_at, p.provider, p.provider || ': ' || COALESCE(p.message, 'no message') AS message
FROM shop.payments AS p
WHERE (p.state = 'refused') AND (p.attempted_at >= (now() AT TIME ZONE 'America/New_York' - INTERVAL '7 days') AT TIME ZONE 'America/New_York' AND p.attempted_at < now())
ORDER BY p.attempted_at DESC
LIMIT 200;
