-- Weeks without a loan count, too: 0 of 100 % is a number. A question? No. $5 and [[this]] are text here, {# as is this #} nothing.
SELECT b.week, count(l.id) AS loans
FROM {{ buckets('1 week', before='4 weeks') }} AS b(week)
LEFT JOIN loans AS l ON {{ bucket('l.taken', '1 week') }} = b.week
                    AND {{ in_range('l.taken', before='4 weeks') }}
                    AND {{ matches('branch', 'l.branch') }}
GROUP BY 1
ORDER BY 1
