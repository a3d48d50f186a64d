CREATE TYPE state AS ENUM ('open', 'paid');
CREATE TABLE orders (id int PRIMARY KEY, state state NOT NULL, price numeric NOT NULL);
CREATE ROLE dashboards;
GRANT SELECT ON orders TO dashboards;
INSERT INTO orders VALUES (1, 'open', 10), (2, 'paid', 20);
