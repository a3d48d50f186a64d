-- Overdue loans
-- Filter Branch: b0, b1.
-- Worth asking every 1 hour.
-- Columns:
--   branch: text
--   overdue: integer; fine below 10, busy from 10, late from 40
--   days_late: integer in d

SELECT l.branch, count(*) AS overdue, max(((now() AT TIME ZONE 'Europe/Lisbon')::date) - l.due) AS days_late
FROM loans AS l
WHERE (l.returned IS NULL AND l.due < ((now() AT TIME ZONE 'Europe/Lisbon')::date)) AND (l.branch::text IN ('b0', 'b1'))
GROUP BY 1
ORDER BY 2 DESC, 1;
