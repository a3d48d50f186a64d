"""Every statement as its target sends it, tried on live PostgreSQL."""
