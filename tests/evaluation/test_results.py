"""What a SQL result becomes before expressions see it."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from tests.evaluation.builders import START, query, rule, run, threshold
from watchglass.evaluation import Column, Number, Series, Simulation, Table, numbers, table_of
from watchglass.evaluation.results import Cell, Kind, Refused, Unreadable, read
from watchglass.evaluation.values import NoData, Values


def table(columns: dict[str, Kind], *rows: tuple[Cell, ...]) -> Table:
    return Table(tuple(Column(name, kind) for name, kind in columns.items()), rows)


def test_rows_of_postgresql_become_cells_as_grafana_has_them() -> None:
    columns = [("org", "text"), ("rate", "numeric"), ("on", "bool"), ("at", "timestamptz"), ("id", "uuid")]
    rows = [("a", Decimal("1.50"), True, START, UUID(int=1)), (None,) * 5]
    assert table_of(columns, rows) == table(
        {"org": "text", "rate": "number", "on": "bool", "at": "time", "id": "text"},
        ("a", 1.5, True, START, "00000000-0000-0000-0000-000000000001"),
        (None,) * 5,
    )


def minute(count: int) -> datetime:
    return START + timedelta(minutes=count)


def lines(values: Values) -> list[tuple[str, dict[str, str], list[float | None]]]:
    return [
        (each.name, dict(each.labels), [point.value for point in each.points])
        for each in values
        if isinstance(each, Series)
    ]


def test_one_number_column_gives_one_number_a_row_and_texts_are_its_labels() -> None:
    made = read(
        table({"org": "text", "rate": "number", "kind": "text"}, ("a", 1.5, None), ("b", 2, "x")), "table"
    )
    assert [(dict(each.labels), each.value, each.name) for each in made if isinstance(each, Number)] == [
        ({"org": "a", "kind": ""}, 1.5, "rate"),
        ({"org": "b", "kind": "x"}, 2, "rate"),
    ]


def test_a_null_number_of_a_table_is_nan_and_never_no_data() -> None:
    (made,) = read(table({"rate": "number"}, (None,)), "table")
    assert isinstance(made, Number)
    assert math.isnan(made.value or 0)
    (same,) = numbers([({}, None)])
    assert math.isnan(same.value or 0)


@pytest.mark.parametrize("form", ["table", "time_series"])
def test_no_rows_are_no_data(form: str) -> None:
    assert read(table({"rate": "number"}), form) == (NoData(),)
    assert read([], form) == (NoData(),)


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ({"a": "number", "b": "number"}, "not"),
        ({"a": "text"}, "not"),
        ({"a": "number", "b": "bool"}, "not"),
        ({"time": "time", "org": "text", "a": "number"}, "long"),
        ({"time": "time", "org": "text"}, "not"),
    ],
)
def test_a_table_of_another_shape_is_an_error_of_reading(columns: dict[str, Kind], kind: str) -> None:
    cells: dict[Kind, Cell] = {"number": 1.0, "text": "x", "bool": True, "time": START}
    with pytest.raises(Unreadable, match=f"must be a wide series but got type {kind} "):
        read(table(columns, tuple(cells[each] for each in columns.values())), "table")


def test_a_table_of_time_and_numbers_is_a_series_a_column() -> None:
    made = read(table({"time": "time", "a": "number", "b": "number"}, (START, 1, None)), "table")
    assert lines(made) == [("a", {}, [1]), ("b", {}, [None])]


def test_texts_of_a_time_series_are_labels_and_a_time_that_lacks_is_a_null() -> None:
    made = read(
        table(
            {"time": "time", "org": "text", "rate": "number"},
            (minute(0), "a", 1),
            (minute(0), "b", 2),
            (minute(1), "a", 3),
            (minute(1), "a", 4),
        ),
        "time_series",
    )
    assert lines(made) == [("rate", {"org": "a"}, [1, 4]), ("rate", {"org": "b"}, [2, None])]


def test_a_column_named_metric_names_the_series_and_leaves_no_labels() -> None:
    made = read(
        table({"time": "time", "metric": "text", "v": "number"}, (START, "a", 1), (START, "b", 2)),
        "time_series",
    )
    assert lines(made) == [("a", {}, [1]), ("b", {}, [2])]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (table({"rate": "number"}, (1,)), "no time column"),
        (table({"time": "time", "o": "text", "v": "number"}, (minute(1), "a", 1), (START, "a", 1)), "ascend"),
        (table({"time": "time", "v": "number"}, (None, 1)), "time of a row is null"),
    ],
)
def test_a_time_series_that_the_data_source_refuses(given: Table, message: str) -> None:
    with pytest.raises(Refused, match=message):
        read(given, "time_series")


def test_an_unreadable_result_is_an_error_that_names_its_query() -> None:
    simulation = Simulation(rule(), 10, "12.3")
    (evaluation,) = run(simulation, [table({"a": "number", "b": "number"}, (1, 2))])
    assert evaluation.health == "error"
    assert evaluation.error == (
        "[sse.readDataError] [A] got error: input data must be a wide series but got type not (input refid)"
    )
    assert evaluation.instances[0].labels["ref_id"] == "A"


def test_a_series_that_nothing_reduces_cannot_be_alerted_on() -> None:
    simulation = Simulation(rule([query("A", "time_series"), threshold("C", "A", "gt", 1)]), 10, "12.3")
    (evaluation,) = run(simulation, [table({"time": "time", "v": "number"}, (START, 2))])
    assert evaluation.instances[0].shown == "Error"
    assert "only reduced data can be alerted on" in evaluation.failure
    assert "ref_id" not in evaluation.instances[0].labels
