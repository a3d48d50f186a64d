-- trends/months (card)
SELECT q."month" AS "month", q."drafts" AS "drafts", q."drafts_year_ago" AS "drafts_year_ago", q."published" AS "published", q."published_year_ago" AS "published_year_ago"
FROM (WITH months AS (
  SELECT b.month,
         count(c.id) FILTER (WHERE (c.status = 'draft')) AS drafts,
         count(c.id) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused,
         count(c.id) FILTER (WHERE c.status = 'published') AS published
  FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('month', ((((COALESCE(((now()) AT TIME ZONE 'Europe/Berlin' - INTERVAL '12 months') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin' - INTERVAL '13 months') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin'), (now() - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 month') AS g) AS b(month)
  LEFT JOIN public.courses AS c ON date_trunc('month', c.created_at, 'Europe/Berlin') = b.month
                               AND (c.created_at >= (((COALESCE(((now()) AT TIME ZONE 'Europe/Berlin' - INTERVAL '12 months') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin' - INTERVAL '13 months') AT TIME ZONE 'Europe/Berlin') AND c.created_at < now())
                               AND (TRUE [[AND c.organization_id IN (SELECT id FROM public.organizations WHERE {{organization}})]])
  GROUP BY b.month
), compared AS (
  SELECT months.*, lag(drafts, 12) OVER (ORDER BY month) AS drafts_year_ago,
         lag(published, 12) OVER (ORDER BY month) AS published_year_ago
  FROM months
)
SELECT m.month, m.drafts, m.unused, m.published,
       round(100.0 * m.unused / NULLIF(m.drafts, 0), 2) AS pollution,
       m.drafts_year_ago,
       round(100.0 * (m.drafts - m.drafts_year_ago) / NULLIF(m.drafts_year_ago, 0), 1) AS drafts_on_year,
       m.published_year_ago,
       round(100.0 * (m.published - m.published_year_ago) / NULLIF(m.published_year_ago, 0), 1) AS published_on_year
FROM compared AS m
JOIN (SELECT (COALESCE(((now()) AT TIME ZONE 'Europe/Berlin' - INTERVAL '12 months') AT TIME ZONE 'Europe/Berlin')) AS first) AS shown ON m.month >= date_trunc('month', shown.first, 'Europe/Berlin')
WHERE m.month <= now()
ORDER BY m.month) AS q
ORDER BY 1;
