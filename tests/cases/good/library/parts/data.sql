INSERT INTO loans (id, member, branch, taken, due, returned)
SELECT n, 'm' || n % 50, 'b' || n % 4, now() - n * INTERVAL '3 hours', (now() - n * INTERVAL '3 hours')::date + 21,
       CASE WHEN n % 5 <> 0 THEN now() - n * INTERVAL '3 hours' + INTERVAL '9 days' END
FROM generate_series(1, 900) AS n;
