"""``watchglass init``: a commented first definition and recipes for CI."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from watchglass.version import __version__

_PLACES = {
    "definition.yaml": "definitions/shop.yaml",
    "fixtures/schema.sql": "definitions/fixtures/schema.sql",
    "fixtures/data.sql": "definitions/fixtures/data.sql",
}
_RECIPES = {
    "github": {"github.yaml": ".github/workflows/watchglass.yaml"},
    "gitlab": {"gitlab.yaml": ".gitlab-ci.yml"},
    "none": {},
}
_OURS = "@VERSION@"
"""In a recipe: the version that wrote it."""


@click.command()
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--ci", type=click.Choice([*_RECIPES]), help="The recipe of one CI alone, or none.")
def command(folder: Path, ci: str | None) -> None:
    """
    Write a first definition, its fixtures, and recipes for GitHub Actions and GitLab CI into FOLDER.

    Files that exist are left as they are.
    """
    starter = resources.files("watchglass").joinpath("starter")
    for name, place in {**_PLACES, **_recipes(ci)}.items():
        _write(starter.joinpath(name), folder / place)
    _schema(folder / "definitions/schema/watchglass.schema.json")
    click.echo("next: watchglass compile && watchglass validate")


def _recipes(ci: str | None) -> Mapping[str, str]:
    if ci is not None:
        return _RECIPES[ci]
    return {name: place for recipe in _RECIPES.values() for name, place in recipe.items()}


def _write(source: Traversable, path: Path) -> None:
    if path.exists():
        click.echo(f"left as it is: {path.as_posix()}")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source.read_text(encoding="utf-8").replace(_OURS, __version__), encoding="utf-8")
    click.echo(f"written: {path.as_posix()}")


def _schema(path: Path) -> None:
    from watchglass.definition.schema import schema_text

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(schema_text(), encoding="utf-8")
    click.echo(f"written: {path.as_posix()}")
