"""``watchglass schema``: the JSON Schema of the definition language, for editors."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "-o", "--output", "file", type=click.Path(path_type=Path), help="Write it to a file in place of stdout."
)
def command(file: Path | None) -> None:
    """Print the JSON Schema that is made from the model; editors complete and check definitions with it."""
    from watchglass.definition.schema import schema_text

    if file is None:
        click.echo(schema_text(), nl=False)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(schema_text(), encoding="utf-8")
    click.echo(f"written: {file.as_posix()}")
