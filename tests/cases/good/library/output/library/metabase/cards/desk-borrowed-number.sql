-- desk/borrowed-number (card)
SELECT (SELECT q."loans" FROM (SELECT q.*, row_number() OVER () AS watchglass_row FROM (-- Weeks without a loan count, too: 0 of 100 % is a number. A question? No. $5 and [ [ this] ]  are text here,  nothing.
SELECT b.week, count(l.id) AS loans
FROM (SELECT g AT TIME ZONE 'Europe/Lisbon' FROM generate_series(date_trunc('week', ((((COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'Europe/Lisbon', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'Europe/Lisbon', ]]now())) AT TIME ZONE 'Europe/Lisbon' - INTERVAL '12 weeks') AT TIME ZONE 'Europe/Lisbon')) AT TIME ZONE 'Europe/Lisbon' - INTERVAL '4 weeks') AT TIME ZONE 'Europe/Lisbon')) AT TIME ZONE 'Europe/Lisbon'), (COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'Europe/Lisbon', ]]now()) - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Lisbon', INTERVAL '1 week') AS g) AS b(week)
LEFT JOIN loans AS l ON date_trunc('week', l.taken, 'Europe/Lisbon') = b.week
                    AND (l.taken >= (((COALESCE([[({{range_from}}::date)::timestamp AT TIME ZONE 'Europe/Lisbon', ]]((COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'Europe/Lisbon', ]]now())) AT TIME ZONE 'Europe/Lisbon' - INTERVAL '12 weeks') AT TIME ZONE 'Europe/Lisbon')) AT TIME ZONE 'Europe/Lisbon' - INTERVAL '4 weeks') AT TIME ZONE 'Europe/Lisbon') AND l.taken < COALESCE([[({{range_to}}::date + 1)::timestamp AT TIME ZONE 'Europe/Lisbon', ]]now()))
                    AND (TRUE [[AND l.branch::text = {{branch}}::text]])
GROUP BY 1
ORDER BY 1) AS q) AS q ORDER BY q.watchglass_row DESC LIMIT 1) AS "loans";
