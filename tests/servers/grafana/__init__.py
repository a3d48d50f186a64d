"""
A Grafana on loopback, with state, versions, provenance, rights and refusals.

>>> with grafana_server(version="12.4") as server:
...     server.get("/api/health").json()["version"]
'12.4.0'
"""

from tests.servers.grafana.server import GrafanaServer, grafana_server

__all__ = ["GrafanaServer", "grafana_server"]
