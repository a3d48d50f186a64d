"""The benchmarks measure what they say: good definitions, failed runs told, promises that were not held marked."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import pytest

from tests.bench import definitions
from tests.bench.figures import Figure, Table, ratio, seconds, timed
from tests.bench.page import page
from tests.bench.timing import Sample, middle, run
from watchglass.pipeline import compile_definition


def test_a_generated_definition_has_no_problem_and_ten_panels_at_both_targets(tmp_path: Path) -> None:
    definitions.write(tmp_path, 3)
    compiled = compile_definition(tmp_path / "service-0003.yaml")
    assert [problem.message for problem in compiled.problems] == []
    assert compiled.service is not None
    (board,) = compiled.service.dashboards.values()
    assert sum(len(row.panels) for row in board.rows) == definitions.PANELS
    assert {artifact.target for artifact in compiled.artifacts} == {"grafana", "metabase", "plain"}


def test_no_two_generated_definitions_are_alike() -> None:
    assert len({definitions.definition(number) for number in range(100)}) == 100


def test_a_run_that_failed_gives_no_figure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"ended with 3: why"):
        run([sys.executable, "-c", "import sys; print('why', file=sys.stderr); sys.exit(3)"], tmp_path, {})


def test_a_run_gives_its_time_and_memory(tmp_path: Path) -> None:
    sample = run(
        [sys.executable, "-c", "x = bytearray(100_000_000); import time; time.sleep(0.2)"], tmp_path, {}
    )
    assert sample.seconds > 0.2
    assert sample.peak_mb > 95


def test_the_middle_of_samples_is_the_median_time_and_the_greatest_memory() -> None:
    assert middle([Sample(1, 30), Sample(9, 10), Sample(2, 20)]) == Sample(2, 30)


@pytest.mark.parametrize(
    ("value", "shown"), [(0.00123, "1.23 ms"), (0.0456, "46 ms"), (0.999, "999 ms"), (12.34, "12.3 s")]
)
def test_a_time_is_shown_in_a_unit_that_reads_well(value: float, shown: str) -> None:
    assert seconds(value) == shown


def test_a_promise_is_held_or_not() -> None:
    assert timed("a", 0.19, 0.2).held
    assert not timed("a", 0.2, 0.2).held
    assert ratio("a", 1.5, 1.5).held
    assert not ratio("a", 1.51, 1.5).held


def test_the_page_marks_a_promise_that_was_not_held() -> None:
    table = Table("A", (Figure("x", "1 ms"), timed("y", 0.3, 0.2)), "how")
    text = page([table], datetime.date(2026, 3, 2))
    assert "2026-03-02, " in text
    assert text.endswith("| x | 1 ms |  |\n| y | 300 ms | **under 200 ms: not held** |\n")
