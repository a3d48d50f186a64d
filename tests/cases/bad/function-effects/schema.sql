CREATE TABLE orders (id int, state text);
CREATE FUNCTION trigger_manual_cleanup() RETURNS int LANGUAGE plpgsql AS 'BEGIN DELETE FROM orders; RETURN 1; END';
CREATE FUNCTION read_all() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT count(*) FROM orders';
CREATE FUNCTION read_table(name text) RETURNS bigint LANGUAGE plpgsql STABLE AS
    $$ DECLARE n bigint; BEGIN EXECUTE format('SELECT count(*) FROM %I', name) INTO n; RETURN n; END $$;
CREATE VIEW cleaned AS SELECT trigger_manual_cleanup() AS n;
CREATE VIEW cleaned_today AS SELECT n FROM cleaned;
