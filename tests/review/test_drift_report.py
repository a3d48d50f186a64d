"""What others changed or removed of ours, as text: from the definition to the server, and what was never there."""

from __future__ import annotations

from dataclasses import replace

from watchglass.publish.compare import Difference
from watchglass.publish.plan import Change, Instance, Plan
from watchglass.publish.resource import Key
from watchglass.review import drift_report, plan_report

PATH = ("metrics", "late", "thresholds", "bad")
EDITED = Change(
    "conflict",
    Key("grafana", "dashboards", "x"),
    "dashboard",
    "Desk",
    (Difference("/thresholds/steps/1/value", 33, 35),),
    {"/thresholds/steps/1": PATH},
    drifted=True,
    reason="somebody changed it",
)
GONE = Change("create", Key("grafana", "rule-groups", "y"), "rule group", "every 5m")
UPDATE = replace(EDITED, action="update", drifted=False)


def plan(*changes: Change, owned: int = 2) -> Plan:
    return Plan(Instance("grafana", "here", "12.3.0"), "shop", changes, owned)


def text(*changes: Change, owned: int = 2) -> str:
    return drift_report.text(drift_report.drift_of(plan(*changes, owned=owned)))


def test_drift_goes_from_the_definition_to_the_server_and_a_plan_the_other_way() -> None:
    drift, planned = text(EDITED), plan_report.text(plan(EDITED))
    assert "(in the definition → at the server)\n" in drift
    assert "late.bad 35 → 33 in 1 panel\n" in drift
    assert "(at the server now → after an apply)\n" in planned
    assert "late.bad 33 → 35 in 1 panel\n" in planned


def test_what_is_not_there_is_drift_where_something_of_ours_is() -> None:
    assert "1 not there" in text(GONE)
    assert "rule group 'every 5m' is not there: deleted at the server, or not applied yet" in text(GONE)
    assert text(GONE, owned=0) == "grafana 12.3.0 at here: nothing of ours is there yet\n"


def test_what_an_apply_would_update_is_no_drift() -> None:
    assert text(UPDATE) == "grafana 12.3.0 at here: no drift\n"


def test_a_long_list_says_where_the_rest_is() -> None:
    many = tuple(Difference(f"/{number}", 1, 2) for number in range(14))
    assert "… and 2 more: `watchglass plan --format json` has them all" in text(
        replace(EDITED, differences=many)
    )
