-- report/top-organizations (card)
SELECT q."organization" AS "organization", q."unused" AS "unused", q."materialized" AS "materialized", q."drafts" AS "drafts", q."pollution" AS "pollution", q."published" AS "published", q."creators" AS "creators", q."newest_draft" AS "newest_draft", q."oldest_draft" AS "oldest_draft"
FROM (SELECT o.id::text AS organization_id,
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
WHERE (TRUE [[AND c.organization_id IN (SELECT id FROM public.organizations WHERE {{organization}})]])
GROUP BY o.id, o.name
HAVING count(*) FILTER (WHERE (c.status = 'draft')) > 0
ORDER BY 3 DESC, 5 DESC, o.id
LIMIT 10) AS q;
