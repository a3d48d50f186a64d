-- Organizations with the most unused drafts
-- The ten with the most; a flood of unused drafts from one of them is abuse, or a broken form.
-- Filter Organization: all.
-- Worth asking every 1 hour.
-- Budget: 200 milliseconds.
-- Columns:
--   organization_id: text
--   organization: text
--   unused: integer; healthy below 20, elevated from 20, high from 50, critical from 100
--   materialized: integer
--   drafts: integer
--   pollution: number in %; healthy below 10 %, elevated from 10 %, high from 30 %, critical from 50 %
--   published: integer
--   creators: integer
--   newest_draft: timestamp
--   oldest_draft: timestamp

SELECT o.id::text AS organization_id,
       o.name AS organization,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused,
       count(*) FILTER (WHERE (c.status = 'draft') AND c.generation_status IS NOT NULL) AS materialized,
       count(*) FILTER (WHERE (c.status = 'draft')) AS drafts,
       round(100.0 * count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL))
             / NULLIF(count(*) FILTER (WHERE (c.status = 'draft')), 0), 2) AS pollution,
       count(*) FILTER (WHERE c.status = 'published') AS published,
       count(DISTINCT c.created_by) FILTER (WHERE (c.status = 'draft')) AS creators,
       max(c.created_at) FILTER (WHERE (c.status = 'draft')) AS newest_draft,
       min(c.created_at) FILTER (WHERE (c.status = 'draft')) AS oldest_draft
FROM public.courses AS c
JOIN public.organizations AS o ON o.id = c.organization_id
WHERE TRUE
GROUP BY o.id, o.name
HAVING count(*) FILTER (WHERE (c.status = 'draft')) > 0
ORDER BY 3 DESC, 5 DESC, o.id
LIMIT 10;
