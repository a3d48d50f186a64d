"""Texts of alerts with neutral words, such as `{{ value }}`, `{{ threshold }}` or `{{ labels.<column> }}`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from watchglass.artifact import Path
from watchglass.definition.resolve.context import Context, nearest
from watchglass.definition.service import NeutralText
from watchglass.problems import Problem
from watchglass.sql.pieces import SourceText
from watchglass.sql.template import span

Part = tuple[Literal["text", "value", "values", "threshold", "level", "label"], str]

_BARE: Mapping[str, Literal["value", "threshold", "level"]] = {
    "value": "value",
    "threshold": "threshold",
    "level": "level",
}
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
    source = context.definition.texts.get(path)
    known_metrics, known_labels = sorted(metrics), sorted(labels)
    end = 0
    for match in _WORD.finditer(text):
        parts.append(("text", text[end : match.start()]))
        word = _Word(context, match[1].strip(), path, source, match.start(), match.end())
        parts.append(word.read(known_metrics, known_labels))
        end = match.end()
    parts.append(("text", text[end:]))
    if "{{" in text[end:]:
        start = text.index("{{", end)
        _Word(context, "", path, source, start, start + 2).refuse("text-word", "'{{' is not closed by '}}'")
    return NeutralText(tuple(part for part in parts if part != ("text", "")), source)


@dataclass(frozen=True, slots=True)
class _Word:
    """What stands between ``{{`` and ``}}``, and where."""

    context: Context
    word: str
    path: Path
    source: SourceText | None
    start: int
    end: int

    def read(self, metrics: list[str], labels: list[str]) -> Part:
        word = self.word
        if word in _BARE:
            return _BARE[word], ""
        match = _NAMED.fullmatch(word)
        if match is None:
            known = [
                "value",
                "threshold",
                "level",
                *(f"values.{name}" for name in metrics),
                *(f"labels.{name}" for name in labels),
            ]
            late = "`since` is known in message templates only"
            hint = late if word == "since" else nearest(word, known)
            self.refuse("text-word", f"unknown word '{word}' in a text", hint)
            return "text", ""
        kind, among = (
            ("metric of this alert", metrics) if match[1] == "values" else ("key or show column", labels)
        )
        if match[2] not in among:
            self.refuse("unknown-name", f"unknown {kind} '{match[2]}'", nearest(match[2], among))
        return ("values", match[2]) if match[1] == "values" else ("label", match[2])

    def refuse(self, code: str, message: str, hint: str = "") -> None:
        at = self.context.definition.span(self.path)
        if self.source is not None:
            at = span(self.source, self.start, self.end)
        self.context.problems.append(Problem(code, message, at, hint=hint))
