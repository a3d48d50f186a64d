-- stock_out/A (alert)
SELECT a.*
FROM (SELECT COALESCE(q."sku"::text, '') AS "sku", min(NULLIF(q."above_reorder"::float8, 'NaN')) AS "value"
FROM (SELECT s.sku, s.name, s.in_stock, (CASE WHEN (s.in_stock - s.reorder_at) IS NULL THEN NULL WHEN (s.in_stock - s.reorder_at) < -20 THEN 'broken' WHEN (s.in_stock - s.reorder_at) < 0 THEN 'bad' WHEN (s.in_stock - s.reorder_at) < 30 THEN 'watch' ELSE 'good' END) AS state,
       s.in_stock - s.reorder_at AS above_reorder, s.counted_at
FROM shop.products AS s
ORDER BY s.in_stock - s.reorder_at) AS q
GROUP BY COALESCE(q."sku"::text, '')
HAVING min(NULLIF(q."above_reorder"::float8, 'NaN')) IS NOT NULL) AS a
ORDER BY -a."value" DESC NULLS LAST, 1;

-- stock_out/S (alert)
SELECT COALESCE(s."sku", '') AS "sku", COALESCE(s."name", '') AS "name", 1::float8 AS "value"
FROM (SELECT 1) AS one LEFT JOIN (SELECT DISTINCT ON (1) COALESCE(q."sku"::text, '') AS "sku", (q."name"::text)::text AS "name", NULLIF(q."above_reorder"::float8, 'NaN') AS "watchglass_values"
FROM (SELECT s.sku, s.name, s.in_stock, (CASE WHEN (s.in_stock - s.reorder_at) IS NULL THEN NULL WHEN (s.in_stock - s.reorder_at) < -20 THEN 'broken' WHEN (s.in_stock - s.reorder_at) < 0 THEN 'bad' WHEN (s.in_stock - s.reorder_at) < 30 THEN 'watch' ELSE 'good' END) AS state,
       s.in_stock - s.reorder_at AS above_reorder, s.counted_at
FROM shop.products AS s
ORDER BY s.in_stock - s.reorder_at) AS q
ORDER BY 1, -NULLIF(q."above_reorder"::float8, 'NaN') DESC NULLS LAST) AS s ON true;
