"""One server: faults 36 to 40 of the way to it, tokens that stay with it, repeats that make nothing twice."""

from __future__ import annotations

import datetime
import email.utils
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.scripted import Scripted, Step, scripted
from tests.servers.metabase.server import metabase_server
from watchglass.publish import client as clients
from watchglass.publish.client import Client, Settings
from watchglass.publish.errors import NotSent, PublishError, Refused, Strange, Uncertain
from watchglass.publish.secret import Secret

TOKEN = "glsa_canary_0123456789"
OK = Step(body=b'{"fine": true}')


def talking(server: Scripted, waits: list[float] | None = None, **settings: float) -> Client:
    waited = waits if waits is not None else []
    return Client(
        "Grafana",
        server.url,
        {"Authorization": Secret(f"Bearer {TOKEN}")},
        settings=Settings(**settings),  # type: ignore[arg-type]
        wait=waited.append,
    )


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return


def test_the_token_goes_to_its_own_server_and_netrc_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login other password stolen\n", "utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    with scripted(OK) as server:
        assert talking(server).get("/api/health").body == {"fine": True}
    assert server.asked[0][2]["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["get", "put", "post"])
def test_fault_38_a_redirect_is_refused_and_not_followed(status: int, method: str) -> None:
    with (
        scripted(OK) as other,
        scripted(Step(status, headers=(("Location", f"{other.url}/api"),))) as server,
    ):
        client = talking(server)
        with pytest.raises(Refused, match="sends us on to"):
            client.get("/api/x") if method == "get" else getattr(client, method)("/api/x", {"a": 1})
    assert other.asked == []
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://grafana.example.com", "in the clear"),
        ("http://10.0.0.1:3000", "in the clear"),
        ("grafana.example.com", "begins with https"),
        ("https://admin:hunter22@grafana.example.com", "holds a password"),
        ("ftp://grafana.example.com", "begins with https"),
    ],
)
def test_an_address_that_would_give_the_token_away_is_refused(url: str, says: str) -> None:
    with pytest.raises(NotSent, match=says) as refused:
        Client("Grafana", url, {"Authorization": Secret(TOKEN)})
    assert "hunter22" not in str(refused.value)


def test_http_is_taken_where_it_was_asked_for() -> None:
    Client("Grafana", "http://grafana.example.com", {}, settings=Settings(plain=True))


@pytest.mark.parametrize("method", ["get", "put", "delete"])
@pytest.mark.parametrize(
    "fault",
    [Step(429), Step(502), Step(503), Step(504), Step(reset=True), Step(body=b'{"half": 1}', cut=True)],
    ids=["429", "502", "503", "504", "reset", "cut"],
)
def test_what_may_be_repeated_is_repeated(method: str, fault: Step) -> None:
    waits: list[float] = []
    with scripted(fault, fault, OK) as server:
        client = talking(server, waits)
        answer = client.put("/x", {"a": 1}) if method == "put" else getattr(client, method)("/x")
    assert answer.body == {"fine": True}
    assert waits == [0.5, 1.0]


@pytest.mark.parametrize(
    "fault",
    [Step(500), Step(502), Step(503), Step(504), Step(reset=True), Step(body=b'{"half": 1}', cut=True)],
    ids=["500", "502", "503", "504", "reset", "cut"],
)
def test_fault_41_a_post_whose_answer_is_lost_is_sent_once(fault: Step) -> None:
    with scripted(fault, OK) as server, pytest.raises(Uncertain):
        talking(server).post("/api/card", {"name": "x"})
    assert len(server.asked) == 1


def test_a_post_that_the_server_put_off_is_sent_again() -> None:
    waits: list[float] = []
    with scripted(Step(429, headers=(("Retry-After", "3"),)), OK) as server:
        assert talking(server, waits).post("/api/card", {}).status == 200
    assert waits == [3.0]


@pytest.mark.parametrize(
    ("asked", "waited"),
    [("7", 7.0), ("21600", 60.0), ("soon", 0.5), ("-5", 0.5), ("", 0.5)],
    ids=["seconds", "six hours", "a word", "negative", "nothing"],
)
def test_fault_39_the_server_may_ask_for_a_minute_at_most(asked: str, waited: float) -> None:
    waits: list[float] = []
    with scripted(Step(503, headers=(("Retry-After", asked),)), OK) as server:
        talking(server, waits).get("/x")
    assert waits == [waited]


def test_fault_39_a_date_is_read_too() -> None:
    waits: list[float] = []
    later = datetime.datetime.now(tz=datetime.UTC) + datetime.timedelta(seconds=20)
    with scripted(Step(429, headers=(("Retry-After", email.utils.format_datetime(later)),)), OK) as server:
        talking(server, waits).get("/x")
    assert 15 < waits[0] <= 20


def test_fault_39_what_never_ends_ends() -> None:
    waits: list[float] = []
    with scripted(Step(503, headers=(("Retry-After", "60"),))) as server, pytest.raises(Refused, match="503"):
        talking(server, waits).get("/x")
    assert sum(waits) <= 300


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (Step(body=b"<!DOCTYPE html><html>Sign in</html>"), "a web page"),
        (Step(body=b"not json"), "no JSON"),
    ],
)
def test_fault_37_an_answer_of_somebody_else_is_told(step: Step, says: str) -> None:
    with scripted(step) as server, pytest.raises(Strange, match=says):
        talking(server).get("/api/x")


def test_fault_37_an_endless_body_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "LARGEST", 1000)
    with scripted(Step(body=b'"' + b"x" * 200_000 + b'"')) as server, pytest.raises(Strange, match="MB"):
        talking(server).get("/api/x")


def test_fault_37_a_slow_drip_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "_CHUNK", 1)
    slow = Step(body=b'{"a": 12345678901234567890}', drip=0.05)
    with scripted(slow) as server, pytest.raises(Strange, match="took too long"):
        talking(server, read=0.2).get("/api/x")


def test_fault_36_a_refusal_says_what_to_do() -> None:
    with scripted(Step(401, b'{"message": "Unauthorized"}')) as server, pytest.raises(Refused) as refused:
        talking(server).get("/api/x")
    assert refused.value.status == 401
    assert "expired" in refused.value.hint


def test_nothing_listens_there() -> None:
    with scripted(OK) as server:
        url = server.url
    with pytest.raises(NotSent, match="nothing listens there"):
        Client("Grafana", url, {}, wait=lambda _: None).post("/x", {})


@pytest.mark.parametrize(
    "step",
    [
        Step(500, f'{{"message": "bad token {TOKEN}"}}'.encode()),
        Step(403, f"Bearer {TOKEN}".encode()),
        Step(302, headers=(("Location", f"http://evil.example.com/?t={TOKEN}"),)),
        Step(reset=True),
    ],
)
def test_no_failure_shows_the_token(step: Step) -> None:
    with scripted(step) as server, pytest.raises(PublishError) as failed:
        talking(server).get(f"/api/x?token={TOKEN}")
    shown = (
        f"{failed.value!r} {failed.value} {failed.value.message} {failed.value.hint} {failed.value.__cause__}"
    )
    assert TOKEN not in shown


def test_a_secret_in_a_body_is_written_for_the_server_alone() -> None:
    with scripted(OK) as server:
        talking(server).put("/x", {"key": Secret("pä-ss")})
    assert server.asked[0][3] == '{"key": "pä-ss"}'.encode()
    with scripted(OK) as server, pytest.raises(TypeError, match="Path has no form in JSON"):
        talking(server).put("/x", {"key": Path()})


def test_what_is_read_once_is_asked_for_once() -> None:
    with scripted(Step(503), OK, Step(404), OK) as server:
        client = talking(server)
        for _ in range(2):
            assert client.get_once("/a").body == {"fine": True}
            assert client.get_once("/a", {"page": 2}, also=(404,)).status == 404
    assert [path for _, path, _, _ in server.asked] == ["/a", "/a", "/a?page=2"]


def test_a_way_to_a_server_is_another_with_another_token() -> None:
    def way(token: str, **settings: str) -> object:
        url = "http://127.0.0.1:3000"
        return Client("Grafana", url, {"Authorization": Secret(token)}, settings=Settings(**settings)).way  # type: ignore[arg-type]

    assert way("a") == way("a")
    assert len({way("a"), way("b"), way("a", authority="ca.pem")}) == 3


def test_several_reads_are_in_flight_at_once_and_come_in_order() -> None:
    with metabase_server() as server:
        client = Client("Metabase", server.url, {"x-api-key": Secret(server.admin_key)})
        paths = [f"/api/{name}" for name in ("user/current", "collection", "database", "card") * 5]
        answers = client.get_all(paths)
        assert [each.body for each in answers] == [client.get(path).body for path in paths]


def test_of_several_reads_the_first_that_fails_ends_all() -> None:
    with metabase_server() as server:
        client = Client("Metabase", server.url, {"x-api-key": Secret(server.admin_key)})
        paths = [f"/api/card/{number}" for number in range(100)]
        with pytest.raises(Refused, match="GET /api/card/0: 404"):
            client.get_all(paths)
        assert len(server.requests) < 20
