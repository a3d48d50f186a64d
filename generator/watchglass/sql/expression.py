"""One template expression, read by Jinja's parser and evaluated by this module alone: a constant, or a neutral word."""

from __future__ import annotations

import re

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateSyntaxError

from watchglass.sql.pieces import Origin, Piece, Value
from watchglass.sql.vocabulary import WORDS, Argument, Call, Misuse, Vocabulary

LONGEST = 2_000
"""Characters of one expression; beyond it nothing is parsed."""

_DEEPEST = 20
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_JINJA = Environment(autoescape=True)
_FORM = (
    "write a constant's name or a neutral word with plain arguments, such as {{ in_range('c.created_at') }}"
)


def evaluate(text: str, origin: Origin, vocabulary: Vocabulary) -> Piece:
    """
    Make a piece of the text between ``{{`` and ``}}``.

    Raises:
        Misuse: the text is no such expression, or names what is not there.
    """
    if len(text) > LONGEST or text.count("(") + text.count("[") + text.count("{") > _DEEPEST:
        raise Misuse("template-expression", "a template expression this long or deep is not read", hint=_FORM)
    node = _parse(text)
    if isinstance(node, nodes.Name):
        return _constant(node.name, origin, vocabulary)
    if (
        not isinstance(node, nodes.Call)
        or not isinstance(node.node, nodes.Name)
        or node.dyn_args
        or node.dyn_kwargs
    ):
        raise Misuse(
            "template-expression", "only names and calls of neutral words are read in templates", hint=_FORM
        )
    return _call(node, node.node.name, text, origin, vocabulary)


def _parse(text: str) -> nodes.Node:
    try:
        output = _JINJA.parse("{{" + text + "}}").body
    except TemplateSyntaxError as error:
        raise Misuse(
            "template-expression", f"the template expression cannot be read: {error.message}", hint=_FORM
        ) from error
    if len(output) != 1 or not isinstance(output[0], nodes.Output) or len(output[0].nodes) != 1:
        raise Misuse("template-expression", "this is no single template expression", hint=_FORM)
    return output[0].nodes[0]


def _constant(name: str, origin: Origin, vocabulary: Vocabulary) -> Value:
    if name in vocabulary.constants:
        constant = vocabulary.constants[name]
        return Value(constant.value, constant.type, origin)
    hint = f"a word is called with arguments: {{{{ {name}({WORDS[name].form}) }}}}" if name in WORDS else ""
    raise Misuse("unknown-name", f"unknown constant '{name}'", name, (*vocabulary.constants, *WORDS), hint)


def _call(node: nodes.Call, name: str, text: str, origin: Origin, vocabulary: Vocabulary) -> Piece:
    word = WORDS.get(name)
    if word is None:
        raise Misuse("unknown-name", f"unknown word '{name}'", name, tuple(WORDS))
    names = [parameter.rstrip("=") for parameter in word.parameters]
    given = dict(zip(names, node.args, strict=False)) | {
        keyword.key: keyword.value for keyword in node.kwargs
    }
    needed = [parameter for parameter in word.parameters if not parameter.endswith("=")]
    twice = {keyword.key for keyword in node.kwargs} & set(names[: len(node.args)])
    if len(node.args) > len(names) or twice or set(given) - set(names) or set(needed) - set(given):
        raise Misuse("sql-word-arguments", f"{name} is written {name}({word.form})")
    arguments = {key: _argument(value, text, origin, vocabulary) for key, value in given.items()}
    return word.build(Call(name, arguments, origin, vocabulary))


def _argument(node: nodes.Node, text: str, origin: Origin, vocabulary: Vocabulary) -> Argument:
    if isinstance(node, nodes.Const) and isinstance(node.value, (str, int, float)):
        if _NO_TEXT.search(str(node.value)):
            raise Misuse("template-expression", "NUL and halves of surrogate pairs are no text", hint=_FORM)
        return Argument(node.value, _within(str(node.value), text, origin))
    if isinstance(node, nodes.Name):
        return Argument(_constant(node.name, origin, vocabulary).value, origin)
    raise Misuse("template-expression", "an argument is a text, a number or a constant's name", hint=_FORM)


def _within(value: str, text: str, origin: Origin) -> Origin:
    """Find an argument's own characters, so that an error of PostgreSQL points into it."""
    at = text.find(value)
    if at < 0:
        return origin
    start = origin.start + _offset_of(text, origin) + at
    return Origin(origin.source, start, start + len(value))


def _offset_of(text: str, origin: Origin) -> int:
    return max(0, origin.source.text[origin.start : origin.end].find(text))
