"""Alerts that end because their question changed: deleted for good, with a mail to whom they went."""

from __future__ import annotations

from collections.abc import Iterable

from tests.servers.metabase.state import Card, Json, Notification, Pulse, State

_GOALS = {"line", "bar", "area", "progress"}


def after_edit(state: State, before: Card, after: Card) -> None:
    """Delete the active alerts of a card whose look no longer carries them."""
    if _changed_family(before.display, after.display) or _lost_goal(before, after):
        of_cards(state, [after.id])


def _changed_family(before: str, after: str) -> bool:
    if before == after:
        return False
    if before not in _GOALS:
        return after in _GOALS
    if before == "progress":
        return True
    return after not in {"line", "bar", "area"}


def _lost_goal(before: Card, after: Card) -> bool:
    for key in ("graph.goal_value", "progress.goal"):
        if before.settings.get(key) is not None and after.settings.get(key) is None:
            return True
    several = len(after.settings.get("graph.dimensions") or []) > 1
    return several and len(before.settings.get("graph.dimensions") or []) <= 1 and _has_goal(before.settings)


def _has_goal(settings: Json) -> bool:
    return settings.get("graph.goal_value") is not None


def of_cards(state: State, numbers: Iterable[int]) -> None:
    """Delete the active alerts of cards; sleeping ones stay."""
    gone = set(numbers)
    for notification in [each for each in state.notifications.values() if each.card in gone and each.active]:
        state.mail(recipients(state, notification), "One of your alerts has stopped working")
        del state.notifications[notification.id]
    for pulse in [each for each in state.pulses.values() if each.alert and not each.archived]:
        if {each.card for each in pulse.cards} & gone:
            state.mail(pulse_recipients(state, pulse), "One of your alerts has stopped working")
            del state.pulses[pulse.id]


def recipients(state: State, notification: Notification) -> list[str]:
    """List the addresses of an alert."""
    found: list[str] = []
    for handler in notification.handlers:
        if handler["channel_type"] != "channel/email":
            continue
        for each in handler["recipients"]:
            if each["type"] == "notification-recipient/user":
                found.append(state.users[each["user_id"]].email)
            elif each["type"] == "notification-recipient/raw-value":
                found.append(each["details"]["value"])
    return found


def pulse_recipients(state: State, pulse: Pulse) -> list[str]:
    """List the addresses of a subscription."""
    return [
        address
        for channel in pulse.channels
        if channel.fields["channel_type"] == "email"
        for address in (*channel.emails, *(state.users[each].email for each in channel.users))
    ]
