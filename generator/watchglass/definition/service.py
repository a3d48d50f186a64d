"""The resolved service: names linked, thresholds on their axis, SQL as pieces. Targets read this and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from watchglass.artifact import Path
from watchglass.definition.alert_tests import AlertTest
from watchglass.definition.columns import NUMERIC, TEMPORAL, At, Column, ColumnType, Source, ValueName
from watchglass.definition.hours import Hours
from watchglass.definition.notification import Escalation, MetricSubscription, Notification, Subscription
from watchglass.definition.units import Unit
from watchglass.durations import Duration
from watchglass.problems import Span
from watchglass.sql.pieces import Filter, SourceText, Template
from watchglass.thresholds import Comparison, Level, Thresholds

__all__ = ["NUMERIC", "TEMPORAL", "At", "Column", "ColumnType", "Hours", "Source", "ValueName"]
"""Of another module, and read from here."""

PanelKind = Literal[
    "number", "gauge", "bar_gauge", "lines", "area", "bars", "bar", "histogram", "heatmap", "table", "pie", "states", "logs",
    "alerts", "text",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Query:
    """One SQL statement with what its rows are."""

    id: str
    title: str
    description: str
    source: Source
    template: Template
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    range: Duration | None
    every: Duration | None
    budget: Duration | None
    append_only: bool
    at: At
    allow: Mapping[str, str] = field(default_factory=dict)
    """Rule of `check` → why it does not hold here."""
    since: Mapping[str, str] = field(default_factory=dict)
    """Append-only table → the column since when a row is there; empty: its rows are taken as they are."""


@dataclass(frozen=True, slots=True)
class WhenNull:
    """What NULL or no row means: a number (a level stands for its number), or skip (no data)."""

    kind: Literal["value", "level", "skip"]
    value: float | None = None
    level: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What is aimed at, such as ``better than elevated`` or ``above 80``."""

    text: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Recording:
    """How often a metric's number is recorded by `watchglass sample`, and for how long it is kept."""

    every: Duration
    keep: Duration


@dataclass(frozen=True, slots=True)
class History:
    """
    Where a metric's past stands: a query over time with the same quantity.

    Args:
        recording: where the query reads what was recorded; it is then none of the definition's own queries.
    """

    query: Query
    time: str
    column: str
    recording: Recording | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of a query (or one a key), with its levels."""

    id: str
    title: str
    description: str
    query: Query
    column: Column
    where: tuple[tuple[str, str], ...]
    pick: Literal["first", "last"] | None
    when_null: WhenNull | None
    thresholds: Thresholds | None
    target: Target | None
    unit: Unit | None
    decimals: int | None
    history: History | None
    at: At
    step_spans: Mapping[str, Path] = field(default_factory=dict)
    """Level → path of its number in the definition (of the metric whose axis it shares, if any)."""
    allow: Mapping[str, str] = field(default_factory=dict)
    """Rule of `check` → why it does not hold here."""

    @property
    def keyed(self) -> bool:
        """Whether there is one number a key instead of one in all."""
        return bool(self.query.key) and not self.where and self.pick is None


@dataclass(frozen=True, slots=True)
class Condition:
    """A metric compared with a number."""

    metric: Metric
    comparison: Comparison
    at: At


@dataclass(frozen=True, slots=True)
class Resolve:
    """The way back: another condition that ends firing (None: the first no longer holds), and for how long it must last."""

    condition: Condition | None
    for_: Duration | None


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One rule that a target will hold: an alert has one, or one a level where `severity` is a map.

    Args:
        id: the alert's id, with the level behind it where there is one rule a level.
        join: how the conditions are joined; ``one`` for a single condition.
    """

    id: str
    severity: str
    join: Literal["one", "any", "all"]
    conditions: tuple[Condition, ...]
    level: str = ""


@dataclass(frozen=True, slots=True)
class Runbook:
    """What the person on call reads."""

    impact: str
    actions: tuple[str, ...]
    prevention: tuple[str, ...]
    url: str
    file: str
    text: str = ""
    """What the file says."""


@dataclass(frozen=True, slots=True)
class NeutralText:
    """
    A text with neutral words, as parts.

    Each part is ``("text", x)``, ``("value", "")``, ``("values", metric)``, ``("threshold", "")``, ``("level", "")`` or
    ``("label", column)``.
    """

    parts: tuple[tuple[Literal["text", "value", "values", "threshold", "level", "label"], str], ...]
    source: SourceText | None = None


OnNothing = Literal["alert", "ok", "keep", "notify"]
OnMissing = Literal["resolve", "keep", "alert"]
MadeOf = Literal["", "heartbeat", "watchdog"]


@dataclass(frozen=True, slots=True)
class Alert:
    """What speaks, when, how it comes back, and what is said."""

    id: str
    title: str
    description: NeutralText
    summary: NeutralText
    rules: tuple[Rule, ...]
    for_: Duration
    every: Duration
    resolve: Resolve
    respond_within: Duration | None
    no_data: OnNothing
    on_error: OnNothing
    missing: OnMissing
    show: tuple[Column, ...]
    limit: int | None
    labels: Mapping[str, str]
    runbook: Runbook | None
    paused: str | None
    """The reason, where the alert is paused."""
    at: At
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Filter → values that the alert states; every other filter is unset."""
    allow: Mapping[str, str] = field(default_factory=dict)
    """Rule of `check` → why it does not hold here."""
    during: Hours | None = None
    """When it speaks; always where None."""
    escalate: tuple[Escalation, ...] = ()
    made_of: MadeOf = ""
    """The line that it is made of; empty where it is written under `alerts:`."""

    @property
    def keyed(self) -> bool:
        """Whether there is one alert instance a key."""
        return any(condition.metric.keyed for rule in self.rules for condition in rule.conditions)


@dataclass(frozen=True, slots=True)
class Link:
    """A link on a panel or dashboard."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Panel:
    """
    One panel of a dashboard.

    Args:
        id: unique in the dashboard; its own, or ``<metric or query>-<as>``.
        query: the query shown; for a metric the metric's; None for text and alerts.
        range: the panel's own range, which wins over what a reader picks.
        time: the column on the time axis, for kinds over time.
        y: columns drawn as numbers.
    """

    id: str
    kind: PanelKind
    title: str
    description: str
    metric: Metric | None
    query: Query | None
    x: str | None
    y: tuple[str, ...]
    series: str | None
    value: str | None
    time: str | None
    message: str | None
    columns: tuple[str, ...]
    stack: bool
    level: str | None
    """The level whose number a goal line shows."""
    min: float | None
    max: float | None
    range: Duration | None
    limit: int | None
    width: int | None
    height: int | None
    text: str
    links: tuple[Link, ...]
    at: At
    allow: Mapping[str, str] = field(default_factory=dict)
    """Rule of `check` → why it does not hold here."""


@dataclass(frozen=True, slots=True)
class Row:
    """A titled row of panels."""

    title: str
    collapsed: bool
    panels: tuple[Panel, ...]
    at: At


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One board, published at the targets that it names."""

    id: str
    title: str
    description: str
    publish: tuple[str, ...]
    filters: tuple[str, ...]
    range: Duration | None
    refresh: Duration | None
    editable: bool
    rows: tuple[Row, ...]
    links: tuple[Link, ...]
    annotations: tuple[Annotation, ...]
    at: At
    allow: Mapping[str, str] = field(default_factory=dict)
    """Rule of `check` → why it does not hold here."""

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All panels, in reading order."""
        return tuple(panel for row in self.rows for panel in row.panels)


@dataclass(frozen=True, slots=True)
class Annotation:
    """Events drawn into the panels over time: a query with a time column and a text."""

    id: str
    title: str
    query: Query
    time: str
    end: str | None
    text: str
    color: str
    at: At


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a service is published: the default one is what the output folder is made for."""

    id: str
    default: bool
    grafana_url: str
    """As written: an address or ``${env:NAME}``; empty where none is given."""
    grafana_folder: str
    grafana_version: str
    metabase_url: str
    metabase_collection: str
    metabase_version: int
    at: At
    grafana_organization: int = 1
    metabase_permissions: Mapping[str, str] = field(default_factory=dict)
    grafana_permissions: Mapping[str, str] = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """What uids carry: nothing for the default environment."""
        return "" if self.default else self.id


@dataclass(frozen=True, slots=True)
class Unrendered:
    """A part of the definition that this version reads and checks, but compiles into nothing yet."""

    part: str
    span: Span


@dataclass(frozen=True, slots=True)
class Service:
    """A definition, resolved for one environment."""

    id: str
    title: str
    description: str
    owner: str
    timezone: str
    labels: Mapping[str, str]
    environment: Environment
    levels: tuple[Level, ...]
    sources: Mapping[str, Source]
    filters: Mapping[str, Filter]
    hours: Mapping[str, Hours]
    queries: Mapping[str, Query]
    metrics: Mapping[str, Metric]
    alerts: Mapping[str, Alert]
    dashboards: Mapping[str, Dashboard]
    retired: tuple[str, ...]
    moved: Mapping[str, str]
    unrendered: tuple[Unrendered, ...]
    at: At
    folder: str
    """The folder of the definition file, from which fixtures and texts are read."""
    allow: Mapping[str, str] = field(default_factory=dict)
    """Rule of `check` → why it does not hold here."""
    notification: Notification | None = field(default=None, kw_only=True)
    subscriptions: tuple[Subscription, ...] = field(default=(), kw_only=True)
    metric_subscriptions: tuple[MetricSubscription, ...] = field(default=(), kw_only=True)
    tests: tuple[AlertTest, ...] = field(default=(), kw_only=True)
