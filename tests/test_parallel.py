"""Work over processes and threads comes back whole and in order."""

from __future__ import annotations

import os

import pytest

from watchglass.parallel import over_processes, over_threads, processors


def _where(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


def _fails_at_seven(number: int) -> int:
    if number == 7:
        raise OSError(28, "No space left on device", "seven")
    return number


def test_results_of_many_processes_stand_in_the_order_of_the_inputs() -> None:
    made = over_processes(_where, range(50), 2)
    assert [square for square, _ in made] == [number * number for number in range(50)]
    assert os.getpid() not in {process for _, process in made}


@pytest.mark.parametrize(("count", "processes"), [(50, 1), (3, 2)], ids=["one processor", "few inputs"])
def test_no_process_is_started_where_it_does_not_pay(count: int, processes: int) -> None:
    assert {process for _, process in over_processes(_where, range(count), processes)} == {os.getpid()}


def test_an_error_in_another_process_arrives_as_itself() -> None:
    with pytest.raises(OSError, match="No space left") as caught:
        over_processes(_fails_at_seven, range(20), 2)
    assert caught.value.filename == "seven"


@pytest.mark.parametrize("count", [0, 1, 30])
def test_results_of_threads_stand_in_the_order_of_the_inputs(count: int) -> None:
    assert over_threads(_fails_at_seven, [number + 8 for number in range(count)]) == [
        number + 8 for number in range(count)
    ]


def test_at_least_one_processor_is_counted() -> None:
    assert processors() >= 1
