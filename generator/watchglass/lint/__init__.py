"""A service → what experience says against it: rules on its SQL, alerts, panels and texts, none of which needs a database."""

from __future__ import annotations

from watchglass.definition.fixture import fixture_texts
from watchglass.definition.read import Definition
from watchglass.definition.service import Service
from watchglass.lint.allow import apply_allows
from watchglass.lint.registry import RULES
from watchglass.lint.secrets import cleaned, hide_secrets
from watchglass.lint.subject import subject
from watchglass.problems import Problem, arrange

__all__ = ["RULES", "cleaned", "hide_secrets", "lint"]


def lint(definition: Definition, service: Service) -> tuple[Problem, ...]:
    """Judge a service by every rule that its definition does not switch off; SQL that no grammar reads is an error."""
    judged = subject(definition, service)
    missing = _missing_files(definition, service)
    found = [each for rule in RULES.values() for each in rule(judged)]
    kept, unused = apply_allows(definition, service, found, RULES)
    return arrange((*missing, *judged.refused, *kept, *(() if judged.refused else unused)))


def _missing_files(definition: Definition, service: Service) -> tuple[Problem, ...]:
    """Find fixtures that cannot be read: without them rules on columns are silent, and nothing can be validated."""
    return tuple(
        problem for source in service.sources.values() for problem in fixture_texts(definition, source)[1]
    )
