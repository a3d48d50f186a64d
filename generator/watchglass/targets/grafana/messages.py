"""What is said: one group of message templates a service, readable also where there is no data or the query failed."""

from __future__ import annotations

from collections.abc import Mapping

from watchglass import naming
from watchglass.artifact import Json
from watchglass.definition.service import Service

TITLE, TEXT = "title", "text"

_TEMPLATE = """\
{{ define "OWNER.name" -}}
{{ with .rulename }}{{ . }}{{ else }}{{ .alertname }}{{ end }}
{{- with .severity }} ({{ . }}){{ end }}
{{- with .escalation }}, lasting for {{ . }}{{ end }}
{{- end }}

{{ define "OWNER.title" -}}
{{ if .Alerts.Firing }}FIRING{{ else }}RESOLVED{{ end }}
{{- if gt (len .Alerts) 1 }} ({{ len .Alerts.Firing }} of {{ len .Alerts }}){{ end }}: {{ if .CommonLabels.rulename -}}
{{ template "OWNER.name" .CommonLabels }}
{{- else if .CommonLabels.alertname }}{{ template "OWNER.name" .CommonLabels }}
{{- else }}several alerts of {{ .CommonLabels.service }}{{ end }}
{{- end }}

{{ define "OWNER.alert" -}}
{{ template "OWNER.name" .Labels }}
{{ if eq .Labels.alertname "DatasourceNoData" }}No data: the query gave nothing.
{{ else if eq .Labels.alertname "DatasourceError" }}The query failed.
{{ else }}{{ with .Annotations.summary }}{{ . }}
{{ end }}{{ with .Annotations.description }}{{ . }}
{{ end }}{{ end -}}
{{ with .Annotations.Error }}Error: {{ . }}
{{ end }}Since {{ .StartsAt | tz "TIMEZONE" | date "2006-01-02 15:04 MST" }}
{{- if eq .Status "resolved" }} until {{ .EndsAt | tz "TIMEZONE" | date "2006-01-02 15:04 MST" }}{{ end }}
{{ with .Annotations.levels }}Levels: {{ . }}
{{ end }}{{ with .Annotations.respond_within }}Answer within: {{ . }}
{{ end }}{{ with .Annotations.runbook }}{{ . }}
{{ end }}{{ with .Annotations.runbook_url }}Runbook: {{ . }}
{{ end }}{{ with .PanelURL }}Panel: {{ . }}
{{ else }}{{ with .DashboardURL }}Dashboard: {{ . }}
{{ end }}{{ end }}{{ with .SilenceURL }}Silence: {{ . }}
{{ end }}
{{- end }}

{{ define "OWNER.text" -}}
{{ range .Alerts.Firing }}{{ template "OWNER.alert" . }}
{{ end -}}
{{ if .Alerts.Resolved }}Resolved:
{{ range .Alerts.Resolved }}{{ template "OWNER.alert" . }}
{{ end }}{{ end }}
{{- end }}
"""


def build_messages(service: Service) -> dict[str, Json]:
    """Make the group of templates."""
    text = _TEMPLATE.replace("OWNER", _prefix(service)).replace("TIMEZONE", service.timezone)
    return {
        "name": naming.owned_name(service.id, service.environment.suffix, "messages"),
        "template": text.strip(),
    }


def calls(service: Service, settings: Mapping[str, Json]) -> dict[str, Json]:
    """Put calls of the templates in place of their names."""
    return {name: _call(service, value) for name, value in settings.items()}


def _call(service: Service, value: Json) -> Json:
    if isinstance(value, dict):
        return calls(service, value)
    words = {TITLE: _template(service, TITLE), TEXT: _template(service, TEXT)}
    return "\n\n".join(words.get(part, part) for part in str(value).split("\n\n"))


def _template(service: Service, name: str) -> str:
    return f'{{{{ template "{_prefix(service)}.{name}" . }}}}'


def _prefix(service: Service) -> str:
    return naming.owner_of(service.id, service.environment.suffix)
