"""The compiled policy tree tells whom the definition's routes tell: exactly one, or nobody, at every instant."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.targets.grafana.routed import Compiled, service_of, shop, shop_definition
from watchglass.definition.columns import At
from watchglass.definition.hearing import Hearing, Subject, hears
from watchglass.definition.notification import HOLD, NOBODY, Notification, Route
from watchglass.definition.resolve.context import Context
from watchglass.definition.resolve.routing import check_routing
from watchglass.definition.service import Service
from watchglass.evaluation.policies import reached, told
from watchglass.problems import Span

HERE = At(("notify",), Span("x", 1, 1, 1, 1))
CONTACTS = ("chat", "pager", "boss")
HOUR = datetime.timedelta(hours=1)
TOWNS = ("Bonn", "Köln", "")
WEEK = datetime.datetime(2026, 3, 23, tzinfo=datetime.UTC)
"""A Monday; the clocks of New York have moved by then, those of Berlin move at the end of that week."""


def instants() -> st.SearchStrategy[datetime.datetime]:
    """Draw minutes of three weeks, those around full hours more often."""
    minutes = st.one_of(
        st.integers(0, 3 * 7 * 24 * 60), st.integers(0, 3 * 7 * 24).map(lambda hour: hour * 60)
    )
    return st.builds(
        lambda minute, second: WEEK + datetime.timedelta(minutes=minute, seconds=second),
        minutes,
        st.sampled_from([0, 59]),
    )


@st.composite
def routes(draw: st.DrawFn) -> Route:
    """Draw a route."""
    hours = shop().hours
    during = draw(st.sampled_from([None, *hours.values()]))
    otherwise = draw(st.sampled_from(["", HOLD, NOBODY, *CONTACTS])) if during is not None else ""
    labels = draw(
        st.sampled_from(
            [
                (),
                (("town", "Bonn"),),
                (("team", "web"),),
                (("team", 'q"a.*b'),),
                (("level", "bad"),),
                (("town", ""),),
            ]
        )
    )
    grouping = shop().notification.grouping  # type: ignore[union-attr]
    return Route(
        tuple(draw(st.lists(st.sampled_from(["low", "medium", "high", "critical"]), max_size=2, unique=True))),
        tuple(draw(st.sampled_from([(), ("shop",), ("shop", "other"), ("other",)]))),
        tuple(draw(st.lists(st.sampled_from(["few", "none", "slow", "quiet"]), max_size=2, unique=True))),
        labels,
        draw(st.sampled_from([*CONTACTS, NOBODY])),
        during,
        otherwise,
        grouping,
        HERE,
    )  # fmt: skip


def with_routes(service: Service, made: list[Route]) -> Compiled:
    notification = service.notification
    assert notification is not None
    return Compiled(service, Notification({}, notification.grouping, tuple(made), "policies", False, HERE))


def labels_of(subject: Subject, town: str) -> Mapping[str, str]:
    """Give what an instance carries; one of no data has no label of a key."""
    return {**subject.labels, **({"town": town} if town and "town" in subject.open else {})}


def receivers(hearing: Hearing) -> tuple[str, ...]:
    return (f"shop: {hearing.contact}",) if hearing.kind == "told" else ()


@given(
    st.lists(routes(), min_size=1, max_size=7),
    st.lists(instants(), min_size=1, max_size=6),
    st.sampled_from(TOWNS),
)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_tree_tells_whom_the_routes_tell(
    made: list[Route], moments: list[datetime.datetime], town: str
) -> None:
    compiled = with_routes(shop(), made)
    for subject in compiled.subjects:
        labels = labels_of(subject, town)
        for instant in moments:
            hearing = hears(compiled.notification, labels, instant, subject.alert.during)  # type: ignore[arg-type]
            if hearing.kind != "unrouted":
                assert told(compiled.root, compiled.intervals, labels, instant) == receivers(hearing), subject


@given(st.lists(routes(), min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_the_tree_stays_small(made: list[Route]) -> None:
    compiled = with_routes(shop(), made)

    def nodes(node: Mapping[str, list[Mapping[str, object]]]) -> int:
        return 1 + sum(nodes(child) for child in node.get("routes", []))  # type: ignore[arg-type]

    assert nodes(compiled.root) <= 4 * (len(made) + 1) * (len(compiled.subjects) + 1)


def test_a_route_of_some_hours_gives_way_to_the_next_one_outside_of_them() -> None:
    compiled = Compiled(
        service_of("{severity: [high, medium], contact: chat, during: business}\n{contact: pager}")
    )
    labels = {"service": "shop", "alert": "few", "severity": "medium"}
    monday = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
    assert told(compiled.root, compiled.intervals, labels, monday) == ("shop: chat",)
    assert told(compiled.root, compiled.intervals, labels, monday + datetime.timedelta(hours=9)) == (
        "shop: pager",
    )
    assert len(reached(compiled.root, labels)) == 2


def test_nobody_is_told_by_a_route_to_none() -> None:
    compiled = Compiled(service_of("{severity: medium, contact: none}\n{contact: chat}"))
    labels = {"service": "shop", "alert": "few", "severity": "medium"}
    assert told(compiled.root, compiled.intervals, labels, WEEK) == ()
    assert compiled.intervals["shop: at any time"] == [{"weekdays": ["sunday:saturday"]}]


@pytest.mark.parametrize("environment", ["", "staging"])
def test_alerts_of_another_service_or_environment_do_not_come_to_our_part(environment: str) -> None:
    compiled = Compiled(shop())
    ours = {"service": "shop", "severity": "high"} | ({"environment": environment} if environment else {})
    assert [each.receiver for each in reached(compiled.root, ours)] == [
        "shop: chat" if not environment else "the server's own"
    ]
    assert [each.receiver for each in reached(compiled.root, {"service": "shops"})] == ["the server's own"]


def reported(made: list[Route]) -> set[str]:
    """Give the ids of rules that the check says are not routed at some hour."""
    context = Context(shop_definition())
    check_routing(context, with_routes(shop(), made).service)
    return {problem.message.split("'")[1] for problem in context.problems if problem.code == "alert-unrouted"}


def missed(compiled: Compiled, subject: Subject) -> bool:
    """Tell whether some instance of a subject is not routed at some hour of two weeks."""
    return any(
        hears(compiled.notification, labels_of(subject, town), WEEK + hour * HOUR, subject.alert.during).kind
        == "unrouted"  # type: ignore[arg-type]
        for town in ({"", "elsewhere"} if "town" in subject.open else {""})
        for hour in range(2 * 7 * 24)
    )


@given(st.lists(routes(), max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_check_names_exactly_the_alerts_that_no_route_takes_at_some_hour(made: list[Route]) -> None:
    compiled = with_routes(shop(), made)
    assert reported(made) == {each.rule.id for each in compiled.subjects if missed(compiled, each)}
