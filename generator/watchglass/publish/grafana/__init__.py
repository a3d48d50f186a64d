"""Grafana's objects as kinds: how each is read, brought to its normal form, written and removed."""
