"""Problems → one text in the format that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from watchglass.problems import Problem, arrange
from watchglass.review.github_report import github_report
from watchglass.review.json_report import json_report
from watchglass.review.sarif_report import sarif_report
from watchglass.review.text_report import text_report

Format = Literal["text", "json", "github", "sarif"]
FORMATS: tuple[str, ...] = get_args(Format)


def report(
    problems: Iterable[Problem],
    format: Format = "text",  # noqa: A002 - the option's name
    sources: Mapping[str, str] | None = None,
    *,
    color: bool = False,
    docs: str = "",
) -> str:
    """
    Write problems by file and place, each once.

    Args:
        sources: name → text of the files, for the excerpts of the text format.
        color: whether the text format is coloured.
        docs: address of the published pages on problems, for the links of SARIF.
    """
    listed = arrange(problems)
    if format == "json":
        return json_report(listed)
    if format == "github":
        return github_report(listed)
    if format == "sarif":
        return sarif_report(listed, docs)
    return text_report(listed, sources or {}, color)
