"""Rules in their groups and two written forms: names, intervals, escapes, states, and rules that are to go."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.targets.grafana.rules import (
    HEAD,
    NOTHING,
    each,
    files,
    one,
    rule_of,
    rules_of,
    service_of,
    sql_of,
    states,
)
from watchglass.artifact import Json
from watchglass.evaluation import Failure, numbers
from watchglass.targets.grafana.alert_queries import build_queries, refs_of
from watchglass.targets.grafana.rule import duration, escaped

RECORDED = json.loads((Path(__file__).parents[2] / "contracts/grafana-provisioning.json").read_text("utf-8"))
ALERTS = """
slow: {metric: drafts, when: bad, severity: low, every: 5m, for: 15m, resolve: {when: below watch, for: 90s}}
quick: {metric: late, when: bad, severity: low, every: 60s, missing: keep}
also: {metric: drafts, when: broken, severity: high, every: 1m, no_data: notify, on_error: keep}
paused: {metric: drafts, when: watch, severity: high, every: 1m, paused: {until: 2999-01-01, reason: x}}
"""


def body(kind: str, alerts: str = ALERTS, index: int = 0, more: str = "") -> Json:
    return files(rules_of(alerts, more), kind)[index].body


def at(value: Json, pointer: str) -> Json:
    for token in pointer[1:].split("/"):
        value = value[int(token)] if isinstance(value, list) else value[token]
    return value


def test_rules_stand_in_groups_of_one_interval() -> None:
    groups = [artifact.body for artifact in files(rules_of(ALERTS), "alert-rules")]
    assert [
        (group["title"], group["interval"], [rule["title"] for rule in group["rules"]]) for group in groups
    ] == [
        ("shop every 1m", 60, ["Quick", "Also", "Paused"]),
        ("shop every 5m", 300, ["Slow"]),
    ]
    assert all(group["folderUid"] == rule["folderUID"] for group in groups for rule in group["rules"])


def test_a_group_is_named_by_its_length_however_that_is_written() -> None:
    written = [
        body("alerting", f"a: {{metric: drafts, when: bad, severity: low, every: {every}}}")["groups"][0][
            "name"
        ]
        for every in ("60s", "1m", "1 minute")
    ]
    assert set(written) == {"shop every 1m"}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"), (10, "10s"), (60, "1m"), (90, "1m30s"), (3600, "1h"), (86_400, "1d"), (129_600, "1d12h"),
        (604_800, "1w"), (691_200, "8d"), (31_536_000, "1y"), (0.5, "1s"),
    ],
)  # fmt: skip
def test_a_length_of_time_is_written_as_grafana_gives_it_back(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_two_forms_spell_two_keys_otherwise_and_agree_in_all_else() -> None:
    for file, group in zip(
        *(files(rules_of(ALERTS), kind) for kind in ("alerting", "alert-rules")), strict=True
    ):
        for in_file, in_api in zip(file.body["groups"][0]["rules"], group.body["rules"], strict=True):
            assert in_file.pop("keepFiringFor") == in_api.pop("keep_firing_for")
            assert in_file.pop("missing_series_evals_to_resolve", None) == in_api.pop(
                "missingSeriesEvalsToResolve", None
            )
            del in_api["folderUID"], in_api["ruleGroup"]
            assert in_file == in_api


def test_what_stands_in_a_rule_is_what_a_recorded_file_holds() -> None:
    (escapes,) = [case for case in RECORDED["cases"] if case["name"] == "escapes"]
    known = yaml.safe_load(escapes["file"])["groups"][0]
    ours = body("alerting")["groups"][0]
    assert ours.keys() == known.keys()
    more = {"dashboardUid", "panelId", "missing_series_evals_to_resolve"}
    for rule in ours["rules"]:
        assert rule.keys() - more <= known["rules"][0].keys()
        assert all(node.keys() == known["rules"][0]["data"][0].keys() for node in rule["data"])


def test_a_rule_says_what_the_alert_says() -> None:
    quick, also, paused = body("alert-rules")["rules"]
    (slow,) = body("alert-rules", index=1)["rules"]
    assert (slow["for"], slow["keep_firing_for"]) == ("15m", "1m30s")
    assert (slow["noDataState"], slow["execErrState"]) == ("Alerting", "Alerting")
    assert (quick["noDataState"], quick["missingSeriesEvalsToResolve"]) == ("OK", 32_767)
    assert (also["noDataState"], also["execErrState"]) == ("NoData", "KeepLast")
    assert (paused["isPaused"], quick["isPaused"]) == (True, False)


@pytest.mark.parametrize("text", ["costs $5 and ${HOME} and $HOME", "$$ $x$ 100%", "{{ $values.A }}"])
def test_a_dollar_sign_survives_where_a_server_expands_it(text: str) -> None:
    alert = f"a: {{title: '{text}', metric: drafts, when: bad, severity: low, labels: {{note: '{text}'}}, summary: '{text}'}}"
    if "{{" in text:
        alert = alert.replace(f", summary: '{text}'", "")
    (rule,) = body("alerting", alert)["groups"][0]["rules"]
    (in_api,) = body("alert-rules", alert)["rules"]
    assert _expanded(rule["title"]) == in_api["title"] == text
    assert _expanded(rule["labels"]["note"]) == in_api["labels"]["note"]
    assert rule["annotations"] == in_api["annotations"]
    assert rule["data"] == in_api["data"]


def test_the_recorded_server_expands_so() -> None:
    (escapes,) = [case for case in RECORDED["cases"] if case["name"] == "escapes"]
    written = yaml.safe_load(escapes["file"])["groups"][0]["rules"][0]
    assert _expanded(written["title"]) == escapes["rule"]["title"]
    assert {name: _expanded(text) for name, text in written["labels"].items()} == escapes["rule"]["labels"]
    assert written["annotations"] == escapes["rule"]["annotations"]
    assert written["data"][0]["model"]["rawSql"] == escapes["rule"]["data"][0]["model"]["rawSql"]


def _expanded(text: str) -> str:
    """Expand as the recorded server did, with HOME alone in its environment."""

    def value(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        return "/home/grafana" if match[1] == "HOME" or match[2] == "HOME" else ""

    return re.sub(r"\$\$|\$\{(\w+)\}|\$(\w+)", value, text)


def test_a_slash_in_a_folders_title_makes_no_folder_inside_another() -> None:
    more = "environments:\n  production: {default: true, grafana: {folder: 'Shop / $5'}}\n"
    assert body("alerting", more=more)["groups"][0]["folder"] == "Shop \\/ $$5"


def test_a_second_environment_has_names_of_its_own() -> None:
    more = "environments:\n  production: {default: true}\n  staging: {}\n"
    made = rules_of(ALERTS, more, "staging")
    (first, _) = files(made, "alert-rules")
    assert first.body["title"] == "shop-staging every 1m"
    assert first.body["rules"][0]["uid"] == "shop-staging-quick"
    assert first.path.startswith("shop-staging/")
    assert first.body["folderUid"] == "shop-staging-folder"


def test_rules_of_retired_and_moved_ids_are_deleted_but_never_a_living_one() -> None:
    more = "retired: [old]\nmoved: {was: also}\n"
    alerts = ALERTS + "old-bad: {metric: drafts, when: bad, severity: low, title: Other}\n"
    (gone,) = [each for each in files(rules_of(alerts, more), "alerting") if each.id == "retired"]
    uids = [entry["uid"] for entry in gone.body["deleteRules"]]
    assert {"shop-old", "shop-old-watch", "shop-was", "shop-was-bad"} <= set(uids)
    assert "shop-old-bad" not in uids
    assert all(entry["orgId"] == 1 for entry in gone.body["deleteRules"])
    assert [each.id for each in files(rules_of(ALERTS), "alerting")] == ["shop every 1m", "shop every 5m"]


def test_every_origin_is_a_place_in_its_file() -> None:
    for artifact in rules_of(ALERTS, "retired: [old]\n").artifacts:
        assert artifact.origins
        for pointer, path in artifact.origins.items():
            at(artifact.body, pointer)
            assert path


def test_every_statement_stands_where_it_says() -> None:
    for artifact in files(rules_of(ALERTS), "alert-rules"):
        assert len(artifact.statements) == len(artifact.body["rules"])
        for statement in artifact.statements:
            assert at(artifact.body, statement.pointer) == statement.sql.text


def test_an_alert_with_a_severity_a_level_has_a_rule_a_level() -> None:
    rules = body("alert-rules", "a: {title: T, metric: drafts, severity: {bad: medium, broken: critical}}")[
        "rules"
    ]
    assert [(rule["uid"], rule["title"], rule["labels"]["severity"]) for rule in rules] == [
        ("shop-a-bad", "T (bad)", "medium"),
        ("shop-a-broken", "T (broken)", "critical"),
    ]


def test_a_query_has_a_range_in_whole_seconds() -> None:
    (single,) = rule_of("a: {metric: drafts, when: bad, severity: low}").data[:1]
    assert single["relativeTimeRange"] == {"from": 86_400, "to": 0}
    (plain,) = rule_of("a: {metric: share, when: above 1, severity: low}").data[:1]
    assert plain["relativeTimeRange"] == {"from": 600, "to": 0}


def test_a_filter_is_unset_or_stands_where_the_alert_says() -> None:
    unset = sql_of(rule_of("a: {metric: drafts, when: bad, severity: low}"))["A"]
    stated = sql_of(
        rule_of('a: {metric: drafts, when: bad, severity: low, filters: {region: [N, "it\'s"]}}')
    )["A"]
    assert "AND TRUE" in unset
    assert "'N', 'it''s'" in stated
    assert "${" not in unset + stated


def test_more_metrics_than_letters_have_names_of_their_own() -> None:
    more = "".join(f"  m{index}: {{title: M, query: spare, column: share}}\n" for index in range(20))
    conditions = ", ".join(f"{{metric: m{index}, when: above {index}}}" for index in range(20))
    service = service_of(f"a: {{any: [{conditions}], severity: low}}", head=HEAD + more)
    (alert,) = service.alerts.values()
    refs = refs_of(alert, alert.rules[0])
    assert len(set(refs.values())) == 20
    assert not set(refs.values()) & {"C", "E", "S"}
    assert [query.node["refId"] for query in build_queries(service, alert, alert.rules[0])] == list(
        refs.values()
    )


def test_what_a_message_shows_never_changes_the_state() -> None:
    rule = rule_of("a: {metric: late, when: bad, severity: low, show: [last, town]}")
    assert list(sql_of(rule)) == ["A", "S"]
    shown = numbers([({"town": town, "last": "x"}, 1) for town in ("x", "y", "z")])
    alone = numbers([({"town": "", "last": ""}, 1)])
    expected = {"town=x": "Alerting", "town=y": "Normal"}
    assert states(rule, {"A": each(x=7, y=1), "S": shown}) == [expected]
    assert states(rule, {"A": each(x=7, y=1), "S": alone}) == [expected]


def test_a_failed_query_of_what_is_shown_alone_counts_as_no_data() -> None:
    """Grafana's own rule; the query reads the same rows, so it fails alone only by chance."""
    rule = rule_of("a: {metric: late, when: bad, severity: low, show: [last], no_data: keep}")
    shown = numbers([({"town": "x", "last": "x"}, 1)])
    first, second = states(rule, {"A": each(x=7), "S": shown}, {"A": each(x=7), "S": Failure("time-out")})
    assert first == second == {"town=x": "Alerting"}


def test_one_number_may_be_shown_with_other_columns() -> None:
    rule = rule_of(
        "a: {metric: drafts, when: bad, severity: low, show: [last], summary: '{{ labels.last }}'}"
    )
    assert 'AS "last", 1::float8 AS "value"' in sql_of(rule)["S"]
    assert states(rule, {"A": one(31), "S": numbers([({"last": "x"}, 1)])}) == [{"": "Alerting"}]
    assert states(rule, {"A": NOTHING, "S": numbers([({"last": ""}, 1)])})[0].popitem()[1] == "Alerting"


def test_what_differs_from_the_words_is_noted() -> None:
    texts = [f"{note.object}: {note.message}" for note in rules_of(ALERTS).notes]
    assert [text.split(":")[0] for text in texts] == ["slow", "quick", "also"]
    assert all(note.code == "grafana-semantics" for note in rules_of(ALERTS).notes)
    assert escaped("$x") == "$$x"
