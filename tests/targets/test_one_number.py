"""One threshold's number is changed in a definition: all that shows it changes, and nothing else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from watchglass.artifact import Artifact, Json
from watchglass.durations import spell
from watchglass.pipeline import compile_definition
from watchglass.thresholds import plain_number

SHOP = Path(__file__).parents[1] / "cases/good/shop/definition.yaml"
SMALL = """
version: 1
service: {id: shop, title: Shop, owner: us, timezone: Europe/Berlin}
levels: {good: green, bad: orange, broken: red}
sources: {main: {type: postgres}}
environments: {production: {default: true, metabase: {version: 60}}}
queries:
  now:
    sql: SELECT count(*) AS orders FROM orders
    columns: {orders: integer}
  days:
    range: 30d
    sql: SELECT {{ bucket('o.at', '1 day') }} AS day, count(*) AS orders FROM orders o WHERE {{ in_range('o.at') }} GROUP BY 1
    columns: {day: timestamp, orders: {type: integer, levels: orders}}
  towns:
    key: [town]
    sql: SELECT o.town, count(*) AS orders FROM orders o GROUP BY 1
    columns: {town: text, orders: {type: integer, levels: orders}}
metrics:
  orders:
    title: Orders
    query: now
    column: orders
    better: lower
    thresholds: {bad: 1234, broken: 5678}
    history: {query: days, time: day}
  town_orders: {title: Orders of a town, query: towns, column: orders, same_as: orders}
alerts:
  many: {metric: orders, when: broken, severity: high, resolve: {when: below bad}}
  joined: {any: [{metric: orders, when: above bad}, {metric: town_orders, when: bad}], severity: low}
  town: {metric: town_orders, severity: {bad: low, broken: high}}
dashboards:
  board:
    title: Board
    publish: [grafana, metabase]
    rows:
      - title: All
        panels:
          - {metric: orders, as: number}
          - {metric: orders, as: gauge, max: 9000}
          - {metric: orders, as: lines, level: bad}
          - {query: towns, as: table}
"""
Leaf = tuple[str, str]
"""An artifact (target/kind/id), and a pointer into its body."""


_NUMBER = re.compile(r"(\d+(?:\.\d+)?)")
_END = re.compile(r"/fieldConfig/\S+/(?:min|max)$|/(?:gauge|scalar)\.segments/\d+/(?:min|max)$")


@dataclass(frozen=True)
class Change:
    """A leaf that is another one now, and what the artifact says of its origin."""

    old: Json
    new: Json
    origins: frozenset[tuple[str | int, ...]]


def leaves(value: Json, at: str = "") -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{at}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{at}/{index}")
    else:
        yield at, value


def artifacts(definition: Path) -> dict[str, Artifact]:
    compiled = compile_definition(definition)
    assert not compiled.failed, [problem.message for problem in compiled.problems]
    return {f"{each.target}/{each.kind}/{each.id}": each for each in compiled.artifacts}


def changes(folder: Path, text: str, old: str, new: str) -> dict[Leaf, Change]:
    """Compile a definition before and after a replacement, and list what differs."""
    assert text.count(old) == 1
    path = folder / "definition.yaml"
    path.write_text(text, "utf-8")
    before = artifacts(path)
    path.write_text(text.replace(old, new), "utf-8")
    after = artifacts(path)
    assert before.keys() == after.keys()
    found: dict[Leaf, Change] = {}
    for name, artifact in before.items():
        left, right = dict(leaves(artifact.body)), dict(leaves(after[name].body))
        assert left.keys() == right.keys()
        for pointer, old_value in left.items():
            if old_value != right[pointer]:
                found[name, pointer] = Change(old_value, right[pointer], origins(artifact, pointer))
    return found


def origins(artifact: Artifact, pointer: str) -> frozenset[tuple[str | int, ...]]:
    """List the places that an artifact names for a leaf: those of the longest pointers at or above it."""
    above = [each for each in artifact.origins if pointer == each or pointer.startswith(each + "/")]
    return frozenset(artifact.origins[each] for each in above)


def explained(leaf: Leaf, change: Change, path: tuple[str | int, ...], old: float, new: float) -> bool:
    """
    Tell whether a change is the number itself, at a place that names it, or a text that says it.

    An end of an axis that nobody states leaves room around the levels, and so moves with them.
    """
    if isinstance(change.old, str):
        return isinstance(change.new, str) and says(change.old, change.new, abs(old), abs(new))
    if change.old == old:
        return bool(change.new == new and path in change.origins)
    return _END.search(leaf[1]) is not None and not change.origins


def says(left: str, right: str, old: float, new: float) -> bool:
    """Tell whether two texts differ in one number alone, or in one length of time that it spells."""
    if left.replace(spell(old), spell(new)) == right:
        return True
    parts = [_NUMBER.split(text) for text in (left, right)]
    pairs = [pair for pair in zip(*parts, strict=False) if pair[0] != pair[1]]
    return len(parts[0]) == len(parts[1]) and all(
        _NUMBER.fullmatch(one) is not None and (float(one), float(other)) == (old, new)
        for one, other in pairs
    )


def numbers_of(definition: Path) -> Iterator[tuple[str, str, float]]:
    """List the metrics, levels and numbers of a definition's thresholds that stand there alone."""
    service = compile_definition(definition).service
    assert service is not None
    for metric in service.metrics.values():
        for step in metric.thresholds.steps if metric.thresholds else ():
            path = metric.step_spans[step.level.name]
            if path[:2] == ("metrics", metric.id) and len(step.numbers) == 1:
                yield metric.id, step.level.name, step.numbers[0]


@pytest.mark.parametrize(("metric", "level", "number"), [*numbers_of(SHOP)])
def test_a_number_of_the_shop_changes_what_shows_it_and_nothing_else(
    tmp_path: Path, metric: str, level: str, number: float
) -> None:
    shutil.copytree(SHOP.parent, tmp_path, dirs_exist_ok=True)
    text = SHOP.read_text("utf-8")
    start = text.index("\nmetrics:")
    start = text.index("thresholds:", text.index(f"\n  {metric}:", start))
    end = text.index("\n", start)
    old, new = (
        text[:end],
        re.sub(
            rf"\b{level}: {re.escape(plain_number(number))}(?=[,}}])",
            f"{level}: {plain_number(number + 0.25)}",
            text[start:end],
        ),
    )
    found = changes(tmp_path, text, old, text[:start] + new)
    path = ("metrics", metric, "thresholds", level)
    wrong = {
        leaf: change
        for leaf, change in found.items()
        if not explained(leaf, change, path, number, number + 0.25)
    }
    assert found
    assert wrong == {}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Leaf, Change]:
    return changes(tmp_path_factory.mktemp("small"), SMALL, "bad: 1234", "bad: 1235")


def test_a_number_changes_nothing_but_itself(small: Mapping[Leaf, Change]) -> None:
    path = ("metrics", "orders", "thresholds", "bad")
    wrong = {leaf: change for leaf, change in small.items() if not explained(leaf, change, path, 1234, 1235)}
    assert wrong == {}


def test_a_number_is_nowhere_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "definition.yaml"
    path.write_text(SMALL.replace("bad: 1234", "bad: 1235"), "utf-8")
    for name, artifact in artifacts(path).items():
        assert [at for at, leaf in leaves(artifact.body) if "1234" in str(leaf)] == [], name


@pytest.mark.parametrize(
    ("artifact", "pointer", "count"),
    [
        ("grafana/dashboards/", r"/panels/\d+/fieldConfig/defaults/thresholds/steps/1/value", 3),
        (
            "grafana/dashboards/",
            r"/panels/\d+/fieldConfig/overrides/\d+/properties/\d+/value/steps/1/value",
            1,
        ),
        ("grafana/dashboards/", r"/panels/\d+/description", 4),
        ("grafana/alert-rules/", r"/rules/\d+/data/\d+/model/conditions/0/evaluator/params/0", 3),
        ("grafana/alert-rules/", r"/rules/\d+/data/\d+/model/conditions/0/unloadEvaluator/params/0", 1),
        ("grafana/alert-rules/", r"/rules/\d+/annotations/levels", 4),
        ("grafana/alert-rules/", r"/rules/\d+/annotations/summary", 2),
        ("grafana/alerting/", r"/groups/0/rules/\d+/data/\d+/model/conditions/0/.*", 4),
        ("metabase/cards/", r"/visualization_settings/gauge.segments/\d+/(?:min|max)", 2),
        ("metabase/cards/", r"/visualization_settings/scalar.segments/\d+/(?:min|max)", 3),
        ("metabase/cards/", r"/visualization_settings/graph.goal_value", 1),
        ("metabase/cards/", r"/visualization_settings/table.column_formatting/\d+/value", 1),
        ("metabase/cards/", r"/description", 4),
    ],
)
def test_every_place_that_shows_a_number_changes(
    small: Mapping[Leaf, Change], artifact: str, pointer: str, count: int
) -> None:
    found = [at for name, at in small if name.startswith(artifact) and re.fullmatch(pointer, at)]
    assert len(found) == count, sorted(small)
