-- Time from the first to the last change of a draft
-- Short sessions that end unused are people who leave the form; all five stretches stand there, empty ones too.
-- Range: the last 7 days, in Europe/Berlin.
-- Filter Organization: all.
-- Worth asking every 7 days.
-- Budget: 250 milliseconds.
-- Columns:
--   duration: text
--   sessions: integer
--   completed: integer
--   abandoned: integer
--   completion: number in %; may be NULL
--   mean_minutes: number in min; may be NULL
--   min_minutes: number in min; may be NULL
--   max_minutes: number in min; may be NULL

WITH sessions AS (
  SELECT (extract(epoch FROM c.updated_at - c.created_at) / 60) AS minutes, (c.status = 'draft' AND c.generation_status IS NULL) AS unused
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND (c.created_at >= (now() AT TIME ZONE 'Europe/Berlin' - INTERVAL '7 days') AT TIME ZONE 'Europe/Berlin' AND c.created_at < now()) AND TRUE
)
SELECT stretch.duration,
       count(s.minutes) AS sessions,
       count(*) FILTER (WHERE NOT s.unused) AS completed,
       count(*) FILTER (WHERE s.unused) AS abandoned,
       round(100.0 * count(*) FILTER (WHERE NOT s.unused) / NULLIF(count(s.minutes), 0), 2) AS completion,
       round(avg(s.minutes), 1) AS mean_minutes,
       round(min(s.minutes), 1) AS min_minutes,
       round(max(s.minutes), 1) AS max_minutes
FROM (VALUES (1, 'under 1 min', 0, 1), (2, '1-5 min', 1, 5), (3, '5-15 min', 5, 15), (4, '15-60 min', 15, 60),
             (5, 'over 60 min', 60, NULL)) AS stretch(position, duration, low, high)
LEFT JOIN sessions AS s ON s.minutes >= stretch.low AND (s.minutes < stretch.high OR stretch.high IS NULL)
GROUP BY stretch.position, stretch.duration
ORDER BY stretch.position;
