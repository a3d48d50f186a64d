"""The definition as it is written: pydantic classes, from which the published JSON Schema is made."""

from watchglass.definition.model.document import DefinitionModel

__all__ = ["DefinitionModel"]
