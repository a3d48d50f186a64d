"""The CI files that `init` writes, read and run: each line of theirs, against stand-ins and a PostgreSQL of the tests' own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.gitlab_notes import TOKEN, Notes, gitlab_notes
from tests.cli.recipes import GitHub, GitLab, Shell, load
from tests.database import servers
from tests.publish.grafana.shop import SOURCE
from tests.servers.grafana.server import GrafanaServer, grafana_server
from tests.servers.metabase.server import MetabaseServer, metabase_server
from watchglass.cli.main import run
from watchglass.version import __version__

HERE = "127.0.0.1"
GITHUB, GITLAB = ".github/workflows/watchglass.yaml", ".gitlab-ci.yml"


@dataclass(frozen=True, slots=True)
class Place:
    """A project that `init` made, the servers that it publishes to, and the machine that runs its lines."""

    folder: Path
    shell: Shell
    grafana: GrafanaServer
    metabase: MetabaseServer

    @property
    def addresses(self) -> dict[str, str]:
        return {"GRAFANA_URL": self.grafana.url, "METABASE_URL": self.metabase.url}

    @property
    def reading(self) -> dict[str, str]:
        return {"GRAFANA_TOKEN": self.grafana.viewer_token, "METABASE_API_KEY": self.metabase.admin_key}

    @property
    def writing(self) -> dict[str, str]:
        return self.reading | {"GRAFANA_TOKEN": self.grafana.editor_token}


@pytest.fixture(scope="module")
def database() -> Iterator[servers.Running]:
    with servers.server_on_a_port() as server:
        yield server


@pytest.fixture
def place(tmp_path: Path, database: servers.Running, capsys: pytest.CaptureFixture[str]) -> Iterator[Place]:
    """Do what a new user does: `init`, `compile`, commit."""
    folder = tmp_path / "shop"
    assert run(["init", str(folder)]) == 0
    definition = str(folder / "definitions/shop.yaml")
    assert run(["compile", definition, "--output", str(folder / "output"), "--no-cache"]) == 0
    capsys.readouterr()
    # A service's container is new at each run; this server is one for all tests.
    database.run(
        "DROP TABLE IF EXISTS orders; DROP ROLE IF EXISTS dashboards; ALTER ROLE postgres PASSWORD 'owner'"
    )
    here = f"{HERE}:{database.port}"
    replaced = {"@localhost/": f"@{here}/", "@postgres/": f"@{here}/"}
    with grafana_server() as grafana, metabase_server() as metabase:
        grafana.ask("POST", "/api/datasources", SOURCE | {"uid": "shop"})
        metabase.add_database("Shop", {"public.orders": ["status", "created_at"]})
        grafana.forget()
        yield Place(folder, Shell(folder, replaced), grafana, metabase)


def on_github(place: Place, database: servers.Running | None, **contexts: str) -> GitHub:
    """Begin a run; without a database the job `check` has no steps, for tests of what comes after it."""
    workflow = load(place.folder / GITHUB)
    if database is None:
        workflow["jobs"]["check"]["steps"] = []
    else:
        workflow["jobs"]["check"]["env"] |= {"PGHOST": HERE, "PGPORT": database.port}
    known = {
        **{f"vars.{name}": value for name, value in place.addresses.items()},
        "github.repository": "us/shop",
        "github.token": "of-the-run",
        **{name.replace("__", "."): value for name, value in contexts.items()},
    }
    return GitHub(workflow, place.shell, known)


def pull_request(place: Place, database: servers.Running | None = None, fork: bool = False) -> GitHub:
    return on_github(
        place,
        database,
        github__event_name="pull_request",
        github__event__pull_request__number="3",
        github__event__pull_request__head__repo__full_name="them/shop" if fork else "us/shop",
        **({} if fork else {f"secrets__{name}": value for name, value in place.reading.items()}),
    )


def push(place: Place, database: servers.Running | None = None) -> GitHub:
    return on_github(
        place,
        database,
        github__event_name="push",
        **{f"secrets__{name}": value for name, value in place.writing.items()},
    )


def comments(place: Place) -> list[str]:
    found = place.shell.standins / "comments.json"
    return [each["body"] for each in json.loads(found.read_text("utf-8"))] if found.exists() else []


def test_on_github_a_pull_request_is_judged_and_gets_one_comment_with_the_plan(
    place: Place, database: servers.Running
) -> None:
    assert pull_request(place, database).run() == {"check": 0, "plan": 0}, place.shell.output
    (comment,) = comments(place)
    assert "to create" in comment
    assert {record.line[0] for record in (*place.grafana.requests, *place.metabase.requests)} == {"GET"}
    _change(place, "critical: 5}", "critical: 6}")
    assert pull_request(place).run() == {"check": 0, "plan": 0}, place.shell.output
    assert len(comments(place)) == 1


def test_on_github_a_fork_is_judged_and_not_planned(place: Place) -> None:
    assert pull_request(place, fork=True).run() == {"check": 0}, place.shell.output
    assert comments(place) == []
    assert place.grafana.requests == []


def test_on_github_what_is_merged_is_applied_as_it_was_planned(place: Place) -> None:
    assert push(place).run() == {"check": 0, "plan": 0, "apply": 0}, place.shell.output
    assert comments(place) == []
    assert len(place.grafana.content()["dashboards"]) == 1
    assert len(place.metabase.content()["dashboards"]) == 1
    assert push(place).run() == {"check": 0, "plan": 0}, "nothing has changed: nobody is asked"


def test_on_github_an_edit_between_plan_and_apply_stops_it(place: Place) -> None:
    pushed = push(place)
    body = {"uid": "shop-folder", "title": "Somebody's"}
    place.grafana.inject(_Then(place.grafana, body), when=lambda _: _is_planned(place))
    assert pushed.run() == {"check": 0, "plan": 0, "apply": 1}, place.shell.output
    assert "since the plan was made" in place.shell.output
    assert place.grafana.content()["dashboards"] == {}


def _is_planned(place: Place) -> bool:
    """Tell whether the plan is written down: the next request is the apply's first."""
    return (place.folder / "plan.json").exists()


@dataclass(frozen=True, slots=True)
class _Then:
    """Somebody makes a folder where ours would stand; the request is served as ever."""

    server: GrafanaServer
    folder: Mapping[str, str]

    def serve(self, wire: Any, act: Any) -> None:
        self.server.ask("POST", "/api/folders", self.folder)
        wire.send(act())


def test_on_github_stale_output_a_wrong_statement_and_a_failed_alert_test_stop_it(
    place: Place, database: servers.Running
) -> None:
    _change(place, "critical: 5}", "critical: 7}", compiled=False)
    assert pull_request(place, database).run() == {"check": 3}
    _change(place, "critical: 7}", "critical: 12}")
    assert pull_request(place, database).run() == {"check": 1}
    assert "::error" in place.shell.output
    assert "payments_failing" in place.shell.output


def test_on_github_a_plan_that_cannot_be_made_is_said_on_the_pull_request(place: Place) -> None:
    place.grafana.stop()
    assert pull_request(place).run() == {"check": 0, "plan": 1}
    assert comments(place) == ["## Watchglass plan\n\nNo plan could be made: the log of this run says why.\n"]


def merge_request(place: Place, database: servers.Running | None, api: str, project: str = "1") -> GitLab:
    variables = {
        **place.addresses,
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": project,
        "CI_MERGE_REQUEST_IID": "3",
        "CI_PROJECT_ID": "1",
        "CI_API_V4_URL": api,
        "COMMENT_TOKEN": TOKEN,
        **place.reading,
    }
    return on_gitlab(place, database, variables)


def on_gitlab(place: Place, database: servers.Running | None, variables: Mapping[str, str]) -> GitLab:
    """Begin a pipeline, as on GitHub."""
    file = load(place.folder / GITLAB)
    if database is None:
        file["check"]["script"] = []
    else:
        file["check"]["variables"] |= {"PGHOST": HERE, "PGPORT": database.port}
    return GitLab(file, place.shell, {"CI_DEFAULT_BRANCH": "main", **variables})


@pytest.fixture
def notes() -> Iterator[tuple[str, Notes]]:
    with gitlab_notes() as running:
        yield running


def test_on_gitlab_a_merge_request_is_judged_and_gets_one_comment_with_the_plan(
    place: Place, database: servers.Running, notes: tuple[str, Notes]
) -> None:
    for used in (database, None):
        assert merge_request(place, used, notes[0]).run() == {"check": 0, "plan": 0}, place.shell.output
    (comment,) = notes[1].bodies.values()
    assert "to create" in comment
    assert "<testsuite" in (place.folder / "alert-tests.xml").read_text("utf-8")


def test_on_gitlab_a_fork_is_judged_and_not_planned(place: Place, notes: tuple[str, Notes]) -> None:
    assert merge_request(place, None, notes[0], project="99").run() == {"check": 0}, place.shell.output
    assert notes[1].bodies == {}
    assert place.grafana.requests == []


def test_on_gitlab_what_is_merged_is_applied_as_it_was_planned(place: Place) -> None:
    variables = {**place.addresses, **place.reading, "CI_COMMIT_BRANCH": "main", "CI_PROJECT_ID": "1"}
    pipeline = on_gitlab(place, None, variables)
    assert pipeline.run(apply=place.writing) == {"check": 0, "plan": 0, "apply": 0}, place.shell.output
    assert len(place.grafana.content()["dashboards"]) == 1
    assert len(place.metabase.content()["dashboards"]) == 1


@pytest.mark.parametrize("name", [GITHUB, GITLAB])
def test_a_recipe_installs_the_version_that_wrote_it(name: str, written: Path) -> None:
    installed = re.findall(r"pip install '(.*)'", (written / name).read_text("utf-8"))
    plain = f"watchglass=={__version__}"
    assert installed == [plain.replace("==", "[embedded]=="), plain, plain]


def _change(place: Place, old: str, new: str, *, compiled: bool = True) -> None:
    file = place.folder / "definitions/shop.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    if compiled:
        place.shell.run("watchglass compile", {})


@pytest.fixture
def written(tmp_path: Path) -> Path:
    assert run(["init", str(tmp_path)]) == 0
    return tmp_path


def test_fault_60_every_action_is_pinned_by_its_commit_and_named_by_its_version(written: Path) -> None:
    lines = (written / GITHUB).read_text("utf-8").splitlines()
    used = [line for line in lines if "uses:" in line]
    assert len(used) == 8
    for line in used:
        assert re.fullmatch(r" +- uses: actions/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", line)


def test_fault_60_secrets_reach_only_the_steps_that_publish_and_never_a_fork(written: Path) -> None:
    workflow = load(written / GITHUB)
    events = workflow[True]  # YAML 1.1 reads the key `on` so
    assert set(events) == {"pull_request", "push"}
    steps = [(name, step) for name, job in workflow["jobs"].items() for step in job["steps"]]
    with_secrets = [(name, step["run"]) for name, step in steps if "secrets." in str(step.get("env"))]
    assert [name for name, _ in with_secrets] == ["plan", "apply"]
    assert all("watchglass" in line for _, line in with_secrets)
    assert "secrets." not in str({name: job.get("env") for name, job in workflow["jobs"].items()})
    checkouts = [step["with"] for _, step in steps if "checkout" in step.get("uses", "")]
    assert checkouts == [{"persist-credentials": False}] * 3


def test_no_script_of_the_workflow_holds_an_expression(written: Path) -> None:
    """Such a text is put into the script before the shell reads it: a branch's name would be a command."""
    jobs = load(written / GITHUB)["jobs"].values()
    assert not [step for job in jobs for step in job["steps"] if "${{" in step.get("run", "")]


def test_rights_are_few_and_applies_wait_for_each_other(written: Path) -> None:
    workflow, pipeline = load(written / GITHUB), load(written / GITLAB)
    jobs = workflow["jobs"]
    assert workflow["permissions"] == {"contents": "read"}
    assert {name: job["permissions"] for name, job in jobs.items() if "permissions" in job} == {
        "plan": {"contents": "read", "pull-requests": "write"}
    }
    assert jobs["apply"]["environment"] == pipeline["apply"]["environment"]["name"] == "production"
    assert jobs["apply"]["concurrency"] == {"group": "watchglass-apply", "cancel-in-progress": False}
    assert pipeline["apply"]["resource_group"] == "watchglass-apply"
    assert pipeline["apply"]["rules"][0]["when"] == "manual"


@pytest.mark.parametrize(
    ("ci", "there"), [("github", [GITHUB]), ("gitlab", [GITLAB]), ("none", []), ("", [GITHUB, GITLAB])]
)
def test_the_recipe_of_one_service_alone_can_be_had(ci: str, there: list[str], tmp_path: Path) -> None:
    assert run(["init", str(tmp_path), *(["--ci", ci] if ci else [])]) == 0
    assert [name for name in (GITHUB, GITLAB) if (tmp_path / name).exists()] == there


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / GITLAB).write_text("theirs: true\n", "utf-8")
    assert run(["init", str(tmp_path)]) == 0
    assert (tmp_path / GITLAB).read_text("utf-8") == "theirs: true\n"
    assert f"left as it is: {(tmp_path / GITLAB).as_posix()}" in capsys.readouterr().out
