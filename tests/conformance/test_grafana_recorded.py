"""The stand-in answers as recorded servers did; the replay sees every difference that a server did not make itself."""

from __future__ import annotations

import copy
import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import grafana_recorded
from tests.conformance.grafana_exchanges import Recording, Result, WrongFile, read
from tests.live import missing
from watchglass.database.embedded import NoServer, embedded_server

CONTRACTS = Path(__file__).parents[1] / "contracts"
FILES = ["grafana-recorded.json.gz", "grafana-recorded-12.4.json.gz"]


@cache
def recorded(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(gzip.decompress((CONTRACTS / name).read_bytes()))
    return found


def written(folder: Path, exchanges: Any) -> Path:
    path = folder / "recording.json"
    path.write_text(json.dumps(exchanges))
    return path


@pytest.mark.live
@pytest.mark.parametrize("name", FILES)
def test_the_stand_in_agrees_with_a_recording_in_all_exchanges(name: str) -> None:
    try:
        with embedded_server():
            pass
    except NoServer as absent:
        missing(absent.message)
    recording = read(CONTRACTS / name)
    results = grafana_recorded.results_of(recording)
    told = grafana_recorded.told(recording, results)
    assert told.startswith(f"agree {len(recorded(name))} of {len(recorded(name))} exchanges\n"), told


@pytest.mark.parametrize("name", FILES)
def test_without_a_database_only_queries_disagree(name: str, tmp_path: Path) -> None:
    exchanges = [each for each in recorded(name) if each["request"]["path"] != "/api/ds/query"]
    assert grafana_recorded.main([str(written(tmp_path, exchanges))]) == 0


CHANGES = [
    (0, ("version",), "12.3.1"),
    (7, ("jsonData", "sslmode"), "require"),
    (7, ("secureJsonFields",), {}),
    (13, ("url",), "/dashboards/f/x"),
    (16, ("message",), "other"),
    (26, ("version",), 4),
    (35, ("dashboard", "panels", 0, "id"), 2),
    (35, ("meta", "canEdit"), None),
    (37, ("versions", 3, "message"), ""),
    (38, (0, "uid"), "other-uid"),
    (46, ("metadata", "generation"), 5),
    (46, ("metadata", "labels", "more"), "x"),
    (59, ("updated",), "0001-01-01T00:00:00Z"),
    (59, ("for",), "10m"),
    (86, (0, "settings", "token"), "xoxb"),
    (95, ("version",), "not a hash"),
    (101, ("routes", 0, "object_matchers", 0, 0), "severity"),
    (112, ("message",), ""),
]


@pytest.mark.parametrize(("number", "path", "value"), CHANGES, ids=lambda each: str(each)[:30])
def test_a_changed_answer_disagrees(number: int, path: tuple[Any, ...], value: Any, tmp_path: Path) -> None:
    exchanges = copy.deepcopy(recorded(FILES[0])[: number + 1])
    place: Any = exchanges[number]["response"]["body"]
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    recording = read(written(tmp_path, exchanges))
    disagreeing = [result for result in results(recording) if result.differences]
    assert [result.exchange.name for result in disagreeing] == [exchanges[number]["name"]]


def results(recording: Recording) -> tuple[Result, ...]:
    """Replay what a change may have made a recording of another version, against 12.3."""
    return grafana_recorded.results_of(Recording("12.3", recording.exchanges))


def test_another_status_content_type_or_length_disagrees(tmp_path: Path) -> None:
    exchanges = copy.deepcopy(recorded(FILES[0])[:40])
    exchanges[1]["response"]["status"] = 403
    exchanges[3]["response"]["content_type"] = "text/plain"
    exchanges[39]["response"]["body"].pop()
    path = written(tmp_path, exchanges)
    assert grafana_recorded.main([str(path)]) == 1
    told = grafana_recorded.told(read(path), grafana_recorded.results_of(read(path)))
    assert told.splitlines()[0] == "agree 37 of 40 exchanges"
    assert "expected 3 items, got 4" in told


@pytest.mark.parametrize("content", ["no json", "{}", "[]", '[{"request": {}}]', "[1]"])
def test_a_file_of_another_form_is_an_error_in_words(content: str, tmp_path: Path) -> None:
    path = tmp_path / "recording.json"
    path.write_text(content)
    with pytest.raises(WrongFile, match="recording"):
        read(path)
    assert grafana_recorded.main([str(path)]) == 1


def test_a_version_without_a_stand_in_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exchanges = copy.deepcopy(recorded(FILES[0])[:1])
    exchanges[0]["response"]["body"]["version"] = "11.0.0"
    assert grafana_recorded.main([str(written(tmp_path, exchanges))]) == 1
    assert "no stand-in of Grafana 11.0.0" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--help"], ["a", "b"]])
def test_a_wrong_call_is_told_how(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert grafana_recorded.main(arguments) == 2
    assert "usage" in capsys.readouterr().err
