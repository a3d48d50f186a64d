"""What looks like a secret in a text: by the form that its maker gives it, or by chance without words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from watchglass.definition.source_file import lines_of
from watchglass.problems import Problem, Span

_FORMS: tuple[tuple[str, str], ...] = (
    ("a private key", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    ("a JSON Web Token", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
    ("a token of Slack", r"\bxox[abeoprs]-[\w-]{10,}"),
    ("a webhook of Slack", r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[\w/-]{20,}"),
    ("a webhook of Discord", r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,}"),
    ("a webhook of Microsoft Teams", r"https://[\w.-]+\.webhook\.office\.com/webhookb2/[\w@/-]{20,}"),
    ("a token of Grafana", r"\bgl(?:sa|c)_[\w=+/-]{20,}"),
    ("a key of Metabase", r"\bmb_[A-Za-z0-9+/=]{30,}"),
    ("a token of GitHub", r"\b(?:gh[opsur]_[A-Za-z0-9]{30,}|github_pat_\w{30,})"),
    ("a token of GitLab", r"\bglpat-[\w-]{20,}"),
    ("a key of AWS", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("a key of Google", r"\bAIza[\w-]{35}"),
    ("a key of Stripe", r"\b[rs]k_live_[A-Za-z0-9]{20,}"),
    ("a key of Supabase", r"\b(?:sbp_[a-f0-9]{40}|sb_secret_[\w-]{20,})"),
    ("a token of a bot of Telegram", r"\b\d{8,10}:AA[\w-]{33}\b"),
    ("a password", r"\b[a-z][a-z0-9+.-]{0,20}://[^\s:/@]{0,100}:(?P<secret>[^\s/@]{2,})@"),
    ("a bearer token", r"\bBearer\s+(?P<secret>[\w.~+/=-]{20,})"),
)
_IN_TEXTS = (("a password", r"\bpassword\s*=\s*(?P<secret>'[^']{4,}'|[^\s'\"&;]{4,})"),)
_COMPILED = tuple(
    (what, re.compile(form, re.IGNORECASE if "earer" in form else 0)) for what, form in (*_FORMS, *_IN_TEXTS)
)
FIELDS = frozenset(
    {"password", "token", "api_key", "secret", "integration_key", "routing_key", "client_secret", "bot_token"}
)
"""Keys whose values are secrets, whatever their form."""

_FIELD = re.compile(
    rf"\b(?:{'|'.join(sorted(FIELDS))})[\"']?\s*:\s*[\"']?(?P<secret>[^\s\"',{{}}\[\]]{{8,}})"
)
_PLACEHOLDER = re.compile(
    r"\$\{|\$\(|\{\{|<|\*{3}|^%s$|x{4}|…|^'?(?:your|my|the|some)[-_ ]|^'?(?:password|passwd|changeme|example)'?$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]{0,20}:(?://)?[^\s\"'<>)]+", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9+/=]{32,}")
_BESIDE = 2
"""Lines above and below a place that an excerpt may show."""

_CHANCE = 4.2
"""Bits a character from which on a word of mixed letters and digits is no word of people."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Characters of a text that look like a secret; their text is kept nowhere."""

    what: str
    start: int
    end: int


def known(text: str, *, sql: bool = False) -> Iterator[Secret]:
    """Find what has the form of a known kind of secret; in SQL, ``password = 'x'`` compares a column."""
    for what, form in _COMPILED[: -len(_IN_TEXTS)] if sql else _COMPILED:
        for match in form.finditer(text):
            group = "secret" if "secret" in form.groupindex else 0
            if not _PLACEHOLDER.search(match[group]):
                yield Secret(what, match.start(group), match.end(group))


def guessed(text: str) -> Iterator[Secret]:
    """Find long words of mixed letters and digits by chance; addresses have such words by nature."""
    blanked = _ADDRESS.sub(lambda match: " " * len(match[0]), text)
    for match in _WORD.finditer(blanked):
        word = match[0]
        kinds = (str.isupper, str.islower, str.isdigit)
        mixed = all(sum(kind(character) for character in word) >= _LEAST_OF_A_KIND for kind in kinds)
        if mixed and _bits(word) >= _CHANCE:
            yield Secret("what looks like a secret", match.start(), match.end())


_LEAST_OF_A_KIND = 3


def _bits(word: str) -> float:
    """Give Shannon's entropy of a word's characters."""
    shares = [count / len(word) for count in Counter(word).values()]
    return -sum(share * math.log2(share) for share in shares)


def cleaned(problem: Problem) -> Problem:
    """Give a problem whose words show no secret of a known form, which a message may have quoted."""
    related = tuple(replace(each, message=_clean(each.message)) for each in problem.related)
    return replace(problem, message=_clean(problem.message), hint=_clean(problem.hint), related=related)


def _clean(text: str) -> str:
    for secret in sorted(known(text), key=lambda each: each.start, reverse=True):
        text = f"{text[: secret.start]}***{text[secret.end :]}"
    return text


def hide_secrets(sources: Mapping[str, str], problems: Iterable[Problem]) -> dict[str, str]:
    """
    Blank secrets out of the texts which excerpts are taken from, so that no log shows them.

    Blanked is what was found, and whatever looks like a secret in a line beside it: where a definition has an error, nobody
    has looked.
    """
    shown: dict[str, list[Span]] = {}
    found: dict[str, list[Span]] = {}
    for problem in problems:
        for at in (problem.span, *(each.span for each in problem.related)):
            shown.setdefault(at.file, []).append(at)
        if problem.code in ("lint-secret", "secret-plain"):
            found.setdefault(problem.span.file, []).append(problem.span)
    return {
        name: _hidden(text, shown[name], found.get(name, ())) if name in shown else text
        for name, text in sources.items()
    }


def _hidden(text: str, shown: Iterable[Span], found: Iterable[Span]) -> str:
    lines = list(lines_of(text))
    for at in found:
        for index, first, last in _stretches(at, lines):
            lines[index] = _starred(lines[index], [(first, last)])
    near = {index for at in shown for index in range(at.line - 1 - _BESIDE, at.end_line + _BESIDE)}
    for index in near & set(range(len(lines))):
        lines[index] = _starred(lines[index], _looking_like_one(lines[index]))
    return "\n".join(lines)


def _stretches(at: Span, lines: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Give what a place takes of each of its lines: the line's index, the first character and the one behind the last."""
    for index in range(at.line - 1, min(at.end_line, len(lines))):
        first = at.column - 1 if index == at.line - 1 else 0
        yield index, first, at.end_column - 1 if index == at.end_line - 1 else len(lines[index])


def _looking_like_one(line: str) -> list[tuple[int, int]]:
    fields = (match for match in _FIELD.finditer(line) if not _PLACEHOLDER.search(match["secret"]))
    return [
        *((secret.start, secret.end) for secret in known(line, sql=True)),
        *(match.span("secret") for match in fields),
    ]


def _starred(line: str, stretches: Iterable[tuple[int, int]]) -> str:
    """Put stars in place of characters, so that what follows keeps its column."""
    characters = list(line)
    for first, last in stretches:
        characters[first:last] = "*" * (min(last, len(line)) - first)
    return "".join(characters)
