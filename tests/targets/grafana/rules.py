"""Definitions of a few alerts, the rules that Grafana gets for them, and what a server makes of them."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Mapping
from pathlib import Path

from watchglass.artifact import Artifact, Json
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service
from watchglass.evaluation import Answer, InstanceState, Simulation, numbers
from watchglass.targets.grafana.alert_rules import Rules, build_rule, build_rules
from watchglass.targets.grafana.rule import GrafanaRule, as_api

HEAD = """
version: 1
service: {id: shop, title: Shop, owner: us, timezone: Europe/Berlin}
levels: {good: green, watch: yellow, bad: orange, broken: dark-red}
sources: {main: {type: postgres}}
filters:
  region: {title: Region, from: regions, value: code, multiple: true, default: all}
queries:
  state:
    range: 1d
    sql: |
      SELECT count(*) AS drafts, max(o.at) AS last FROM orders o
      WHERE {{ in_range('o.at') }} AND {{ matches('region', 'o.region') }}
    columns: {drafts: {type: integer, unit: percent}, last: timestamp}
  spare:
    sql: SELECT 5.5 AS celsius, 3 AS share
    columns: {celsius: {type: number, unit: celsius, decimals: 2, nullable: true}, share: {type: number, unit: ratio}}
  towns:
    key: [town]
    sql: SELECT o.town, count(*) AS late, max(o.at) AS last FROM orders o GROUP BY 1
    columns: {town: text, late: integer, last: timestamp}
  sizes:
    key: [town]
    sql: SELECT t.town, t.size FROM towns t
    columns: {town: text, size: {type: integer, nullable: true}}
metrics:
  drafts: {title: Drafts, query: state, column: drafts, better: lower, thresholds: {watch: 10, bad: 30, broken: 50}}
  more: {title: More, query: state, column: drafts, better: higher, thresholds: {watch: 40, bad: 20.5}}
  warmth:
    {title: Warmth, query: spare, column: celsius, better: within, thresholds: {watch: [2, 6], bad: [0, 8]}, when_null: skip}
  share: {title: Share, query: spare, column: share}
  late: {title: Late, query: towns, column: late, better: lower, thresholds: {bad: 5, broken: 9}}
  size: {title: Size, query: sizes, column: size, when_null: 0}
"""
START = datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC)
DASHBOARD = ("shop-board", 17)


def service_of(alerts: str, more: str = "", environment: str | None = None, head: str = HEAD) -> Service:
    """Resolve the definition above with alerts (one a line, flow style), and other top keys."""
    listed = "alerts:\n" + "".join(f"  {line}\n" for line in alerts.strip().splitlines()) if alerts else ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "definition.yaml"
        path.write_text(head + more + listed, "utf-8")
        reading = read(path)
        assert reading.definition is not None, reading.problems
        resolved = resolve(reading.definition, environment)
        assert resolved.service is not None, resolved.problems
        return resolved.service


def rules_of(alerts: str, more: str = "", environment: str | None = None) -> Rules:
    """Render the rules of alerts."""
    return build_rules(service_of(alerts, more, environment), lambda _service, _metric: DASHBOARD)


def rule_of(alert: str, index: int = 0) -> GrafanaRule:
    """Make one rule of one alert."""
    service = service_of(alert)
    (made,) = service.alerts.values()
    return build_rule(service, made, made.rules[index], lambda _service, _metric: DASHBOARD)


def files(rules: Rules, kind: str) -> list[Artifact]:
    """List artifacts of a kind: ``alerting`` or ``alert-rules``."""
    return [artifact for artifact in rules.artifacts if artifact.kind == kind]


def expressions(rule: GrafanaRule) -> list[Json]:
    """List the models of the nodes that compute."""
    return [node["model"] for node in rule.data if node["datasourceUid"] == "__expr__"]


def sql_of(rule: GrafanaRule) -> dict[str, str]:
    """Map refIds to statements."""
    return {node["refId"]: node["model"]["rawSql"] for node in rule.data if "rawSql" in node["model"]}


def simulated(rule: GrafanaRule, every: int = 60) -> Simulation:
    """Put a rule on a server that was never asked before."""
    return Simulation(as_api(rule, "folder", "group"), every, "12.3", "Shop")


def states(rule: GrafanaRule, *steps: Mapping[str, Answer]) -> list[dict[str, str]]:
    """Evaluate a rule, a minute apart: labels of each instance's series (as text) → its state."""
    simulation = simulated(rule)
    found = []
    for index, answers in enumerate(steps):
        evaluation = simulation.step(START + datetime.timedelta(minutes=index), answers)
        found.append({told(rule, instance): instance.state for instance in evaluation.instances})
    return found


def told(rule: GrafanaRule, instance: InstanceState) -> str:
    """Give an instance's labels without the rule's own and the built-in ones, such as ``town=a``."""
    own = {*rule.labels, "alertname", "grafana_folder"}
    named = {
        name: value
        for name, value in instance.labels.items()
        if name not in own and not name.startswith("__")
    }
    return ", ".join(f"{name}={value}" for name, value in sorted(named.items()))


def one(value: float | None) -> Answer:
    """Give the answer of a query of one number."""
    return numbers([({}, value)])


def each(**values: float | None) -> Answer:
    """Give the answer of a query with one number a town."""
    return numbers([({"town": town}, value) for town, value in values.items()])


NOTHING: Answer = numbers([])
