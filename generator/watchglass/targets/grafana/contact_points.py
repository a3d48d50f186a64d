"""Contacts as Grafana's contact points: each type's keys by Grafana's names, messages from our own templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from watchglass import naming
from watchglass.artifact import Json, Path
from watchglass.definition.notification import Contact
from watchglass.definition.service import Service
from watchglass.references import REFERENCE
from watchglass.targets.grafana.messages import TEXT, TITLE, calls
from watchglass.targets.grafana.rule import escaped


def _same(value: Json) -> Json:
    return value


def _commas(value: Json) -> Json:
    return ",".join(value)


def _lines(value: Json) -> Json:
    return "\n".join(value)


_KEYS: Mapping[str, Mapping[str, tuple[str, Callable[[Json], Json]]]] = {
    "email": {"addresses": ("addresses", _lines), "together": ("singleEmail", _same)},
    "slack": {
        "url": ("url", _same),
        "token": ("token", _same),
        "channel": ("recipient", _same),
        "username": ("username", _same),
        "icon_emoji": ("icon_emoji", _same),
        "icon_url": ("icon_url", _same),
        "mention": ("mentionChannel", _same),
        "mention_users": ("mentionUsers", _commas),
        "mention_groups": ("mentionGroups", _commas),
        "endpoint_url": ("endpointUrl", _same),
    },
    "pagerduty": {"integration_key": ("integrationKey", _same)}
    | {
        name: (name, _same)
        for name in ("severity", "class", "component", "group", "client", "client_url", "url")
    },
    "webhook": {"method": ("httpMethod", _same), "max_alerts": ("maxAlerts", _same)}
    | {
        name: (name, _same)
        for name in (
            "url",
            "username",
            "password",
            "authorization_scheme",
            "authorization_credentials",
            "headers",
        )
    },
    "teams": {"url": ("url", _same)},
    "opsgenie": {
        "api_key": ("apiKey", _same),
        "api_url": ("apiUrl", _same),
        "auto_close": ("autoClose", _same),
        "override_priority": ("overridePriority", _same),
        "send_tags_as": ("sendTagsAs", _same),
        "responders": ("responders", _same),
    },
    "telegram": {
        "bot_token": ("bottoken", _same),
        "chat_id": ("chatid", _same),
        "thread_id": ("message_thread_id", _same),
        "silent": ("disable_notifications", _same),
        "protected": ("protect_content", _same),
    },
    "discord": {
        "url": ("url", _same),
        "avatar_url": ("avatar_url", _same),
        "own_name": ("use_discord_username", _same),
    },
}
"""Type → our key → Grafana's key, and how the value is written."""

_TEXTS: Mapping[str, Mapping[str, Json]] = {
    "email": {"subject": TITLE, "message": TEXT},
    "slack": {"title": TITLE, "text": TEXT},
    "pagerduty": {"summary": TITLE, "details": {"alerts": TEXT}},
    "webhook": {"title": TITLE, "message": TEXT},
    "teams": {"title": TITLE, "message": TEXT},
    "opsgenie": {"message": TITLE, "description": TEXT},
    "telegram": {"message": f"{TITLE}\n\n{TEXT}", "parse_mode": "None"},
    "discord": {"title": TITLE, "message": TEXT},
}
"""Type → which of its settings say what."""


def name_of(service: Service, contact: str) -> str:
    """Give the name of a contact's contact point, which routes and rules know it by."""
    return naming.owned_name(service.id, service.environment.suffix, contact)


def build_contact_point(service: Service, contact: Contact) -> dict[str, Json]:
    """Make a contact point as the API takes it, with `${env:NAME}` or `${file:PATH}` where a secret stands."""
    keys = _KEYS[contact.type]
    settings = {keys[name][0]: keys[name][1](value) for name, value in contact.settings.items()}
    return {
        "uid": naming.uid(service.id, service.environment.suffix, "contact", contact.id),
        "name": name_of(service, contact.id),
        "type": contact.type,
        "settings": settings | calls(service, _TEXTS[contact.type]),
        "disableResolveMessage": not contact.resolved,
    }


def origins_of(contact: Contact) -> dict[str, Path]:
    """Map a contact point's settings to the contact's keys."""
    home, keys = contact.at.path, _KEYS[contact.type]
    said = {f"/settings/{keys[name][0]}": (*home, name) for name in contact.settings}
    return {"": home, **said}


def as_file(point: Mapping[str, Json], organization: int) -> dict[str, Json]:
    """Write a contact point as a provisioning file holds it: `$` doubled, and references in Grafana's own form."""
    receiver = {name: point[name] for name in ("uid", "type", "settings", "disableResolveMessage")}
    return {"orgId": organization, "name": escaped(point["name"]), "receivers": [expanded(receiver)]}


def expanded(value: Json) -> Json:
    """Write all texts of a value as a provisioning file holds them where Grafana expands variables."""
    if isinstance(value, dict):
        return {name: expanded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [expanded(inner) for inner in value]
    return file_text(value) if isinstance(value, str) else value


def file_text(text: str) -> str:
    """Write a text as a provisioning file holds it where Grafana expands variables."""
    made, end = "", 0
    for match in REFERENCE.finditer(text):
        made += escaped(text[end : match.start()]) + f"$__{match[1]}{{{match[2]}}}"
        end = match.end()
    return made + escaped(text[end:])
