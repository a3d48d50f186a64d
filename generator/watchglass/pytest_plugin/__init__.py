"""
The pytest plugin: in a folder of definitions, every statement of every target is a test.

A run without definitions pays for this module alone: what compiles and runs them is imported with the first one.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

_ENDINGS = (".yaml", ".yml")
_HOME = "definitions"
_INI = "watchglass_definitions"
_TOP = re.compile(rb"""^(?:\xef\xbb\xbf)?(["']?)(version|service)\1[ \t]*:""", re.MULTILINE)


class DefinitionWarning(UserWarning):
    """A warning about a definition, such as a statement over its budget."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options, and the setting that names definitions."""
    group = parser.getgroup("watchglass", "definitions of Watchglass")
    group.addoption(
        "--watchglass-dsn",
        action="append",
        default=[],
        metavar="[SOURCE=]DSN",
        help="run the statements of definitions on this database in place of the embedded one",
    )
    group.addoption(
        "--watchglass-environment",
        metavar="NAME",
        help="an environment of the definitions, and its databases",
    )
    parser.addini(
        _INI, "definitions, and folders of them, to collect; patterns below the root folder", "linelist"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Note which files and folders were named: a worker of xdist, which is told them as options, could not tell."""
    if not hasattr(config.option, "watchglass_named"):
        config.option.watchglass_named = _named(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a definition that was named, or that stands in a folder that was."""
    if file_path.suffix not in _ENDINGS or not _is_meant(file_path, parent.config):
        return None
    from watchglass.pytest_plugin.collect import DefinitionFile  # noqa: PLC0415  (heavy)

    return DefinitionFile.from_parent(parent, path=file_path)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse a connection string that is empty, or for a source that no definition has."""
    if session.config.option.watchglass_dsn:
        from watchglass.pytest_plugin.runs import runs_of  # noqa: PLC0415  (heavy)

        runs_of(session.config).refuse_wrong_dsns()


def _named(config: pytest.Config) -> list[str]:
    """
    List the files and folders that a person named: as arguments, as ``testpaths``, or by our own setting.

    The folder in which pytest happens to be started is not one of them. Where only our options are given,
    ``definitions`` is meant.
    """
    source, sources = config.args_source, pytest.Config.ArgsSource
    named = (
        [] if source is sources.INVOCATION_DIR else [argument.partition("::")[0] for argument in config.args]
    )
    home = config.invocation_params.dir / _HOME
    if source is not sources.ARGS and _options_given(config) and home.is_dir():
        if source is sources.TESTPATHS and _HOME not in map(os.path.normpath, named):
            config.args.append(_HOME)
        named.append(_HOME)
    below = [os.path.abspath(config.invocation_params.dir / name) for name in named]  # noqa: PTH100  (no link is followed)
    return [*below, *(str(path) for pattern in config.getini(_INI) for path in config.rootpath.glob(pattern))]


def _options_given(config: pytest.Config) -> bool:
    return bool(config.option.watchglass_dsn or config.option.watchglass_environment)


def _is_meant(file: Path, config: pytest.Config) -> bool:
    named = config.option.watchglass_named
    return str(file) in named or (str(file.parent) in named and _is_definition(file))


def _is_definition(file: Path) -> bool:
    """Tell a definition from a part that others include, and from other programs' files."""
    try:
        found = _TOP.findall(file.read_bytes())
    except OSError:
        return False
    return {key for _, key in found} == {b"version", b"service"}
