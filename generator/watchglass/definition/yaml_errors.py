"""What the YAML parser says → one clear problem at the place that a reader has to change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import yaml

from watchglass.definition.source_file import SourceFile
from watchglass.problems import Problem, Related
from watchglass.visible import quoted

_ENV = re.compile(r"\$\{env:[^}\s]*\}")
_GLUED = re.compile(r"\s*(?:- )?[\w-]+:[^\s:/]")

Mark = tuple[int, int]
Finder = Callable[[str, SourceFile, Mark, Mark | None], Problem | None]


def explain(error: yaml.YAMLError, file: SourceFile) -> Problem:
    """Turn a parser's error into a problem; the common mistakes are named with what to write instead."""
    said = str(getattr(error, "problem", None) or "the text cannot be read as YAML")
    mark = _mark(getattr(error, "problem_mark", None)) or (0, 0)
    context = _mark(getattr(error, "context_mark", None))
    for finder in _FINDERS:
        problem = finder(said, file, mark, context)
        if problem:
            return problem
    return Problem("yaml-syntax", said, file.point(*mark), related=_begun(file, mark, context))


def _mark(mark: Any) -> Mark | None:
    return (mark.line, mark.column) if mark else None


def _begun(file: SourceFile, mark: Mark, context: Mark | None) -> tuple[Related, ...]:
    if context is None or context == mark:
        return ()
    return (Related(file.point(*context), "what is read here begins"),)


def _tab(said: str, file: SourceFile, mark: Mark, context: Mark | None) -> Problem | None:
    for index in dict.fromkeys((mark[0], mark[0] - 1, context[0] if context else mark[0])):
        line = file.line(index)
        lead = line[: len(line) - len(line.lstrip())]
        if index >= 0 and "\t" in lead:
            return Problem(
                "yaml-tab",
                "a tab indents this line; YAML is indented with blanks",
                file.point(index, lead.index("\t")),
                hint="replace the tab by two blanks a level",
            )
    return None


def _environment(said: str, file: SourceFile, mark: Mark, context: Mark | None) -> Problem | None:
    line = file.line(mark[0])
    match = next((found for found in _ENV.finditer(line) if found.start() <= mark[1] <= found.end()), None)
    if match is None or not said.startswith(("did not find", "found", "while", "mapping")):
        return None
    span = file.span(mark[0], match.start(), mark[0], match.end())
    return Problem(
        "yaml-syntax",
        f"{match[0]} stands unquoted in a map in braces",
        span,
        hint=f'put it into quotes: "{match[0]}"',
    )


def _cannot_start(said: str, file: SourceFile, mark: Mark, _: Mark | None) -> Problem | None:
    if "cannot start any token" not in said:
        return None
    character = file.line(mark[0])[mark[1] : mark[1] + 1]
    return Problem(
        "yaml-syntax",
        f"a text without quotes cannot begin with {quoted(character)}",
        file.point(*mark),
        hint="put the text into quotes",
    )


def _colon(said: str, file: SourceFile, mark: Mark, _: Mark | None) -> Problem | None:
    if not said.startswith("mapping values are not allowed"):
        return None
    before = file.line(mark[0])[: mark[1]]
    if ": " in before or before.lstrip().startswith("- ") or before.rstrip().endswith(("'", '"')):
        return Problem(
            "yaml-syntax",
            "a second ': ' stands in this line; a text that holds one must be quoted",
            file.point(*mark),
            hint="put the whole text into quotes, or write it as a block with |",
        )
    return _line_before(file, mark)


def _line_before(file: SourceFile, mark: Mark) -> Problem:
    """Blame the line above: it has no key that can take what follows."""
    above = next((index for index in range(mark[0] - 1, -1, -1) if file.line(index).strip()), None)
    text = file.line(above) if above is not None else ""
    glued = _GLUED.match(text)
    if above is not None and glued:
        return Problem(
            "yaml-syntax",
            "a blank is missing after the colon",
            file.point(above, glued.end() - 1),
            hint=f"write {quoted(text.strip()[: glued.end() - 1 - (len(text) - len(text.lstrip()))] + ' …')}",
        )
    related = (
        ()
        if above is None
        else (Related(file.point(above, _lead(text)), "the line above has a value or no colon"),)
    )
    return Problem(
        "yaml-syntax",
        "a key cannot stand here",
        file.span(mark[0], _lead(file.line(mark[0])), *mark),
        hint="give the line the indentation of its neighbours, or end the line above with a colon",
        related=related,
    )


def _lead(line: str) -> int:
    return len(line) - len(line.lstrip())


def _indentation(said: str, file: SourceFile, mark: Mark, context: Mark | None) -> Problem | None:
    if said not in ("did not find expected key", "did not find expected '-' indicator"):
        return None
    line = file.line(mark[0])
    if line[: mark[1]].strip():
        return Problem(
            "yaml-syntax",
            "nothing can follow here; the value before it has ended",
            file.point(*mark),
            hint="put the whole text into one pair of quotes",
        )
    what = "key" if said.endswith("key") else "'- ' item"
    return Problem(
        "yaml-syntax",
        f"this line is no {what} of the block that it stands in",
        file.point(*mark),
        hint="give it the indentation of the lines that it belongs with",
        related=() if context is None else (Related(file.point(*context), "the block begins here"),),
    )


def _unclosed_quote(said: str, file: SourceFile, mark: Mark, context: Mark | None) -> Problem | None:
    if (
        context is None
        or "unexpected end of stream" not in said
        and "unexpected document indicator" not in said
    ):
        return None
    return Problem("yaml-syntax", "the quote that opens here is never closed", file.point(*context))


def _bracket(said: str, file: SourceFile, mark: Mark, context: Mark | None) -> Problem | None:
    match = re.search(r"expected ',' or '([\]}])'", said)
    if match is None or context is None:
        return None
    return Problem(
        "yaml-syntax",
        f"a comma or '{match[1]}' is missing before this",
        file.point(*mark),
        hint="inside of brackets, put a text that holds any of , [ ] { } into quotes",
        related=(Related(file.point(*context), "the bracket opens here"),),
    )


def _no_colon(said: str, file: SourceFile, _: Mark, context: Mark | None) -> Problem | None:
    if "could not find expected ':'" not in said or context is None:
        return None
    text = file.line(context[0])
    glued = _GLUED.match(text)
    if glued:
        return Problem(
            "yaml-syntax", "a blank is missing after the colon", file.point(context[0], glued.end() - 1)
        )
    return Problem(
        "yaml-syntax",
        "this line has no 'key: value'",
        file.span(*context, context[0], len(text)),
        hint="add the colon, or indent the line deeper than the key whose text it continues",
    )


def _escape(said: str, file: SourceFile, mark: Mark, _: Mark | None) -> Problem | None:
    if "escape" not in said:
        return None
    return Problem(
        "yaml-syntax",
        f"{said.removeprefix('found ')} in a text in double quotes",
        file.point(*mark),
        hint="put the text into single quotes, or write the backslash twice",
    )


_FINDERS: Iterable[Finder] = (
    _tab, _environment, _cannot_start, _colon, _indentation, _unclosed_quote, _bracket, _no_colon, _escape,
)  # fmt: skip
