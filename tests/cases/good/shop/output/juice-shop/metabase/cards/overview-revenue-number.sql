-- overview/revenue-number (card)
SELECT (SELECT q."revenue" FROM (SELECT count(*) AS orders,
       COALESCE(sum(o.total), 0) AS revenue,
       round(avg(o.total), 2) AS basket,
       round(100 * avg(o.total) / 75.5, 1) AS basket_index
FROM shop.orders AS o
JOIN shop.cities AS c ON c.id = o.city_id
WHERE (o.placed_at >= COALESCE(((now()) AT TIME ZONE 'America/New_York' - INTERVAL '1 day') AT TIME ZONE 'America/New_York') AND o.placed_at < now())
  AND (TRUE [[AND c.region_code IN (SELECT code FROM shop.regions WHERE {{region}})]])
  AND (TRUE [[AND c.id IN (SELECT id FROM shop.cities WHERE {{city}})]])) AS q LIMIT 1) AS "revenue";
