"""Environment, sources, hours and constants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from watchglass.artifact import Path
from watchglass.definition import week
from watchglass.definition.columns import ManagedSource
from watchglass.definition.model.later import EnvironmentPart, GrafanaTarget, MetabaseTarget
from watchglass.definition.model.sources import HoursPart
from watchglass.definition.resolve.context import Context
from watchglass.definition.service import Environment, Hours, Source
from watchglass.sql.pieces import Span24, Value

_NO_PLACE = re.compile(r"(?:posix|right)/.*|localtime|posixrules|Factory")
"""Names that a machine has beside those of IANA: another clock on each, or one that PostgreSQL does not know."""

_FUNCTION_NAME = re.compile(r'[^.()"\s]+\.[^.()"\s]+')
_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
_VERSION = re.compile(r"v?(?:0\.)?(\d{2})(?:\.\d+)*")
_GROUP = re.compile(r"[1-9]\d{0,8}")
_ROLE_OR_TEAM = re.compile(r"viewer|editor|team:\S.*")


def resolve_timezone(context: Context, name: str, path: Path) -> str:
    """Check a time zone's name; one that nobody knows is read as UTC, so that all else can be judged."""
    if _is_timezone(name):
        return name
    hint = "an IANA name, such as Europe/Berlin or UTC"
    context.report("unknown-timezone", f"unknown time zone '{name}'", path, hint=hint)
    return "UTC"


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return not _NO_PLACE.fullmatch(name)


def resolve_environment(context: Context, wanted: str | None) -> Environment:
    """Choose the environment: the one that is wanted, else the one marked `default: true`, else the only one."""
    written = context.definition.model.environments
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
    match = _VERSION.fullmatch(metabase.version)
    if match is None:
        context.report(
            "wrong-version", f"'{metabase.version}' is no version of Metabase", ("environments", name, "metabase", "version"),
            hint="write the second number of 0.58.3, such as 58",
        )  # fmt: skip
    if grafana.organization is not None and grafana.organization < 1:
        place = ("environments", name, "grafana", "organization")
        context.report("wrong-number", "organizations are numbered from 1 on", place)
    return Environment(
        name,
        default,
        grafana.url or "",
        grafana.folder or title,
        grafana.version,
        metabase.url or "",
        metabase.collection or title,
        int(match[1]) if match else 58,
        context.at(("environments", name)),
        grafana.organization or 1,
        _permissions(context, name, metabase),
        _folder_permissions(context, name, grafana),
    )


def _folder_permissions(context: Context, environment: str, grafana: GrafanaTarget) -> Mapping[str, str]:
    for who in grafana.permissions:
        if not _ROLE_OR_TEAM.fullmatch(who):
            place = ("environments", environment, "grafana", "permissions", who)
            hint = "viewer, editor, or a team as team:<its name>; an administrator may do everything"
            context.report("unknown-name", f"'{who}' is no role and no team", place, key=True, hint=hint)
    return dict(grafana.permissions)


def _permissions(context: Context, environment: str, metabase: MetabaseTarget) -> Mapping[str, str]:
    for group in metabase.permissions:
        if not _GROUP.fullmatch(group):
            place = ("environments", environment, "metabase", "permissions", group)
            hint = "the address of the group's page ends with it: Admin, People, Groups"
            context.report("wrong-number", f"'{group}' is no number of a group", place, key=True, hint=hint)
    return dict(metabase.permissions)


def resolve_sources(context: Context, environment: str) -> dict[str, Source]:
    """Bind every source to its names at the targets."""
    bound = context.definition.model.environments.get(environment, EnvironmentPart()).sources
    sources: dict[str, Source] = {}
    for name, part in context.definition.model.sources.items():
        binding = bound.get(name)
        if part.type == "redis":
            context.later(f"source '{name}' (Redis)", ("sources", name))
        sources[name] = Source(
            name,
            part.type,
            part.fixture.schema_ if part.fixture else None,
            tuple(part.fixture.data) if part.fixture else (),
            binding.grafana.uid if binding and binding.grafana else name,
            binding.metabase.database if binding and binding.metabase else name,
            context.at(("sources", name)),
            part.fixture.role if part.fixture else "",
            _trusted(context, name),
            _managed(context, environment, name),
        )
    return sources


def _managed(context: Context, environment: str, source: str) -> ManagedSource | None:
    """Give the data source that an environment asks for."""
    model = context.definition.model
    binding = model.environments.get(environment, EnvironmentPart()).sources.get(source)
    if binding is None or binding.grafana is None or binding.grafana.manage is None:
        return None
    written, path = (
        binding.grafana.manage,
        ("environments", environment, "sources", source, "grafana", "manage"),
    )
    if model.sources[source].type != "postgres":
        message = (
            f"data sources of type postgres are managed, '{source}' is of type {model.sources[source].type}"
        )
        context.report("managed-source", message, path, key=True)
    if "://" in written.host:
        hint = "write the server and its port alone, such as db.example.com:5432"
        context.report("managed-source", "a host is no address with a scheme", (*path, "host"), hint=hint)
    if written.ca is not None and written.sslmode not in ("verify-ca", "verify-full"):
        message = f"sslmode {written.sslmode} looks at no certificate, `ca` would be in vain"
        context.report("managed-source", message, (*path, "ca"), key=True)
    if written.max_connections is not None and written.max_connections < 1:
        context.report("wrong-number", "at least one connection is needed", (*path, "max_connections"))
    title = model.sources[source].title or f"{model.service.title}: {source}"
    return ManagedSource(
        written.name or title, written.host, written.database, written.user, written.password or "",
        written.sslmode, written.ca or "", written.max_connections, context.at(path),
    )  # fmt: skip


def _trusted(context: Context, source: str) -> tuple[str, ...]:
    """Give the functions that a source's statements may call; a name alone would hold for any schema."""
    names = tuple(context.definition.model.sources[source].trusted_functions)
    for name in names:
        if not _FUNCTION_NAME.fullmatch(name):
            context.report(
                "function-name",
                f"'{name}' is no schema.function",
                ("sources", source, "trusted_functions", name),
                key=True,
                hint=f"write {'public' if '.' not in name else 'schema'}.{name.rpartition('.')[2].partition('(')[0]}, "
                "without arguments",
            )
    return names


def resolve_hours(context: Context, timezone: str) -> dict[str, Hours]:
    """Read all hours; those that are wrong, or outside of wrong ones, are left out: their problems say why."""
    written = context.definition.model.hours
    own = {
        name: _hours(context, name, part, timezone) for name, part in written.items() if part.outside is None
    }
    found = {name: own[name] if name in own else _outside(context, name, own) for name in written}
    return {name: hours for name, hours in found.items() if hours is not None}


def _outside(context: Context, name: str, own: Mapping[str, Hours | None]) -> Hours | None:
    """Follow `outside` to hours of days and times; what is outside of an outside is inside again."""
    written = context.definition.model.hours
    _check_alone(context, name, written[name])
    chain = [name]
    while (other := written[chain[-1]].outside) is not None:
        if other in chain:
            context.circle("hours", chain[chain.index(other) :], "outside")
            return None
        if context.find("hours", other, written, ("hours", chain[-1], "outside")) is None:
            return None
        chain.append(other)
    inner = own[chain[-1]]
    if inner is None:
        return None
    return Hours(name, inner.spans, len(chain) % 2 == 0, inner.timezone, context.at(("hours", name)))


def _check_alone(context: Context, name: str, part: HoursPart) -> None:
    for field in sorted(part.model_fields_set - {"outside"}):
        key = field.rstrip("_")
        message = f"`outside` means all that other hours are not: `{key}` has no place beside it"
        context.report("hours-form", message, ("hours", name, key), key=True)


def _hours(context: Context, name: str, part: HoursPart, timezone: str) -> Hours | None:
    path: Path = ("hours", name)
    before = len(context.problems)
    zone = resolve_timezone(context, part.timezone, (*path, "timezone")) if part.timezone else timezone
    days = _days(context, part.days or "monday..sunday", (*path, "days"))
    start = _minutes(context, part.from_ or "00:00", (*path, "from"))
    end = _minutes(context, part.to or "24:00", (*path, "to"))
    if start is not None and start == end:
        context.report("hours-form", "hours begin and end at different times", path, key=True)
    if start is None or end is None or len(context.problems) > before:
        return None
    if end > start:
        return Hours(name, (Span24(days, start, end),), False, zone, context.at(path))
    following = tuple(sorted(day % 7 + 1 for day in days))
    spans = (Span24(days, start, 1440), *((Span24(following, 0, end),) if end else ()))
    return Hours(name, spans, False, zone, context.at(path))


def _days(context: Context, text: str, path: Path) -> tuple[int, ...]:
    found: set[int] = set()
    for part in re.split(r"\s*,\s*", text.strip().lower()):
        ends = part.split("..")
        if len(ends) > 2 or any(end not in week.DAYS for end in ends):
            context.report(
                "hours-form", f"'{part}' is no day", path, hint="such as monday..friday, or saturday, sunday"
            )
            continue
        first, last = week.DAYS.index(ends[0]), week.DAYS.index(ends[-1])
        length = (last - first) % 7
        found |= {(first + index) % 7 + 1 for index in range(length + 1)}
    return tuple(sorted(found))


def _minutes(context: Context, text: str, path: Path) -> int | None:
    match = _CLOCK.fullmatch(text)
    if match is None or (match[1] == "24" and match[2] != "00"):
        context.report(
            "hours-form", f"'{text}' is no time of day", path, hint='write it as "09:00", up to "24:00"'
        )
        return None
    return int(match[1]) * 60 + int(match[2])


def resolve_constants(context: Context) -> Mapping[str, Value]:
    """Give the constants as typed values."""
    return {name: Value(part.value, part.type) for name, part in context.definition.model.constants.items()}
