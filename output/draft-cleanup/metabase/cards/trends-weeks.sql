-- trends/weeks (card)
SELECT q."week" AS "week", q."created" AS "created", q."used" AS "used"
FROM (WITH weeks AS (
  SELECT b.week,
         count(c.id) AS created,
         count(c.id) FILTER (WHERE NOT (c.status = 'draft' AND c.generation_status IS NULL)) AS used
  FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('week', ((((COALESCE(((now()) AT TIME ZONE 'Europe/Berlin' - INTERVAL '8 weeks') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin' - INTERVAL '2 weeks') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin'), (now() - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 week') AS g) AS b(week)
  LEFT JOIN public.courses AS c ON date_trunc('week', c.created_at, 'Europe/Berlin') = b.week
                               AND (c.created_at >= (((COALESCE(((now()) AT TIME ZONE 'Europe/Berlin' - INTERVAL '8 weeks') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin' - INTERVAL '2 weeks') AT TIME ZONE 'Europe/Berlin') AND c.created_at < now())
                               AND (c.status = 'draft') AND (TRUE [[AND c.organization_id IN (SELECT id FROM public.organizations WHERE {{organization}})]])
  GROUP BY b.week
), compared AS (
  SELECT weeks.*, lag(created) OVER (ORDER BY week) AS created_before FROM weeks
)
SELECT w.week, w.created, w.used,
       round(100.0 * w.used / NULLIF(w.created, 0), 2) AS usage_rate,
       w.created_before,
       round(100.0 * (w.created - w.created_before) / NULLIF(w.created_before, 0), 2) AS change_on_week
FROM compared AS w
JOIN (SELECT (COALESCE(((now()) AT TIME ZONE 'Europe/Berlin' - INTERVAL '8 weeks') AT TIME ZONE 'Europe/Berlin')) AS first) AS shown ON w.week >= date_trunc('week', shown.first, 'Europe/Berlin')
WHERE w.week <= now()
ORDER BY w.week) AS q
ORDER BY 1;
