"""A definition may be split over files; each value still knows its own (faults 8 and 11)."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchglass.definition.include import Gathered, gather


def write(folder: Path, files: dict[str, str]) -> Gathered:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return gather(folder / "main.yaml")


def codes(gathered: Gathered) -> list[str]:
    return [problem.code for problem in gathered.problems]


def test_maps_of_included_files_merge_and_keep_their_file(tmp_path: Path) -> None:
    gathered = write(
        tmp_path,
        {
            "main.yaml": "include: [parts/q.yaml]\nqueries: {a: {x: 1}}\n",
            "parts/q.yaml": "queries:\n  b: {y: 2}\nlevels: {l: red}\n",
        },
    )
    assert not gathered.problems
    assert gathered.data["queries"] == {"a": {"x": "1"}, "b": {"y": "2"}}
    assert gathered.data["levels"] == {"l": "red"}
    place = gathered.places[("queries", "b", "y")]
    assert place.value.file == (tmp_path / "parts" / "q.yaml").as_posix()
    assert (place.value.line, place.value.column) == (2, 10)
    assert gathered.scalars[("levels", "l")].file.name.endswith("q.yaml")


def test_the_same_key_in_two_files_shows_both_places(tmp_path: Path) -> None:
    gathered = write(
        tmp_path,
        {"main.yaml": "include: b.yaml\nqueries:\n  a: {x: 1}\n", "b.yaml": "queries: {a: {z: 1}}\n"},
    )
    (problem,) = gathered.problems
    assert (problem.code, problem.span.file, problem.span.column) == (
        "include-clash",
        (tmp_path / "b.yaml").as_posix(),
        11,
    )
    assert (problem.related[0].span.line, problem.related[0].span.column) == (3, 3)
    assert gathered.data["queries"] == {"a": {"x": "1"}}


def test_tests_of_two_files_stand_one_behind_the_other(tmp_path: Path) -> None:
    gathered = write(
        tmp_path,
        {
            "main.yaml": "include: b.yaml\ntests:\n  - {name: a}\n  - {name: b}\n",
            "b.yaml": "tests:\n  - {name: c, steps: [{at: 0m}]}\n",
        },
    )
    assert not gathered.problems
    assert [test["name"] for test in gathered.data["tests"]] == ["a", "b", "c"]
    place = gathered.places[("tests", 2, "steps", 0, "at")]
    assert (place.value.file, place.value.line) == ((tmp_path / "b.yaml").as_posix(), 2)
    assert gathered.scalars[("tests", 2, "name")].value == "c"
    assert gathered.places[("tests", 1, "name")].value.line == 4


def test_contacts_of_two_files_merge(tmp_path: Path) -> None:
    gathered = write(
        tmp_path,
        {
            "main.yaml": "include: b.yaml\nnotify: {contacts: {a: 1}}\n",
            "b.yaml": "notify: {contacts: {b: 2}}\n",
        },
    )
    assert gathered.data["notify"] == {"contacts": {"a": "1", "b": "2"}}


def test_each_file_may_say_the_same_version(tmp_path: Path) -> None:
    assert (
        codes(write(tmp_path, {"main.yaml": "version: 1\ninclude: b.yaml\n", "b.yaml": "version: 1\n"})) == []
    )
    assert codes(write(tmp_path, {"b.yaml": "version: 2\n"})) == ["include-clash"]


def test_a_file_that_two_others_include_is_read_once(tmp_path: Path) -> None:
    files = {
        "main.yaml": "include: [a.yaml, b.yaml]\n",
        "a.yaml": "include: c.yaml\n",
        "b.yaml": "include: c.yaml\n",
    }
    gathered = write(tmp_path, files | {"c.yaml": "queries: {x: 1}\n"})
    assert not gathered.problems
    assert gathered.data["queries"] == {"x": "1"}


def test_fault_8_a_circle_of_includes_is_named(tmp_path: Path) -> None:
    gathered = write(tmp_path, {"main.yaml": "include: a.yaml\n", "a.yaml": "b: 1\ninclude: main.yaml\n"})
    (problem,) = gathered.problems
    assert (problem.code, problem.span.line, problem.span.column) == ("include-cycle", 2, 10)
    assert "main.yaml → " in problem.message


def test_a_file_that_includes_itself_is_a_circle(tmp_path: Path) -> None:
    assert codes(write(tmp_path, {"main.yaml": "include: ./main.yaml\n"})) == ["include-cycle"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("../other.yaml", "file-outside"),
        ("/etc/passwd", "file-outside"),
        ("nothing.yaml", "file-missing"),
        ("folder", "file-kind"),
        ("out", "file-outside"),
        ("{a: 1}", "wrong-type"),
        ("[[a]]", "wrong-type"),
        ("[~]", "wrong-type"),
    ],
)
def test_fault_11_what_cannot_be_included_is_refused_where_it_is_named(
    tmp_path: Path, written: str, code: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "out").symlink_to("/etc/hostname")
    gathered = write(tmp_path, {"main.yaml": f"a: 1\ninclude: {written}\n"})
    assert codes(gathered) == [code]
    assert gathered.problems[0].span.line == 2


def test_problems_of_every_file_are_reported_together(tmp_path: Path) -> None:
    files = {"main.yaml": "include: [a.yaml, b.yaml]\n", "a.yaml": "x: @\n", "b.yaml": "y: 1\ny: 2\n"}
    assert codes(write(tmp_path, files)) == ["yaml-syntax", "yaml-duplicate-key"]


def test_a_thousand_files_in_a_chain_are_refused(tmp_path: Path) -> None:
    files = {f"f{i}.yaml": f"include: f{i + 1}.yaml\n" for i in range(1000)}
    assert codes(write(tmp_path, files | {"main.yaml": "include: f0.yaml\n"})) == ["yaml-too-large"]
