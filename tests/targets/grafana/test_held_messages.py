"""What an Alertmanager sends for the compiled routes over time: held messages, changes of hours, escalations, ends."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.targets.grafana.alertmanager import Sent, Stretch, sent
from tests.targets.grafana.routed import Compiled, service_of
from watchglass.definition.hearing import hears

BERLIN = datetime.timezone(datetime.timedelta(hours=1))
MONDAY = datetime.datetime(2026, 3, 2, tzinfo=BERLIN)
LABELS = {"service": "shop", "alert": "few", "severity": "medium"}
HELD = "{severity: medium, contact: chat, during: business, otherwise: hold}\n{contact: pager}"
MINUTE = datetime.timedelta(minutes=1)


def at(text: str, day: int = 0) -> datetime.datetime:
    hours, minutes = text.split(":")
    return MONDAY + datetime.timedelta(days=day, hours=int(hours), minutes=int(minutes))


def messages(
    routes: str, *stretches: tuple[datetime.datetime, datetime.datetime], labels: Mapping[str, str] = LABELS
) -> list[Sent]:
    compiled = Compiled(service_of(routes))
    fired = [Stretch(labels, start, end) for start, end in stretches]
    return sent(compiled.root, compiled.intervals, fired, at("23:00", 8))


def told(found: list[Sent]) -> list[tuple[str, str, int]]:
    return [(f"{each.at.astimezone(BERLIN):%a %H:%M}", each.receiver, each.firing) for each in found]


def test_a_held_message_leaves_when_the_hours_begin_if_it_still_fires() -> None:
    found = messages(HELD, (at("03:07", 1), at("09:30", 1)))
    assert told(found) == [("Tue 09:02", "shop: chat", 1), ("Tue 09:32", "shop: chat", 0)]


def test_a_held_message_is_never_sent_where_it_is_over_before_the_hours_begin() -> None:
    assert messages(HELD, (at("03:07", 1), at("08:50", 1))) == []


def test_what_ends_outside_of_the_hours_is_told_to_nobody() -> None:
    assert told(messages(HELD, (at("17:00"), at("19:00")))) == [("Mon 17:00", "shop: chat", 1)]


def test_over_a_weekend_it_is_held_until_monday() -> None:
    found = messages(HELD, (at("20:00", 4), at("09:10", 7)))
    assert told(found) == [("Mon 09:00", "shop: chat", 1), ("Mon 09:10", "shop: chat", 0)]


def test_another_contact_takes_over_when_the_hours_end_and_is_told_of_what_still_fires() -> None:
    found = messages("{contact: chat, during: business, otherwise: pager}", (at("17:30"), at("20:01")))
    assert told(found) == [
        ("Mon 17:30", "shop: chat", 1),
        ("Mon 18:00", "shop: pager", 1),
        ("Mon 20:05", "shop: pager", 0),
    ]


def test_it_is_repeated_while_it_goes_on() -> None:
    found = messages("{contact: chat, repeat: 1h}", (at("10:00"), at("12:30")))
    assert [name for name, _, firing in told(found) if firing] == ["Mon 10:00", "Mon 11:05", "Mon 12:10"]


@given(
    st.integers(0, 7 * 24 * 60), st.integers(40, 6 * 24 * 60), st.sampled_from(["hold", "pager", "none", ""])
)
@settings(max_examples=150, deadline=None)
def test_nobody_is_told_at_an_instant_at_which_the_routes_tell_somebody_else(
    start: int, lasts: int, otherwise: str
) -> None:
    routes = "{contact: chat, during: business" + (f", otherwise: {otherwise}" if otherwise else "") + "}\n"
    service = service_of(routes + ("" if otherwise else "{contact: boss}"))
    compiled = Compiled(service)
    begins = MONDAY + start * MINUTE
    ends = begins + lasts * MINUTE
    found = sent(compiled.root, compiled.intervals, [Stretch(LABELS, begins, ends)], ends + 30 * MINUTE)
    for message in found:
        hearing = hears(compiled.notification, LABELS, message.at)  # type: ignore[arg-type]
        assert message.receiver == f"shop: {hearing.contact}"
    # Who hears at an instant while it fires has been told within the group's wait and interval.
    late = datetime.timedelta(minutes=5, seconds=30)
    instant = begins + late
    while instant < ends:
        now, before = (hears(compiled.notification, LABELS, each) for each in (instant, instant - late))  # type: ignore[arg-type]
        if now.kind == before.kind == "told" and now.contact == before.contact:
            assert any(each.receiver == f"shop: {now.contact}" and each.at <= instant for each in found)
        instant += 17 * MINUTE
