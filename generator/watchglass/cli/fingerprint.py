"""Which definitions need no compiling, told from their files' states alone, before anything heavy is imported."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

_FORM = 3
_TICK = 20_000_000
"""Nanoseconds by which a file system's clock may be behind."""

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Kept:
    """
    What is remembered of one compiled definition.

    Args:
        home: the service's folder below the output folder.
        notes: what was said of it, but for the line of its files.
        line: its files, as they are told where nothing changed.
        states: file that was read or written → its size and times, and the digest of its content.
    """

    home: str
    notes: list[str]
    line: str
    states: Mapping[str, list[Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Memory:
    """
    What earlier runs left, for one output folder, environment and day.

    Args:
        file: where it is kept.
        began: the time of this run, in nanoseconds.
        day: pauses of alerts end by the day, so each day compiles anew.
    """

    file: Path
    day: str
    program: str
    began: int = field(default_factory=time.time_ns)
    kept: dict[str, Kept] = field(default_factory=dict)

    def unchanged(self, paths: Iterable[Path]) -> dict[Path, Kept]:
        """Give the definitions that would compile to what lies there, in the order of the paths."""
        found = {path: self.kept.get(str(path)) for path in paths}
        return {path: kept for path, kept in found.items() if kept is not None and _holds(kept.states)}

    def keep(self, path: Path, kept: Kept, inputs: Iterable[Path], outputs: Iterable[Path]) -> None:
        """Remember a definition, unless a file that it was made from may have changed since this run began."""
        self.kept.pop(str(path), None)
        with suppress(OSError):
            read = {str(file): _state(str(file)) for file in inputs}
            if all(max(state[1:3]) < self.began - _TICK for state in read.values()):
                states = read | {str(file): _state(str(file)) for file in outputs}
                self.kept[str(path)] = replace(kept, states=states)

    def save(self) -> None:
        """Write the memory; one that cannot be written is none."""
        kept = {path: asdict(each) for path, each in self.kept.items() if os.path.exists(path)}  # noqa: PTH110
        content = json.dumps({"form": _FORM, "program": self.program, "day": self.day, "kept": kept})
        with suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.file.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as temporary:
                temporary.write(content)
            Path(name).replace(self.file)


def recall(key: Iterable[str], day: str) -> Memory:
    """Read the memory of an output folder and environment; an empty one where program or day are others."""
    memory = Memory(_cache_file(key), day, _program())
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        read = json.loads(memory.file.read_text(encoding="utf-8"))
        if [read["form"], read["program"], read["day"]] == [_FORM, memory.program, day]:
            memory.kept = {path: Kept(**each) for path, each in read["kept"].items()}
    return memory


def _cache_file(key: Iterable[str]) -> Path:
    home = (
        os.environ.get("WATCHGLASS_CACHE") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    )
    digest = hashlib.sha256("\0".join([os.getcwd(), *key]).encode()).hexdigest()[:32]  # noqa: PTH109
    return Path(home) / "watchglass" / f"compile-{digest}.json"


def _holds(states: Mapping[str, list[Any]]) -> bool:
    try:
        return all(_same(file, state) for file, state in states.items())
    except OSError:
        return False


def _same(file: str, state: list[Any]) -> bool:
    """Tell whether a file is as it was; its content is read only where its times changed, as by a checkout."""
    now = os.stat(file)  # noqa: PTH116  (30 files a definition: pathlib is slower)
    if [now.st_size, now.st_mtime_ns, now.st_ctime_ns] == state[:3]:
        return True
    return [now.st_size, _digest(file)] == [state[0], state[3]]


def _state(file: str) -> list[Any]:
    now = os.stat(file)  # noqa: PTH116
    return [now.st_size, now.st_mtime_ns, now.st_ctime_ns, _digest(file)]


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
