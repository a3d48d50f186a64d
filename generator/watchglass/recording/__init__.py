"""The numbers of metrics, written down as time goes by: what a query gives now becomes a reading of this instant."""

from __future__ import annotations

from watchglass.recording.sampler import Sampler, Tick
from watchglass.recording.schedule import following, instant_of

__all__ = ["Sampler", "Tick", "following", "instant_of"]
