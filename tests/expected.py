"""Files of expected output: a text is compared with one, or rewrites it."""

from __future__ import annotations

from pathlib import Path


def compare(path: Path, text: str, *, rewrite: bool = False) -> None:
    """
    Fail where a text is not what the file says.

    Args:
        rewrite: write the file in place of comparing; the diff is for a person to read.
    """
    if rewrite:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return
    assert path.exists(), f"{path} is missing: 'make golden' writes it, then read it"
    assert text == path.read_bytes().decode(), (
        f"{path} says something else: 'make golden' shows it in git diff"
    )
