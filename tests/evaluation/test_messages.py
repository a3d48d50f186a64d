"""Four rules whose messages a real Grafana 12.3 sent: labels, texts and values are the same here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.evaluation.builders import at
from watchglass.evaluation import Answer, Failure, Sent, Simulation, numbers

RECORDED = json.loads((Path(__file__).parents[1] / "contracts" / "grafana-messages.json").read_text("utf-8"))
ANSWERS: dict[str, list[Answer]] = {
    "n1": [numbers([({}, 42.56)]), numbers([({}, 3.0)])],
    "n2": [numbers([({"org": "O'Brien & <b>x</b>"}, 40.0), ({"org": "b"}, 10.0)])],
    "n3": [()],
    "n4": [Failure('pq: column "nope" does not exist')],
}


def webhook(title: str, status: str) -> dict[str, Any]:
    """What the server's webhook said of a rule."""
    found: dict[str, Any] = next(
        alert
        for message in RECORDED["webhooks"]
        for alert in message["alerts"]
        if alert["status"] == status
        and title in (alert["labels"]["alertname"], alert["labels"].get("rulename"))
    )
    return found


def sent(uid: str) -> list[Sent]:
    """What the simulation sends of a rule."""
    rule = next(rule for rule in RECORDED["rules"] if rule["uid"] == uid)
    simulation = Simulation(rule, 10, RECORDED["grafana"], folder="Draft \\/ cleanup")
    return [
        each
        for index, answer in enumerate(ANSWERS[uid])
        for each in simulation.step(at(index), {"A": answer}).sent
    ]


def shown(texts: dict[str, str]) -> dict[str, str]:
    """Leave out what a webhook does not show as a label or annotation."""
    return {name: text for name, text in texts.items() if not name.startswith("__")}


@pytest.mark.parametrize(
    ("uid", "title"),
    [("n1", "High pollution rate"), ("n2", "By organization"), ("n3", "Nothing"), ("n4", "Broken")],
)
def test_labels_and_texts_of_a_firing_alert_are_those_of_the_server(uid: str, title: str) -> None:
    expected, made = webhook(title, "firing"), sent(uid)[0]
    assert shown(dict(made.labels)) == expected["labels"]
    assert shown(dict(made.annotations)) == expected["annotations"]
    assert made.firing


def test_the_texts_of_a_resolved_alert_speak_of_the_value_that_resolved_it() -> None:
    expected, (_, made) = webhook("High pollution rate", "resolved"), sent("n1")
    assert shown(dict(made.annotations)) == expected["annotations"]
    assert not made.firing


def test_the_values_of_an_alert_are_those_of_the_server() -> None:
    rule = next(rule for rule in RECORDED["rules"] if rule["uid"] == "n2")
    evaluation = Simulation(rule, 10, RECORDED["grafana"]).step(at(0), {"A": ANSWERS["n2"][0]})
    instance = next(each for each in evaluation.instances if each.state == "Alerting")
    expected = webhook("By organization", "firing")
    assert instance.values == expected["values"]
    assert instance.texts.result.text == expected["valueString"]
