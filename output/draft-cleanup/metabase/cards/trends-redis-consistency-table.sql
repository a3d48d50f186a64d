-- trends/redis_consistency-table (card)
WITH parted AS (
  SELECT c.id, c.created_at, (c.status = 'draft' AND c.generation_status IS NULL) AS unused, c.created_at >= TIMESTAMPTZ '2025-11-08T00:00:00+01:00' AS since
  FROM public.courses AS c
  WHERE (c.status = 'draft') AND (TRUE [[AND c.organization_id IN (SELECT id FROM public.organizations WHERE {{organization}})]])
)
SELECT part.period,
       count(parted.id) AS drafts,
       count(parted.id) FILTER (WHERE parted.unused) AS unused,
       round(100.0 * count(parted.id) FILTER (WHERE parted.unused) / NULLIF(count(parted.id), 0), 2) AS pollution,
       array_to_string((array_agg(parted.id ORDER BY parted.created_at DESC, parted.id)
                        FILTER (WHERE parted.unused))[1:5], ', ') AS newest_unused
FROM (VALUES (false, 'before Redis'), (true, 'since Redis')) AS part(since, period)
LEFT JOIN parted ON parted.since = part.since
GROUP BY part.since, part.period
ORDER BY part.since;
