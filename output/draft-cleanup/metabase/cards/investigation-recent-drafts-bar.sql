-- investigation/recent_drafts-bar (card)
SELECT q."state" AS "state", q."drafts" AS "drafts"
FROM (SELECT state.name AS state, count(c.id) AS drafts, max(c.created_at) AS newest
FROM (VALUES (1, 'unused'), (2, 'pending'), (3, 'processing'), (4, 'completed'), (5, 'failed')) AS state(position, name)
LEFT JOIN public.courses AS c ON COALESCE(c.generation_status::text, 'unused') = state.name
                             AND (c.status = 'draft') AND c.created_at > now() - INTERVAL '24 hours'
                             AND (TRUE [[AND c.organization_id IN (SELECT id FROM public.organizations WHERE {{organization}})]])
GROUP BY state.position, state.name
ORDER BY state.position) AS q;
