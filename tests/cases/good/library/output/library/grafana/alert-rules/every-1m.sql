-- nobody_reads/A (alert)
SELECT a.value
FROM (SELECT NULLIF((SELECT q."loans" FROM (SELECT q.*, row_number() OVER () AS watchglass_row FROM (-- Weeks without a loan count, too: 0 of 100 % is a number. A question? No. $ 5 and [ [ this]] are text here,  nothing.
SELECT b.week, count(l.id) AS loans
FROM (SELECT g AT TIME ZONE 'Europe/Lisbon' FROM generate_series(date_trunc('week', (((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Lisbon' - INTERVAL '4 weeks') AT TIME ZONE 'Europe/Lisbon')) AT TIME ZONE 'Europe/Lisbon'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Lisbon', INTERVAL '1 week') AS g) AS b(week)
LEFT JOIN loans AS l ON date_trunc('week', l.taken, 'Europe/Lisbon') = b.week
                    AND (l.taken >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Lisbon' - INTERVAL '4 weeks') AT TIME ZONE 'Europe/Lisbon') AND l.taken < $__timeTo()::timestamptz)
                    AND TRUE
GROUP BY 1
ORDER BY 1) AS q) AS q ORDER BY q.watchglass_row DESC LIMIT 1)::float8, 'NaN') AS "value") AS a
WHERE a.value IS NOT NULL;
