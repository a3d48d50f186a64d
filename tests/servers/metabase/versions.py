"""Where Metabase's versions answer otherwise, as facts of a version's number."""

from __future__ import annotations

from dataclasses import dataclass

OLDEST, NEWEST = 50, 63


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the open-source line, such as 57 for v0.57."""

    major: int
    patch: int = 2

    @property
    def tag(self) -> str:
        """The name in the session's properties."""
        return f"v0.{self.major}.{self.patch}"

    @property
    def mbql5(self) -> bool:
        """Whether queries are answered as MBQL 5."""
        return self.major >= 57

    @property
    def notes_queries(self) -> bool:
        """Whether a query comes with ids and notes of the server's own."""
        return self.major >= 58

    @property
    def mbql5_refs(self) -> bool:
        """Whether the field of a template tag is answered as an MBQL 5 reference."""
        return self.major >= 61

    @property
    def lists_tags(self) -> bool:
        """Whether template tags are answered as a list."""
        return self.major >= 63

    @property
    def strict_queries(self) -> bool:
        """Whether a query that cannot be read is refused; before, it was stored empty."""
        return self.major >= 62

    @property
    def notifications(self) -> bool:
        """Whether alerts are notifications; before, they were pulses."""
        return self.major >= 54

    @property
    def json_404(self) -> bool:
        """Whether what is not there is said in JSON."""
        return self.major >= 59

    @property
    def failed_queries_fail(self) -> bool:
        """Whether a query that failed has an error's status; before, it was 202 like any other."""
        return self.major >= 58

    @property
    def pdf(self) -> bool:
        """Whether a subscription keeps `include_pdf`."""
        return self.major >= 63

    @property
    def deletes_collections(self) -> bool:
        """Whether a collection in the Trash can be deleted."""
        return self.major >= 57

    @property
    def channels(self) -> bool:
        """Whether webhooks are there."""
        return self.major >= 51

    @property
    def renamed_utilities(self) -> bool:
        """Whether `/api/util/…` has moved."""
        return self.major >= 55


def version_of(text: str) -> Version:
    """Read a version such as ``0.57`` or ``0.58.15``."""
    parts = text.split(".")
    return Version(int(parts[1]), int(parts[2]) if len(parts) > 2 else 2)
