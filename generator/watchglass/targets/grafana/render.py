"""A service as Grafana's artifacts: dashboards, and alert rules in two forms."""

from __future__ import annotations

from watchglass import naming
from watchglass.artifact import Artifact, Rendering
from watchglass.definition.service import Service
from watchglass.targets.grafana.alert_rules import build_rules, folder_uid
from watchglass.targets.grafana.dashboards import build_dashboard, panel_place


def render(service: Service) -> Rendering:
    """Render every dashboard that is published to Grafana, and all alert rules."""
    boards = [
        build_dashboard(service, board) for board in service.dashboards.values() if "grafana" in board.publish
    ]
    rules = build_rules(service, panel_place)
    made = (*(artifact for artifact, _ in boards), *rules.artifacts)
    return Rendering(
        (*(_folders(service) if made else ()), *made),
        (*(note for _, notes in boards for note in notes), *rules.notes),
        rules.problems,
    )


def _folders(service: Service) -> tuple[Artifact, ...]:
    """Give the folder that holds the service's dashboards and rules."""
    environment = service.environment
    path = naming.path(service.id, environment.suffix, "grafana", "folders", naming.slug(service.id), "json")
    body = {"uid": folder_uid(service), "title": environment.grafana_folder}
    origins = {"/title": (*environment.at.path, "grafana", "folder")}
    return (Artifact("grafana", "folders", folder_uid(service), path, body, origins),)
