-- A city library: who has borrowed what, where, and until when.
CREATE TABLE loans (
  id integer PRIMARY KEY,
  member text NOT NULL,
  branch text NOT NULL,
  taken timestamptz NOT NULL,
  due date NOT NULL,
  returned timestamptz
);
CREATE ROLE reader NOLOGIN;
GRANT SELECT ON loans TO reader;
