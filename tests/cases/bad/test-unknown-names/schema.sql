CREATE ROLE dashboards;
CREATE TABLE orders (total numeric, placed_at timestamptz NOT NULL DEFAULT now());
GRANT SELECT ON orders TO dashboards;
