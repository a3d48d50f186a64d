"""The page on the language names every key of the model, in the section of the part that has it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from watchglass.definition.model import DefinitionModel
from watchglass.definition.model.base import Part
from watchglass.definition.model.queries import Baseline, Schedule
from watchglass.definition.model.sources import ConstantPart

PAGE = (Path(__file__).parents[1] / "docs/language.md").read_text("utf-8")
SECTIONS = {
    "DefinitionModel": "The file", "ServicePart": "Service", "SourcePart": "Sources", "Fixture": "Sources",
    "RedisCommand": "Sources", "WatchdogPart": "Service", "HeartbeatPart": "Sources",
    "FilterPart": "Filters", "QueryPart": "Queries", "Sql": "Queries", "ColumnPart": "Columns", "ValueNamePart": "Columns",
    "MetricPart": "Metrics", "HistoryPart": "Metrics", "Schedule": "Metrics", "Baseline": "Metrics",
    "AlertPart": "Alerts", "ConditionPart": "Alerts", "ResolvePart": "Alerts", "RunbookPart": "Alerts", "PausedPart": "Alerts",
    "EscalationPart": "Alerts", "HoursPart": "Hours", "DashboardPart": "Dashboards", "RowPart": "Dashboards",
    "LinkPart": "Dashboards",
    "AnnotationPart": "Dashboards", "PanelPart": "Panel", "EnvironmentPart": "Environments", "SourceBinding": "Environments",
    "GrafanaSource": "Environments", "ManagedSource": "Environments", "MetabaseSource": "Environments",
    "GrafanaTarget": "Environments",
    "MetabaseTarget": "Environments",
    "NotifyPart": "Notification", "GroupPart": "Notification", "RoutePart": "Notification", "EmailContact": "Notification",
    "SlackContact": "Notification", "PagerdutyContact": "Notification", "WebhookContact": "Notification",
    "TeamsContact": "Notification", "OpsgenieContact": "Notification", "OpsgenieResponder": "Notification",
    "TelegramContact": "Notification", "DiscordContact": "Notification",
    "SubscriptionPart": "Subscriptions", "WhenPart": "Subscriptions", "TestPart": "Tests", "StepPart": "Tests",
}  # fmt: skip


def parts(of: Any, seen: dict[str, type[Part]] | None = None) -> dict[str, type[Part]]:
    """Gather the mappings of the model, by name, from the types of its fields."""
    found = {} if seen is None else seen
    if isinstance(of, type) and issubclass(of, Part):
        if of.__name__ not in found and of is not ConstantPart:
            found[of.__name__] = of
            for field in of.model_fields.values():
                parts(field.annotation, found)
        return found
    for inner in get_args(of):
        parts(inner, found)
    return found


MODEL = parts(DefinitionModel) | {"Schedule": Schedule, "Baseline": Baseline}


def section(title: str) -> str:
    found = re.search(rf"^#+ {title}\n(.*?)(?=^#+ |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def test_every_part_of_the_model_has_its_section() -> None:
    assert set(MODEL) == set(SECTIONS)


@pytest.mark.parametrize("name", SECTIONS)
def test_every_key_stands_in_its_section(name: str) -> None:
    named = {
        word
        for code in re.findall(r"`([^`]+)`", section(SECTIONS[name]))
        for word in re.findall(r"\w+", code)
    }
    keys = {field.alias or key for key, field in MODEL[name].model_fields.items()}
    assert keys - named == set()
