-- desk/overdue-bar_gauge (panel)
SELECT CASE q."branch"::text WHEN 'b0' THEN 'Main' WHEN 'b1' THEN 'North' ELSE q."branch"::text END AS "branch", q."overdue" AS "overdue"
FROM (SELECT l.branch, count(*) AS overdue, max(((now() AT TIME ZONE 'Europe/Lisbon')::date) - l.due) AS days_late
FROM loans AS l
WHERE (l.returned IS NULL AND l.due < ((now() AT TIME ZONE 'Europe/Lisbon')::date)) AND (cardinality(array_remove(ARRAY[${branch}]::text[], NULL)) = 0 OR replace(replace(l.branch::text, '%', '%25'), chr(36), '%24') = ANY (ARRAY[${branch}]::text[]))
GROUP BY 1
ORDER BY 2 DESC, 1) AS q;

-- desk/borrowed-number (panel)
SELECT (SELECT q."loans" FROM (SELECT q.*, row_number() OVER () AS watchglass_row FROM (-- Weeks without a loan count, too: 0 of 100 % is a number. A question? No. $ 5 and [ [ this]] are text here,  nothing.
SELECT b.week, count(l.id) AS loans
FROM (SELECT g AT TIME ZONE 'Europe/Lisbon' FROM generate_series(date_trunc('week', (((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Lisbon' - INTERVAL '4 weeks') AT TIME ZONE 'Europe/Lisbon')) AT TIME ZONE 'Europe/Lisbon'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Lisbon', INTERVAL '1 week') AS g) AS b(week)
LEFT JOIN loans AS l ON date_trunc('week', l.taken, 'Europe/Lisbon') = b.week
                    AND (l.taken >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Lisbon' - INTERVAL '4 weeks') AT TIME ZONE 'Europe/Lisbon') AND l.taken < $__timeTo()::timestamptz)
                    AND (cardinality(array_remove(ARRAY[${branch}]::text[], NULL)) = 0 OR replace(replace(l.branch::text, '%', '%25'), chr(36), '%24') = ANY (ARRAY[${branch}]::text[]))
GROUP BY 1
ORDER BY 1) AS q) AS q ORDER BY q.watchglass_row DESC LIMIT 1) AS "loans";

-- desk/loans-area (panel)
SELECT q."week" AS "time", q."loans" AS "loans"
FROM (-- Weeks without a loan count, too: 0 of 100 % is a number. A question? No. $ 5 and [ [ this]] are text here,  nothing.
SELECT b.week, count(l.id) AS loans
FROM (SELECT g AT TIME ZONE 'Europe/Lisbon' FROM generate_series(date_trunc('week', (((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Lisbon' - INTERVAL '4 weeks') AT TIME ZONE 'Europe/Lisbon')) AT TIME ZONE 'Europe/Lisbon'), ($__timeTo()::timestamptz - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Lisbon', INTERVAL '1 week') AS g) AS b(week)
LEFT JOIN loans AS l ON date_trunc('week', l.taken, 'Europe/Lisbon') = b.week
                    AND (l.taken >= ((($__timeFrom()::timestamptz) AT TIME ZONE 'Europe/Lisbon' - INTERVAL '4 weeks') AT TIME ZONE 'Europe/Lisbon') AND l.taken < $__timeTo()::timestamptz)
                    AND (cardinality(array_remove(ARRAY[${branch}]::text[], NULL)) = 0 OR replace(replace(l.branch::text, '%', '%25'), chr(36), '%24') = ANY (ARRAY[${branch}]::text[]))
GROUP BY 1
ORDER BY 1) AS q
ORDER BY 1;

-- desk/overdue-table (panel)
SELECT CASE q."branch"::text WHEN 'b0' THEN 'Main' WHEN 'b1' THEN 'North' ELSE q."branch"::text END AS "branch", q."overdue" AS "overdue", q."days_late" AS "days_late"
FROM (SELECT l.branch, count(*) AS overdue, max(((now() AT TIME ZONE 'Europe/Lisbon')::date) - l.due) AS days_late
FROM loans AS l
WHERE (l.returned IS NULL AND l.due < ((now() AT TIME ZONE 'Europe/Lisbon')::date)) AND (cardinality(array_remove(ARRAY[${branch}]::text[], NULL)) = 0 OR replace(replace(l.branch::text, '%', '%25'), chr(36), '%24') = ANY (ARRAY[${branch}]::text[]))
GROUP BY 1
ORDER BY 2 DESC, 1) AS q;
