"""Texts of alerts with neutral words: `{{ value }}`, `{{ threshold }}`, `{{ level }}`, `{{ values.<metric> }}`, `{{ labels.<column> }}`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from watchglass.artifact import Path
from watchglass.definition.resolve.context import Context, nearest
from watchglass.definition.service import NeutralText
from watchglass.sql.pieces import SourceText

_WORD = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAMED = re.compile(r"(values|labels)\.([A-Za-z][\w-]*)")


def neutral_text(context: Context, text: str, path: Path, metrics: Iterable[str], labels: Iterable[str]) -> NeutralText:
    """
    Read a text.

    Args:
        metrics: what `values.` may name; ``labels``: what `labels.` may name.
    """
    parts: list[tuple[str, str]] = []
    known_metrics, known_labels = sorted(metrics), sorted(labels)
    end = 0
    for match in _WORD.finditer(text):
        parts.append(("text", text[end : match.start()]))
        parts.append(_word(context, match[1].strip(), path, known_metrics, known_labels))
        end = match.end()
    parts.append(("text", text[end:]))
    if "{{" in text[end:]:
        context.report("text-word", "'{{' is not closed by '}}'", path)
    return NeutralText(tuple(part for part in parts if part != ("text", "")), _source(context, path))  # type: ignore[arg-type]


def _source(context: Context, path: Path) -> SourceText | None:
    return context.definition.texts.get(path)


def _word(context: Context, word: str, path: Path, metrics: list[str], labels: list[str]) -> tuple[str, str]:
    if word in ("value", "threshold", "level"):
        return word, ""
    match = _NAMED.fullmatch(word)
    if match is None:
        known = ["value", "threshold", "level", *(f"values.{name}" for name in metrics), *(f"labels.{name}" for name in labels)]
        hint = "`since` is known in message templates only" if word == "since" else nearest(word, known)
        context.report("text-word", f"unknown word '{word}' in a text", path, hint=hint)
        return "text", ""
    kind, name = match[1], match[2]
    known = metrics if kind == "values" else labels
    if name not in known:
        context.unknown("metric of this alert" if kind == "values" else "key or show column", name, known, path)
    return ("values" if kind == "values" else "label"), name
