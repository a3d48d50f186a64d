"""Which definitions a command works on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from watchglass.pipeline import Compiled

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


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several equal parts of the definitions, for one of several machines."""

    number: int
    count: int

    def of(self, paths: tuple[Path, ...]) -> tuple[Path, ...]:
        """Take every n-th definition by name: each belongs to exactly one part, in whatever order they were given."""
        return tuple(sorted(paths, key=Path.as_posix)[self.number - 1 :: self.count])

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def read_shard(context: click.Context, parameter: click.Parameter, value: str | None) -> Shard | None:
    """
    Read ``i/n``, from ``1/n`` to ``n/n``.

    Raises:
        click.BadParameter: it is something else.
    """
    if value is None:
        return None
    number, _, count = value.partition("/")
    if number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count):
        return Shard(int(number), int(count))
    raise click.BadParameter(f"'{value}' is no i/n with i from 1 to n, such as 1/4", context, parameter)


def filled_dsn(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """
    Take connection strings that say something.

    Raises:
        click.BadParameter: one is empty, as where a variable of the shell is not set.
    """
    from watchglass.validate.session import is_filled

    if not all(map(is_filled, (value,) if isinstance(value, str) else value or ())):
        raise click.BadParameter("a connection string is empty; is its variable set?", context, parameter)
    return value


def refuse_strangers(given: Iterable[str], compiled: Iterable[Compiled], option: str = "--dsn") -> None:
    """
    Refuse connection strings for sources that no definition has; see `refuse_unknown`.

    Raises:
        click.UsageError: there is one.
    """
    from watchglass.validate.session import named_sources

    refuse_unknown(named_sources(given), compiled, option)


def refuse_unknown(names: Sequence[str], compiled: Iterable[Compiled], option: str) -> None:
    """
    Refuse sources that no definition has; where one definition cannot be resolved, nobody knows.

    Args:
        compiled: all definitions; looked at only where a source is named.

    Raises:
        click.UsageError: there is one.
    """
    from watchglass.validate.session import unknown_sources

    services = [each.service for each in compiled] if names else []
    unknown = unknown_sources(names, filter(None, services))
    if unknown and all(services):
        raise click.UsageError(f"{option} names a source '{unknown[0]}' that no definition has")
