"""The JSON Schema of the definition language, made from the model."""

from __future__ import annotations

import json

from watchglass.definition.model import DefinitionModel


def schema_text() -> str:
    """Give the schema (draft 2020-12) as text with a final newline."""
    schema = DefinitionModel.model_json_schema()
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Watchglass definition",
        "description": "One service: its queries, metrics, thresholds, alerts and dashboards.",
    }
    return (
        json.dumps(
            head | {key: value for key, value in schema.items() if key not in head},
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )
