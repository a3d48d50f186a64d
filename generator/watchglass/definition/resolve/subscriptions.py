"""Dashboards by mail, and metrics while a condition holds: at full hours, to addresses and channels."""

from __future__ import annotations

import re
from collections.abc import Mapping

from watchglass.artifact import Path
from watchglass.definition import week
from watchglass.definition.model.notify import SubscriptionPart, WhenPart
from watchglass.definition.notification import MetricSubscription, Recurrence, Subscription
from watchglass.definition.resolve.conditions import check_null, condition, shown_columns
from watchglass.definition.resolve.context import Context
from watchglass.definition.resolve.filters import check_values
from watchglass.definition.service import Dashboard, Metric
from watchglass.nearest import suggest
from watchglass.sql.pieces import Filter

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
MAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+")
_CHANNEL = re.compile(r"#[^\s#]+")
_OF_DASHBOARDS = frozenset({"attach", "skip_if_empty", "filters"})
_OF_METRICS = frozenset({"when", "once", "show"})
_FRAMES = ("first", "mid", "last")


def resolve_subscriptions(
    context: Context, timezone: str, dashboards: Mapping[str, Dashboard], filters: Mapping[str, Filter]
) -> tuple[Subscription, ...]:
    """Resolve all subscriptions to dashboards whose dashboard and time are there; judge the form of all."""
    made = (
        _subscription(context, name, part, timezone, dashboards, filters)
        for name, part in context.definition.model.subscriptions.items()
        if _is_formed(context, name, part) and part.metric is None
    )
    return tuple(each for each in made if each is not None)


def resolve_metric_subscriptions(
    context: Context, timezone: str, metrics: Mapping[str, Metric]
) -> tuple[MetricSubscription, ...]:
    """Resolve all subscriptions to metrics whose metric, condition and time are there."""
    made = (
        _metric_subscription(context, name, part, timezone, metrics)
        for name, part in context.definition.model.subscriptions.items()
        if part.metric is not None and part.dashboard is None
    )
    return tuple(each for each in made if each is not None)


def _is_formed(context: Context, name: str, part: SubscriptionPart) -> bool:
    """Tell whether a subscription is to one thing, and says nothing that belongs to the other; report what is wrong."""
    path: Path = ("subscriptions", name)
    if (part.dashboard is None) == (part.metric is None):
        message = "a subscription is to a `dashboard`, or to a `metric` with `when`"
        context.report("subscription-form", message, path, key=True)
        return False
    other, strange = ("metric", _OF_METRICS) if part.metric is None else ("dashboard", _OF_DASHBOARDS)
    for key in sorted(strange & part.model_fields_set):
        context.report(
            "subscription-form", f"`{key}` belongs to a subscription to a {other}", (*path, key), key=True
        )
    return True


def _subscription(
    context: Context,
    name: str,
    part: SubscriptionPart,
    timezone: str,
    dashboards: Mapping[str, Dashboard],
    filters: Mapping[str, Filter],
) -> Subscription | None:
    path: Path = ("subscriptions", name)
    board = dashboards.get(part.dashboard or "")
    to = _recipients(context, part, path)
    recurrence = _recurrence(context, part.at, (*path, "at"))
    if board is None or recurrence is None:
        return None
    if "metabase" not in board.publish:
        context.report(
            "subscription-form", f"Metabase sends the mails, and the dashboard '{board.id}' is not published there",
            (*path, "dashboard"), hint="add publish: [grafana, metabase] to it",
            related=[(board.at.path, "the dashboard")],
        )  # fmt: skip
    for filter_, values in part.filters.items():
        place = (*path, "filters", filter_)
        if filter_ not in board.filters:
            message, hint = (
                f"the dashboard '{board.id}' has no filter '{filter_}'",
                suggest(filter_, board.filters, "its filters"),
            )
            context.report("unknown-name", message, place, key=True, hint=hint)
        elif filter_ in filters:
            check_values(context, filters[filter_], values, place)
    return Subscription(
        name,
        part.title or board.title,
        board.id,
        recurrence,
        timezone,
        to,
        tuple(dict.fromkeys(part.attach)),
        bool(part.skip_if_empty),
        context.at(path),
        {key: tuple(values) for key, values in part.filters.items()},
    )


def _metric_subscription(
    context: Context, name: str, part: SubscriptionPart, timezone: str, metrics: Mapping[str, Metric]
) -> MetricSubscription | None:
    path: Path = ("subscriptions", name)
    to = _recipients(context, part, path)
    recurrence = _recurrence(context, part.at, (*path, "at"))
    if part.when is None:
        context.report(
            "missing-key", "the subscription does not say `when:`", path, key=True,
            hint="a level of the metric, or above / at least / below / at most and a number",
        )  # fmt: skip
        return None
    metric = metrics.get(part.metric or "")
    made = condition(context, metric, part.when, (*path, "when")) if metric is not None else None
    if made is None or recurrence is None:
        return None
    check_null(context, [made], path, "subscription")
    show = shown_columns(context, made.metric, part.show, (*path, "show"))
    if show and not made.metric.keyed:
        message = f"'{made.metric.id}' has one number and no key, beside which nothing else is shown"
        context.report("subscription-form", message, (*path, "show"), key=True)
    title = part.title or f"{made.metric.title}: {part.when}"
    return MetricSubscription(
        name, title, made, recurrence, timezone, to, show, bool(part.once), context.at(path)
    )


def _recipients(context: Context, part: SubscriptionPart, path: Path) -> tuple[str, ...]:
    for index, address in enumerate(part.to):
        _check_address(context, address, (*path, "to", index))
    if not part.to:
        context.report("subscription-form", "nobody gets this mail", (*path, "to"))
    return tuple(dict.fromkeys(part.to))


def _check_address(context: Context, address: str, path: Path) -> None:
    if not MAIL.fullmatch(address) and not _CHANNEL.fullmatch(address):
        message = f"'{address}' is no mail address and no channel"
        context.report(
            "subscription-form", message, path, hint="such as team@example.com, or '#team' of Slack"
        )


def _recurrence(context: Context, part: WhenPart, path: Path) -> Recurrence | None:
    written = [key for key in ("hourly", "daily", "weekly", "monthly") if getattr(part, key) is not None]
    if len(written) != 1:
        context.report(
            "subscription-time", "a time is one of `hourly`, `daily`, `weekly` and `monthly`", path
        )
        return None
    kind = written[0]
    if part.time is not None and kind in ("hourly", "daily"):
        context.report(
            "subscription-time", f"`time` belongs to `weekly` and `monthly`, not to `{kind}`", (*path, "time")
        )
        return None
    return {"hourly": _hourly, "daily": _daily, "weekly": _weekly, "monthly": _monthly}[kind](
        context, part, path
    )


def _hourly(context: Context, part: WhenPart, path: Path) -> Recurrence | None:
    if not part.hourly:
        context.report("subscription-time", "`hourly: false` is no time", (*path, "hourly"))
        return None
    return Recurrence("hourly")


def _daily(context: Context, part: WhenPart, path: Path) -> Recurrence | None:
    hour = _hour(context, part.daily or "", (*path, "daily"))
    return Recurrence("daily", hour) if hour is not None else None


def _weekly(context: Context, part: WhenPart, path: Path) -> Recurrence | None:
    hour = _time(context, part, path)
    day = part.weekly or ""
    if day not in week.DAYS:
        context.report(
            "subscription-time", f"'{day}' is no day of the week", (*path, "weekly"), hint=suggest(day, week.DAYS, "days")
        )  # fmt: skip
        return None
    return Recurrence("weekly", hour, day[:3]) if hour is not None else None


def _monthly(context: Context, part: WhenPart, path: Path) -> Recurrence | None:
    hour = _time(context, part, path)
    frame, _, day = (part.monthly or "").partition(" ")
    if frame not in _FRAMES or (day and (day not in week.DAYS or frame == "mid")):
        context.report(
            "subscription-time", f"'{part.monthly}' is no day of a month", (*path, "monthly"),
            hint="first, mid (the 15th) or last; or a weekday: first monday, last friday",
        )  # fmt: skip
        return None
    return Recurrence("monthly", hour, day[:3], frame) if hour is not None else None


def _time(context: Context, part: WhenPart, path: Path) -> int | None:
    if part.time is None:
        context.report("missing-key", "the time of day is missing", path, hint='add time: "09:00"')
        return None
    return _hour(context, part.time, (*path, "time"))


def _hour(context: Context, text: str, path: Path) -> int | None:
    """Read a full hour, which is all that Metabase's schedules know."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        context.report("subscription-time", f"'{text}' is no time of day", path, hint='write it as "09:00"')
        return None
    if match[2] != "00":
        context.report(
            "subscription-time",
            f"mails leave at full hours, {text} is none",
            path,
            hint=f'such as "{match[1]}:00"',
        )
        return None
    return int(match[1])
