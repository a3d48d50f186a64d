-- overview/stock_left-bar_gauge (card)
SELECT q."sku" AS "sku", q."above_reorder" AS "above_reorder"
FROM (SELECT s.sku, s.name, s.in_stock, (CASE WHEN (s.in_stock - s.reorder_at) IS NULL THEN NULL WHEN (s.in_stock - s.reorder_at) < -20 THEN 'broken' WHEN (s.in_stock - s.reorder_at) < 0 THEN 'bad' WHEN (s.in_stock - s.reorder_at) < 30 THEN 'watch' ELSE 'good' END) AS state,
       s.in_stock - s.reorder_at AS above_reorder, s.counted_at
FROM shop.products AS s
ORDER BY s.in_stock - s.reorder_at) AS q;
