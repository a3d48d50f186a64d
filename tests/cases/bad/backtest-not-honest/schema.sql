CREATE TABLE runs (began timestamptz, lane int);
CREATE TABLE lanes (id int);
CREATE VIEW newest AS SELECT max(began) AS began FROM runs;
INSERT INTO runs SELECT '2026-03-01 00:00Z'::timestamptz + n * INTERVAL '1 hour', 1 FROM generate_series(0, 99) AS n;
CREATE ROLE reader;
GRANT SELECT ON runs, lanes, newest TO reader;
