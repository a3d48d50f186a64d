"""A database's catalog → the SQL that makes the same tables, views and functions anew: no rows, no rights to read any."""
