-- Drafts of the last 24 hours by state
-- Many that nothing was generated from mean that the Redis sessions are passed by.
-- Filter Organization: all.
-- Worth asking every 15 minutes.
-- Budget: 100 milliseconds.
-- Columns:
--   state: text
--   drafts: integer
--   newest: timestamp; may be NULL

SELECT state.name AS state, count(c.id) AS drafts, max(c.created_at) AS newest
FROM (VALUES (1, 'unused'), (2, 'pending'), (3, 'processing'), (4, 'completed'), (5, 'failed')) AS state(position, name)
LEFT JOIN public.courses AS c ON COALESCE(c.generation_status::text, 'unused') = state.name
                             AND (c.status = 'draft') AND c.created_at > now() - INTERVAL '24 hours'
                             AND TRUE
GROUP BY state.position, state.name
ORDER BY state.position;
