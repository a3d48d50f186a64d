"""A service as Grafana's artifacts: dashboards, alert rules in two forms, and who is told of them."""

from __future__ import annotations

from watchglass import naming
from watchglass.artifact import Artifact, Rendering
from watchglass.definition.service import Service
from watchglass.targets.grafana.alert_rules import build_rules, folder_uid
from watchglass.targets.grafana.dashboards import build_dashboard, panel_place
from watchglass.targets.grafana.data_sources import build_data_sources
from watchglass.targets.grafana.notifications import build_notifications


def render(service: Service) -> Rendering:
    """Render every dashboard that is published to Grafana, and all alert rules."""
    boards = [
        build_dashboard(service, board) for board in service.dashboards.values() if "grafana" in board.publish
    ]
    told = build_notifications(service)
    rules = build_rules(service, panel_place, told.settings)
    made = (*(artifact for artifact, _ in boards), *rules.artifacts)
    return Rendering(
        (
            *build_data_sources(service),
            *((*_folders(service), *_permissions(service)) if made else ()),
            *told.artifacts,
            *made,
        ),
        (*(note for _, notes in boards for note in notes), *rules.notes, *told.notes),
        (*rules.problems, *told.problems),
    )


def _folders(service: Service) -> tuple[Artifact, ...]:
    """Give the folder that holds the service's dashboards and rules."""
    environment = service.environment
    path = naming.path(service.id, environment.suffix, "grafana", "folders", naming.slug(service.id), "json")
    body = {"uid": folder_uid(service), "title": environment.grafana_folder}
    origins = {"/title": (*environment.at.path, "grafana", "folder")}
    return (Artifact("grafana", "folders", folder_uid(service), path, body, origins),)


def _permissions(service: Service) -> tuple[Artifact, ...]:
    """Give what roles and teams may do in the folder, where the environment says it."""
    environment = service.environment
    if not environment.grafana_permissions:
        return ()
    name, suffix = naming.slug(service.id), environment.suffix
    path = naming.path(service.id, suffix, "grafana", "permissions", name, "json")
    home = (*environment.at.path, "grafana", "permissions")
    rights = dict(environment.grafana_permissions)
    body = {"uid": folder_uid(service), "title": f"of {environment.grafana_folder}", "rights": rights}
    origins = {f"/rights/{who}": (*home, who) for who in rights}
    return (Artifact("grafana", "permissions", folder_uid(service), path, body, origins),)
