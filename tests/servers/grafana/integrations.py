"""Kinds of contact points: which settings they need, and which of their settings are secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.servers.grafana.state import Json

REDACTED = "[REDACTED]"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of integration; a secret inside of an object is written with a dot."""

    needs: tuple[tuple[str, str], ...] = ()
    """Setting and what is said where it is missing, in the order in which they are looked at."""
    secrets: tuple[str, ...] = ()


_URL = "could not find url property in settings"
_TELEGRAM = (
    ("bottoken", "could not find Bot Token in settings"),
    ("chatid", "could not find Chat Id in settings"),
)
_WEBHOOK_SECRETS = (
    "password",
    "authorization_credentials",
    "tlsConfig.caCertificate",
    "tlsConfig.clientCertificate",
    "tlsConfig.clientKey",
    "hmacConfig.secret",
)

KINDS: Mapping[str, Kind] = {
    "email": Kind((("addresses", "could not find addresses in settings"),)),
    "slack": Kind((), ("url", "token")),
    "pagerduty": Kind(
        (("integrationKey", "could not find integration key property in settings"),), ("integrationKey",)
    ),
    "webhook": Kind((("url", "required field 'url' is not specified"),), _WEBHOOK_SECRETS),
    "opsgenie": Kind((("apiKey", "could not find api key property in settings"),), ("apiKey",)),
    "teams": Kind((("url", _URL),)),
    "telegram": Kind(_TELEGRAM, ("bottoken",)),
    "discord": Kind((("url", "could not find webhook url property in settings"),), ("url",)),
    "googlechat": Kind((("url", _URL),), ("url",)),
}


def problem_of(kind: str, settings: Json) -> str:
    """Say what a kind lacks in its settings; nothing where it has all."""
    if kind == "slack":
        return _slack(settings)
    missing = (text for name, text in KINDS[kind].needs if not settings.get(name))
    return next(missing, "")


def _slack(settings: Json) -> str:
    if settings.get("url"):
        return ""
    for name in ("recipient", "token"):
        if not settings.get(name):
            return f"{name} must be specified when using the Slack chat API"
    return ""


def redacted(kind: str, settings: Json) -> Json:
    """Give settings without what is secret, sorted by name."""
    return _mapped(settings, KINDS[kind].secrets, lambda _name, _value: REDACTED)


def revealed(kind: str, settings: Json, stored: Json) -> Json:
    """Put the stored secret where a setting is only said to be one."""

    def secret(name: str, value: Any) -> Any:
        return _at(stored, name) if value == REDACTED else value

    return _mapped(settings, KINDS[kind].secrets, secret)


def _mapped(
    settings: Json, names: tuple[str, ...], change: Callable[[str, Any], Any], above: str = ""
) -> Json:
    found: Json = {}
    for key, value in sorted(settings.items()):
        name = above + key
        if isinstance(value, dict):
            found[key] = _mapped(value, names, change, f"{name}.")
        elif name in names and value not in ("", None):
            found[key] = change(name, value)
        else:
            found[key] = value
    return found


def _at(settings: Json, name: str) -> Any:
    found: Any = settings
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return "" if found is None else found
