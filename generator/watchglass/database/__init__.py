"""PostgreSQL: an embedded server, connections that cannot write, statements that are tried."""
