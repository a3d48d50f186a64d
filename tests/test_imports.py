"""The package keeps its layout: imports point down, only the command line prints, sizes stay readable."""

from __future__ import annotations

from pathlib import Path

import pytest

import watchglass
from tests.import_rules import LIGHT, Module, modules_of, violations

PACKAGE = Path(watchglass.__file__).parent


def planted(name: str, text: str) -> tuple[str, ...]:
    """What is wrong with one more module beside a handful of known ones."""
    folders = ["", "cli", "database", "definition", "publish", "sql", "targets", "validate"]
    folders += [f"targets.{target}" for target in ("grafana", "metabase", "plain")]
    modules = ["definition.service", "naming", "sql.words", "targets.grafana.panels", "validate.queries"]
    known = [Module(folder, "", is_package=True) for folder in folders] + [
        Module(each, "") for each in modules
    ]
    return violations([*known, Module(name, text)])


def test_the_package_keeps_its_layout() -> None:
    assert violations(modules_of(PACKAGE)) == ()


def test_the_modules_that_every_command_loads_are_there() -> None:
    assert {module.name for module in modules_of(PACKAGE)} >= LIGHT


@pytest.mark.parametrize(
    ("name", "text", "other"),
    [
        ("sql.render", "from watchglass.definition import service", "definition"),
        ("sql.render", "import watchglass.validate.queries", "validate"),
        ("thresholds", "from watchglass import sql", "sql"),
        ("definition.x", "from watchglass.targets.grafana.panels import y", "targets.grafana"),
        ("definition.x", "def f():\n    from watchglass.targets.grafana import panels", "targets.grafana"),
        ("definition.x", "if TYPE_CHECKING:\n    import watchglass.cli", "cli"),
        ("targets.metabase.x", "from watchglass.targets.grafana import panels", "targets.grafana"),
        ("targets.metabase.x", "from ..grafana import panels", "targets.grafana"),
        ("targets.metabase.x", "from watchglass.targets.grafana.not_there import x", "targets.grafana"),
        ("targets.metabase.x", "from watchglass import naming, read", "the package's front"),
        ("naming", "from .sql.words import x", "sql"),
        ("database.x", "from watchglass.definition.service import x", "definition"),
        ("publish.plan", "from watchglass.definition.service import x", "definition"),
        ("validate.x", "from watchglass.cli.main import x", "cli"),
        ("definition.x", "import click", "click"),
        ("targets.metabase.x", "import grafanalib.core as g", "grafanalib"),
    ],
)
def test_a_planted_import_is_found(name: str, text: str, other: str) -> None:
    (found,) = planted(name, text)
    assert found.endswith(f" must not import {other}")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("helpers", "", "'helpers' is no room of the layout"),
        ("targets.plain.x", "def f():\n    import time", "targets.plain is pure: no time"),
        ("cli.main", "import yaml", "yaml is too heavy to load with every command"),
        ("sql.x", "class A:\n    def f(self):\n        print(1)", "only the command line prints"),
        ("sql.x", "def f():\n" + "    x = 1\n" * 60, "f has 61 lines, more than 60"),
        ("sql.x", "x = 1\n" * 401, "401 lines are more than 400"),
        ("review.x", "", "the folder has no __init__.py"),
    ],
    ids=["room", "clock", "weight", "print", "function", "module", "folder"],
)
def test_a_planted_violation_is_found(name: str, text: str, message: str) -> None:
    (found,) = planted(name, text)
    assert found.endswith(f": {message}")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("targets.grafana.x", "from watchglass.definition import service\nfrom watchglass import naming"),
        ("targets.grafana.x", "from .panels import y\nfrom watchglass.sql import words"),
        ("cli.compile", "import yaml\nfrom watchglass import read\nprint(1)"),
        ("cli.main", "def f():\n    import yaml"),
        ("validate.x", "import psycopg, os, time"),
        ("sql.x", "def f():\n" + "    x = 1\n" * 59),
        ("sql.x", "x = 1\n" * 400),
    ],
)
def test_what_the_layout_allows_is_no_violation(name: str, text: str) -> None:
    assert planted(name, text) == ()


def test_a_violation_names_its_module_and_line() -> None:
    assert planted("sql.x", "\n\nimport click") == ("sql.x:3: sql must not import click",)
