"""Secrets that are easily found again: their values, each form that a text may hold them in, and what a hostile server says."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, quote_plus

from tests.servers.faults import HTML, Fault, Said
from tests.servers.messages import JSON, Response

PASSWORD = "pg-Canary/4711@x"
CANARIES: Mapping[str, str] = {
    "GRAFANA_TOKEN": 'glsa_Canary"4712/+<&_x',
    "METABASE_API_KEY": "mb_Canary'4713/+=>\\x",
    "DSN": f"postgresql://dashboards:{quote(PASSWORD, safe='')}@127.0.0.1:1/shop",
    "CHAT": "https://hooks.slack.com/services/T0Canary4714/B0Canary4715/sl-Canary4716",
    "PAGER": "pd-Canary4717/+&=",
    "HOOK_PASSWORD": 'wh-Canary4718"<x>',
    "OPSGENIE": "og-Canary-4719-4720",
    "TELEGRAM": "4721000:tg-Canary_4721",
    "DISCORD": "https://discord.com/api/webhooks/4722/dc-Canary_4722",
}
"""Variable of the environment → its value."""

SEEN: Mapping[str, str] = {
    **{name: value for name, value in CANARIES.items() if name not in ("DSN", "CHAT", "DISCORD")},
    "password of DSN": PASSWORD,
    "key of CHAT": "sl-Canary4716",
    "key of DISCORD": "dc-Canary_4722",
}
"""What nobody may see of them."""

_WINDOW = 10


def forms(value: str) -> dict[str, str]:
    """Give a value as it stands in an address, in JSON, in HTML, in Markdown, in base64 with something around it."""
    raw = value.encode()
    return {
        "plain": value,
        "address": quote(value, safe=""),
        "address in small letters": quote(value, safe="").replace("%2F", "%2f").replace("%3D", "%3d"),
        "form": quote_plus(value),
        "JSON": json.dumps(value)[1:-1],
        "JSON in JSON": json.dumps(json.dumps(value))[1:-1],
        "HTML": html.escape(value),
        "Markdown": html.escape(value.replace("\\", "\\\\"), quote=False).replace("_", "\\_"),
        "repr": repr(value)[1:-1],
        "hex": raw.hex(),
        **{f"base64 {shift}": base64.b64encode(b"u:ab"[:shift] + raw).decode() for shift in range(4)},
        "base64 of addresses": base64.urlsafe_b64encode(raw).decode(),
    }


def leaks(text: str) -> list[str]:
    """List the secrets that a text shows: in any form, and in plain text also a part of one."""
    found = [
        f"{name}: {form}"
        for name, value in SEEN.items()
        for form, shown in forms(value).items()
        if shown in text
    ]
    for name, value in SEEN.items():
        windows = (value[at : at + _WINDOW] for at in range(len(value) - _WINDOW + 1))
        found += [f"{name}: part {window!r}" for window in windows if window in text]
    return found


def everything() -> str:
    """Give every canary in every form, as an echo of what was sent."""
    values = [*SEEN.values(), *CANARIES.values()]
    return " ".join(form for value in values for form in forms(value).values())


def _error(status: int) -> Callable[[], Fault]:
    body = json.dumps({"message": everything(), "error": everything()}).encode()
    return lambda: Said(Response(status, body, JSON))


def _at_the_cut(length: int) -> Callable[[], Fault]:
    """Say a secret right where a message is cut."""
    text = "." * length + " ".join(SEEN.values())
    return lambda: Said(Response(400, text.encode(), "text/plain"))


def _page() -> Fault:
    return Said(Response(200, HTML.replace(b"</form>", everything().encode()), "text/html"))


def _elsewhere() -> Fault:
    there = quote(CANARIES["GRAFANA_TOKEN"], safe="") + "." + quote(CANARIES["METABASE_API_KEY"], safe="")
    return Said(Response(302, b"", None, {"Location": f"https://{there}.example.com/{there}"}))


def _wrong_json() -> Fault:
    return Said(Response(200, json.dumps([everything()]).encode(), JSON))


ECHOES: Mapping[str, Callable[[], Fault]] = {
    **{f"{status} with an echo": _error(status) for status in (400, 401, 403, 409, 412, 422, 500, 503)},
    **{f"an echo cut at {length}": _at_the_cut(length) for length in (285, 290, 295, 485, 490, 495)},
    "a page with an echo": _page,
    "a redirect with an echo": _elsewhere,
    "an echo in other JSON": _wrong_json,
}
"""What a server says that shows everybody what it was told."""


def pieces(text: str) -> Iterator[str]:
    """Give the lines of a text, for a message that names the place of a leak."""
    return (line[:300] for line in text.splitlines() if leaks(line))
