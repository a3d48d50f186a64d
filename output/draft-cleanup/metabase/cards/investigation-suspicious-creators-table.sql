-- investigation/suspicious_creators-table (card)
SELECT COALESCE(c.created_by::text, 'nobody') AS creator,
       min(creator.email) AS email,
       count(*) AS drafts,
       count(DISTINCT c.organization_id) AS organizations,
       min(c.created_at) AS first_draft,
       max(c.created_at) AS last_draft
FROM public.courses AS c
LEFT JOIN auth.users AS creator ON creator.id = c.created_by
WHERE (c.status = 'draft') AND c.created_at > now() - INTERVAL '1 hour'
  AND (TRUE [[AND c.organization_id IN (SELECT id FROM public.organizations WHERE {{organization}})]])
GROUP BY c.created_by
HAVING count(*) > 20
ORDER BY 3 DESC, 1
LIMIT 100;
