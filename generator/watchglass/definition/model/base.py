"""Types that a definition's scalars are read as. YAML's own guesses play no part: every scalar arrives as text."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from watchglass import naming
from watchglass.durations import Duration, parse_duration
from watchglass.visible import shown

_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?(?:[eE][-+]?\d{1,3})?")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d{0,14})")
_SECRET = re.compile(r"\$\{(?:env:[A-Za-z_][A-Za-z0-9_]*|file:[^\s{}$]+)\}")


def problem(code: str, message: str, hint: str = "") -> PydanticCustomError:
    """Make the error by which a validator reports a problem with its code and hint."""
    context: dict[str, Any] = {"text": message, "hint": hint}
    return PydanticCustomError(code, "{text}", context)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise problem("wrong-type", f"expected a text, found {shown(value)}")
    if any(begun in value for begun in ("${env:", "${ENV:", "${file:", "${FILE:")):
        raise problem(
            "secret-not-allowed",
            "a value from the environment has no place here: it would be published",
            "${env:NAME} and ${file:PATH} are read only in addresses and secrets of sources, environments and contacts",
        )
    return str(value)


def filled(value: object) -> str:
    """Read a text that says something."""
    text = _text(value)
    if not text.strip():
        raise problem("empty-text", "the text is empty")
    return text


def _boolean(value: object) -> bool:
    if value in ("true", "false") or isinstance(value, bool):
        return value in ("true", True)
    raise problem(
        "wrong-type", f"expected true or false, found {shown(value)}", "yes, no, on and off are texts here"
    )


def _number(value: object) -> float | int:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise problem(
            "wrong-number", f"expected a number, found {shown(value)}", "write it plainly, such as 30 or 0.5"
        )
    number = float(value)
    if not math.isfinite(number):
        raise problem("wrong-number", f"expected a finite number, found {shown(value)}")
    return int(value) if _INTEGER.fullmatch(value) else number


def _integer(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or not _INTEGER.fullmatch(value):
        raise problem("wrong-number", f"expected a whole number, found {shown(value)}")
    return int(value)


def _decimals(value: object) -> int:
    number = _integer(value)
    if not 0 <= number <= 15:
        raise problem("wrong-number", f"expected a count of digits from 0 to 15, found {shown(value)}")
    return number


def _duration(value: object) -> Duration:
    if isinstance(value, Duration):
        return value
    if not isinstance(value, str):
        raise problem("wrong-duration", f"expected a length of time such as 15m, found {shown(value)}")
    try:
        return parse_duration(value)
    except ValueError as error:
        raise problem("wrong-duration", str(error)) from error


def address(value: object) -> str:
    """Read a text in which `${env:NAME}` and `${file:PATH}` may stand."""
    if not isinstance(value, str):
        raise problem("wrong-type", f"expected a text, found {shown(value)}")
    if "${" in _SECRET.sub("", value):
        raise problem(
            "secret-form",
            f"cannot read {shown(value)}",
            "a value from the environment is written ${env:NAME}, one from a file ${file:PATH}",
        )
    return str(value)


def _identifier(value: object) -> str:
    if not isinstance(value, str) or not naming.ID_FORM.fullmatch(value) or len(value) > 100:
        raise problem(
            "wrong-id",
            f"{shown(value)} is no id",
            "an id begins with a letter and holds letters, digits, single underscores and hyphens, at most 100 characters",
        )
    return str(value)


class OneOrMany:
    """Marks a list that may be written as its one entry, by whoever reads it and to editors."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read a text or a map as a list of one."""
        return core_schema.no_info_before_validator_function(
            lambda value: [value] if isinstance(value, (str, dict)) else value, handler(source)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Offer both forms."""
        many = handler(schema)
        return {"anyOf": [many, many["items"]]}


ONE_OR_MANY = OneOrMany()

# To an editor `title: 404` is a number; here every scalar is the text that is written.
SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}

Text = Annotated[str, PlainValidator(_text), WithJsonSchema(SCALAR)]
Filled = Annotated[
    str,
    PlainValidator(filled),
    WithJsonSchema({**SCALAR, "minLength": 1}),
]
Boolean = Annotated[bool, PlainValidator(_boolean), WithJsonSchema({"type": "boolean"})]
Number = Annotated[float, PlainValidator(_number), WithJsonSchema({"type": "number"})]
Integer = Annotated[int, PlainValidator(_integer), WithJsonSchema({"type": "integer"})]
Decimals = Annotated[
    int, PlainValidator(_decimals), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 15})
]
Length = Annotated[
    Duration,
    PlainValidator(_duration),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d+\s*[A-Za-z]+$",
            "examples": ["30s", "15m", "24h", "7d", "12 months"],
        }
    ),
]
Address = Annotated[
    str,
    PlainValidator(address),
    WithJsonSchema({"type": "string", "examples": ["${env:NAME}", "${file:PATH}"]}),
]
Id = Annotated[
    str,
    PlainValidator(_identifier),
    WithJsonSchema({"type": "string", "pattern": f"^{naming.ID_FORM.pattern}$"}),
]
Names = Annotated[list[Filled], ONE_OR_MANY]
Allowed = dict[Filled, Filled]
"""Rule of `check` → the reason why it does not hold here."""


class Part(BaseModel):
    """A mapping of the definition: unknown keys are errors, nothing is changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Short(Part):
    """A mapping that may be written as one value, the one of its main key."""

    short: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: object) -> object:
        return value if isinstance(value, dict) else {cls._main(): value}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Offer both forms to editors."""
        whole = handler.resolve_ref_schema(handler(schema))
        main = whole.get("properties", {}).get(cls._main(), {"type": "string"})
        title, description = whole.pop("title", ""), whole.pop("description", "")
        return {"title": title, "description": description, "anyOf": [dict(whole), main]}

    @classmethod
    def _main(cls) -> str:
        field = cls.model_fields.get(cls.short)
        return (field.alias if field is not None else None) or cls.short
