"""One Metabase: which it is, what it can do, whether an apply could end well, and the kinds of objects that are published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import Refused
from watchglass.publish.metabase.alerts import Alerts
from watchglass.publish.metabase.cards import Cards
from watchglass.publish.metabase.collections import Collections
from watchglass.publish.metabase.dashboards import Dashboards
from watchglass.publish.metabase.delivery import undelivered
from watchglass.publish.metabase.inventory import Inventory
from watchglass.publish.metabase.mails import Reader
from watchglass.publish.metabase.permissions import Permissions
from watchglass.publish.metabase.question_alerts import QuestionAlerts
from watchglass.publish.metabase.references import DATABASE_HINT, Databases
from watchglass.publish.metabase.subscription_form import zone_of
from watchglass.publish.metabase.subscriptions import Subscriptions
from watchglass.publish.plan import Instance
from watchglass.publish.resource import Desired, Kind

OLDEST, NEWEST = 50, 63
"""The versions that were tried."""

SEGMENTS_SINCE = 59

REREAD = frozenset({"collections", "cards", "dashboards"})
"""Kinds of which Metabase refuses no stale write: they are read once more right before it.

Subscriptions and alerts are, too, but by themselves: an edit of their dashboard or question changes them."""


@dataclass(frozen=True, slots=True)
class Metabase:
    """
    A server with its kinds, in the order in which objects are made.

    Args:
        sees_all: whether the key is an administrator's; lists leave out what another one may not see.
        properties: what the server says of itself.
    """

    client: Client
    instance: Instance
    kinds: tuple[Kind, ...]
    inventory: Inventory
    sees_all: bool
    properties: Mapping[str, Json]


def connect(client: Client, owner: str, desired: Iterable[Desired]) -> Metabase:
    """
    Ask a server which it is, and who we are there.

    Args:
        owner: what our objects' marks begin with.

    Raises:
        PublishError: it is no Metabase, too old, or not for this key.
    """
    _refuse_grafana(client)
    properties = only(client.get("/api/session/properties").body, dict, "the properties of Metabase")
    tag = str((properties.get("version") or {}).get("tag") or "")
    major = _major(tag)
    if major < OLDEST:
        raise Refused(f"Metabase {tag or 'without a version'} is older than 0.{OLDEST}", "upgrade it first")
    user = only(client.get("/api/user/current").body, dict, "the key's user")
    sees_all = bool(user.get("is_superuser"))
    inventory = Inventory(client, owner, Databases(client))
    reader = Reader(int(user["id"]), sees_all, zone_of(properties))
    kinds: tuple[Kind, ...] = (
        Collections(client, owner, inventory),
        Permissions(client, owner, inventory, sees_all=sees_all),
        Cards(client, owner, inventory, Alerts(client, major, sees_all=sees_all)),
        Dashboards(client, owner, inventory),
        Subscriptions(client, owner, inventory, reader),
        QuestionAlerts(client, owner, inventory, reader, major),
    )
    place = urlsplit(client.url)
    identity = f"{place.netloc.rpartition('@')[2]}{place.path}"
    instance = Instance("metabase", identity, tag, tuple(_notes(major, tag, desired)))
    return Metabase(client, instance, kinds, inventory, sees_all, properties)


def _refuse_grafana(client: Client) -> None:
    """
    Ask what answers there, without the key.

    Raises:
        Refused: it is Grafana.
    """
    unknown = client.anonymous()
    if unknown.get("/api/session/properties", also=(401, 403, 404)).status == 200:
        return
    health = unknown.get("/api/health", also=(401, 403, 404)).body
    if isinstance(health, dict) and {"database", "commit"} & health.keys():
        raise Refused(
            "the address of Metabase leads to a Grafana; no key was sent there",
            "give Metabase's own address: were the two exchanged?",
        )


def _major(tag: str) -> int:
    """Read the number that counts: of ``v0.58.15`` and ``v1.58.15.1``; a build without one is the newest."""
    found = re.match(r"v?[01]\.(\d+)", tag)
    return int(found[1]) if found is not None else NEWEST


def _notes(major: int, tag: str, desired: Iterable[Desired]) -> Iterator[str]:
    if major > NEWEST:
        yield f"Metabase {tag} is newer than 0.{NEWEST}, the newest that was tried"
    if major < SEGMENTS_SINCE:
        colored = sorted(
            each.key.id
            for each in desired
            if each.key.kind == "cards" and "scalar.segments" in each.body["visualization_settings"]
        )
        if colored:
            yield f"single numbers take colours from Metabase 0.{SEGMENTS_SINCE} on: {', '.join(colored)} stand without"


def obstacles(server: Metabase, desired: Iterable[Desired]) -> Iterator[str]:
    """Say what an apply would fail at, or would do twice: before anything is written, after all was read."""
    listed = list(desired)
    yield from _databases(server.inventory.databases, listed)
    if any(each.key.kind == "collections" for each in listed):
        yield from _collection(server)
    rights = [each for each in listed if each.key.kind == Permissions.name]
    if rights and not server.sees_all:
        yield "rights on a collection are set with an administrator's key alone; give one, or take `permissions:` out"
    for kind in server.kinds:
        if isinstance(kind, Permissions):
            for each in rights:
                yield from kind.missing(each)
    yield from undelivered(server.client, server.properties, _major(server.instance.version), listed)


def _databases(databases: Databases, desired: Iterable[Desired]) -> Iterator[str]:
    queries = [each.body["dataset_query"] for each in desired if each.key.kind == "cards"]
    for name in sorted({query["database"]["database"] for query in queries}):
        found = databases.named(name)
        if len(found) != 1:
            many = f"{len(found)} PostgreSQL databases" if found else "no PostgreSQL database"
            yield f"Metabase has {many} named '{name}' that this key may query; {DATABASE_HINT}"
            continue
        if found[0].get("native_permissions", "write") != "write":
            yield (
                f"the key's group may not write SQL for the database '{name}'; give it "
                f"'Query builder and native' under Admin, Permissions"
            )
        yield from _columns(databases, name, int(found[0]["id"]), queries)


def _columns(
    databases: Databases, name: str, number: int, queries: Iterable[dict[str, object]]
) -> Iterator[str]:
    places = {
        (tag["dimension"][1]["table"], tag["dimension"][1]["column"])
        for query in queries
        for tag in _tags(query)
        if "dimension" in tag and _names(query, name)
    }
    for table, column in sorted(places):
        if databases.column_number(number, table, column) is None:
            yield f"Metabase knows no column {column} of {table} in '{name}'; let it sync the database's schema"


def _tags(query: dict[str, object]) -> Iterable[dict[str, list[dict[str, str]]]]:
    native = query["native"]
    assert isinstance(native, dict), "a native query"
    return native["template-tags"].values()  # type: ignore[no-any-return]


def _names(query: dict[str, object], database: str) -> bool:
    return query["database"] == {"database": database}


def _collection(server: Metabase) -> Iterator[str]:
    inventory = server.inventory
    if inventory.home is None and not server.sees_all:
        yield (
            "the collection is not there as far as this key sees, and it does not see all: make the first apply with an "
            "administrator's key, or make the collection yourself, let the key's group curate it, and adopt it"
        )
    home = next((each for each in inventory.collections if each["id"] == inventory.home), {})
    if home.get("can_write") is False:
        yield f"the key may not write into the collection '{home['name']}'; let its group curate it"
