-- Loans by week
-- Range: the last 12 weeks, in Europe/Lisbon.
-- Filter Branch: b0, b1.
-- Columns:
--   week: timestamp
--   loans: integer in books

-- Weeks without a loan count, too: 0 of 100 % is a number. A question? No. $5 and [[this]] are text here,  nothing.
SELECT b.week, count(l.id) AS loans
FROM (SELECT g AT TIME ZONE 'Europe/Lisbon' FROM generate_series(date_trunc('week', (((((now() AT TIME ZONE 'Europe/Lisbon' - INTERVAL '12 weeks') AT TIME ZONE 'Europe/Lisbon') AT TIME ZONE 'Europe/Lisbon' - INTERVAL '4 weeks') AT TIME ZONE 'Europe/Lisbon')) AT TIME ZONE 'Europe/Lisbon'), (now() - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Lisbon', INTERVAL '1 week') AS g) AS b(week)
LEFT JOIN loans AS l ON date_trunc('week', l.taken, 'Europe/Lisbon') = b.week
                    AND (l.taken >= ((((now() AT TIME ZONE 'Europe/Lisbon' - INTERVAL '12 weeks') AT TIME ZONE 'Europe/Lisbon') AT TIME ZONE 'Europe/Lisbon' - INTERVAL '4 weeks') AT TIME ZONE 'Europe/Lisbon') AND l.taken < now())
                    AND (l.branch::text IN ('b0', 'b1'))
GROUP BY 1
ORDER BY 1;
