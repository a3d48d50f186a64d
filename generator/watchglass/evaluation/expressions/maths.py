"""A math expression's tree becomes values, with Grafana's rules for nulls and NaN."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from watchglass.evaluation.expressions.command import Moment
from watchglass.evaluation.expressions.joins import pairs
from watchglass.evaluation.expressions.math_parser import (
    Binary,
    Call,
    Constant,
    Node,
    Unary,
    Variable,
    parse,
    variables,
)
from watchglass.evaluation.values import Labels, NoData, Number, Point, Scalar, Series, Value, Values


def _divided(a: float, b: float) -> float:
    if b:
        return a / b
    return math.nan if not a else math.copysign(math.inf, a) * math.copysign(1, b)


def _modulo(a: float, b: float) -> float:
    return math.nan if not b or math.isinf(a) else math.fmod(a, b)


def _power(a: float, b: float) -> float:
    try:
        result = math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    except ValueError:
        if a == 0:
            return math.copysign(math.inf, a) if b % 2 == 1 else math.inf
        return math.nan
    return result


_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": _divided, "%": _modulo, "**": _power,
    "==": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
    "||": lambda a, b: a != 0 or b != 0,
    "&&": lambda a, b: a != 0 and b != 0,
}  # fmt: skip


def _log(value: float) -> float:
    if value > 0:
        return math.log(value)
    return -math.inf if value == 0 else math.nan


def _round(value: float) -> float:
    """Round halves away from zero."""
    if not math.isfinite(value):
        return value
    whole = float(math.trunc(value))
    return whole + math.copysign(1, value) if abs(value - whole) >= 0.5 else whole


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    return lambda value: float(function(value)) if math.isfinite(value) else value


_OF_NUMBERS: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "ceil": _whole(math.ceil),
    "floor": _whole(math.floor),
    "is_inf": math.isinf,
    "is_nan": math.isnan,
    "log": _log,
    "round": _round,
}
"""Functions that see no null: of one they make NaN."""

_OF_NULLS: dict[str, Callable[[float | None], float]] = {
    "is_null": lambda value: value is None,
    "is_number": lambda value: value is not None and math.isfinite(value),
}

_CONSTANTS: dict[str, float | None] = {"inf": math.inf, "infn": -math.inf, "nan": math.nan, "null": None}


def binary(symbol: str, a: float | None, b: float | None) -> float | None:
    """Compute one operation: a null gives null; NaN gives NaN, unless the left side decides alone."""
    if a is None or b is None:
        return None
    if symbol == "||" and a != 0:
        return 1.0
    if symbol == "&&" and a == 0:
        return 0.0
    if math.isnan(a) or math.isnan(b):
        return math.nan
    return float(_OPERATIONS[symbol](a, b))


def unary(symbol: str, value: float | None) -> float | None:
    """Compute ``!`` or ``-``."""
    if value is None or math.isnan(value):
        return value
    return float(value == 0) if symbol == "!" else -value


def called(name: str, value: float | None) -> float:
    """Compute a function of one number."""
    if name in _OF_NULLS:
        return float(_OF_NULLS[name](value))
    return math.nan if value is None else float(_OF_NUMBERS[name](value))


@dataclass(frozen=True, slots=True)
class Math:
    """A math expression."""

    tree: Node
    needs: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Math:
        """Read an expression; what Grafana refuses is a MathError."""
        tree = parse(text)
        return cls(tree, variables(tree))

    def run(self, inputs: Mapping[str, Values], moment: Moment) -> Values:
        """Compute the expression."""
        return _walk(self.tree, inputs)


def _walk(node: Node, inputs: Mapping[str, Values]) -> Values:
    match node:
        case Constant(value):
            return (Scalar(value),)
        case Variable(ref):
            return inputs[ref]
        case Unary(symbol, operand):
            return tuple(_each(value, lambda x: unary(symbol, x)) for value in _walk(operand, inputs))
        case Call(name, ()):
            return (Scalar(_CONSTANTS[name]),)
        case Call(name, (argument,)):
            return tuple(_each(value, lambda x: called(name, x)) for value in _walk(argument, inputs))
        case Binary(symbol, left, right):
            joined = pairs(_walk(left, inputs), _walk(right, inputs))
            return tuple(_joined(symbol, labels, a, b) for labels, a, b in joined)
        case _:
            raise AssertionError(f"no such part of an expression: {node}")


def _each(value: Value, function: Callable[[float | None], float | None]) -> Value:
    match value:
        case Scalar(number):
            return Scalar(function(number))
        case Number(labels, number):
            return Number(labels, function(number))
        case Series(labels, points):
            return Series(labels, tuple(Point(point.at, function(point.value)) for point in points))
        case _:
            return value


def _joined(symbol: str, labels: Labels, a: Value, b: Value) -> Value:
    if isinstance(a, NoData) or isinstance(b, NoData):
        return NoData()
    if isinstance(a, Series) and isinstance(b, Series):
        return _series(symbol, labels, a, b)
    if isinstance(a, Series):
        assert not isinstance(b, Series)
        return Series(labels, tuple(Point(p.at, binary(symbol, p.value, b.value)) for p in a.points))
    if isinstance(b, Series):
        return Series(labels, tuple(Point(p.at, binary(symbol, a.value, p.value)) for p in b.points))
    result = binary(symbol, a.value, b.value)
    if isinstance(a, Scalar) and isinstance(b, Scalar):
        return Scalar(result)
    return Number(labels, result)


def _series(symbol: str, labels: Labels, a: Series, b: Series) -> Series:
    """Points of one time meet; those that only one side has are dropped."""
    others = {point.at: point.value for point in b.points}
    return Series(
        labels,
        tuple(
            Point(point.at, binary(symbol, point.value, others[point.at]))
            for point in a.points
            if point.at in others
        ),
    )
