"""Where data comes from and what SQL shares: service, sources, constants, filters, hours."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from watchglass.definition.model import literal_forms
from watchglass.definition.model.base import (
    SCALAR,
    Address,
    Allowed,
    Boolean,
    Filled,
    Id,
    Integer,
    Names,
    Part,
    Text,
    problem,
)
from watchglass.definition.model.contacts import Secret
from watchglass.definition.model.heartbeats import HeartbeatPart, WatchdogPart

ValueType = Literal[
    "text", "integer", "number", "boolean", "interval", "date", "timestamp", "uuid", "identifier"
]
_CONSTANT_TYPES = (
    "text",
    "integer",
    "number",
    "boolean",
    "interval",
    "date",
    "timestamp",
    "uuid",
    "identifier",
)


class ServicePart(Part):
    """The service that the definition describes."""

    id: Id
    """The beginning of every uid at the targets; never change it lightly."""
    title: Filled
    description: Text = ""
    owner: Text = ""
    """Who answers for the service; every alert carries it."""
    timezone: Filled
    """IANA name, such as Europe/Berlin: what a day, a week and an hour are, everywhere in this file."""
    labels: dict[Filled, Filled] = Field(default_factory=dict)
    """Labels on every alert; `service` is added by itself."""
    watchdog: WatchdogPart | None = None
    """An alert that always fires, for a receiver that misses it when Grafana is down."""
    allow: Allowed = Field(default_factory=dict)
    """Rule of `check` → why it does not hold for what has no `allow` of its own: sources, environments, contacts."""


class Fixture(Part):
    """Files that fill the embedded PostgreSQL for this source."""

    schema_: Filled = Field(alias="schema")
    """SQL file with tables, views, functions and roles, relative to the definition."""
    data: Names = Field(default_factory=list)
    """SQL file or files with rows."""
    role: Text = ""
    """The role that the dashboards use; validation runs as this role."""


class RedisCommand(Part):
    """One reading of a Redis source: exactly one of the keys."""

    count: Filled | None = None
    """Count the keys that match a pattern."""
    ping: Boolean | None = None
    """1 where the server answers, 0 where it does not."""
    info: Filled | None = None
    """A field of INFO, such as used_memory."""
    without_ttl: Filled | None = None
    """Count the keys of a pattern that never expire."""


class SourcePart(Part):
    """A database that queries read."""

    type: Literal["postgres", "redis"] = "postgres"
    title: Text = ""
    fixture: Fixture | None = None
    commands: dict[Id, RedisCommand] = Field(default_factory=dict)
    trusted_functions: dict[Filled, Filled] = Field(default_factory=dict)
    """Function, as `schema.name` → why statements may call it although it is VOLATILE or SECURITY DEFINER."""
    heartbeat: HeartbeatPart | None = None
    """An alert that fires when the source no longer answers."""


class ConstantPart(Part):
    """A typed constant: rendered as a SQL literal of its type."""

    type: ValueType
    value: str | int | float | bool


def _constant(value: Any) -> Any:
    if isinstance(value, dict):
        if len(value) != 1 or next(iter(value)) not in _CONSTANT_TYPES:
            raise problem(
                "wrong-type",
                "a constant is a value or one type with its value",
                f"types: {', '.join(_CONSTANT_TYPES)}",
            )
        kind, text = next(iter(value.items()))
        return constant_of(kind, text)
    if not isinstance(value, str):
        raise problem("wrong-type", "a constant is a text, a number, true or false, or a type with its value")
    plain = getattr(value, "style", "plain") == "plain"
    return constant_of(_guess(value) if plain else "text", value)


def _guess(text: str) -> str:
    if text in ("true", "false"):
        return "boolean"
    try:
        constant_of("integer", text)
    except ValueError:
        try:
            constant_of("number", text)
        except ValueError:
            return "text"
        return "number"
    return "integer"


def constant_of(kind: str, text: Any) -> ConstantPart:
    """
    Make a constant of a type from its text.

    Raises:
        PydanticCustomError: the text is no value of the type.
    """
    return ConstantPart.model_construct(type=cast("ValueType", kind), value=literal_forms.read(kind, text))


Constant = Annotated[
    ConstantPart,
    PlainValidator(_constant),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["string", "number", "boolean"]},
                {
                    "type": "object",
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": False,
                    "properties": {
                        kind: {"type": ["string", "number", "boolean"]} for kind in _CONSTANT_TYPES
                    },
                },
            ],
            "examples": [{"interval": "24 hours"}, "cleanup-old-drafts-hourly"],
        }
    ),
]


def _default(value: Any) -> Any:
    return [] if value == "all" else [value] if isinstance(value, str) else value


class FilterPart(Part):
    """A choice of the reader: a Grafana variable and a Metabase parameter from one definition."""

    title: Filled
    description: Text = ""
    from_: Filled | None = Field(default=None, alias="from")
    """The table that lists the values, such as public.organizations."""
    value: Filled | None = None
    """The column that is compared."""
    label: Filled | None = None
    """The column that people read; the value where it is left out."""
    options: dict[Filled, Filled] | None = None
    """Fixed values and their names, in place of a table."""
    type: Literal["text", "integer", "number", "boolean", "date", "uuid"] = "text"
    multiple: Boolean = False
    default: Annotated[
        list[Filled],
        BeforeValidator(_default),
        WithJsonSchema({"anyOf": [SCALAR, {"type": "array", "items": SCALAR}]}),
    ] = Field(default_factory=list)
    """`all`, or the values chosen at first."""
    depends_on: dict[Id, Filled] = Field(default_factory=dict)
    """A chained filter: another filter and the column of this filter's table that it narrows."""


class HoursPart(Part):
    """Stretches of the week; `outside` names hours and means all the rest."""

    days: Filled | None = None
    """Such as monday..friday, or saturday, sunday."""
    from_: Filled | None = Field(default=None, alias="from")
    to: Filled | None = None
    timezone: Filled | None = None
    outside: Id | None = None


class ManagedSource(Part):
    """The data source itself, made and kept up to date by us."""

    host: Address
    """The server and its port, such as db.example.com:5432; or the folder of a socket."""
    database: Address
    user: Address
    """A role that may read, and nothing else."""
    password: Secret | None = None
    sslmode: Literal["disable", "require", "verify-ca", "verify-full"] = "verify-full"
    ca: Secret | None = None
    """The authority's certificate, as PEM text."""
    name: Filled | None = None
    """What people read at Grafana; the source's title where it is left out."""
    max_connections: Integer | None = None


class GrafanaSource(Part):
    """The source's name at Grafana."""

    uid: Filled
    manage: ManagedSource | None = None
    """What the data source is; without it, somebody else keeps it."""


class MetabaseSource(Part):
    """The source's name at Metabase."""

    database: Filled


class SourceBinding(Part):
    """Where a source is in an environment."""

    dsn: Address | None = None
    url: Address | None = None
    grafana: GrafanaSource | None = None
    metabase: MetabaseSource | None = None
