-- draft_pollution_critical/A (alert)
SELECT COALESCE(NULLIF((SELECT q."pollution" FROM (SELECT count(*) AS total_drafts,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused_drafts,
       count(*) FILTER (WHERE c.generation_status IS NOT NULL) AS active_drafts,
       round(100.0 * count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) / NULLIF(count(*), 0), 2) AS pollution,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '1 hour') AS created_last_hour,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '24 hours') AS created_last_day,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '7 days') AS created_last_week,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL AND c.created_at < now() - INTERVAL '24 hours')) AS pending_cleanup,
       now() AS measured_at
FROM public.courses AS c
WHERE (c.status = 'draft') AND TRUE) AS q LIMIT 1)::float8, 'NaN'), 0) AS "value";

-- draft_pollution_critical/B (alert)
SELECT a.value
FROM (SELECT NULLIF((SELECT q."unused_drafts" FROM (SELECT count(*) AS total_drafts,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) AS unused_drafts,
       count(*) FILTER (WHERE c.generation_status IS NOT NULL) AS active_drafts,
       round(100.0 * count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL)) / NULLIF(count(*), 0), 2) AS pollution,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '1 hour') AS created_last_hour,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '24 hours') AS created_last_day,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '7 days') AS created_last_week,
       count(*) FILTER (WHERE (c.status = 'draft' AND c.generation_status IS NULL AND c.created_at < now() - INTERVAL '24 hours')) AS pending_cleanup,
       now() AS measured_at
FROM public.courses AS c
WHERE (c.status = 'draft') AND TRUE) AS q LIMIT 1)::float8, 'NaN') AS "value") AS a
WHERE a.value IS NOT NULL;
