"""What the YAML parser says → one clear problem at the place that a reader has to change."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from watchglass.definition.source_file import SourceFile
from watchglass.problems import Problem, Related, Span
from watchglass.visible import quoted

_ENV = re.compile(r"\$\{(?:env|file):[^}\s]*\}")
_GLUED = re.compile(r"\s*(?:- )?[\w-]+:[^\s:/]")

Mark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Slip:
    """What the parser said, where, and where it began to read the part that failed."""

    said: str
    file: SourceFile
    mark: Mark
    context: Mark | None

    @property
    def here(self) -> Span:
        """The character at which the parser stopped."""
        return self.file.point(*self.mark)

    def begun(self, message: str) -> tuple[Related, ...]:
        """Point to the beginning of the part that failed, where it is another place."""
        if self.context is None or self.context == self.mark:
            return ()
        return (Related(self.file.point(*self.context), message),)


def explain(error: yaml.YAMLError, file: SourceFile) -> Problem:
    """Turn a parser's error into a problem; the common mistakes are named with what to write instead."""
    said = str(getattr(error, "problem", None) or "the text cannot be read as YAML")
    mark = _mark(getattr(error, "problem_mark", None)) or (0, 0)
    slip = _Slip(said, file, mark, _mark(getattr(error, "context_mark", None)))
    for finder in _FINDERS:
        problem = finder(slip)
        if problem:
            return problem
    return Problem("yaml-syntax", said, slip.here, related=slip.begun("what is read here begins"))


def _mark(mark: Any) -> Mark | None:
    return (mark.line, mark.column) if mark else None


def _tab(slip: _Slip) -> Problem | None:
    near = (slip.mark[0], slip.mark[0] - 1, (slip.context or slip.mark)[0])
    for index in dict.fromkeys(near):
        line = slip.file.line(index)
        lead = line[: len(line) - len(line.lstrip())]
        if index >= 0 and "\t" in lead:
            return Problem(
                "yaml-tab",
                "a tab indents this line; YAML is indented with blanks",
                slip.file.point(index, lead.index("\t")),
                hint="replace the tab by two blanks a level",
            )
    return None


def _environment(slip: _Slip) -> Problem | None:
    line = slip.file.line(slip.mark[0])
    match = next(
        (found for found in _ENV.finditer(line) if found.start() <= slip.mark[1] <= found.end()), None
    )
    if match is None or not slip.said.startswith(("did not find", "found", "while", "mapping")):
        return None
    span = slip.file.span(slip.mark[0], match.start(), slip.mark[0], match.end())
    return Problem(
        "yaml-syntax",
        f"{match[0]} stands unquoted in a map in braces",
        span,
        hint=f'put it into quotes: "{match[0]}"',
    )


def _cannot_start(slip: _Slip) -> Problem | None:
    if "cannot start any token" not in slip.said:
        return None
    character = slip.file.line(slip.mark[0])[slip.mark[1] : slip.mark[1] + 1]
    return Problem(
        "yaml-syntax",
        f"a text without quotes cannot begin with {quoted(character)}",
        slip.here,
        hint="put the text into quotes",
    )


def _colon(slip: _Slip) -> Problem | None:
    if not slip.said.startswith("mapping values are not allowed"):
        return None
    before = slip.file.line(slip.mark[0])[: slip.mark[1]]
    if ": " in before or before.lstrip().startswith("- ") or before.rstrip().endswith(("'", '"')):
        return Problem(
            "yaml-syntax",
            "a second ': ' stands in this line; a text that holds one must be quoted",
            slip.here,
            hint="put the whole text into quotes, or write it as a block with |",
        )
    return _line_before(slip.file, slip.mark)


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


def _indentation(slip: _Slip) -> Problem | None:
    if slip.said not in ("did not find expected key", "did not find expected '-' indicator"):
        return None
    line = slip.file.line(slip.mark[0])
    if line[: slip.mark[1]].strip():
        return Problem(
            "yaml-syntax",
            "nothing can follow here; the value before it has ended",
            slip.here,
            hint="put the whole text into one pair of quotes",
        )
    what = "key" if slip.said.endswith("key") else "'- ' item"
    return Problem(
        "yaml-syntax",
        f"this line is no {what} of the block that it stands in",
        slip.here,
        hint="give it the indentation of the lines that it belongs with",
        related=slip.begun("the block begins here"),
    )


def _unclosed_quote(slip: _Slip) -> Problem | None:
    if slip.context is None or (
        "unexpected end of stream" not in slip.said and "unexpected document indicator" not in slip.said
    ):
        return None
    return Problem("yaml-syntax", "the quote that opens here is never closed", slip.file.point(*slip.context))


def _bracket(slip: _Slip) -> Problem | None:
    match = re.search(r"expected ',' or '([\]}])'", slip.said)
    if match is None:
        return None
    return Problem(
        "yaml-syntax",
        f"a comma or '{match[1]}' is missing before this",
        slip.here,
        hint="inside of brackets, put a text that holds any of , [ ] { } into quotes",
        related=slip.begun("the bracket opens here"),
    )


def _no_colon(slip: _Slip) -> Problem | None:
    if "could not find expected ':'" not in slip.said or slip.context is None:
        return None
    text = slip.file.line(slip.context[0])
    glued = _GLUED.match(text)
    if glued:
        return Problem(
            "yaml-syntax",
            "a blank is missing after the colon",
            slip.file.point(slip.context[0], glued.end() - 1),
        )
    return Problem(
        "yaml-syntax",
        "this line has no 'key: value'",
        slip.file.span(*slip.context, slip.context[0], len(text)),
        hint="add the colon, or indent the line deeper than the key whose text it continues",
    )


def _escape(slip: _Slip) -> Problem | None:
    if "escape" not in slip.said:
        return None
    return Problem(
        "yaml-syntax",
        f"{slip.said.removeprefix('found ')} in a text in double quotes",
        slip.here,
        hint="put the text into single quotes, or write the backslash twice",
    )


_FINDERS: tuple[Callable[[_Slip], Problem | None], ...] = (
    _tab, _environment, _cannot_start, _colon, _indentation, _unclosed_quote, _bracket, _no_colon, _escape,
)  # fmt: skip
