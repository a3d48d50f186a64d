"""Alert tests: rules as they are published, the answers of their queries on a clock that moves, and what was expected."""

from __future__ import annotations

from watchglass.alert_tests.coverage import Branch, Coverage, coverage_of
from watchglass.alert_tests.outcome import PlayedTest, RuleRun
from watchglass.alert_tests.session import AlertTestSession

__all__ = ["AlertTestSession", "Branch", "Coverage", "PlayedTest", "RuleRun", "coverage_of"]
