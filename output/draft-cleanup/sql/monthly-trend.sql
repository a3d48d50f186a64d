-- Drafts and courses by month
-- Each month against the same month of the year before. The last month is not over yet.
-- Range: the last 12 months, in Europe/Berlin.
-- Filter Organization: all.
-- Worth asking every 1 month.
-- Budget: 300 milliseconds.
-- Columns:
--   month: timestamp
--   drafts: integer
--   unused: integer
--   published: integer
--   pollution: number in %; may be NULL; healthy below 10 %, elevated from 10 %, high from 30 %, critical from 50 %
--   drafts_year_ago: integer
--   drafts_on_year: number in %; may be NULL
--   published_year_ago: integer
--   published_on_year: number in %; may be NULL

WITH months AS (
  SELECT b.month,
         count(c.id) FILTER (WHERE (c.status = 'draft')) AS drafts,
         count(c.id) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused,
         count(c.id) FILTER (WHERE c.status = 'published') AS published
  FROM (SELECT g AT TIME ZONE 'Europe/Berlin' FROM generate_series(date_trunc('month', (((((now() AT TIME ZONE 'Europe/Berlin' - INTERVAL '12 months') AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'Europe/Berlin' - INTERVAL '13 months') AT TIME ZONE 'Europe/Berlin')) AT TIME ZONE 'Europe/Berlin'), (now() - INTERVAL '1 microsecond') AT TIME ZONE 'Europe/Berlin', INTERVAL '1 month') AS g) AS b(month)
  LEFT JOIN public.courses AS c ON date_trunc('month', c.created_at, 'Europe/Berlin') = b.month
                               AND (c.created_at >= ((((now() AT TIME ZONE 'Europe/Berlin' - INTERVAL '12 months') AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'Europe/Berlin' - INTERVAL '13 months') AT TIME ZONE 'Europe/Berlin') AND c.created_at < now())
                               AND TRUE
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
JOIN (SELECT ((now() AT TIME ZONE 'Europe/Berlin' - INTERVAL '12 months') AT TIME ZONE 'Europe/Berlin') AS first) AS shown ON m.month >= date_trunc('month', shown.first, 'Europe/Berlin')
WHERE m.month <= now()
ORDER BY m.month;
