"""Every rule that Watchglass compiles for the first deployment is one that the simulation runs, and reads well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import watchglass
from tests.evaluation.builders import FAILED, at, rows
from watchglass.evaluation import Answer, Simulation, numbers

DEFINITION = Path(__file__).parents[2] / "definitions" / "draft-cleanup.yaml"


def compiled() -> list[tuple[float, dict[str, Any]]]:
    """Each rule in the API's form, with the interval of its group."""
    definition = watchglass.read(DEFINITION).definition
    assert definition is not None
    service = watchglass.resolve(definition).service
    assert service is not None
    return [
        (artifact.body["interval"], rule)
        for artifact in watchglass.render(service).artifacts
        if artifact.kind == "alert-rules"
        for rule in artifact.body["rules"]
    ]


RULES = compiled()


@pytest.mark.parametrize("version", ["12.3", "12.4"])
@pytest.mark.parametrize(("interval", "rule"), RULES, ids=[rule["uid"] for _, rule in RULES])
def test_a_compiled_rule_runs_and_its_texts_read_well_in_every_case(
    interval: float, rule: dict[str, Any], version: str
) -> None:
    simulation = Simulation(rule, interval, version)
    cases: list[Answer] = [rows(a=1e7, b=0), numbers([({}, None)]), rows(), FAILED]
    texts = []
    for index, answer in enumerate(cases):
        evaluation = simulation.step(at(index, interval), dict.fromkeys(simulation.rule.queries, answer))
        assert evaluation.instances
        texts += [text for each in evaluation.instances for text in each.annotations.values()]
    assert not [
        text for text in texts if "{{" in text or "[no value]" in text or "%!" in text or "e+0" in text
    ]


def test_the_first_deployment_has_alerts_to_run() -> None:
    assert len(RULES) >= 6
