"""Grafana's server-side expressions: math, threshold, reduce, resample and classic conditions."""
