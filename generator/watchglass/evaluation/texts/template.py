"""A template and an alert's labels and values become the text that people read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watchglass.evaluation.texts.functions import (
    FUNCTIONS,
    MISSING,
    NAMES,
    NO_VALUE,
    Reading,
    Readings,
    TextFailed,
    check_format,
    truth,
    written,
)
from watchglass.evaluation.texts.parser import Call, Choice, Fields, Node, Operand, Path, Show, Written, parse
from watchglass.evaluation.texts.tokens import Plain, TextError
from watchglass.evaluation.values import Labels


@dataclass(frozen=True, slots=True)
class Alert:
    """What a template sees; field names are Grafana's."""

    Labels: Labels
    Values: Readings
    Value: float | str


@dataclass(frozen=True, slots=True)
class Template:
    """A template, read and judged; without ``{{`` it is its own text."""

    raw: str
    nodes: tuple[Node, ...]

    @classmethod
    def read(cls, text: str) -> Template:
        """
        Read a template.

        Raises:
            TextError: Grafana would refuse it, or it uses what is not simulated.
        """
        nodes = parse(text) if "{{" in text else (Plain(text),)
        for node in nodes:
            _judge(node)
        return cls(text, nodes)

    def render(self, alert: Alert) -> str:
        """Write the text; where the template fails, Grafana gives its raw text to people, and so does this."""
        try:
            made = "".join(_nodes(self.nodes, alert, alert))
        except TextFailed:
            return self.raw
        return made.replace(NO_VALUE, "[no value]")


def _judge(node: Node) -> None:
    if isinstance(node, Show):
        _judge_operand(node.operand)
    elif isinstance(node, Choice):
        _judge_operand(node.test)
        for inner in (*node.then, *node.otherwise):
            _judge(inner)


def _judge_operand(operand: Operand) -> None:
    if isinstance(operand, Fields):
        _judge_operand(operand.operand)
    if not isinstance(operand, Call):
        return
    if len(operand.arguments) < NAMES[operand.name]:
        raise TextError(f"{operand.name} takes at least {NAMES[operand.name]} argument(s)")
    if operand.name == "printf" and isinstance(operand.arguments[0], Written):
        check_format(str(operand.arguments[0].value))
    for argument in operand.arguments:
        _judge_operand(argument)


def _nodes(nodes: tuple[Node, ...], dot: Any, alert: Alert) -> list[str]:
    made: list[str] = []
    for node in nodes:
        if isinstance(node, Plain):
            made.append(node.text)
        elif isinstance(node, Show):
            made.append(written(_value(node.operand, dot, alert)))
        else:
            value = _value(node.test, dot, alert)
            if truth(value):
                made += _nodes(node.then, value if node.kind == "with" else dot, alert)
            else:
                made += _nodes(node.otherwise, dot, alert)
    return made


def _value(operand: Operand, dot: Any, alert: Alert) -> Any:
    if isinstance(operand, Written):
        return operand.value
    if isinstance(operand, Path):
        return _found(operand, dot, alert)
    if isinstance(operand, Fields):
        return _looked_up(_value(operand.operand, dot, alert), operand.fields)
    if operand.name in {"and", "or"}:
        return _short(operand, dot, alert)
    arguments = [_value(each, dot, alert) for each in operand.arguments]
    try:
        return FUNCTIONS[operand.name](*arguments)
    except TypeError:
        raise TextFailed(f"wrong number of arguments for {operand.name}") from None


def _short(call: Call, dot: Any, alert: Alert) -> Any:
    value: Any = None
    for argument in call.arguments:
        value = _value(argument, dot, alert)
        if truth(value) == (call.name == "or"):
            break
    return value


def _found(path: Path, dot: Any, alert: Alert) -> Any:
    starts = {".": dot, "$": alert, "$labels": alert.Labels, "$values": alert.Values, "$value": alert.Value}
    return _looked_up(starts[path.start], path.fields)


def _looked_up(value: Any, fields: tuple[str, ...]) -> Any:
    for field in fields:
        value = _field(value, field)
    return value


def _field(value: Any, name: str) -> Any:
    if value is MISSING:
        return MISSING
    if isinstance(value, Mapping):
        return value.get(name, MISSING)
    if isinstance(value, (Alert, Reading)) and name in type(value).__slots__:
        return getattr(value, name)
    raise TextFailed(f"there is no field {name}")
