-- overview/cold_room-lines (card)
SELECT q."taken_at" AS "taken_at", q."celsius" AS "celsius"
FROM (SELECT r.taken_at, r.celsius, (CASE WHEN r.celsius IS NULL THEN NULL WHEN r.celsius < 0 THEN 'bad' WHEN r.celsius < 2 THEN 'watch' WHEN r.celsius < 6 THEN 'good' WHEN r.celsius < 8 THEN 'watch' ELSE 'bad' END) AS state
FROM shop.cold_room_readings AS r
WHERE (r.taken_at >= COALESCE(((now()) AT TIME ZONE 'America/New_York' - INTERVAL '1 day') AT TIME ZONE 'America/New_York') AND r.taken_at < now())
ORDER BY r.taken_at) AS q
ORDER BY 1;
