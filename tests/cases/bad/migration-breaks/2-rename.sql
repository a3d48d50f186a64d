BEGIN;
-- What an order costs is no price any more.
ALTER TABLE orders RENAME COLUMN price TO amount;
ALTER TYPE state RENAME VALUE 'open' TO 'new';
COMMIT;
