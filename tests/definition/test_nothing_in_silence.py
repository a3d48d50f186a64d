"""Nothing is accepted in silence: what means nothing, or drops something, is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.definition.resolving import told


def alert(more: str) -> str:
    return f"alerts:\n  much: {{metric: n, when: high, severity: page, {more}}}\n"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("alerts: {much: {any: [], severity: page}}", "alert-form: []"),
        ("alerts: {much: {all: [], severity: page}}", "alert-form: []"),
        ("alerts: {much: {metric: n, when: high, severity: ' '}}", "empty-text: ' '"),
        ("alerts: {much: {metric: n, severity: {high: page, worst: ''}}}", "empty-text: {high: page, worst: ''}"),
        ('alerts: {much: {metric: n, when: high, severity: "${env:WORD}"}}', 'secret-not-allowed: "${env:WORD}"'),
        ("constants: {since: {timestamp: 2025-W01-1}}", "wrong-date: {timestamp: 2025-W01-1}"),
        ("constants: {since: {timestamp: 2025-11-31T09:00}}", "wrong-date: {timestamp: 2025-11-31T09:00}"),
        ('constants: {since: {timestamp: "2025-11-08T09:00+01:00:30"}}', 'wrong-date: {timestamp: "2025-11-08T09:00+01:00:30"}'),
        ("hours: {open: {timezone: localtime}}", "unknown-timezone: localtime"),
        ("hours: {open: {timezone: posix/Europe/Berlin}}", "unknown-timezone: posix/Europe/Berlin"),
        (alert("for: 101y"), "wrong-duration: 101y"),
        (alert("resolve: {}"), "missing-key: resolve"),
        ("  m: {query: orders, column: n, same_as: n, better: higher}", "thresholds-twice: better"),
        (
            "  m: {query: orders, column: n, history: {query: by_region, time: day, column: region}}",
            "metric-not-number: region",
        ),
    ],
)  # fmt: skip
def test_it_is_told(tmp_path: Path, more: str, expected: str) -> None:
    assert told(tmp_path, f"{more}\n") == [expected]


def test_a_way_back_may_not_overlap_by_however_little(tmp_path: Path) -> None:
    overlapping = (
        "alerts: {much: {metric: n, when: above 0, severity: page, resolve: {when: below 0.0000000001}}}\n"
    )
    assert told(tmp_path, overlapping) == ["alert-resolve: below 0.0000000001"]
    assert told(tmp_path, overlapping.replace("below 0.0000000001", "at most 0")) == []
