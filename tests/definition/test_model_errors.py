"""What a model refuses is said in plain words at the place that has to change."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from tests.definition.yaml_helpers import read_text
from watchglass.definition.include import Gathered
from watchglass.definition.read import Places, validate
from watchglass.problems import Problem, Span


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Column(Part):
    type: Literal["text", "integer"]
    levels: str | None = None


class Board(Part):
    kind: Literal["board"]
    title: str


class Note(Part):
    kind: Literal["note"]
    text: str


class Small(Part):
    id: Annotated[str, Field(pattern="^[a-z]+$")] = "x"
    count: int = 1
    share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.5
    on: bool = True
    names: list[str] = []
    from_: str = Field("", alias="from")
    columns: dict[Annotated[str, Field(pattern="^[a-z_]+$")], Literal["text", "integer"] | Column] = {}
    step: int | list[int] | None = None
    item: Annotated[Board | Note, Field(discriminator="kind")] | None = None
    checked: str = ""

    @field_validator("checked")
    @classmethod
    def _check(cls, value: str) -> str:
        if value == "bad":
            raise ValueError("bad is not good")
        if value == "worse":
            raise PydanticCustomError(
                "own-code", "{text}", {"text": "worse is worse", "hint": "write better"}
            )
        return value


def problems(text: str) -> tuple[Problem, ...]:
    document = read_text(text)
    gathered = Gathered(document.data, dict(document.places), dict(document.scalars))
    model, found = validate(Small, gathered, Places(document.places, Span.of_file("x.yaml")))
    assert (model is None) == bool(found)
    return found


@pytest.mark.parametrize(
    ("text", "column", "code", "message", "hint"),
    [
        ("cuont: 1", 1, "unknown-key", "unknown key 'cuont'", "did you mean 'count'?"),
        ("form: x", 1, "unknown-key", "unknown key 'form'", "did you mean 'from'?"),
        ("count: 1x", 8, "wrong-type", "expected a whole number, found '1x'", ""),
        ("count: 1.5", 8, "wrong-type", "expected a whole number, found '1.5'", ""),
        (
            "count: " + "9" * 5000,
            8,
            "wrong-type",
            "expected a whole number of fewer digits, found '" + "9" * 39 + "…'",
            "",
        ),
        ("count:", 7, "wrong-type", "expected a whole number, found nothing", ""),
        ("share: {a: 1}", 8, "wrong-type", "expected a number, found a map", ""),
        ("share: .nan", 8, "wrong-type", "expected a number, found '.nan'", ""),
        ("share: inf", 8, "wrong-type", "expected a finite number, found 'inf'", ""),
        ("share: 0", 8, "wrong-type", "expected a number above 0.0, found '0'", ""),
        ("share: 3", 8, "wrong-type", "expected a number of at most 1.0, found '3'", ""),
        ("on: maybe", 5, "wrong-type", "expected true or false, found 'maybe'", ""),
        ("names: x", 8, "wrong-type", "expected a list, found 'x'", ""),
        ("names: [a, [b]]", 12, "wrong-type", "expected a text, found a list", ""),
        ("id: A", 5, "wrong-type", "expected a text of the form ^[a-z]+$, found 'A'", ""),
        (
            "columns: {a: integr}",
            14,
            "wrong-value",
            "expected text or integer or a map, found 'integr'",
            "did you mean 'integer'?",
        ),
        ("columns: {a: []}", 14, "wrong-type", "expected text or integer or a map, found a list", ""),
        (
            "columns: {a: {type: texxt}}",
            21,
            "wrong-value",
            "expected text or integer, found 'texxt'",
            "did you mean 'text'?",
        ),
        ("columns: {a: {levels: x}}", 11, "missing-key", "the key 'type' is missing in columns.a", ""),
        ("columns: {A: text}", 11, "wrong-type", "expected a text of the form ^[a-z_]+$, found 'A'", ""),
        ("step: x", 7, "wrong-type", "expected a whole number or a list, found 'x'", ""),
        ("step: [1, x]", 11, "wrong-type", "expected a whole number, found 'x'", ""),
        (
            "item: {kind: bord}",
            7,
            "wrong-value",
            "expected board or note, found 'bord'",
            "did you mean 'board'?",
        ),
        (
            "item: {kind: board, titel: x}",
            21,
            "unknown-key",
            "unknown key 'titel' in item",
            "did you mean 'title'?",
        ),
        ("item: {kind: note}", 1, "missing-key", "the key 'text' is missing in item", ""),
        ("checked: bad", 10, "wrong-value", "bad is not good", ""),
        ("checked: worse", 10, "own-code", "worse is worse", "write better"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_an_error_becomes_one_problem(text: str, column: int, code: str, message: str, hint: str) -> None:
    (problem,) = problems(text + "\n")
    assert (problem.code, problem.message, problem.hint) == (code, message, hint)
    assert (problem.span.line, problem.span.column) == (1, column)


def test_all_errors_are_reported_at_once() -> None:
    found = problems("cuont: 1\ncount: x\nitem: {kind: board, extra: 1}\n")
    assert sorted(problem.code for problem in found) == [
        "missing-key",
        "unknown-key",
        "unknown-key",
        "wrong-type",
    ]


def test_keys_that_are_missing_in_one_map_are_one_problem() -> None:
    class Two(Part):
        first: str
        second: str

    document = read_text("other: 1\n")
    _, found = validate(Two, Gathered(document.data), Places(document.places, Span.of_file("x.yaml")))
    assert "the keys 'first' and 'second' are missing" in [problem.message for problem in found]
