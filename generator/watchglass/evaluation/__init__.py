"""What Grafana makes of an alert rule and of the results of its queries, evaluation by evaluation."""

from __future__ import annotations

from watchglass.evaluation.evaluated import Evaluation, InstanceState
from watchglass.evaluation.fields import RuleError
from watchglass.evaluation.results import Answer, Column, Failure, Table, failed, numbers, table_of
from watchglass.evaluation.rule import Rule, read_rule
from watchglass.evaluation.sending import Sent
from watchglass.evaluation.simulation import Simulation
from watchglass.evaluation.values import Number, Point, Series
from watchglass.evaluation.versions import semantics

__all__ = [
    "Answer",
    "Column",
    "Evaluation",
    "Failure",
    "InstanceState",
    "Number",
    "Point",
    "Rule",
    "RuleError",
    "Sent",
    "Series",
    "Simulation",
    "Table",
    "failed",
    "numbers",
    "read_rule",
    "semantics",
    "table_of",
]
