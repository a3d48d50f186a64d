CREATE TABLE orders (id int, shop text, at timestamptz);
INSERT INTO orders SELECT n, 'shop ' || n % 40, now() - n * interval '2 minutes' FROM generate_series(1, 2500) AS n;
