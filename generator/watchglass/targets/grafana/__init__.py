"""A service as Grafana's dashboards and alert rules."""
