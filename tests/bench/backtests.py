"""Alerts over 30 days: the program as people start it, and what of it is the server's own time."""

from __future__ import annotations

from tests.bench.commands import FIRST, Desk
from tests.bench.figures import Table, timed
from tests.bench.timing import middle

_DAYS = "30d"
_MOST = 10.0


def backtests(desk: Desk, times: int) -> Table:
    """Replay two alerts of the first definition, of two metrics each: 8,640 evaluations at 5 minutes."""

    def replayed(alert: str) -> float:
        arguments = ("backtest", str(FIRST), "--alert", alert, "--from", _DAYS)
        return middle([desk.watchglass(*arguments) for _ in range(times)]).seconds

    return Table(
        "Backtests",
        (
            timed(
                "failures in a row: 8,640 evaluations of two metrics", replayed("cleanup_job_failures"), _MOST
            ),
            timed(
                "gap since the last run: 8,640 evaluations of two metrics",
                replayed("cleanup_job_stalled"),
                _MOST,
            ),
        ),
        "`watchglass backtest` over 30 days at 5 minutes, from start to end, the embedded server and its fixtures included. "
        "The second reads all 9,600 runs at each evaluation: nearly all of its time is PostgreSQL's.",
    )
