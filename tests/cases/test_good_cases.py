"""Every good definition compiles, and each of its statements runs as each target will send it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest

from tests.cases.runner import HERE
from tests.live import missing
from watchglass import output
from watchglass.database.embedded import NoServer, Server, embedded_server
from watchglass.definition.service import PanelKind
from watchglass.pipeline import Compiled, compile_definition, objects_of
from watchglass.validate.engine import Report
from watchglass.validate.run import validate_definition

GOOD = sorted(path.parent for path in (HERE / "good").glob("*/definition.yaml"))
SHOP = HERE / "good/shop"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    try:
        with embedded_server() as started:
            yield started
    except NoServer as absent:
        missing(str(absent))


def told(compiled: Compiled) -> list[str]:
    return [f"{problem.code}: {problem.message}" for problem in compiled.problems]


def validated(case: Path, server: Server) -> Report:
    compiled = compile_definition(case / "definition.yaml")
    assert told(compiled) == []
    assert compiled.definition is not None
    assert compiled.service is not None
    return validate_definition(compiled.definition, compiled.service, compiled.artifacts, {}, server)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_a_good_definition_compiles_without_a_problem_and_runs(case: Path, server: Server) -> None:
    report = validated(case, server)
    assert [f"{problem.code}: {problem.message}" for problem in report.problems] == []
    assert {timing.statement.target for timing in report.timings} == {"grafana", "metabase", "plain"}


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_a_good_definition_compiles_to_the_files_that_stand_beside_it(
    case: Path, golden: Callable[[Path, str], None]
) -> None:
    compiled = compile_definition(case / "definition.yaml")
    assert compiled.service is not None
    files = output.files_of(compiled.home, compiled.artifacts, objects_of(compiled.service))
    for path, content in files.items():
        golden(case / "output" / path, content.decode())
    there = {path.relative_to(case / "output").as_posix() for path in (case / "output").rglob("*.*")}
    assert there == set(files)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("avg(o.total), 2)", "avg(o.totals), 2)", "sql-error"),
        ("message: text}", "message: uuid}", "column-type"),
        ("slow: integer", "slow: integer\n      slower: integer", "column-missing"),
        ("ORDER BY s.in_stock - s.reorder_at", "LIMIT 3; DROP TABLE shop.orders", "sql-not-one"),
    ],
)
def test_what_is_broken_in_it_is_found(old: str, new: str, code: str, tmp_path: Path, server: Server) -> None:
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "definition.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    found = validated(tmp_path, server).problems
    assert code in {problem.code for problem in found}


def test_the_shop_shows_every_kind_of_panel_but_none_twice_with_one_name() -> None:
    service = compile_definition(SHOP / "definition.yaml").service
    assert service is not None
    panels = [panel for board in service.dashboards.values() for row in board.rows for panel in row.panels]
    assert {panel.kind for panel in panels} == set(get_args(PanelKind))
    assert len({panel.id for panel in panels}) == len(panels)


def test_another_environment_changes_its_own_numbers_alone() -> None:
    usual = compile_definition(SHOP / "definition.yaml").service
    other = compile_definition(SHOP / "definition.yaml", "rehearsal").service
    assert usual is not None
    assert other is not None
    changed = [
        name for name in usual.metrics if usual.metrics[name].thresholds != other.metrics[name].thresholds
    ]
    assert changed == ["refused", "provider_refusals"]
