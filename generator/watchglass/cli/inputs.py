"""Which definitions a command works on."""

from __future__ import annotations

from pathlib import Path

import click

HOME = Path("definitions")


def find_definitions(given: tuple[str, ...]) -> tuple[Path, ...]:
    """
    List the definitions: those that are given (a folder stands for its ``*.yaml``), else ``definitions/*.yaml``.

    Raises:
        click.UsageError: there is none.
    """
    found: list[Path] = []
    for path in [Path(name) for name in given] or [HOME]:
        found += sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]
    missing = [path for path in found if given and not path.exists()]
    if missing:
        raise click.UsageError(f"{missing[0]} is not there")
    if not any(path.exists() for path in found):
        where = ", ".join(given) or f"{HOME}/"
        raise click.UsageError(f"no definition in {where}; `watchglass init` writes a first one")
    return tuple(dict.fromkeys(found))
