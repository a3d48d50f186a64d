"""What people put into a Grafana, without numbers, times and versions that the server makes: two states compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.servers.grafana.alert_rules import ordered
from tests.servers.grafana.state import Json, Named, State


def content(state: State) -> Json:
    """Give all that a state holds, by kind and uid or name; secrets included."""
    return {
        "folders": {each.uid: [each.title, each.parent, each.description] for each in state.folders.values()},
        "dashboards": {
            each.uid: {
                "folder": each.folder,
                "spec": each.spec,
                "labels": each.labels,
                "annotations": each.annotations,
            }
            for each in state.dashboards.values()
        },
        "rules": _rules(state),
        "contact points": {
            each.uid: [each.name, each.type, each.settings, each.disable_resolve, each.provenance]
            for each in state.integrations
        },
        "policies": [state.policies, state.policies_provenance],
        "timings": _named(state.timings),
        "templates": _named(state.templates),
        "sources": {
            each.uid: [each.name, each.type, each.fields, each.secrets, each.is_default]
            for each in state.sources.values()
        },
        "service accounts": sorted([each.name, each.role.title] for each in state.accounts.values()),
    }


def _rules(state: State) -> Json:
    places: dict[tuple[str, str], int] = {}
    found: Json = {}
    for rule in ordered(state):
        group = rule.folder, rule.group
        places[group] = places.get(group, 0) + 1
        found[rule.uid] = {
            "group": [*group, places[group]],
            "interval": rule.interval,
            "form": rule.form,
            "provenance": rule.provenance,
        }
    return found


def _named(every: dict[str, Named]) -> Json:
    return {name: [each.content, each.provenance] for name, each in every.items()}


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """List where two contents differ, each as a path and the two values."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            where = f"{path}/{key}"
            if key not in one or key not in other:
                yield f"{where}: only in the {'second' if key not in one else 'first'}"
            else:
                yield from differences(one[key], other[key], where)
    elif one != other:
        yield f"{path}: {one!r} / {other!r}"
