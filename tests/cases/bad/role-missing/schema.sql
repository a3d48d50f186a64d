CREATE ROLE dashboards;
CREATE TABLE orders (id int);
GRANT SELECT ON orders TO dashboards;
