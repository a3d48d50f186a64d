CREATE TABLE orders (id int, state text, at timestamptz);
INSERT INTO orders SELECT n, 'state ' || n % 500, timestamptz '2026-01-01 00:00+00' - n * interval '1 minute' FROM generate_series(1, 105000) AS n;
CREATE VIEW recent AS SELECT id, state, at FROM orders WHERE at > '2025-12-31 00:00+00';
