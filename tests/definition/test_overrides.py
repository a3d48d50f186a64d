"""Changes on the command line are made as if they stood in the file, and nothing else is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchglass.definition.overrides import WrongChange, changed, read_change
from watchglass.definition.read import Definition, read
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service

TEXT = """version: 1
service: {id: shop, title: Shop, timezone: Europe/Berlin}
levels: {good: green, high: orange, worst: red}
sources: {main: {type: postgres}}
queries: {q: {sql: SELECT 1 AS n, columns: {n: integer}}}
metrics:
  n: {query: q, column: n, better: lower, thresholds: {high: 10, worst: 20}}
  same: {query: q, column: n, same_as: n}
  within: {query: q, column: n, better: within, thresholds: {high: [1, 5]}}
alerts:
  much: {title: Much, metric: n, when: above high, for: 5m, every: 1m, severity: high, summary: s}
  any_of:
    {title: Any, any: [{metric: n, when: high}, {metric: same, when: worst}], every: 1m, severity: high, summary: s}
environments:
  usual: {default: true}
  staging: {thresholds: {n: {high: 12, worst: 30}}}
"""


@pytest.fixture
def definition(tmp_path: Path) -> Definition:
    (tmp_path / "shop.yaml").write_text(TEXT)
    found = read(tmp_path / "shop.yaml").definition
    assert found is not None
    return found


def with_changes(definition: Definition, *texts: str, environment: str | None = None) -> Service:
    found = resolve(changed(definition, map(read_change, texts)), environment)
    assert found.service is not None, found.problems
    return found.service


def numbers(service: Service, metric: str = "n") -> list[float]:
    thresholds = service.metrics[metric].thresholds
    assert thresholds is not None
    return [number for step in thresholds.steps for number in step.numbers]


def test_a_threshold_changes_for_whatever_takes_its_level(definition: Definition) -> None:
    service = with_changes(definition, "n.high=15")
    assert numbers(service) == [15, 20]
    assert numbers(service, "same") == [15, 20]
    assert service.alerts["much"].rules[0].conditions[0].comparison.number == 15


def test_a_change_wins_over_the_environment(definition: Definition) -> None:
    assert numbers(with_changes(definition, "n.high=15.5", environment="staging")) == [15.5, 30]


def test_a_pair_is_written_with_a_comma(definition: Definition) -> None:
    assert numbers(with_changes(definition, "within.high=2, 7"), "within") == [2, 7]


def test_an_alert_takes_another_wait_interval_and_condition(definition: Definition) -> None:
    alert = with_changes(definition, "much.for=30m", "much.every=5m", "much.when=at least 11").alerts["much"]
    assert (alert.for_.seconds, alert.every.seconds) == (1800, 300)
    assert alert.rules[0].conditions[0].comparison.operator == "gte"


def test_the_definition_itself_stays_as_it_was(definition: Definition) -> None:
    with_changes(definition, "n.high=15")
    assert numbers(with_changes(definition)) == [10, 20]


def test_what_does_not_hold_together_is_a_problem(definition: Definition) -> None:
    found = resolve(changed(definition, [read_change("n.high=25")]))
    assert "thresholds-order" in {problem.code for problem in found.problems}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("n=5", "is no change; write METRIC.LEVEL=NUMBER"),
        ("m.high=5", "no metric or alert 'm'"),
        ("n.hihg=5", "no threshold of 'n' 'hihg'; did you mean 'high'?"),
        ("n.high=much", "'much' is no number"),
        ("n.high=1,2,3", "'1,2,3' is no number"),
        ("same.high=5", "shares the thresholds of 'n': change those"),
        ("much.severity=low", "that can be set"),
        ("much.for=long", "'long' is no length of time"),
        ("any_of.when=high", "has no `when` of its own"),
    ],
)
def test_a_wrong_change_says_what_can_be_changed(text: str, words: str, definition: Definition) -> None:
    with pytest.raises(WrongChange, match=r".*") as wrong:
        changed(definition, [read_change(text)])
    assert words in str(wrong.value)
