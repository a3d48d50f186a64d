"""Where two Grafana versions answer otherwise, as switches; the recordings of both are the source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Version:
    """A Grafana version and what it does in its own way."""

    number: str
    unified: bool
    """Dashboards and folders in unified storage: own labels and annotations survive, a save without a change is none."""
    default_receiver: str
    """The contact point of the policy tree that nobody set."""
    shows_default_receiver: bool
    groups_need_folder: bool
    """A group PUT into a folder that does not exist is refused."""
    query_error: str
    """The form of a database's error text."""


V12_3 = Version(
    number="12.3.0",
    unified=False,
    default_receiver="grafana-default-email",
    shows_default_receiver=True,
    groups_need_folder=False,
    query_error="db query error: pq: {message}",
)
V12_4 = Version(
    number="12.4.0",
    unified=True,
    default_receiver="empty",
    shows_default_receiver=False,
    groups_need_folder=True,
    query_error="db query error: ERROR: {message} (SQLSTATE {code})",
)

VERSIONS: Mapping[str, Version] = {"12.3": V12_3, "12.3.0": V12_3, "12.4": V12_4, "12.4.0": V12_4}
