"""Whether a compile would change anything, told from digests alone, before anything heavy is imported."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

_FORM = 2
_PACKAGE = Path(__file__).resolve().parent.parent


def cache_file(key: Iterable[str]) -> Path:
    """Give the file that remembers the run of this key: definitions, output folder, environment, day."""
    home = (
        os.environ.get("WATCHGLASS_CACHE") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    )
    digest = hashlib.sha256("\0".join([os.getcwd(), *key]).encode()).hexdigest()[:32]  # noqa: PTH109
    return Path(home) / "watchglass" / f"compile-{digest}.json"


def recall(file: Path) -> str | None:
    """Give the report of the last run if every file that it read and wrote is as it was, and so is the program."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["form"] != _FORM or kept["program"] != _program():
            return None
        if any(_digest(path) != digest for path, digest in kept["files"].items()):
            return None
        return str(kept["report"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def remember(file: Path, files: Iterable[Path], report: str) -> None:
    """Keep what a run read and wrote; a cache that cannot be written is none."""
    digests: Mapping[str, str] = {str(path): _digest(str(path)) for path in files}
    content = json.dumps({"form": _FORM, "program": _program(), "files": digests, "report": report})
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as temporary:
            temporary.write(content)
        Path(name).replace(file)


def _digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _program() -> str:
    """Tell this program from another version of it, by the sizes and times of its files."""
    found = hashlib.sha256()
    for folder, folders, names in os.walk(_PACKAGE):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            state = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118  (160 files: pathlib is slower)
            found.update(f"{name}:{state.st_size}:{state.st_mtime_ns};".encode())
    return found.hexdigest()
