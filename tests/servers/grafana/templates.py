"""`/api/v1/provisioning/templates`: message templates, parsed no further than their actions and blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.servers.grafana.alert_rules import no_content
from tests.servers.grafana.call import Call
from tests.servers.grafana.mute_timings import checked_version
from tests.servers.grafana.policies import checked_provenance
from tests.servers.grafana.refusals import Refusal, coded
from tests.servers.grafana.state import Named
from tests.servers.messages import Response, answer

_CODE = "alerting.notifications.templates"
_DEFINE = re.compile(r"\{\{-?\s*define\b")
_OPENING = frozenset({"define", "if", "range", "with", "block"})
_LEXEME = re.compile(r'"(?:\\.|[^"\\\n])*"|`[^`]*`|/\*.*?\*/|\}\}|.', re.DOTALL)


def _shown(template: Named) -> dict[str, Any]:
    body: dict[str, Any] = {"name": template.name, "template": template.content}
    return (
        body
        | ({"provenance": template.provenance} if template.provenance else {})
        | {"version": template.version}
    )


def listed(call: Call) -> Response:
    """`GET …`: null where there is none."""
    found = [_shown(call.state.templates[name]) for name in sorted(call.state.templates)]
    return answer(found or None)


def get(call: Call) -> Response:
    """`GET …/{name}`."""
    template = call.state.templates.get(call.parameters[0])
    if template is None:
        raise coded(404, f"{_CODE}.notFound", "Template not found.")
    return answer(_shown(template))


def put(call: Call) -> Response:
    """`PUT …/{name}`: creates or replaces."""
    body = call.body({"template": str, "version": str})
    name = call.parameters[0]
    content = _wrapped(name, body.get("template", ""))
    problem = problem_of(content)
    if problem:
        raise _invalid(f"invalid template: template: :{problem}")
    stored = call.state.templates.get(name)
    if stored is not None:
        checked_version(stored, body.get("version", ""))
        checked_provenance(stored.provenance, call.provenance)
    template = call.state.templates[name] = Named(name, content, call.provenance)
    return answer(_shown(template), 202)


def _invalid(error: str) -> Refusal:
    text = "Template is in invalid format. Correct the payload and try again."
    return coded(400, f"{_CODE}.invalidFormat", text, {"Error": error})


def delete(call: Call) -> Response:
    """`DELETE …/{name}`: 204 in every case; a template in use is not refused."""
    stored = call.state.templates.get(call.parameters[0])
    if stored is not None:
        checked_version(stored, call.one("version"))
        checked_provenance(stored.provenance, call.provenance)
        del call.state.templates[stored.name]
    return no_content()


def _wrapped(name: str, text: str) -> str:
    text = text.strip()
    if _DEFINE.search(text):
        return text
    indented = "\n".join(f"  {line}" for line in text.split("\n"))
    return f'{{{{ define "{name}" }}}}\n{indented}\n{{{{ end }}}}'


def problem_of(text: str) -> str:
    """Say what is wrong in a template, with its line; nothing where its actions end and its blocks are closed."""
    open_blocks: list[str] = []
    for line, words in _actions(text):
        if words is None:
            return f"{line}: unclosed action"
        word = words.split(maxsplit=1)[0] if words else ""
        if not word:
            return f"{line}: missing value for command"
        if word in _OPENING:
            open_blocks.append(word)
        elif word == "end":
            if not open_blocks:
                return f"{line}: unexpected {{{{end}}}}"
            open_blocks.pop()
    return f"{text.count(chr(10)) + 1}: unexpected EOF" if open_blocks else ""


def _actions(text: str) -> Iterator[tuple[int, str | None]]:
    """Give each action's line and text; the text is None where it does not end."""
    at = text.find("{{")
    while at >= 0:
        line = text.count("\n", 0, at) + 1
        end = _end(text, at + 2)
        if end < 0:
            yield line, None
            return
        inner = text[at + 2 : end].removeprefix("-").removesuffix("-").strip()
        if not inner.startswith("/*"):
            yield line, inner
        at = text.find("{{", end + 2)


def _end(text: str, start: int) -> int:
    for lexeme in _LEXEME.finditer(text, start):
        if lexeme[0] == "}}":
            return lexeme.start()
    return -1
