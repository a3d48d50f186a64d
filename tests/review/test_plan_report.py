"""A plan's reports are harmless wherever they end up, and say what a hostile text said."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable

import pytest

from watchglass.publish.apply import Applied
from watchglass.publish.compare import Difference
from watchglass.publish.errors import Refused
from watchglass.publish.plan import Action, Change, Instance, Plan
from watchglass.publish.resource import Key
from watchglass.review.plan_report import COMMENT_LIMIT, as_json, ended, finished, markdown, text, twins

HOSTILE = [
    "::add-mask::x",
    "  ::error::x",
    "a\n::add-mask::b",
    "##vso[task.setvariable variable=x]y",
    "##[group]x",
    "\x1b[31mred\r\x9b2J",
    "\u202egnp.exe",
    "@team and @org/team",
    "<img src=x onerror=alert(1)>",
    "</details></td>--><script>alert(1)</script><!--",
    "```\n# a heading",
    "~~~\n- [x] done",
    "`code` *bold* _word_ [here](https://evil.example.com) ![x](y)",
    "https://evil.example.com and www.evil.example.com",
    "#4711 and GH-1 and &commat;team &#64;team",
    "a | b | c",
    "=cmd|' /C calc'!A0",
    "\\` \\* \\@team \\|",
    "/merge\n/close",
]
LIVE_MARKDOWN = re.compile(
    r"""(?<!\\)[`*_\[\]|#~]       # marks that stand for themselves only behind a backslash
    | <(?!/?(?:details|summary)>) # HTML but ours
    | &(?!amp;|lt;|gt;)           # entities but ours
    | @(?!\u2060) | ://  | \bwww\.
    """,
    re.VERBOSE,
)


def change(title: str, action: Action = "update", **more: object) -> Change:
    found = Difference("/dashboard/title", f"before {title}", title)
    return Change(
        action,
        Key("grafana", "dashboards", "x"),
        "dashboard",
        title,
        (found,),
        {"/dashboard/title": ("dashboards", "x", title)},
        reason=title,
        notice=title,
        **more,  # type: ignore[arg-type]
    )


def plan(*titles: str) -> Plan:
    actions: Iterable[Action] = ("create", "update", "adopt", "delete", "orphan", "conflict")
    changes = tuple(change(title, action) for title in titles for action in actions)
    return Plan(Instance("grafana", f"host {titles[0]}", titles[0], titles), "shop", changes, 1)


@pytest.mark.parametrize("title", HOSTILE)
def test_fault_58_no_line_in_a_log_is_a_command_or_drives_a_terminal(title: str) -> None:
    made = plan(title)
    done = Applied((), made.changes[0], made.changes[1], made.changes, Refused(title, title), kept=(title,))
    told = (*map(finished, made.changes), ended(done, [made]))
    for shown in (text(made), as_json({title: [made]}), *told, markdown({title: [made]})):
        assert not re.search(r"##\w*\[", shown)
        assert not [line for line in shown.splitlines() if line.lstrip().startswith("::")]
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


@pytest.mark.parametrize("title", HOSTILE)
def test_fault_58_a_comment_mentions_nobody_and_holds_no_markup_of_others(title: str) -> None:
    for line in markdown({title: [plan(title)]}).splitlines():
        told = _without_ours(line)
        assert not LIVE_MARKDOWN.search(told), line
        assert not line.lstrip().startswith("/")


def _without_ours(line: str) -> str:
    """Leave out the marks that the report itself sets: headings, tables, bold words, signs in backticks."""
    if line.startswith("| "):
        cells = re.split(r"(?<!\\)\|", line)
        assert len(cells) == 6, "a text has opened a cell of its own"
        line = "".join(cells)
    line = re.sub(r"^(##+ |\*\*(grafana|In conflict.*|People.*)\*\*:?|- `[+~&=?!-]` |- )", "", line)
    return re.sub(r"^\*\*(.*):\*\*$", r"\1", line)


@pytest.mark.parametrize("title", HOSTILE)
def test_fault_58_a_comment_shows_a_hostile_text_as_it_is(title: str) -> None:
    """What GitHub shows of it: escapes taken back, and what cannot be seen."""
    line = next(
        line for line in markdown({"x.yaml": [plan(title)]}).splitlines() if line.startswith("- `+` ")
    )
    shown = html.unescape(re.sub(r"\\(.)", r"\1", line.replace("\u2060", "")))
    first = title.split("\n", maxsplit=1)[0].strip("\r\x1b\x9b\u202e ")[:3]
    assert first in shown


def test_fault_58_a_comment_fits_and_closes_what_it_opened() -> None:
    for titles in (["<x>" * 20] * 40, [f"{number} {'@' * 100}" for number in range(300)], ["x" * 70_000]):
        comment = markdown({"x.yaml": [plan(*titles)]})
        assert len(comment) <= COMMENT_LIMIT < 65_536
        assert comment.count("<details>") == comment.count("</details>")
        assert "cut here" in comment


def test_objects_of_one_title_are_told_apart_by_their_ids_and_their_servers() -> None:
    def board(target: str, name: str, action: Action) -> Change:
        return Change(action, Key(target, "dashboards", name), "dashboard", "Shop")

    here = (board("grafana", "new", "create"), board("grafana", "old", "orphan"))
    there = (board("metabase", "new", "create"),)
    plans = [Plan(Instance(each[0].key.target, "x", "1"), "shop", each, 1) for each in (here, there)]
    assert "  + dashboard 'Shop' (new)\n" in text(plans[0])
    assert "  ? dashboard 'Shop' (old)\n" in text(plans[0])
    assert "  + dashboard 'Shop'\n" in text(plans[1])
    told = [line for line in markdown({"x.yaml": plans}).splitlines() if line.startswith("- `")]
    assert told == [
        "- `+` grafana dashboard Shop (new)",
        "- `?` grafana dashboard Shop (old)",
        "- `+` metabase dashboard Shop",
    ]
    assert finished(here[0], twins(here)) == "  + dashboard 'Shop' (new)"
    stopped = Applied((), failed=here[0], left=here[1:], error=Refused("no"))
    end = ended(stopped, plans[1:], twins(here))
    assert "not done: dashboard 'Shop' (new)\nnot begun: dashboard 'Shop' (old)\n" in end
    assert "not begun at metabase x: dashboard 'Shop'\n" in end


def test_a_hostile_text_comes_back_from_json() -> None:
    for title in HOSTILE:
        (read,) = json.loads(as_json({"x.yaml": [plan(title)]}))["x.yaml"]
        assert read["changes"][0]["title"] == title
