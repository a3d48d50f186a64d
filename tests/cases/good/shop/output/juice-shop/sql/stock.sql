-- Stock
-- Worth asking every 15 minutes.
-- Columns:
--   sku: text
--   name: text
--   in_stock: integer
--   state: text
--   above_reorder: integer; good from 30, watch below 30, bad below 0, broken below -20
--   counted_at: timestamp

SELECT s.sku, s.name, s.in_stock, (CASE WHEN (s.in_stock - s.reorder_at) IS NULL THEN NULL WHEN (s.in_stock - s.reorder_at) < -20 THEN 'broken' WHEN (s.in_stock - s.reorder_at) < 0 THEN 'bad' WHEN (s.in_stock - s.reorder_at) < 30 THEN 'watch' ELSE 'good' END) AS state,
       s.in_stock - s.reorder_at AS above_reorder, s.counted_at
FROM shop.products AS s
ORDER BY s.in_stock - s.reorder_at;
