"""Dashboards by mail as Metabase's subscriptions ("pulses"): when, to whom, with what; what they name has no number yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from watchglass import naming
from watchglass.artifact import Artifact, Json, Note
from watchglass.definition.notification import Subscription
from watchglass.definition.service import Dashboard, Service
from watchglass.problems import Problem
from watchglass.targets.metabase.alerts import channels
from watchglass.targets.metabase.cards import card_id

PDF_FROM = 63
"""The version from which on a server attaches a PDF."""


def build_subscription(
    service: Service, board: Dashboard, subscription: Subscription, parameters: Iterable[Mapping[str, Json]]
) -> tuple[Artifact, tuple[Note, ...], tuple[Problem, ...]]:
    """
    Make a subscription's body; dashboard, questions and dashcards are named, publishing puts numbers in their place.

    Two keys are no part of Metabase's: ``key`` is our id, ``report_timezone`` the zone on whose clock the server has to be.

    Args:
        parameters: those of the dashboard.
    """
    pdf = "pdf" in subscription.attach and service.environment.metabase_version >= PDF_FROM
    body = {
        "key": subscription.id,
        "report_timezone": subscription.timezone,
        "name": subscription.title,
        "dashboard_id": {"dashboard": board.id},
        "cards": _cards(board, subscription.attach),
        "channels": channels(subscription.to, subscription.at_times, {"include_pdf": True} if pdf else {}),
        "skip_if_empty": subscription.skip_if_empty,
        "parameters": _parameters(subscription, parameters),
        "archived": False,
    }
    name = naming.slug(subscription.id)
    path = naming.path(service.id, service.environment.suffix, "metabase", "subscriptions", name, "json")
    home = subscription.at.path
    origins = {
        "/name": (*home, "title"),
        "/channels": (*home, "at"),
        "/skip_if_empty": (*home, "skip_if_empty"),
    }
    artifact = Artifact("metabase", "subscriptions", subscription.id, path, body, origins)
    return artifact, tuple(_notes(service, subscription)), tuple(_problems(board, subscription, body))


def _cards(board: Dashboard, attach: tuple[str, ...]) -> list[Json]:
    """List every question of the board, as the UI does: a list without one is refused."""
    return [
        {
            "id": {"card": card_id(board, panel)},
            "dashboard_card_id": {"dashcard": panel.id, "dashboard": board.id},
            "include_csv": "csv" in attach,
            "include_xls": "xlsx" in attach,
            "format_rows": True,
            "pivot_results": False,
        }
        for panel in board.panels
        if panel.query is not None
    ]


def _parameters(subscription: Subscription, parameters: Iterable[Mapping[str, Json]]) -> list[Json]:
    """Give the dashboard's parameters that stand at other values in this mail."""
    return [
        {**each, "value": [*subscription.filters[each["slug"]]]}
        for each in parameters
        if each["slug"] in subscription.filters
    ]


def _notes(service: Service, subscription: Subscription) -> Iterable[Note]:
    if "pdf" in subscription.attach and service.environment.metabase_version < PDF_FROM:
        message = f"a PDF is attached from Metabase 0.{PDF_FROM} on: the mail itself, with every panel, stands in its place"
        yield Note("metabase", subscription.id, message, subscription.at.span)


def _problems(board: Dashboard, subscription: Subscription, body: Mapping[str, Json]) -> Iterable[Problem]:
    if not body["cards"]:
        message = f"the dashboard '{board.id}' has no question, and Metabase sends none without"
        yield Problem(
            "subscription-form", message, subscription.at.span, hint="add a panel with a query or a metric"
        )
    read = {each["slug"] for each in body["parameters"]}
    for name in subscription.filters:
        if name not in read:
            message = f"no panel of '{board.id}' reads the filter '{name}', so that it would change nothing in this mail"
            yield Problem("subscription-form", message, subscription.at.span)
