"""The alerts of the draft cleanup and of a shop over their fixtures' past, as Grafana's own expansion of the queries has it."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database.servers import Running, server_15, server_18
from watchglass.backtest import Variant, Window
from watchglass.database.connection import connect
from watchglass.database.proof import Statement
from watchglass.database.prover import Prover
from watchglass.past import Backtests, Refused, Wish
from watchglass.pipeline import Compiled, compile_definition
from watchglass.validate.grafana_expand import expand_macros

ROOT = Path(__file__).parents[2]
NOW = datetime.datetime.now(tz=datetime.UTC).replace(microsecond=0)


def last(days: float) -> Window:
    return Window(NOW - datetime.timedelta(days=days), NOW)


def replayed(compiled: Compiled, alert: str, window: Window, dsn: str) -> Variant:
    assert compiled.definition is not None
    assert compiled.service is not None
    with Backtests(dict.fromkeys(compiled.service.sources, dsn)) as backtests:
        chosen = compiled.service.alerts[alert]
        return backtests.run(compiled.definition, compiled.service, chosen, Wish("now", "", window))


def load(server: Running, name: str, folder: Path) -> str:
    """Fill a database from fixtures, and give its connection string for a superuser."""
    server.run(f'CREATE DATABASE "{name}"')
    for file in ("schema.sql", "data.sql"):
        server.run((folder / file).read_text("utf-8"), name)
    return name


@pytest.fixture(scope="module", params=[18, 15])
def server(request: pytest.FixtureRequest) -> Iterator[Running]:
    with server_18() if request.param == 18 else server_15() as started:
        load(started, "drafts", ROOT / "definitions/fixtures")
        load(started, "shop", ROOT / "tests/cases/good/shop/fixtures")
        started.run("ALTER ROLE dashboards LOGIN")
        started.run("ALTER ROLE shop_reader LOGIN")
        for name in ("drafts", "shop"):
            started.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC", name)
        yield started


@pytest.fixture(scope="module")
def drafts() -> Compiled:
    return compile_definition(ROOT / "definitions/draft-cleanup.yaml")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """The shop, with payments that are only added."""
    folder = tmp_path_factory.mktemp("shop")
    shutil.copytree(ROOT / "tests/cases/good/shop", folder, dirs_exist_ok=True)
    file = folder / "definition.yaml"
    text = file.read_text("utf-8")
    for query in ("payments", "payments_by_provider"):
        text = text.replace(
            f"  {query}:\n", f"  {query}:\n    append_only: {{shop.payments: attempted_at}}\n", 1
        )
    text = text.replace(
        "  today:\n", "  today:\n    append_only: {shop.orders: placed_at, shop.cities: true}\n", 1
    )
    file.write_text(text, "utf-8")
    return compile_definition(file)


def test_the_cleanup_stood_still_while_its_runs_were_lost(server: Running, drafts: Compiled) -> None:
    # The fixture loses twelve runs in a row, 900 to 911 hours back; over two hours are late.
    window = Window(NOW - datetime.timedelta(days=39), NOW - datetime.timedelta(days=36))
    variant = replayed(drafts, "cleanup_job_stalled", window, server.dsn("drafts", "dashboards"))
    (replay,) = variant.replays
    assert len(replay.evaluations) == 3 * 288
    (firing,) = replay.firings
    back = (NOW - firing.begin).total_seconds() / 3600
    assert 907 < back < 911
    assert (
        datetime.timedelta(hours=10, minutes=50)
        <= firing.length(NOW)
        <= datetime.timedelta(hours=11, minutes=10)
    )


def test_the_cleanup_failed_five_times_in_a_row_once(server: Running, drafts: Compiled) -> None:
    variant = replayed(drafts, "cleanup_job_failures", last(10), server.dsn("drafts", "dashboards"))
    (firing,) = variant.replays[0].firings
    # From the third failure to the third success: five hours.
    assert firing.length(NOW) == datetime.timedelta(hours=5)


@pytest.mark.parametrize("alert", ["draft_pollution_high", "draft_traffic_spike", "organization_flood"])
def test_drafts_that_are_deleted_have_no_past(alert: str, server: Running, drafts: Compiled) -> None:
    with pytest.raises(Refused) as refused:
        replayed(drafts, alert, last(1), server.dsn("drafts", "dashboards"))
    assert {problem.code for problem in refused.value.problems} == {"backtest-no-past"}


@pytest.mark.parametrize("alert", ["payments_and_revenue", "provider_refuses", "revenue_low"])
def test_a_moved_clock_gives_what_grafana_would_have_been_given(
    alert: str, server: Running, shop: Compiled
) -> None:
    variant = replayed(shop, alert, last(3), server.dsn("shop", "shop_reader"))
    compared = 0
    with connect(server.dsn("shop", "shop_reader")) as connection:
        prover = Prover(connection)
        for replay in variant.replays:
            for evaluation in replay.evaluations[::97]:
                wanted = {
                    (query.ref, *sorted(str(text) for text in row[:-1])): float(str(row[-1]))
                    for query in replay.rule.queries
                    for row in then(prover, query.statement.sql.text, query.statement.range, evaluation.at)
                }
                given = {
                    (ref, *sorted(each.series.values())): value
                    for each in evaluation.instances
                    for ref, value in each.values.items()
                    if ref in {query.ref for query in replay.rule.queries}
                }
                assert given == pytest.approx(wanted)
                compared += len(given)
    assert compared > 8


def then(prover: Prover, sql: str, range_: object, at: datetime.datetime) -> list[tuple[object, ...]]:
    """Ask a query of a rule as Grafana expands it for an evaluation: the range's edges are literals there."""
    seconds = getattr(range_, "seconds")  # noqa: B009  (a length, or none)
    text = expand_macros(
        sql,
        time_from=at - datetime.timedelta(seconds=seconds),
        time_to=at,
        interval=datetime.timedelta(minutes=1),
    ).text
    outcome = prover.run([Statement(text)])[0]
    assert outcome.error is None, outcome.error
    return outcome.rows
