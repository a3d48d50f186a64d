"""``watchglass init``: a commented first definition and a CI workflow."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import click

_PLACES = {
    "definition.yaml": "definitions/shop.yaml",
    "fixtures/schema.sql": "definitions/fixtures/schema.sql",
    "fixtures/data.sql": "definitions/fixtures/data.sql",
    "workflow.yaml": ".github/workflows/watchglass.yaml",
}


@click.command()
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """
    Write a first definition, its fixtures and a CI workflow into FOLDER.

    Files that exist are left as they are.
    """
    starter = resources.files("watchglass").joinpath("starter")
    for name, place in _PLACES.items():
        _write(starter.joinpath(name), folder / place)
    _schema(folder / "definitions/schema/watchglass.schema.json")
    click.echo("next: watchglass compile && watchglass validate")


def _write(source: Traversable, path: Path) -> None:
    if path.exists():
        click.echo(f"left as it is: {path.as_posix()}")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    click.echo(f"written: {path.as_posix()}")


def _schema(path: Path) -> None:
    from watchglass.definition.schema import schema_text

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(schema_text(), encoding="utf-8")
    click.echo(f"written: {path.as_posix()}")
