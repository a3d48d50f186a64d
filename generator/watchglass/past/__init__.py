"""What the queries of alerts gave at past instants: asked of real databases, of histories, or refused with the reason."""

from __future__ import annotations

from watchglass.past.backtest import Backtests, Refused, Wish

__all__ = ["Backtests", "Refused", "Wish"]
