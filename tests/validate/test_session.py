"""A run takes each source's connection string from where it was given, and starts one server for all the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchglass.database.embedded import Server
from watchglass.definition.read import Definition
from watchglass.definition.service import Service
from watchglass.pipeline import compile_definition
from watchglass.references import Unset
from watchglass.validate.session import Session, dsns_of, strangers

CASES = Path(__file__).parents[1] / "cases/good"
TEXT = """version: 1
service: {id: two, title: Two, timezone: Europe/Berlin}
levels: {fine: green, bad: red}
sources:
  main: {type: postgres}
  ware-house: {type: postgres}
queries:
  one: {source: main, sql: SELECT 1 AS n, columns: {n: integer}}
  two: {source: ware-house, sql: SELECT 2 AS n, columns: {n: integer}}
environments:
  usual: {default: true}
  live: {sources: {main: {dsn: "${env:WG_TEST_DSN}"}}}
"""
Both = tuple[Definition, Service]


@pytest.fixture
def two(tmp_path: Path) -> Both:
    (tmp_path / "two.yaml").write_text(TEXT)
    compiled = compile_definition(tmp_path / "two.yaml")
    assert [problem.message for problem in compiled.problems] == []
    assert compiled.definition is not None
    assert compiled.service is not None
    return compiled.definition, compiled.service


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([], {}),
        (["main=postgresql://a"], {"main": "postgresql://a"}),
        (
            ["postgresql://a?sslmode=require"],
            dict.fromkeys(["main", "ware-house"], "postgresql://a?sslmode=require"),
        ),
        (["host=a dbname=b"], dict.fromkeys(["main", "ware-house"], "host=a dbname=b")),
        (["postgresql://a", "ware-house=host=b"], {"main": "postgresql://a", "ware-house": "host=b"}),
        (["elsewhere=postgresql://a"], {}),
    ],
    ids=["none", "one source", "URI", "keywords", "all and one", "another definition's source"],
)
def test_a_connection_string_goes_to_its_source_or_to_all(
    given: list[str], found: dict[str, str], two: Both
) -> None:
    assert dsns_of(*two, given, None) == found


def test_an_environment_gives_what_was_not_given(two: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WG_TEST_DSN", "host=live")
    assert dsns_of(*two, [], "live") == {"main": "host=live"}
    assert dsns_of(*two, ["main=host=mine"], "live") == {"main": "host=mine"}


@pytest.mark.parametrize(("value", "told"), [(None, "is not set"), ("", "is empty"), (" ", "is empty")])
def test_an_unset_variable_of_an_environment_is_told(
    value: str | None, told: str, two: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WG_TEST_DSN", raising=False)
    if value is not None:
        monkeypatch.setenv("WG_TEST_DSN", value)
    with pytest.raises(Unset, match=rf"\$\{{env:WG_TEST_DSN\}} {told}"):
        dsns_of(*two, [], "live")


def test_a_source_that_nothing_has_is_a_stranger(two: Both) -> None:
    given = ["mian=host=a", "main=host=b", "postgresql://c", "host=d"]
    assert strangers(given, [two[1]]) == ("mian",)
    assert strangers(given, []) == ("mian", "main")


def test_one_server_serves_every_definition_and_is_gone_with_the_run() -> None:
    servers: set[Server] = set()
    with Session() as session:
        for name in ("library", "shop"):
            compiled = compile_definition(CASES / name / "definition.yaml")
            assert compiled.definition is not None
            assert compiled.service is not None
            report = session.validate(compiled.definition, compiled.service, compiled.artifacts)
            assert report.timings
            servers.add(session._server)  # type: ignore[arg-type]  # noqa: SLF001
    (server,) = servers
    assert not server.folder.exists()


def test_what_keeps_a_source_from_being_tried_is_a_finding_of_each_of_its_statements(two: Both) -> None:
    artifacts = compile_definition(Path(two[0].file)).artifacts
    with Session(["main=host=/nowhere dbname=a", "ware-house=host=/nowhere dbname=b"]) as session:
        report = session.validate(*two, artifacts)
    assert {finding.problem.code for finding in report.findings} == {"database-unreachable"}
    assert {sight.statement for finding in report.findings for sight in finding.sights} == {"one", "two"}
