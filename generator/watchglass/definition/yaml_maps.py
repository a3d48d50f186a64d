"""Keys and values in turn → a map whose keys are texts, each once, with merges (``<<``) written out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from watchglass.definition.yaml_nodes import ListNode, MapNode, Node, ScalarNode
from watchglass.problems import Problem, Related, Span
from watchglass.visible import escape, hidden_in_name, quoted

_ONE_OF_THEM = "remove or rename one of them; YAML would keep only the last in silence"

Entry = tuple[ScalarNode, Node]


def build_list(children: Sequence[Node], span: Span) -> ListNode:
    """Build a list from its items."""
    size = 1 + sum(item.size for item in children)
    height = 1 + max((item.height for item in children), default=0)
    return ListNode(tuple(children), span, size, height)


def build_map(children: Sequence[Node], span: Span) -> tuple[MapNode, list[Problem]]:
    """
    Build a map from its keys and values in turn.

    A merge brings the keys that the map does not have itself; of two merged maps the earlier wins.
    """
    problems: list[Problem] = []
    twice: list[tuple[ScalarNode, ScalarNode]] = []
    own: dict[str, Entry] = {}
    merged: dict[str, Entry] = {}
    merge: ScalarNode | None = None
    for key, value in zip(children[::2], children[1::2], strict=False):
        problem = _refuse_key(key)
        if problem or not isinstance(key, ScalarNode):
            problems += [problem] if problem else []
        elif _is_merge(key):
            if merge is not None:
                twice.append((merge, key))
            else:
                problems += _merge(value, merged)
            merge = key
        elif key.value in own:
            twice.append((own[key.value][0], key))
        else:
            own[key.value] = (key, value)
    problems += _duplicates(twice)
    entries = tuple((merged | own).values())
    size = 1 + sum(child.size for child in children)
    height = 1 + max((value.height for _, value in entries), default=0)
    return MapNode(entries, span, size, height), problems


def _is_merge(key: ScalarNode) -> bool:
    return key.value == "<<" and key.style == "plain"


def _merge(value: Node, merged: dict[str, Entry]) -> list[Problem]:
    maps: Iterable[Node] = value.items if isinstance(value, ListNode) else (value,)
    problems: list[Problem] = []
    for item in maps:
        if not isinstance(item, MapNode):
            problems.append(
                Problem(
                    "yaml-merge",
                    "'<<' merges a map or a list of maps, and this is none",
                    item.span,
                    hint="write <<: *name",
                )
            )
            continue
        for entry in item.entries:
            merged.setdefault(entry[0].value, entry)
    return problems


def _duplicates(twice: Sequence[tuple[ScalarNode, ScalarNode]]) -> list[Problem]:
    """Report keys that a map has twice; several are one mistake: the key above the second map is missing."""
    if not twice:
        return []
    (first, second), *others = twice
    message, hint = f"key {quoted(second.value)} stands twice in this map", _ONE_OF_THEM
    if others:
        named = ", ".join(quoted(each.value) for _, each in others)
        message = f"{message}, and so {'does' if len(others) == 1 else 'do'} {named}"
        hint = "is the key above them missing, which they belong to?"
    places = [
        Related(first.span, "it stands here already"),
        *(Related(each.span, "again") for _, each in others),
    ]
    return [Problem("yaml-duplicate-key", message, second.span, hint=hint, related=tuple(places))]


def _refuse_key(key: Node) -> Problem | None:
    if not isinstance(key, ScalarNode):
        kind = "list" if isinstance(key, ListNode) else "map"
        return Problem("yaml-key", f"a key is a text, and this is a {kind}", key.span, hint=_braces_hint(key))
    if key.null:
        return Problem("yaml-key", "a key is missing before the colon", key.span)
    if "\n" in key.value or len(key.value) > 200:
        return Problem("yaml-key", "a key is one short line", key.span)
    hidden = hidden_in_name(key.value)
    if hidden:
        return Problem("yaml-key", f"a key cannot hold the character {escape(hidden)}", key.span)
    return None


def _braces_hint(key: Node) -> str:
    if isinstance(key, MapNode):
        return "put a text that begins with {{ into quotes"
    return ""
