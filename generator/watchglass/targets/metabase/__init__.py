"""A service as Metabase's questions and dashboards."""
