"""The wire: what a client sees of each fault, what the server has done by then, and the record of it."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests

from tests.servers import faults
from tests.servers.messages import Request, Response, answer
from tests.servers.transport import Transport


@dataclass(slots=True)
class Counter:
    """An application that counts its requests."""

    seen: list[Request] = field(default_factory=list)

    def handle(self, request: Request) -> Response:
        self.seen.append(request)
        return Response(204) if request.method == "DELETE" else answer({"count": len(self.seen)})


@dataclass(frozen=True, slots=True)
class Running:
    application: Counter
    transport: Transport

    def get(self, path: str = "/", timeout: float = 5) -> requests.Response:
        return requests.get(self.transport.url + path, timeout=timeout, allow_redirects=False)

    @property
    def acted(self) -> int:
        return len(self.application.seen)


@pytest.fixture
def running() -> Iterator[Running]:
    application = Counter()
    transport = Transport(application)
    transport.start()
    yield Running(application, transport)
    transport.stop()


def test_requests_of_one_connection_are_answered_in_order_and_recorded(running: Running) -> None:
    with requests.Session() as session:
        bodies = [session.get(f"{running.transport.url}/{name}?x=1").json() for name in "ab"]
        session.delete(f"{running.transport.url}/c")
    assert bodies == [{"count": 1}, {"count": 2}]
    assert [record.line for record in running.transport.requests] == [
        ("GET", "/a?x=1", 200),
        ("GET", "/b?x=1", 200),
        ("DELETE", "/c", 204),
    ]


def test_a_body_and_its_headers_arrive_as_they_were_sent(running: Running) -> None:
    requests.put(f"{running.transport.url}/p", json={"ä": 1}, headers={"X-One": "two"}, timeout=5)
    sent = running.application.seen[0]
    assert (sent.method, sent.headers["x-one"], sent.body) == ("PUT", "two", b'{"\\u00e4": 1}')


def test_a_slash_inside_of_a_name_stays_there() -> None:
    assert Request("GET", "/api/a%2Fb/c?d=%2F&e=").parts == ("api", "a/b", "c")
    assert Request("GET", "/api?d=%2F&e=").query == {"d": ["/"], "e": [""]}


BROKEN = {"reset before commit", "reset after commit", "lost answer", "cut body"}
AFTER = {
    "reset after commit",
    "lost answer",
    "500 after commit",
    "cut body",
    "HTML page after commit",
    "wrong JSON",
}


@pytest.mark.parametrize("name", [name for name in faults.ALL if name != "refused"])
def test_a_fault_strikes_its_request_alone_and_acts_before_or_after_the_commit(
    running: Running, name: str
) -> None:
    running.transport.inject(faults.ALL[name](), at=2)
    running.get()
    if name in BROKEN:
        with pytest.raises(requests.RequestException):
            running.get()
    else:
        running.get()
    assert running.acted == 1 + (name in AFTER or name == "slow drip")
    assert running.get().status_code == 200


@pytest.mark.parametrize(
    ("name", "status", "text"),
    [
        ("500 before commit", 500, "Internal Server Error"),
        ("429", 429, "too many"),
        ("503", 503, "too many"),
        ("HTML page", 200, "<form>"),
        ("wrong JSON", 200, '{"message": "don'),
        ("slow drip", 200, '{"count": 1}'),
        ("redirect", 302, ""),
    ],
)
def test_an_answer_in_place_of_the_real_one_is_said(
    running: Running, name: str, status: int, text: str
) -> None:
    running.transport.inject(faults.ALL[name]())
    response = running.get()
    assert response.status_code == status
    assert text in response.text


def test_429_names_when_to_come_back(running: Running) -> None:
    running.transport.inject(faults.too_many("21600"))
    assert running.get().headers["Retry-After"] == "21600"


def test_a_redirect_names_another_host(running: Running) -> None:
    running.transport.inject(faults.redirect("http://127.0.0.2:9/x", 307))
    assert running.get().headers["Location"] == "http://127.0.0.2:9/x"


def test_a_reset_is_one(running: Running) -> None:
    running.transport.inject(faults.Reset())
    with socket.create_connection(running.transport.address, timeout=5) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_a_cut_body_promises_more_than_comes(running: Running) -> None:
    running.transport.inject(faults.CutBody(keep=0.5))
    connection = http.client.HTTPConnection(*running.transport.address, timeout=5)
    connection.request("GET", "/")
    with pytest.raises(http.client.IncompleteRead):
        connection.getresponse().read()
    connection.close()


def test_a_silent_server_is_waited_for_no_longer_than_the_client_likes(running: Running) -> None:
    running.transport.inject(faults.LostAnswer(silence=30))
    began = time.monotonic()
    with pytest.raises(requests.Timeout):
        running.get(timeout=0.2)
    assert time.monotonic() - began < 5
    assert running.acted == 1


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_refused_connection_is_refused_before_its_request_can_come(running: Running, number: int) -> None:
    running.transport.inject(faults.Refused(), at=number)
    with requests.Session() as session:
        for _ in range(number - 1):
            session.get(running.transport.url, timeout=5)
        with pytest.raises(requests.ConnectionError, match="refused"):
            session.get(running.transport.url, timeout=5)
        assert running.acted == number - 1
        running.transport.resume()
        assert session.get(running.transport.url, timeout=5).json() == {"count": number}


def test_a_server_that_refuses_for_a_time_comes_back_on_its_port(running: Running) -> None:
    running.transport.inject(faults.Refused(seconds=0.1), at=1)
    with pytest.raises(requests.ConnectionError):
        running.get()
    time.sleep(0.3)
    assert running.get().status_code == 200


def test_a_predicate_chooses_the_requests_that_fail(running: Running) -> None:
    running.transport.inject(faults.error(), when=lambda request: request.path == "/bad", times=2)
    statuses = [running.get(path).status_code for path in ("/bad", "/good", "/bad", "/bad")]
    assert statuses == [500, 200, 500, 200]


def test_a_fault_can_stay_for_ever(running: Running) -> None:
    running.transport.inject(faults.error(status=502), times=None)
    assert {running.get().status_code for _ in range(5)} == {502}


def test_a_refusal_by_a_predicate_drops_the_request_and_lasts_until_resumed(running: Running) -> None:
    running.transport.inject(faults.Refused(), when=lambda request: request.method == "GET")
    for _ in range(2):
        with pytest.raises(requests.ConnectionError):
            running.get()
    running.transport.resume()
    assert running.get().json() == {"count": 1}


@pytest.mark.parametrize("after", [False, True])
def test_something_can_happen_in_place_of_the_answer(running: Running, after: bool) -> None:
    acted: list[int] = []
    running.transport.inject(faults.Interrupted(lambda: acted.append(running.acted), after))
    with pytest.raises(requests.ConnectionError):
        running.get()
    assert acted == [int(after)]


def test_somebody_else_can_come_first(running: Running) -> None:
    other = Request("GET", "/other")
    running.transport.inject(faults.Meanwhile(lambda: running.application.handle(other)))
    assert running.get().json() == {"count": 2}


def test_forgetting_begins_the_count_anew_and_drops_faults(running: Running) -> None:
    running.get()
    running.transport.inject(faults.error(), at=2)
    running.transport.forget()
    assert [running.get().status_code for _ in range(2)] == [200, 200]
    assert [record.number for record in running.transport.requests] == [1, 2]


def test_what_was_said_is_recorded_also_where_a_fault_said_it(running: Running) -> None:
    running.transport.inject(faults.too_many(), at=1)
    running.transport.inject(faults.Reset(after=True), at=2)
    running.get()
    with pytest.raises(requests.ConnectionError):
        running.get()
    assert [record.status for record in running.transport.requests] == [429, None]
    assert isinstance(running.transport.requests[1].fault, faults.Reset)


def test_a_stopped_server_is_gone_at_once() -> None:
    transport = Transport(Counter())
    transport.start()
    with requests.Session() as session:
        session.get(transport.url, timeout=5)
        began = time.monotonic()
        transport.stop()
        assert time.monotonic() - began < 1
        with pytest.raises(requests.ConnectionError):
            session.get(transport.url, timeout=5)


def test_many_connections_at_once_are_served(running: Running) -> None:
    connections = [http.client.HTTPConnection(*running.transport.address, timeout=5) for _ in range(50)]
    for connection in connections:
        connection.request("GET", "/")
    assert {connection.getresponse().status for connection in connections} == {200}
    for connection in connections:
        connection.close()
    assert running.acted == 50
