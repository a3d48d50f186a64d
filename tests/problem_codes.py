"""The package's modules → the codes of problems that they report."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import watchglass

PACKAGE = Path(watchglass.__file__).parent
REPORTER = re.compile(r"_?(?:problem|problem_at|finding|report|refused?|refusal|misuse)", re.IGNORECASE)
CODE = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")


def codes() -> dict[str, set[str]]:
    """Map each code to the modules that report it, as paths below the package."""
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for code in codes_of(path.read_text(encoding="utf-8")):
            found.setdefault(code, set()).add(path.relative_to(PACKAGE).as_posix())
    return found


def codes_of(text: str) -> set[str]:
    """List the codes in a module: first arguments of what reports, what is yielded first, and whatever is called ``code``."""
    nodes = [node for found in _carriers(ast.parse(text)) for node in ast.walk(found)]
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {text for text in texts if CODE.fullmatch(text)}


def _carriers(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if REPORTER.fullmatch(name) and node.args:
                yield node.args[0]
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "code")
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            yield node.value.elts[0]
        elif isinstance(node, ast.Assign):
            if any(isinstance(target, ast.Name) and target.id == "code" for target in node.targets):
                yield node.value
        elif (
            isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "code"
        ):
            yield from [node.value] if node.value else []
