-- investigation/pending_audit-table (card)
SELECT c.id AS course,
       c.title,
       o.name AS organization,
       creator.email AS created_by,
       c.created_at,
       now() - c.created_at AS age,
       COALESCE(c.generation_status::text, 'none') AS generation,
       CASE WHEN c.generation_status IS NULL THEN 'unused: the job should have deleted it'
            WHEN c.generation_status = 'failed' THEN 'its generation failed'
            WHEN c.generation_status = 'completed' THEN 'generated, but not published'
            ELSE 'its generation has not ended' END AS reason
FROM public.courses AS c
JOIN public.organizations AS o ON o.id = c.organization_id
LEFT JOIN auth.users AS creator ON creator.id = c.created_by
WHERE (c.status = 'draft') AND c.created_at < now() - INTERVAL '24 hours'
  AND (TRUE [[AND c.organization_id IN (SELECT id FROM public.organizations WHERE {{organization}})]])
ORDER BY (c.generation_status IS NULL) DESC, c.created_at, c.id
LIMIT 500;
