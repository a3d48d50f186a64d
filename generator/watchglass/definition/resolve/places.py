"""Sources, hours and constants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from watchglass.artifact import Path
from watchglass.definition import week
from watchglass.definition.columns import ManagedSource
from watchglass.definition.model.later import EnvironmentPart
from watchglass.definition.model.sources import HoursPart, SourcePart
from watchglass.definition.resolve.context import Context
from watchglass.definition.service import Hours, Source
from watchglass.sql.pieces import Span24, Value

_NO_PLACE = re.compile(r"(?:posix|right)/.*|localtime|posixrules|Factory")
"""Names that a machine has beside those of IANA: another clock on each, or one that PostgreSQL does not know."""

_FUNCTION_NAME = re.compile(r'[^.()"\s]+\.[^.()"\s]+')
_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


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


def resolve_sources(context: Context, environment: str) -> dict[str, Source]:
    """Bind every source to its names at the targets."""
    bound = context.definition.model.environments.get(environment, EnvironmentPart()).sources
    sources: dict[str, Source] = {}
    for name, part in context.definition.model.sources.items():
        binding = bound.get(name)
        _check_kind(context, name, part)
        for other in context.definition.model.environments:
            _check_uid(context, other, name)
            if other != environment:
                _managed(context, other, name)  # reports what is wrong there
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


def _check_kind(context: Context, name: str, part: SourcePart) -> None:
    """Report what belongs to a source of the other type, and readings of Redis that are none or several."""
    path: Path = ("sources", name)
    other, strange = (
        ("redis", ("commands",))
        if part.type == "postgres"
        else ("postgres", ("fixture", "trusted_functions"))
    )
    for key in strange:
        if key in part.model_fields_set:
            message = f"`{key}` belongs to a source of type {other}"
            context.report("source-form", message, (*path, key), key=True)
    for command, reading in part.commands.items():
        if part.type == "redis" and len(reading.model_fields_set) != 1:
            message = f"a reading is one of {', '.join(type(reading).model_fields)}"
            context.report("source-form", message, (*path, "commands", command), key=True)


def _check_uid(context: Context, environment: str, source: str) -> None:
    """Report a data source that Grafana cannot have."""
    binding = context.definition.model.environments[environment].sources.get(source)
    if binding is not None and binding.grafana is not None and not _UID.fullmatch(binding.grafana.uid):
        path: Path = ("environments", environment, "sources", source, "grafana", "uid")
        hint = "at most 40 letters, digits, hyphens and underscores: the end of the data source's address"
        context.report("wrong-id", f"'{binding.grafana.uid}' is no uid of a data source", path, hint=hint)


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
    for name in ("host", "database", "user"):
        if not getattr(written, name).strip():
            context.report("managed-source", f"the {name} is empty", (*path, name))
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
    if start == week.DAY:
        hint = 'begin at "00:00" of the next day'
        context.report("hours-form", '"24:00" is the end of a day', (*path, "from"), hint=hint)
    elif start is not None and start == end:
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
