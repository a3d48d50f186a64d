-- Where the drafts of the last hour come from
-- The ten organizations with the most; look here first at a spike.
-- Filter Organization: all.
-- Worth asking every 5 minutes.
-- Budget: 200 milliseconds.
-- Columns:
--   organization_id: text
--   organization: text
--   drafts: integer
--   creators: integer
--   newest: timestamp

SELECT o.id::text AS organization_id,
       o.name AS organization,
       count(*) AS drafts,
       count(DISTINCT c.created_by) AS creators,
       max(c.created_at) AS newest
FROM public.courses AS c
JOIN public.organizations AS o ON o.id = c.organization_id
WHERE (c.status = 'draft') AND c.created_at > now() - INTERVAL '1 hour'
  AND TRUE
GROUP BY o.id, o.name
ORDER BY 3 DESC, o.id
LIMIT 10;
