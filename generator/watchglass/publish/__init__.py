"""Artifacts at Grafana and Metabase: a plan of changes, and the changes; nothing unplanned, nothing that is not ours."""
