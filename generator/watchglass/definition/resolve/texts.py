"""Texts of alerts with neutral words, such as `{{ value }}`, `{{ threshold }}` or `{{ labels.<column> }}`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from watchglass.artifact import Path
from watchglass.definition.resolve.context import Context, nearest
from watchglass.definition.service import NeutralText
from watchglass.sql.pieces import SourceText

Part = tuple[Literal["text", "value", "values", "threshold", "level", "label"], str]

_WORD = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAMED = re.compile(r"(values|labels)\.([A-Za-z][\w-]*)")


def neutral_text(
    context: Context, text: str, path: Path, metrics: Iterable[str], labels: Iterable[str]
) -> NeutralText:
    """
    Read a text.

    Args:
        metrics: what `values.` may name; ``labels``: what `labels.` may name.
    """
    parts: list[Part] = []
    known_metrics, known_labels = sorted(metrics), sorted(labels)
    end = 0
    for match in _WORD.finditer(text):
        parts.append(("text", text[end : match.start()]))
        parts.append(_word(context, match[1].strip(), path, known_metrics, known_labels))
        end = match.end()
    parts.append(("text", text[end:]))
    if "{{" in text[end:]:
        context.report("text-word", "'{{' is not closed by '}}'", path)
    return NeutralText(tuple(part for part in parts if part != ("text", "")), _source(context, path))


def _source(context: Context, path: Path) -> SourceText | None:
    return context.definition.texts.get(path)


def _word(context: Context, word: str, path: Path, metrics: list[str], labels: list[str]) -> Part:
    if word == "value" or word == "threshold" or word == "level":  # noqa: PLR1714  (mypy reads it so)
        return word, ""
    match = _NAMED.fullmatch(word)
    if match is None:
        known = [
            "value",
            "threshold",
            "level",
            *(f"values.{name}" for name in metrics),
            *(f"labels.{name}" for name in labels),
        ]
        hint = "`since` is known in message templates only" if word == "since" else nearest(word, known)
        context.report("text-word", f"unknown word '{word}' in a text", path, hint=hint)
        return "text", ""
    name = match[2]
    if match[1] == "values":
        if name not in metrics:
            context.unknown("metric of this alert", name, metrics, path)
        return "values", name
    if name not in labels:
        context.unknown("key or show column", name, labels, path)
    return "label", name
