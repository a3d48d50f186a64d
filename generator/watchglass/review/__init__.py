"""What people and programs read of a result: problems as text, JSON, workflow commands or SARIF."""

from watchglass.review.report import FORMATS, Format, report

__all__ = ["FORMATS", "Format", "report"]
