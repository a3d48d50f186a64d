"""One Grafana: which it is, what it can do, whether an apply could end well, and the kinds of objects that are published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import PublishError, Refused
from watchglass.publish.grafana.contact_points import ContactPoints, Reveal
from watchglass.publish.grafana.dashboards import Dashboards
from watchglass.publish.grafana.data_sources import DataSources, health_error, written_by
from watchglass.publish.grafana.folders import Folders
from watchglass.publish.grafana.permissions import Permissions
from watchglass.publish.grafana.policies import Policies
from watchglass.publish.grafana.rule_groups import RuleGroups
from watchglass.publish.grafana.templates import Templates
from watchglass.publish.grafana.time_intervals import TimeIntervals
from watchglass.publish.plan import Instance
from watchglass.publish.resource import Desired, Kind, digest

EXPRESSIONS = "__expr__"
REREAD = frozenset({"alert-rules", "contact-points", "policies", "time-intervals", "message-templates"})
"""Kinds that are read once more right before they are written: a server takes a stale write of them, or of a new one."""

OLDEST = (11, 0)
OTHER_ORGANIZATION = "api-key.organization-mismatch"


@dataclass(frozen=True, slots=True)
class Grafana:
    """A server with its kinds, in the order in which objects are made."""

    client: Client
    instance: Instance
    kinds: tuple[Kind, ...]


def connect(
    client: Client, owner: str, message: str, reveal: Reveal, organization: int | None = None
) -> Grafana:
    """
    Ask a server which it is.

    Args:
        owner: what our objects carry; ``message``: what a dashboard's list of versions says of our saves.
        reveal: puts values in place of references to the environment, where they are sent.
        organization: the one that the token has to be of; any where None.

    Raises:
        PublishError: it is no Grafana, too old, or not for this token.
    """
    health = _health_of(client)
    version = str(health.get("version", ""))
    number = _organization(client, organization)
    place = urlsplit(client.url)
    identity = f"{place.netloc.rpartition('@')[2]}{place.path} org {number}"
    if _numbers(version) < OLDEST and not version.startswith("9.2.0"):  # a build of one's own calls itself so
        raise Refused(
            f"Grafana {version or 'without a version'} is older than {OLDEST[0]}", "upgrade it first"
        )
    namespace = "default" if number == 1 else f"org-{number}"
    kinds: tuple[Kind, ...] = (
        DataSources(client, owner, reveal),
        Folders(client, owner),
        Permissions(client, owner),
        TimeIntervals(client, owner),
        Templates(client, owner),
        ContactPoints(client, owner, reveal),
        Policies(client, owner),
        Dashboards(client, owner, namespace, message),
        RuleGroups(client, owner),
    )
    return Grafana(client, Instance("grafana", identity, version), kinds)


def _health_of(client: Client) -> Mapping[str, Json]:
    """
    Ask what answers there, without the token; with it only where a login stands before that question.

    Raises:
        Refused: it is Metabase.
    """
    answer = client.anonymous().get("/api/health", also=(401, 403))
    if answer.status != 200:
        answer = client.get("/api/health")
    health: Mapping[str, Json] = only(answer.body, dict, "the health of Grafana")
    if health == {"status": "ok"}:
        raise Refused(
            "the address of Grafana leads to a Metabase; no token was sent there",
            "give Grafana's own address: were the two exchanged?",
        )
    return health


def _organization(client: Client, expected: int | None) -> int:
    """
    Give the number of the token's organization.

    Raises:
        Refused: it is another one than is expected.
    """
    answer = client.get("/api/org", also=(401,) if expected is not None else ())
    body = only(answer.body, dict, "the organization")
    if answer.status == 401 and body.get("messageId") != OTHER_ORGANIZATION:
        body = only(client.get("/api/org").body, dict, "the organization")
    number = body.get("id")
    if expected is not None and number != expected:
        is_of = f"of organization {number}" if number is not None else "of another one"
        raise Refused(
            f"the definition is for organization {expected} of Grafana, and the token is {is_of}",
            "make the token in that organization, or correct grafana: organization: of the environment",
        )
    return int(body["id"])


def _numbers(version: str) -> tuple[int, ...]:
    head = re.split(r"[-+]", version, maxsplit=1)[0]
    return tuple(int(part) for part in head.split(".") if part.isdigit())


def obstacles(server: Grafana, desired: Iterable[Desired]) -> Iterator[str]:
    """Say what an apply would fail at, or what would never speak though the server takes it: before anything is written."""
    listed = list(desired)
    rights = [each for each in listed if each.key.kind == Permissions.name]
    for kind in server.kinds:
        if isinstance(kind, Permissions):
            for each in rights:
                yield from kind.missing(each)
    answer = server.client.get("/api/datasources", also=(403,))
    listing = answer.status != 403
    known = {each["uid"]: each for each in only(answer.body, list, "the data sources")} if listing else {}
    ours = {each.key.id: digest(each.body) for each in listed if each.key.kind == DataSources.name}
    for uid in sorted(_sources(listed)):
        if uid in ours and not (uid in known and written_by(known[uid]) == ours[uid]):
            continue  # it is written first of all, and looked at then
        if listing and uid not in known:
            yield f"Grafana has no data source '{uid}'; name one that is there under environments: … sources:"
            continue
        yield from _health(server.client, uid)


def _health(client: Client, uid: str) -> Iterator[str]:
    try:
        reason = health_error(client, uid)
    except PublishError as error:
        yield f"the data source '{uid}' does not answer: {error.message}"
        return
    if reason is not None:
        yield f"the data source '{uid}' does not reach its database: {reason}"


def _sources(desired: Iterable[Desired]) -> set[str]:
    found: set[str] = set()
    for each in desired:
        for rule in each.body.get("rules", []) if each.key.kind == "alert-rules" else []:
            found |= {query["datasourceUid"] for query in rule["data"]} - {EXPRESSIONS}
        if each.key.kind == "dashboards":
            rows = each.body["dashboard"]["panels"]
            for panel in [*rows, *(inner for row in rows for inner in row.get("panels", []))]:
                found |= {panel["datasource"]["uid"]} if "datasource" in panel else set()
    return found
