"""Whether a server would send what is subscribed to: it takes every subscription, and keeps silent of what it never sends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.metabase.subscription_form import zone_of
from watchglass.publish.resource import Desired

PDF_SINCE = 63

_SET_UP = {
    "email": "Metabase cannot send mails yet, and would take subscriptions that it never sends: {}; set up its mail server "
    "under Admin, Settings, Email",
    "slack": "Metabase is not connected to Slack, and would take subscriptions that it never sends: {}; connect it under "
    "Admin, Settings, Notifications",
}
_DOMAINS = "subscription-allowed-domains"


def undelivered(
    client: Client, properties: Mapping[str, Json], major: int, desired: Iterable[Desired]
) -> Iterator[str]:
    """
    Say which wanted subscriptions would not be sent, or not at their hour.

    Args:
        properties: the server's; ``major``: its version, such as 58 of 0.58.
    """
    mails = [each for each in desired if each.key.kind in ("subscriptions", "alerts")]
    if not mails:
        return
    yield from _not_set_up(client, mails)
    yield from _other_clock(properties, mails)
    yield from _strange_domains(properties, mails)
    pdf = [each for each in mails if any(channel.get("include_pdf") for channel in each.body["channels"])]
    if pdf and major < PDF_SINCE:
        yield (
            f"Metabase 0.{major} attaches no PDF: {_listed(pdf)}; say its version in the environment, "
            f"`metabase: {{version: {major}}}`, and the mail itself stands in its place"
        )


def _not_set_up(client: Client, mails: Iterable[Desired]) -> Iterator[str]:
    ways = only(client.get("/api/pulse/form_input").body, dict, "the ways of sending").get("channels") or {}
    for way, said in _SET_UP.items():
        through = [
            each for each in mails if any(channel["channel_type"] == way for channel in each.body["channels"])
        ]
        if through and not (ways.get(way) or {}).get("configured"):
            yield said.format(_listed(through))


def _other_clock(properties: Mapping[str, Json], mails: Iterable[Desired]) -> Iterator[str]:
    there = zone_of(properties)
    for wanted in sorted({each.body["report_timezone"] for each in mails} - {there}):
        late = [each for each in mails if each.body["report_timezone"] == wanted]
        yield (
            f"Metabase sends on the clock of {there or 'a time zone that it does not say'}, the definition means that of "
            f"{wanted}: {_listed(late)}; set Metabase's report time zone to {wanted} under Admin, Settings, Localization, or "
            f"change the service's time zone"
        )


def _strange_domains(properties: Mapping[str, Json], mails: Iterable[Desired]) -> Iterator[str]:
    """Look at the domains that a server with a token keeps its mails to; others have no such setting."""
    text = properties.get(_DOMAINS)
    allowed = {each.strip().lower() for each in text.split(",")} - {""} if isinstance(text, str) else set()
    if not allowed:
        return
    addresses = {
        address for each in mails for channel in each.body["channels"] for address in channel["recipients"]
    }
    for address in sorted(addresses):
        if address.rpartition("@")[2].lower() not in allowed:
            yield f"Metabase may not send to {address}: it keeps subscriptions to {', '.join(sorted(allowed))}"


def _listed(mails: Iterable[Desired]) -> str:
    return ", ".join(sorted(each.key.id for each in mails))
