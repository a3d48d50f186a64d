"""The one writer of the output folder: ordered JSON, SQL beside it as lines, all files replaced or none, stale ones removed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path, PurePosixPath

from watchglass.artifact import Artifact, Json

MANIFEST = "manifest.json"
_FORM = 1


class OutputError(Exception):
    """
    The output folder cannot be written as it stands; nothing in it was changed.

    Args:
        hint: what to do next.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class Written:
    """What a run changed, as paths below the output folder."""

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """Stale files that somebody changed by hand; they stay."""
    unchanged: int = 0

    @property
    def stale(self) -> bool:
        """Whether the folder differed from what was compiled."""
        return bool(self.created or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class _Old:
    """What the manifest says of the last run: path → digest."""

    files: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def files_of(
    home: str, artifacts: Iterable[Artifact], objects: Mapping[str, Iterable[str]]
) -> dict[str, bytes]:
    """
    Make the files of a service, its manifest included.

    Args:
        home: the service's folder below the output folder.
        objects: the definition's ids by kind, from which a later run sees which have vanished.
    """
    listed = sorted(artifacts, key=lambda artifact: artifact.path)
    made: list[tuple[str, bytes]] = []
    for artifact in listed:
        made.append((artifact.path, _bytes(artifact.body)))
        if artifact.statements and not isinstance(artifact.body, str):
            made.append((Path(artifact.path).with_suffix(".sql").as_posix(), _statements(artifact)))
    files = dict(made)
    assert len({path.casefold() for path in files}) == len(made), "every file has a path of its own"
    files[f"{home}/{MANIFEST}"] = _bytes(_manifest(listed, files, objects))
    return files


def previous_ids(folder: Path, home: str) -> Mapping[str, tuple[str, ...]]:
    """Give the definition's ids that the committed output holds, by kind; empty where there is none."""
    return _read_manifest(folder / home / MANIFEST).ids


def write(
    folder: Path, home: str, files: Mapping[str, bytes], *, check: bool = False, overwrite: bool = False
) -> Written:
    """
    Bring the output folder up to date.

    Args:
        check: write nothing, only tell what would change.
        overwrite: also replace files that no earlier run wrote.

    Raises:
        OutputError: something that is not ours stands in the way, or the disk refused; the folder is as it was.
    """
    old = _read_manifest(folder / home / MANIFEST)
    _refuse_strangers(folder, home, files, old, overwrite)
    present = {path: _read(folder / path) for path in files}
    created = tuple(path for path in files if present[path] is None)
    changed = tuple(path for path, content in files.items() if present[path] not in (None, content))
    stale = _stale(folder, home, files, old)
    removed = tuple(path for path in stale if _digest(_read(folder / path) or b"") == old.files[path])
    kept = tuple(path for path in stale if path not in removed)
    result = Written(created, changed, removed, kept, len(files) - len(created) - len(changed))
    if not check and result.stale:
        _replace_all(folder, {path: files[path] for path in (*created, *changed)}, removed)
    return result


def _stale(folder: Path, home: str, files: Mapping[str, bytes], old: _Old) -> list[str]:
    """List what an earlier run wrote and this one does not, of what still lies there and is reached without a link."""
    folded = {path.casefold(): path for path in files}
    found = []
    for path in old.files:
        place = folder / path
        if (
            path in files
            or not _inside(path, home)
            or not os.path.lexists(place)
            or _behind_link(folder, place)
        ):
            continue
        # A disk that is blind to case holds one file under both names: it is the new one.
        twin = folded.get(path.casefold())
        if twin is None or not (folder / twin).exists() or not place.samefile(folder / twin):
            found.append(path)
    return found


def _behind_link(folder: Path, place: Path) -> bool:
    return any((folder / parent).is_symlink() for parent in [*place.relative_to(folder).parents][:-1])


def _bytes(body: Json) -> bytes:
    if isinstance(body, str):
        return (body.rstrip("\n") + "\n").encode()
    return (json.dumps(body, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _statements(artifact: Artifact) -> bytes:
    parts = [
        f"-- {each.name} ({each.role})\n{each.sql.text.strip().removesuffix(';')};\n"
        for each in artifact.statements
    ]
    return "\n".join(parts).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _manifest(
    artifacts: list[Artifact], files: Mapping[str, bytes], objects: Mapping[str, Iterable[str]]
) -> Json:
    return {
        "form": _FORM,
        "objects": {kind: sorted(ids) for kind, ids in sorted(objects.items())},
        "artifacts": [
            {
                "path": artifact.path,
                "target": artifact.target,
                "kind": artifact.kind,
                "id": artifact.id,
                "origins": {pointer: list(path) for pointer, path in sorted(artifact.origins.items())},
            }
            for artifact in artifacts
        ],
        "files": {path: _digest(content) for path, content in sorted(files.items())},
    }


def _read_manifest(path: Path) -> _Old:
    content = _read(path)
    if content is None:
        return _Old()
    try:
        data = json.loads(content)
        return _Old(dict(data["files"]), {kind: tuple(ids) for kind, ids in data["objects"].items()})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise OutputError(
            f"{path} cannot be read",
            "mend it from version control, or remove it and compile with --overwrite",
        ) from error


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.is_file() and not path.is_symlink() else None
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {error.strerror}") from error


def _inside(path: str, home: str) -> bool:
    return path.startswith(f"{home}/") and not {"..", ""} & set(path.split("/")) and "\\" not in path


def _refuse_strangers(
    folder: Path, home: str, files: Mapping[str, bytes], old: _Old, overwrite: bool
) -> None:
    # Each folder once, the upper ones first: files share them.
    above = {parent: None for path in files for parent in [*PurePosixPath(path).parents][-2::-1]}
    for parent in above:
        place = folder / parent
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise OutputError(
                f"{place} is no folder of ours", "a link or file stands where the output folder needs one"
            )
    for path, content in files.items():
        place = folder / path
        if place.is_symlink() or (place.exists() and not place.is_file()):
            raise OutputError(f"{place} is no plain file, so it is not replaced", "remove it")
        ours = path in old.files or path == f"{home}/{MANIFEST}"
        if not ours and not overwrite and place.exists() and _read(place) != content:
            raise OutputError(
                f"{place} was not written by an earlier run", "move it away, or compile with --overwrite"
            )


def _replace_all(folder: Path, files: Mapping[str, bytes], removed: Iterable[str]) -> None:
    """Stage every new file, then swap them in; whatever fails, the old files are put back."""
    with _undo() as undo:
        try:
            staged = {path: _stage(folder / path, content, undo) for path, content in files.items()}
            for path, temporary in staged.items():
                _swap(folder / path, temporary, undo)
            for path in removed:
                _swap(folder / path, None, undo)
        except OSError as error:
            raise OutputError(
                f"{error.filename or folder} cannot be written: {error.strerror}", "the output is as it was"
            ) from error
    for path in removed:
        _remove_empty(folder, (folder / path).parent)


@dataclass(slots=True)
class _Undo:
    """What leads back: files to remove, backups to restore, folders that were made."""

    temporary: list[Path] = field(default_factory=list)
    backups: list[tuple[Path, Path]] = field(default_factory=list)
    created: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)


@contextlib.contextmanager
def _undo() -> Iterator[_Undo]:
    undo = _Undo()
    done = False
    try:
        yield undo
        done = True
    finally:
        if not done:
            _roll_back(undo)
        for path in undo.temporary:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        if not done:
            for made in reversed(undo.folders):
                with contextlib.suppress(OSError):
                    made.rmdir()


def _roll_back(undo: _Undo) -> None:
    for path in undo.created:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    for backup, path in reversed(undo.backups):
        try:
            backup.replace(path)
        except OSError:
            # The only whole copy of the old file: it stays where a person finds it.
            undo.temporary.remove(backup)


def _stage(path: Path, content: bytes, undo: _Undo) -> Path:
    missing = list(takewhile(lambda parent: not parent.exists(), path.parents))
    for parent in reversed(missing):
        parent.mkdir()
        undo.folders.append(parent)
    handle, name = tempfile.mkstemp(prefix=".watchglass-", dir=path.parent)
    temporary = Path(name)
    undo.temporary.append(temporary)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        if path.exists() or path.name == MANIFEST:
            # A new file has no older self to lose: after a power cut the next run finds it short, and writes it again.
            file.flush()
            os.fsync(file.fileno())
    temporary.chmod(0o644)
    return temporary


def _swap(path: Path, new: Path | None, undo: _Undo) -> None:
    if path.exists():
        backup = path.with_name(f".watchglass-old-{path.name}")
        # A copy, not a move: whatever kills us here, the old file or the new one stands at its place.
        undo.temporary.append(backup)
        shutil.copy2(path, backup)
        undo.backups.append((backup, path))
    else:
        undo.created.append(path)
    if new is not None:
        new.replace(path)
    else:
        path.unlink()


def _remove_empty(folder: Path, place: Path) -> None:
    while place != folder and folder in place.parents:
        try:
            place.rmdir()
        except OSError:
            return
        place = place.parent
