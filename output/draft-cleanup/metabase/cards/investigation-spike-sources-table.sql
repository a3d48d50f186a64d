-- investigation/spike_sources-table (card)
SELECT q."organization" AS "organization", q."drafts" AS "drafts", q."creators" AS "creators", q."newest" AS "newest"
FROM (SELECT o.id::text AS organization_id,
       o.name AS organization,
       count(*) AS drafts,
       count(DISTINCT c.created_by) AS creators,
       max(c.created_at) AS newest
FROM public.courses AS c
JOIN public.organizations AS o ON o.id = c.organization_id
WHERE (c.status = 'draft') AND c.created_at > now() - INTERVAL '1 hour'
  AND (TRUE [[AND c.organization_id IN (SELECT id FROM public.organizations WHERE {{organization}})]])
GROUP BY o.id, o.name
ORDER BY 3 DESC, o.id
LIMIT 10) AS q;
