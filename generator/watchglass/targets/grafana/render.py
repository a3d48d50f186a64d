"""A service as Grafana's artifacts: dashboards, and alert rules in two forms."""

from __future__ import annotations

from watchglass.artifact import Rendering
from watchglass.definition.service import Service
from watchglass.targets.grafana.alert_rules import build_rules
from watchglass.targets.grafana.dashboards import build_dashboard, panel_place


def render(service: Service) -> Rendering:
    """Render every dashboard that is published to Grafana, and all alert rules."""
    boards = [
        build_dashboard(service, board) for board in service.dashboards.values() if "grafana" in board.publish
    ]
    rules = build_rules(service, panel_place)
    return Rendering(
        (*(artifact for artifact, _ in boards), *rules.artifacts),
        (*(note for _, notes in boards for note in notes), *rules.notes),
        rules.problems,
    )
