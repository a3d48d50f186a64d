"""A bug of ours becomes a short message and a report that a user can read and send."""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
import traceback
from collections.abc import Callable

import click

from watchglass.version import __version__

_PASSWORDS = (
    (re.compile(r"(://[^\s/:@]*):[^\s/@]*@"), r"\1:***@"),
    (
        re.compile(
            r"(?i)\b(password|passwd|pwd|token|api_?key|secret)(\s*=\s*)('[^']*'|\"[^\"]*\"|[^\s&'\"]+)"
        ),
        r"\1\2***",
    ),
)


def report_bug(bug: Exception, *, debug: bool, clean: Callable[[str], str] = str) -> None:
    """
    Say on standard error that a bug was met, and where its report is.

    Args:
        debug: shows the traceback in place of writing the report.
        clean: takes out what is known to be secret; what has the form of a password is taken out besides.
    """
    report = _without_secrets(clean(_report(bug)))
    title = _without_secrets(clean(f"{type(bug).__name__}: {bug}").partition("\n")[0])
    click.echo(f"watchglass: this is a bug in Watchglass, not in your definition: {title}", err=True)
    path = "" if debug else _write(report)
    if not path:
        click.echo(report, err=True, nl=False)
        return
    click.echo(f"  report: {path}", err=True)
    click.echo("  Please send it to the maintainers; --debug shows it here instead.", err=True)


def _report(bug: Exception) -> str:
    lines = (
        f"watchglass {__version__}",
        f"python {platform.python_version()} on {platform.platform()}",
        f"command: {' '.join(sys.argv[1:])}",
        "",
        "".join(traceback.format_exception(bug)),
    )
    return "\n".join(lines)


def _without_secrets(text: str) -> str:
    for pattern, replacement in _PASSWORDS:
        text = pattern.sub(replacement, text)
    return text


def _write(report: str) -> str:
    """Give the path of the written report, or nothing where no file can be written."""
    try:
        handle, path = tempfile.mkstemp(prefix="watchglass-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(report)
    except OSError:
        return ""
    return path
