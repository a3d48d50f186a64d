-- investigation/unused_average-table (card)
SELECT round(count(*) FILTER (WHERE c.created_at < today.begins) / 7.0, 2) AS mean_of_week,
       count(*) FILTER (WHERE c.created_at > now() - INTERVAL '24 hours') AS last_day
FROM (SELECT date_trunc('day', (now()), 'Europe/Berlin') AS begins) AS today
LEFT JOIN public.courses AS c
       ON (c.created_at AT TIME ZONE 'Europe/Berlin') >= (today.begins AT TIME ZONE 'Europe/Berlin') - INTERVAL '7 days'
      AND (c.status = 'draft' AND c.generation_status IS NULL) AND (TRUE [[AND c.organization_id IN (SELECT id FROM public.organizations WHERE {{organization}})]]);
