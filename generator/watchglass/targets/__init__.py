"""The targets that a service is rendered for; a new one is a folder and one line here."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import cast

from watchglass.artifact import Rendering
from watchglass.definition.service import Service

TARGETS: Mapping[str, str] = {
    "grafana": "watchglass.targets.grafana.render",
    "metabase": "watchglass.targets.metabase.render",
    "plain": "watchglass.targets.plain.render",
}
"""Name → module with a pure function ``render(service) -> Rendering``."""


def render_target(name: str, service: Service) -> Rendering:
    """Render a service for one target."""
    render = cast("Callable[[Service], Rendering]", importlib.import_module(TARGETS[name]).render)
    return render(service)
