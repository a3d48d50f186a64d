"""
Replay a recording of a Grafana's answers against the stand-in of its version, and say what does not agree.

``python -m tests.conformance.grafana_recorded FILE``: exit code 0 when every exchange agrees, 1 when not.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.conformance.grafana_exchanges import UNRECORDED, Recording, Result, WrongFile, read, replay
from tests.servers.grafana import grafana_server
from tests.servers.grafana.database import asking
from tests.servers.grafana.queries import Rows
from tests.servers.grafana.versions import VERSIONS
from watchglass.database.embedded import NoServer, embedded_server

_SHOWN = 10


def results_of(recording: Recording) -> tuple[Result, ...]:
    """Replay a recording against a new server."""
    with _database(recording) as ask, grafana_server(recording.version, ask) as server:
        return tuple(replay(recording, server))


@contextlib.contextmanager
def _database(recording: Recording) -> Iterator[Callable[[str], Rows] | None]:
    """Run a PostgreSQL where a recording asks one; without one, its queries fail, and do not agree."""
    with contextlib.ExitStack() as stack:
        ask = None
        if any(exchange.request["path"] == "/api/ds/query" for exchange in recording.exchanges):
            with contextlib.suppress(NoServer):
                folder = stack.enter_context(embedded_server()).folder
                ask = asking(f"host='{folder}' dbname=postgres user=postgres")
        yield ask


def told(recording: Recording, results: Sequence[Result]) -> str:
    """Write the results for the terminal."""
    differing = [result for result in results if result.differences]
    lines = [f"agree {len(results) - len(differing)} of {len(results)} exchanges"]
    names = {exchange.name for exchange in recording.exchanges}
    for name, requests in UNRECORDED.items():
        if name in names:
            said = ", ".join(" ".join(request) for request in requests)
            lines.append(f"sent besides, as the recording must have left it out: {said} (before '{name}')")
    for result in differing[:_SHOWN]:
        request = result.exchange.request
        lines.append(f"{result.exchange.name} ({request['method']} {request['path']})")
        lines += [f"  {difference}" for difference in result.differences[:_SHOWN]]
    if len(differing) > _SHOWN:
        lines.append(f"and {len(differing) - _SHOWN} more")
    return "".join(f"{line}\n" for line in lines)


def main(arguments: Sequence[str]) -> int:
    """Replay a file: 0 when all agrees, 1 when not, 2 when the call is wrong."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m tests.conformance.grafana_recorded FILE\n")
        return 2
    try:
        recording = read(Path(arguments[0]))
    except (WrongFile, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    if recording.version not in VERSIONS:
        known = ", ".join(sorted(VERSIONS))
        sys.stderr.write(f"error: no stand-in of Grafana {recording.version}; there are {known}\n")
        return 1
    results = results_of(recording)
    sys.stdout.write(told(recording, results))
    return 1 if any(result.differences for result in results) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
