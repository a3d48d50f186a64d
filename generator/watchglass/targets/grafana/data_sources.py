"""
Data sources: how a query names its own, and those that an environment asks for.

The latter are made as the API takes them, and as a file for Grafana's provisioning folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from watchglass import naming
from watchglass.artifact import Artifact, Json
from watchglass.definition.columns import ManagedSource
from watchglass.definition.service import Query, Service, Source
from watchglass.targets.grafana.contact_points import expanded

_TYPE = "grafana-postgresql-datasource"


def source_of(query: Query) -> dict[str, str]:
    """Name the data source of a query as panels, variables, annotations and rules do."""
    return {"type": _TYPE, "uid": query.source.grafana_uid}


def build_data_sources(service: Service) -> Iterator[Artifact]:
    """Make each data source that is managed, with `${env:NAME}` where a value of the environment stands."""
    for source in service.sources.values():
        if source.managed is not None:
            body = _body(source, source.managed)
            yield _artifact(service, source, source.managed, body)
            yield _file(service, source, body)


def _body(source: Source, managed: ManagedSource) -> dict[str, Json]:
    options: dict[str, Json] = {"database": managed.database, "sslmode": managed.sslmode}
    secrets = {"password": managed.password} if managed.password else {}
    if managed.ca:
        options["tlsConfigurationMethod"] = "file-content"
        secrets["tlsCACert"] = managed.ca
    if managed.max_connections is not None:
        options["maxOpenConns"] = managed.max_connections
    return {
        "uid": source.grafana_uid,
        "name": managed.name,
        "type": _TYPE,
        "access": "proxy",
        "url": managed.host,
        "user": managed.user,
        "jsonData": options,
        "secureJsonData": secrets,
    }


def _artifact(service: Service, source: Source, managed: ManagedSource, body: dict[str, Json]) -> Artifact:
    home = managed.at.path
    origins = {
        "/name": (*home, "name"),
        "/url": (*home, "host"),
        "/user": (*home, "user"),
        "/jsonData/database": (*home, "database"),
        "/jsonData/sslmode": (*home, "sslmode"),
        "/jsonData/maxOpenConns": (*home, "max_connections"),
        "/secureJsonData/password": (*home, "password"),
        "/secureJsonData/tlsCACert": (*home, "ca"),
    }
    path = _path(service, "data-sources", source, "json")
    return Artifact("grafana", "data-sources", source.grafana_uid, path, body, origins)


def _file(service: Service, source: Source, body: dict[str, Json]) -> Artifact:
    """Write it as JSON, which is YAML, too: Grafana reads no other ending in this folder."""
    listed = {"orgId": service.environment.grafana_organization, **expanded(body), "editable": False}
    text = json.dumps({"apiVersion": 1, "datasources": [listed]}, indent=2, ensure_ascii=False) + "\n"
    return Artifact(
        "grafana", "datasources", source.grafana_uid, _path(service, "datasources", source, "yaml"), text
    )


def _path(service: Service, kind: str, source: Source, ending: str) -> str:
    suffix = service.environment.suffix
    return naming.path(service.id, suffix, "grafana", kind, naming.slug(source.id), ending)
