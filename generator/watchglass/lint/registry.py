"""The rules by their codes, in the order of docs/lint.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from watchglass.lint.rules import (
    condition_in_query,
    counter_as_moment,
    crowded_panel,
    flapping,
    having_alias,
    missing_days,
    next_run,
    no_level,
    no_owner,
    no_runbook,
    no_unit,
    order_alias,
    other_window,
    padded_name,
    repeated_number,
    same_alert,
    same_query,
    secret,
    session_day,
    short_for,
    silenced_any,
    two_axes,
    unguarded_rate,
    unknown_column,
    unread_filter,
    unread_range,
    unsaid_null,
    unseen_level,
)
from watchglass.lint.subject import Finding, Subject

Rule = Callable[[Subject], Iterable[Finding]]

RULES: Mapping[str, Rule] = {
    "lint-unknown-column": unknown_column.check,
    "lint-having-alias": having_alias.check,
    "lint-order-alias": order_alias.check,
    "lint-unguarded-rate": unguarded_rate.check,
    "lint-unsaid-null": unsaid_null.check,
    "lint-session-day": session_day.check,
    "lint-missing-days": missing_days.check,
    "lint-padded-name": padded_name.check,
    "lint-next-run": next_run.check,
    "lint-counter-as-moment": counter_as_moment.check,
    "lint-same-query": same_query.check,
    "lint-condition-in-query": condition_in_query.check,
    "lint-no-runbook": no_runbook.check,
    "lint-no-owner": no_owner.check,
    "lint-short-for": short_for.check,
    "lint-flapping": flapping.check,
    "lint-silenced-any": silenced_any.check,
    "lint-same-alert": same_alert.check,
    "lint-unseen-level": unseen_level.check,
    "lint-other-window": other_window.check,
    "lint-no-level": no_level.check,
    "lint-two-axes": two_axes.check,
    "lint-repeated-number": repeated_number.check,
    "lint-no-unit": no_unit.check,
    "lint-unread-filter": unread_filter.check,
    "lint-unread-range": unread_range.check,
    "lint-crowded-panel": crowded_panel.check,
    "lint-secret": secret.check,
}
