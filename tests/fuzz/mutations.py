"""Good definitions → damaged ones, the same for the same seed: in their bytes, their lines, or the tree of their values."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

import yaml

HOSTILE: tuple[str, ...] = (
    "", "~", "[]", "{}", "[[[[", "}}", "{{", "{{ x }}", "{%", "<<: *a", "&a", "*a", "!!python/name:os.system", "!x", "|", ">-",
    "'", '"', '"\\ud800"', '"\\e[31m"', '"\\0"', "\x00", "\x1b", "\t", "\r", "\ufeff", "\u202e", "\u2028", "é", "😀", "\\", "#",
    ": ", "- ", "? ", "---\n", "...\n", "%YAML 9.9\n", "@", "`", "${env:X}", "${env:", "10:00", "no", "010", ".nan", "-.inf",
    "1e999", "9" * 5000, "-0", "0x1F", "2024-13-45", "=", "null", "true", "../../etc/passwd", "/dev/zero", "include: x.yaml\n",
    "[" * 300, "{a: " * 60, "- " * 60, "x" * 70_000, "draft_state", "pollution", "5m", "0s", "99999999999999999999d", "monday..x",
)  # fmt: skip
VALUES: tuple[Any, ...] = (None, [], {}, [None], {"": ""}, [[[[]]]], {"a": {"b": {}}}, *HOSTILE)

Mutation = Callable[[random.Random, str, str], str]


def _place(rng: random.Random, text: str) -> int:
    return rng.randint(0, len(text))


def _stretch(rng: random.Random, text: str) -> tuple[int, int]:
    start = _place(rng, text)
    return start, min(len(text), start + rng.choice((1, 1, 2, 5, 20, 100)))


def _insert(rng: random.Random, text: str, _: str) -> str:
    at = _place(rng, text)
    return text[:at] + rng.choice(HOSTILE) + text[at:]


def _delete(rng: random.Random, text: str, _: str) -> str:
    start, end = _stretch(rng, text)
    return text[:start] + text[end:]


def _repeat(rng: random.Random, text: str, _: str) -> str:
    start, end = _stretch(rng, text)
    return text[:end] + text[start:end] * rng.randint(1, 30) + text[end:]


def _replace(rng: random.Random, text: str, _: str) -> str:
    at = _place(rng, text)
    return text[:at] + chr(rng.choice((rng.randrange(128), rng.randrange(0x3000)))) + text[at + 1 :]


def _cut(rng: random.Random, text: str, _: str) -> str:
    return text[: _place(rng, text)]


def _splice(rng: random.Random, text: str, other: str) -> str:
    return text[: _place(rng, text)] + other[_place(rng, other) :]


def _move_line(rng: random.Random, text: str, _: str) -> str:
    lines = text.splitlines(keepends=True)
    line = lines.pop(rng.randrange(len(lines))) if lines else ""
    lines.insert(rng.randint(0, len(lines)), line)
    return "".join(lines)


def _double_line(rng: random.Random, text: str, _: str) -> str:
    lines = text.splitlines(keepends=True)
    at = rng.randrange(len(lines)) if lines else 0
    return "".join([*lines[:at], *lines[at : at + 1], *lines[at:]])


def _indent(rng: random.Random, text: str, _: str) -> str:
    lines = text.splitlines(keepends=True)
    at = rng.randrange(len(lines)) if lines else 0
    lines[at : at + 1] = [rng.choice((" ", "  ", "\t")) + line for line in lines[at : at + 1]]
    return "".join(lines)


TEXT_MUTATIONS: tuple[Mutation, ...] = (
    _insert, _delete, _repeat, _replace, _cut, _splice, _move_line, _double_line, _indent,
)  # fmt: skip


def damage_text(rng: random.Random, text: str, other: str) -> bytes:
    """Damage the text in one to three places; now and then also its bytes."""
    for _ in range(rng.randint(1, 3)):
        text = rng.choice(TEXT_MUTATIONS)(rng, text, other)
    content = text.encode("utf-8", "replace")
    if content and rng.random() < 0.1:
        at = rng.randrange(len(content))
        content = content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]
    return content


def damage_tree(rng: random.Random, tree: dict[str, Any], other: dict[str, Any]) -> bytes:
    """Damage one to four values or keys, and write the tree as YAML again."""
    tree = copy.deepcopy(tree)
    for _ in range(rng.randint(1, 4)):
        _damage_one(rng, tree, other)
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: bytes = yaml.dump(tree, Dumper=dumper, allow_unicode=True, sort_keys=False, encoding="utf-8")
    return text


def _damage_one(rng: random.Random, tree: dict[str, Any], other: dict[str, Any]) -> None:
    holder = _walk(rng, tree)
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    if not keys:
        return
    key = rng.choice(keys)
    action = rng.randrange(6)
    if action == 0:
        del holder[key]
    elif action == 1:
        holder[key] = copy.deepcopy(rng.choice(VALUES))
    elif action == 2:
        second = rng.choice(keys)
        holder[key], holder[second] = holder[second], holder[key]
    elif action == 3:
        donor = _walk(rng, other)
        holder[key] = copy.deepcopy(
            rng.choice(list(donor.values() if isinstance(donor, dict) else donor) or [None])
        )
    elif isinstance(holder, dict):
        name = _typo(rng, str(key)) if action == 4 else rng.choice(HOSTILE)
        holder[name] = copy.deepcopy(holder[key])


def _typo(rng: random.Random, name: str) -> str:
    at = rng.randrange(len(name) or 1)
    return rng.choice(
        (name[:at] + name[at + 1 :], name[:at] + "x" + name[at:], name.upper(), name.replace("_", "-"))
    )


def _walk(rng: random.Random, node: Any) -> Any:
    """Choose a map or list anywhere in the tree."""
    while True:
        inner = [
            value
            for value in (node.values() if isinstance(node, dict) else node)
            if isinstance(value, (dict, list))
        ]
        if not inner or rng.random() < 0.25:
            return node
        node = rng.choice(inner)
