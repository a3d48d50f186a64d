"""What the README shows is true: its definition compiles, and what stands beside it is what comes out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from watchglass import output
from watchglass.pipeline import Compiled, compile_definition, objects_of

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def compiled(tmp_path: Path) -> Compiled:
    file = tmp_path / "shop.yaml"
    file.write_text(blocks("yaml")[0], "utf-8")
    return compile_definition(file)


def texts(compiled: Compiled) -> str:
    assert compiled.service is not None
    files = output.files_of(compiled.home, compiled.artifacts, objects_of(compiled.service))
    return "\n".join(
        content.decode() if isinstance(content, bytes) else content for content in files.values()
    )


def test_its_definition_has_no_problem(compiled: Compiled) -> None:
    assert [problem.message for problem in compiled.problems] == []


def test_its_sql_is_what_comes_out(compiled: Compiled) -> None:
    made = texts(compiled)
    assert [block for block in blocks("sql") if block not in made] == []
    assert len(blocks("sql")) == 2


def test_its_json_is_what_comes_out(compiled: Compiled) -> None:
    made = texts(compiled)
    lines = [line.rstrip(",") for line in blocks("json")[0].splitlines()]
    assert [line for line in lines if line not in made] == []
    assert all(json.loads("{" + line + "}") for line in lines)
