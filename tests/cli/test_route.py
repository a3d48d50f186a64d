"""``watchglass route`` says who hears, of what follows, and how it changes in a week."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.targets.grafana.routed import ALERTS, CONTACTS, HEAD
from watchglass.cli.main import run

ROUTES = """  routes:
    - {severity: medium, contact: chat, during: business, otherwise: hold}
    - {labels: {town: Bonn}, contact: boss}
    - {contact: pager, during: business, otherwise: none}
"""


@pytest.fixture
def definition(tmp_path: Path) -> str:
    path = tmp_path / "definition.yaml"
    path.write_text(f"{HEAD}{ALERTS}\nnotify:{CONTACTS}{ROUTES}", "utf-8")
    return str(path)


def said(capsys: pytest.CaptureFixture[str], *typed: str) -> list[str]:
    assert run(["route", *typed]) == 0
    return capsys.readouterr().out.splitlines()


def test_it_says_for_whom_a_message_is_held_and_when_it_leaves(
    definition: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "few", definition, "--at", "2026-03-07T03:00") == [
        "few, severity medium, Sat 2026-03-07 03:00 CET: nobody now, held for chat (route 1)",
        "  from Mon 2026-03-09 09:00 CET: chat (route 1), if it still fires",
    ]


def test_it_says_who_hears_when_it_lasts(definition: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "none", definition, "--at", "2026-03-29T01:30+01:00") == [
        "none, severity high, Sun 2026-03-29 01:30 CET: nobody (route 3)",
        "  after 1 hour, Sun 2026-03-29 03:30 CEST: boss",
    ]


def test_an_alert_that_does_not_speak_says_when_it_does(
    definition: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = said(capsys, "quiet", definition, "--at", "2026-03-02T08:59")
    assert lines[:2] == [
        "quiet, severity low, Mon 2026-03-02 08:59 CET: nobody: the alert does not speak at this hour",
        "  from Mon 2026-03-02 09:00 CET: pager (route 3), if it still fires",
    ]


def test_a_label_of_an_instance_and_another_severity_choose_routes(
    definition: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monday = ("--at", "2026-03-02T10:00")
    assert said(capsys, "slow", definition, "--severity", "low", *monday, "--label", "town=Bonn")[0].endswith(
        ": boss (route 2)"
    )
    assert said(capsys, "none", definition, "--severity", "medium", *monday)[0].endswith(": chat (route 1)")
    assert [line.split(",")[0] for line in said(capsys, "slow", definition, *monday)] == [
        "slow-watch",
        "  after 30 minutes",
        "slow-bad",
        "  after 30 minutes",
    ]


def test_a_week_lists_every_change(definition: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "few", definition, "--at", "2026-03-02T00:00", "--week")
    assert [line.split()[:2] for line in lines[2:]] == [
        [day, hour] for day in ("Mon", "Tue", "Wed", "Thu", "Fri") for hour in ("09:00", "18:00")
    ]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("fewer",), "no alert 'fewer'; did you mean 'few'?"),
        (("few", "--at", "noon"), "'noon' is no time"),
        (("few", "--label", "town"), "'town' is no NAME=VALUE"),
    ],
)
def test_wrong_usage_is_said(
    typed: tuple[str, ...], message: str, definition: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["route", typed[0], definition, *typed[1:]]) == 2
    assert message in capsys.readouterr().err


def test_without_routes_the_server_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "definition.yaml"
    path.write_text(
        f"{HEAD}alerts:\n  few: {{title: Few, metric: orders, when: watch, severity: low}}\n", "utf-8"
    )
    assert run(["route", "few", str(path)]) == 1
    assert "Grafana's own policies decide" in capsys.readouterr().err


def test_a_severity_that_nothing_has_is_refused(definition: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["route", "few", definition, "--severity", "hihg"]) == 2
    assert (
        "--severity hihg: nothing in the definition has it; did you mean 'high'?" in capsys.readouterr().err
    )
    assert run(["route", "few", definition, "--severity", "nonsense"]) == 2
    assert "severities: critical, high, low, medium" in capsys.readouterr().err
