-- Suspicious creators
-- Who made more than 20 drafts in the last hour, and for how many organizations.
-- Filter Organization: all.
-- Worth asking every 5 minutes.
-- Budget: 200 milliseconds.
-- Columns:
--   creator: text
--   email: text; may be NULL
--   drafts: integer
--   organizations: integer
--   first_draft: timestamp
--   last_draft: timestamp

SELECT COALESCE(c.created_by::text, 'nobody') AS creator,
       min(creator.email) AS email,
       count(*) AS drafts,
       count(DISTINCT c.organization_id) AS organizations,
       min(c.created_at) AS first_draft,
       max(c.created_at) AS last_draft
FROM public.courses AS c
LEFT JOIN auth.users AS creator ON creator.id = c.created_by
WHERE (c.status = 'draft') AND c.created_at > now() - INTERVAL '1 hour'
  AND TRUE
GROUP BY c.created_by
HAVING count(*) > 20
ORDER BY 3 DESC, 1
LIMIT 100;
