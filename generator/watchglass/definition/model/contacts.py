"""Contacts: the closed set of keys of each type; secrets are references to the environment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, PlainValidator, WithJsonSchema

from watchglass.definition.model.base import (
    ONE_OR_MANY,
    Address,
    Boolean,
    Filled,
    Integer,
    Part,
    address,
    problem,
)
from watchglass.references import is_reference


def _secret(value: object) -> str:
    text = address(value)
    if not is_reference(text):
        raise problem(
            "secret-plain",
            "a secret stands here in plain text",
            "make a new one, since this one is known now, and write ${env:NAME} or ${file:PATH}",
        )
    return text


Secret = Annotated[
    str,
    PlainValidator(_secret),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"\$\{(env|file):",
            "examples": ["${env:NAME}", "${file:/run/secrets/name}"],
        }
    ),
]
Addresses = Annotated[list[Address], ONE_OR_MANY, Field(min_length=1)]


class ContactPart(Part):
    """Somebody who is told."""

    resolved: Boolean = True
    """Whether the end of an alert is told, too."""


class EmailContact(ContactPart):
    """People by mail."""

    type: Literal["email"]
    addresses: Addresses
    together: Boolean = False
    """One mail to all of them, in place of one each."""


class SlackContact(ContactPart):
    """A channel of Slack: by the webhook's `url`, or by a bot's `token` and the `channel`."""

    type: Literal["slack"]
    url: Secret | None = None
    token: Secret | None = None
    channel: Filled | None = None
    username: Filled | None = None
    icon_emoji: Filled | None = None
    icon_url: Filled | None = None
    mention: Literal["here", "channel"] | None = None
    mention_users: Annotated[list[Filled], ONE_OR_MANY] = Field(default_factory=list)
    mention_groups: Annotated[list[Filled], ONE_OR_MANY] = Field(default_factory=list)
    endpoint_url: Filled | None = None
    """Another server that speaks as Slack does."""


class PagerdutyContact(ContactPart):
    """A service of PagerDuty."""

    type: Literal["pagerduty"]
    integration_key: Secret
    severity: Literal["critical", "error", "warning", "info"] | None = None
    class_: Filled | None = Field(default=None, alias="class")
    component: Filled | None = None
    group: Filled | None = None
    client: Filled | None = None
    client_url: Filled | None = None
    url: Filled | None = None
    """Where events go, in place of PagerDuty's own address."""


class WebhookContact(ContactPart):
    """An address of your own; what is sent is Grafana's JSON."""

    type: Literal["webhook"]
    url: Address
    method: Literal["POST", "PUT"] | None = None
    username: Filled | None = None
    password: Secret | None = None
    authorization_scheme: Filled | None = None
    authorization_credentials: Secret | None = None
    headers: dict[Filled, Filled] = Field(default_factory=dict)
    max_alerts: Integer | None = None


class TeamsContact(ContactPart):
    """A channel of Microsoft Teams; Grafana shows its address to everybody who may see contact points."""

    type: Literal["teams"]
    url: Secret


class OpsgenieResponder(Part):
    """Who answers at Opsgenie: a `type`, and one of `id`, `name` and `username`."""

    type: Literal["team", "teams", "user", "escalation", "schedule"]
    id: Filled | None = None
    name: Filled | None = None
    username: Filled | None = None


class OpsgenieContact(ContactPart):
    """A team at Opsgenie."""

    type: Literal["opsgenie"]
    api_key: Secret
    api_url: Filled | None = None
    auto_close: Boolean | None = None
    override_priority: Boolean | None = None
    send_tags_as: Literal["tags", "details", "both"] | None = None
    responders: Annotated[list[OpsgenieResponder], ONE_OR_MANY] = Field(default_factory=list)


class TelegramContact(ContactPart):
    """A chat of Telegram."""

    type: Literal["telegram"]
    bot_token: Secret
    chat_id: Filled
    thread_id: Filled | None = None
    silent: Boolean | None = None
    protected: Boolean | None = None


class DiscordContact(ContactPart):
    """A channel of Discord."""

    type: Literal["discord"]
    url: Secret
    avatar_url: Filled | None = None
    own_name: Boolean | None = None
    """Under the name that the webhook has at Discord, in place of Grafana's."""


Contact = Annotated[
    EmailContact
    | SlackContact
    | PagerdutyContact
    | WebhookContact
    | TeamsContact
    | OpsgenieContact
    | TelegramContact
    | DiscordContact,
    Discriminator("type"),
]
