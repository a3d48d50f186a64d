-- desk/overdue-table (card)
SELECT CASE q."branch"::text WHEN 'b0' THEN 'Main' WHEN 'b1' THEN 'North' ELSE q."branch"::text END AS "branch", q."overdue" AS "overdue", q."days_late" AS "days_late"
FROM (SELECT l.branch, count(*) AS overdue, max(((now() AT TIME ZONE 'Europe/Lisbon')::date) - l.due) AS days_late
FROM loans AS l
WHERE (l.returned IS NULL AND l.due < ((now() AT TIME ZONE 'Europe/Lisbon')::date)) AND (TRUE [[AND l.branch::text = {{branch}}::text]])
GROUP BY 1
ORDER BY 2 DESC, 1) AS q;
