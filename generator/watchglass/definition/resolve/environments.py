"""Environments: which one is meant, and whether the servers of each are written as they are numbered."""

from __future__ import annotations

import re

from watchglass.artifact import Path
from watchglass.definition.model.later import EnvironmentPart, GrafanaTarget, MetabaseTarget
from watchglass.definition.resolve.context import Context
from watchglass.definition.service import Environment

_GRAFANA = re.compile(r"v?\d{1,3}(?:\.\d{1,3}){0,2}")
_METABASE = re.compile(r"v?(?:0\.)?(\d{2})(?:\.\d+)*")
_GROUP = re.compile(r"[1-9]\d{0,8}")
_ROLE_OR_TEAM = re.compile(r"viewer|editor|team:\S.*")
_STAND_IN = 58
"""Of Metabase, where the version is wrong."""


def resolve_environment(context: Context, wanted: str | None) -> Environment:
    """
    Choose the environment: the one that is wanted, else the one marked `default: true`, else the only one.

    All of them are judged: an environment that nobody can publish to is found here.
    """
    written = context.definition.model.environments
    for each, servers in written.items():
        _check_servers(context, ("environments", each), servers)
    if wanted is not None and wanted not in written:
        context.unknown("environment", wanted, written, ("environments",))
        wanted = None
    marked = [name for name, part in written.items() if part.default]
    if len(marked) > 1:
        context.report(
            "environment-default", "one environment is the default one", ("environments", marked[1], "default"),
            related=[(("environments", marked[0]), "this one is, too")],
        )  # fmt: skip
    if not marked and len(written) > 1:
        context.report(
            "environment-default",
            "none of the environments is marked `default: true`",
            ("environments",),
            key=True,
        )
    default = marked[0] if marked else next(iter(written), "default")
    name = wanted or default
    part = written.get(name, EnvironmentPart())
    return _environment(context, name, name == default, part)


def _environment(context: Context, name: str, default: bool, part: EnvironmentPart) -> Environment:
    grafana, metabase = part.grafana or GrafanaTarget(), part.metabase or MetabaseTarget()
    title = context.definition.model.service.title
    version = _METABASE.fullmatch(metabase.version)
    return Environment(
        name,
        default,
        grafana.url or "",
        grafana.folder or title,
        grafana.version.removeprefix("v"),
        metabase.url or "",
        metabase.collection or title,
        int(version[1]) if version else _STAND_IN,
        context.at(("environments", name)),
        grafana.organization or 1,
        dict(metabase.permissions),
        dict(grafana.permissions),
    )


def _check_servers(context: Context, path: Path, part: EnvironmentPart) -> None:
    grafana, metabase = part.grafana or GrafanaTarget(), part.metabase or MetabaseTarget()
    if not _GRAFANA.fullmatch(grafana.version):
        message, hint = f"'{grafana.version}' is no version of Grafana", "such as 12.3"
        context.report("wrong-version", message, (*path, "grafana", "version"), hint=hint)
    if not _METABASE.fullmatch(metabase.version):
        message, hint = (
            f"'{metabase.version}' is no version of Metabase",
            "write the second number of 0.58.3, such as 58",
        )
        context.report("wrong-version", message, (*path, "metabase", "version"), hint=hint)
    if grafana.organization is not None and grafana.organization < 1:
        message = "organizations are numbered from 1 on"
        context.report("wrong-number", message, (*path, "grafana", "organization"))
    for who in grafana.permissions:
        if not _ROLE_OR_TEAM.fullmatch(who):
            hint = "viewer, editor, or a team as team:<its name>; an administrator may do everything"
            place = (*path, "grafana", "permissions", who)
            context.report("unknown-name", f"'{who}' is no role and no team", place, key=True, hint=hint)
    for group in metabase.permissions:
        if not _GROUP.fullmatch(group):
            hint = "the address of the group's page ends with it: Admin, People, Groups"
            place = (*path, "metabase", "permissions", group)
            context.report("wrong-number", f"'{group}' is no number of a group", place, key=True, hint=hint)
