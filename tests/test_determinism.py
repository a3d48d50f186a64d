"""The same bytes on any machine: other hash seeds, time zones, locales, folders, and files in another order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases/good"
DEFINITIONS = [CASES / "library/definition.yaml", CASES / "shop/definition.yaml"]


def compiled(folder: Path, definitions: list[Path], **environment: str) -> dict[str, bytes]:
    """Compile in a process of its own and give every file of the output."""
    typed = [sys.executable, "-m", "watchglass", "compile", "--no-cache", "-o", str(folder / "output")]
    subprocess.run(
        [*typed, *map(str, definitions)],
        check=True,
        capture_output=True,
        env={**os.environ, "WATCHGLASS_CACHE": str(folder / "cache"), **environment},
    )
    output = folder / "output"
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return compiled(tmp_path_factory.mktemp("usual"), DEFINITIONS, PYTHONHASHSEED="0", TZ="UTC")


@pytest.mark.parametrize(
    ("environment", "definitions"),
    [
        ({"PYTHONHASHSEED": "4242", "TZ": "Pacific/Auckland", "LC_ALL": "C"}, DEFINITIONS),
        ({"PYTHONHASHSEED": "1", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8"}, DEFINITIONS[::-1]),
        ({"PYTHONHASHSEED": "2", "PYTHONUTF8": "0", "LC_ALL": "POSIX"}, DEFINITIONS[::-1]),
    ],
    ids=["far east", "far west, other order", "no locale"],
)
def test_fault_57_the_same_bytes_come_out(
    environment: dict[str, str], definitions: list[Path], usual: dict[str, bytes], tmp_path: Path
) -> None:
    assert compiled(tmp_path, definitions, **environment) == usual


def test_a_second_run_finds_nothing_to_write(tmp_path: Path) -> None:
    compiled(tmp_path, DEFINITIONS)
    typed = [
        sys.executable,
        "-m",
        "watchglass",
        "compile",
        "--no-cache",
        "--check",
        "-o",
        str(tmp_path / "output"),
    ]
    again = subprocess.run([*typed, *map(str, DEFINITIONS)], check=False, capture_output=True, text=True)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.count("(unchanged)") == len(DEFINITIONS)
