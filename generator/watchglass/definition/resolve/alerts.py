"""Alerts: conditions, rules, the way back, what is said."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from watchglass.artifact import Path
from watchglass.definition.files import read_beside
from watchglass.definition.model.alerts import AlertPart, RunbookPart
from watchglass.definition.resolve.conditions import check_null, condition, shown_columns
from watchglass.definition.resolve.context import Context
from watchglass.definition.resolve.filters import check_values
from watchglass.definition.resolve.texts import neutral_text
from watchglass.definition.service import Alert, Condition, Metric, Resolve, Rule, Runbook
from watchglass.durations import Duration
from watchglass.problems import Problem
from watchglass.sql.pieces import Filter
from watchglass.thresholds import meet, reaches

SCHEDULER = 10
"""Seconds; Grafana evaluates on multiples of it."""


def resolve_alerts(
    context: Context,
    metrics: Mapping[str, Metric],
    filters: Mapping[str, Filter],
    today: datetime.date | None,
) -> dict[str, Alert]:
    """Resolve every alert whose metrics are there, that of its way back too."""
    made = {}
    for alert_id, part in context.definition.model.alerts.items():
        alert = _Alert(context, alert_id, part, metrics, filters, today).resolve()
        way_back = part.resolve is not None and part.resolve.when is not None
        if alert is not None and way_back == (alert.resolve.condition is not None):
            made[alert_id] = alert
    return made


@dataclass(frozen=True, slots=True)
class _Alert:
    """One alert while it is resolved."""

    context: Context
    id: str
    part: AlertPart
    metrics: Mapping[str, Metric]
    filters: Mapping[str, Filter]
    today: datetime.date | None

    @property
    def path(self) -> Path:
        return ("alerts", self.id)

    def resolve(self) -> Alert | None:
        rules = self._rules()
        if not rules or not rules[0].conditions:
            return None
        conditions = [part for rule in rules for part in rule.conditions]
        check_null(self.context, conditions, self.path)
        part, first = self.part, conditions[0].metric
        shown = next((each.metric for each in conditions if each.metric.keyed), first)
        keyed = shown.keyed
        show = shown_columns(self.context, shown, self.part.show, (*self.path, "show"))
        words = {
            "metrics": {c.metric.id for c in conditions},
            # Where one of `show` is wrong, any column may be meant.
            "labels": [
                *(shown.query.key if keyed else ()),
                *(part.show if len(show) == len(part.show) else shown.query.columns),
            ],
        }
        back = self._resolve(rules)
        self._check_joined(conditions, back.condition)
        summary = part.summary or f"{first.title} is {{{{ value }}}} (limit {{{{ threshold }}}})"
        return Alert(
            self.id,
            part.title or self.id.replace("_", " ").capitalize(),
            neutral_text(self.context, part.description, (*self.path, "description"), **words),
            neutral_text(self.context, summary, (*self.path, "summary"), **words),
            rules,
            part.for_ or Duration(0, "s"),
            self._every(first),
            back,
            part.respond_within,
            part.no_data or ("ok" if keyed else "alert"),
            part.on_error or "alert",
            part.missing or "resolve",
            show,
            self._limit(keyed),
            dict(part.labels),
            self._runbook(),
            self._paused(),
            self.context.at(self.path),
            self._filters(conditions),
            dict(part.allow),
        )

    def _rules(self) -> tuple[Rule, ...]:
        part, context = self.part, self.context
        forms = [
            name
            for name, value in (("metric", part.metric), ("any", part.any), ("all", part.all))
            if value is not None
        ]
        if len(forms) != 1:
            context.report(
                "alert-form", "an alert has a metric, or `any:` or `all:` conditions", self.path, key=True
            )
            return ()
        if isinstance(part.severity, dict):
            return self._rule_a_level(part.severity)
        if forms[0] == "metric":
            if part.when is None:
                context.report(
                    "missing-key",
                    "the alert does not say `when:`",
                    self.path,
                    key=True,
                    hint="or a severity for each level",
                )
                return ()
            single = self._condition(part.metric or "", part.when, self.path)
            return (Rule(self.id, part.severity, "one", (single,)),) if single else ()
        written = part.any if part.any is not None else part.all
        if not written:
            context.report("alert-form", f"`{forms[0]}:` joins no condition", (*self.path, forms[0]))
            return ()
        made = [
            self._condition(each.metric, each.when, (*self.path, forms[0], index))
            for index, each in enumerate(written)
        ]
        conditions = tuple(each for each in made if each is not None)
        if part.when is not None:
            context.report(
                "alert-form", f"`when:` stands in each condition of `{forms[0]}:`", (*self.path, "when")
            )
        if len(conditions) != len(made):
            return ()
        join: Literal["one", "any", "all"] = "any" if forms[0] == "any" else "all"
        return (Rule(self.id, part.severity, join if len(conditions) > 1 else "one", conditions),)

    def _rule_a_level(self, severities: Mapping[str, str]) -> tuple[Rule, ...]:
        part, context = self.part, self.context
        if part.metric is None or part.when is not None:
            context.report(
                "alert-form",
                "a severity for each level stands in place of `when:`, for one metric",
                (*self.path, "severity"),
            )
            return ()
        metric = self._metric(part.metric, (*self.path, "metric"))
        if metric is None:
            return ()
        if metric.thresholds is None:
            message = f"'{metric.id}' has no thresholds, so there is no level to be of a severity"
            context.no_thresholds(metric.id, message, (*self.path, "severity"))
            return ()
        rules = []
        steps = {step.level.name: step for step in metric.thresholds.steps}
        for level, severity in severities.items():
            path = (*self.path, "severity", level)
            step = context.find(f"level of '{metric.id}'", level, steps, path, key=True)
            if step is not None:
                made = Condition(metric, reaches(metric.thresholds, step), context.at(path))
                rules.append(Rule(f"{self.id}-{level}", severity, "one", (made,), level))
        return tuple(rules)

    def _metric(self, name: str, path: Path) -> Metric | None:
        if name in self.metrics:
            return self.metrics[name]
        if name not in self.context.definition.model.metrics:
            self.context.unknown("metric", name, self.context.definition.model.metrics, path)
        return None

    def _condition(self, metric_id: str, when: str, path: Path) -> Condition | None:
        metric = self._metric(metric_id, (*path, "metric"))
        return condition(self.context, metric, when, (*path, "when")) if metric is not None else None

    def _check_joined(self, conditions: list[Condition], back: Condition | None) -> None:
        """Judge the metrics that a rule joins, that of the way back included."""
        together = [*conditions, back] if back is not None else conditions
        metrics = {each.metric.id: each.metric for each in together}.values()
        keyed = [metric for metric in metrics if metric.keyed]
        if len({metric.query.key for metric in keyed}) > 1:
            self._report("alert-keys", "joined metrics have the same key, or none")
        if keyed and not any(each.metric.keyed for each in conditions):
            self._report("alert-keys", "the way back has a key, and the condition has none")
        reading = [metric.query for metric in keyed if metric.query.template.uses_range]
        if len({query.range.seconds if query.range else None for query in reading}) > 1:
            self._report("alert-keys", "joined metrics with a key look at the same range")
        if len({metric.query.source.id for metric in metrics}) > 1:
            self._report("alert-sources", "joined metrics read one source")
        if self.part.limit is not None and len(keyed) > 1:
            message = "no limit where two metrics have a key: which of the keys are the worst is not said"
            self.context.report("alert-limit", message, (*self.path, "limit"))

    def _report(self, code: str, message: str) -> None:
        self.context.report(code, message, self.path, key=True)

    def _every(self, first: Metric) -> Duration:
        every = self.part.every or first.query.every or Duration(1, "m")
        if every.seconds < SCHEDULER or every.seconds % SCHEDULER:
            at = (*self.path, "every") if self.part.every else ("queries", first.query.id, "every")
            self.context.report(
                "alert-every", f"Grafana evaluates on multiples of {SCHEDULER} seconds, {every} is none", at
            )
        return every

    def _resolve(self, rules: tuple[Rule, ...]) -> Resolve:
        written = self.part.resolve
        if written is None:
            return Resolve(None, None)
        path = (*self.path, "resolve")
        if written.when is None:
            if written.metric is not None:
                self.context.report(
                    "missing-key", "the way back names a metric but not `when:`", path, key=True
                )
            elif written.for_ is None:
                hint = "or remove it: the alert is over when its condition no longer holds"
                self.context.report(
                    "missing-key", "the way back says neither `when:` nor `for:`", path, key=True, hint=hint
                )
            return Resolve(None, written.for_)
        metric = (
            rules[0].conditions[0].metric
            if written.metric is None
            else self._metric(written.metric, (*path, "metric"))
        )
        if metric is None:
            return Resolve(None, written.for_)
        if written.metric is None and len({each.metric.id for each in rules[0].conditions}) > 1:
            self.context.report(
                "alert-form", "the way back of a joined condition names its metric", path, key=True
            )
        made = condition(self.context, metric, written.when, (*path, "when"))
        if made is not None:
            self._check_way_back(rules, made, (*path, "when"))
        return Resolve(made, written.for_)

    def _check_way_back(self, rules: tuple[Rule, ...], back: Condition, path: Path) -> None:
        """Refuse a number that fires and is back at once: the two conditions exclude each other."""
        for fire in (each for rule in rules for each in rule.conditions if each.metric.id == back.metric.id):
            if meet(fire.comparison, back.comparison):
                self.context.report(
                    "alert-resolve", "a number can fire and be the way back at once", path,
                    hint="let the way back lie on the good side of the condition", related=[(fire.at.path, "the condition")],
                )  # fmt: skip
                return

    def _limit(self, keyed: bool) -> int | None:
        limit = self.part.limit
        if limit is not None and (limit < 1 or not keyed):
            self.context.report(
                "alert-limit",
                "limit is a positive count of instances of a keyed query",
                (*self.path, "limit"),
            )
            return None
        return limit

    def _filters(self, conditions: list[Condition]) -> Mapping[str, tuple[str, ...]]:
        used = {name for each in conditions for name in each.metric.query.template.filters}
        for name in self.part.filters:
            path = (*self.path, "filters", name)
            found = self.context.find("filter", name, self.filters, path, key=True)
            if found is not None and name not in used:
                message = f"no query of this alert reads the filter '{name}'"
                self.context.report("filter-unused", message, path, key=True)
            if found is not None:
                check_values(self.context, found, self.part.filters[name], path)
        return {name: tuple(values) for name, values in self.part.filters.items()}

    def _runbook(self) -> Runbook | None:
        written: RunbookPart | None = self.part.runbook
        if written is None:
            return None
        text = ""
        if written.file is not None:
            path = (*self.path, "runbook", "file")
            read = read_beside(
                self.context.definition.folder, written.file, self.context.definition.span(path)
            )
            if isinstance(read, Problem):
                self.context.problems.append(read)
            else:
                text = read
        return Runbook(
            written.impact,
            tuple(written.actions),
            tuple(written.prevention),
            written.url or "",
            written.file or "",
            text,
        )

    def _paused(self) -> str | None:
        written = self.part.paused
        if written is None:
            return None
        path = (*self.path, "paused", "until")
        try:
            until = datetime.date.fromisoformat(written.until)
        except ValueError:
            self.context.report(
                "wrong-date", f"'{written.until}' is no day", path, hint="write it as 2026-12-01"
            )
            return written.reason
        if self.today is not None and until <= self.today:
            self.context.report(
                "pause-over",
                f"the pause ended on {until}: the alert is still silent",
                path,
                hint="remove `paused:`",
            )
        return f"{written.reason} (until {until})"
