"""Commands that use the REST API go on where the line, the session or the server's patience ended."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from threading import Thread
from typing import cast

import orjson
import pytest
from arus_stack import control
from arus_stack.cli.imports import app
from arus_stack.demo import rest
from arus_stack.demo.rest import Api
from arus_stack.errors import Refused, ServerFailed
from typer.testing import CliRunner

CONTENT = bytes(range(256)) * 100
DONE: dict[str, object] = {
    "id": "U1",
    "file_name": "MC é.csv",
    "state": "completed",
    "progress": 1.0,
    "blocks": [],
    "type": "MC",
    "period": "2025-12",
    "rows": 1,
    "counts": {"created": 1, "updated": 0, "unchanged": 0, "rejected": 0},
}


@dataclass(slots=True)
class Trouble:
    """What becomes of one request. takes: it is carried out all the same. status 0: the line is cut."""

    status: int = 0
    retry_after: str = ""
    takes: bool = False


class Server(ThreadingHTTPServer):
    """Takes one file in pieces, as the tus protocol says, and has troubles where it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.troubles: dict[str, list[Trouble]] = {}
        self.signed_in = 0
        self.come = b""
        self.size = 0
        self.metadata = ""

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # who was cut off


@dataclass(slots=True)
class Answer:
    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict[str, str])


class _Answer(BaseHTTPRequestHandler):
    def answer(self) -> None:
        server = cast("Server", self.server)
        content = self.rfile.read(int(self.headers.get("content-length", 0)))
        waiting = server.troubles.get(self.command) if "/auth/" not in self.path else None
        trouble = waiting.pop(0) if waiting else None
        said = self.carried_out(server, content) if trouble is None or trouble.takes else Answer(500)
        if trouble:
            if not trouble.status:
                self.close_connection = True
                return
            said = Answer(trouble.status, {"detail": "later"}, {"Retry-After": trouble.retry_after})
        body = b"" if said.body is None else orjson.dumps(said.body)
        self.send_response(said.status)
        for name, value in (said.headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def carried_out(self, server: Server, content: bytes) -> Answer:
        if self.path.endswith("/auth/login"):
            server.signed_in += 1
            return Answer(200, {"access_token": f"token-{server.signed_in}"})
        if self.headers["Authorization"] != f"Bearer token-{server.signed_in}":
            return Answer(401)
        if self.command == "GET":
            return Answer(200, DONE)
        if self.command == "POST":
            server.size, server.metadata = int(self.headers["Upload-Length"]), self.headers["Upload-Metadata"]
        if self.command == "PATCH":
            if int(self.headers["Upload-Offset"]) != len(server.come):
                return Answer(409, {"detail": "elsewhere"})
            server.come += content
        is_whole = self.command != "POST" and len(server.come) == server.size
        headers = {"Upload-Offset": str(len(server.come)), "Location": "/api/v1/imports/uploads/U1"}
        return Answer(
            {"POST": 201, "PATCH": 204}.get(self.command, 200),
            headers=headers | ({"Arus-Import-Id": "U1"} if is_whole else {}),
        )

    do_GET = do_POST = do_PATCH = do_HEAD = answer  # noqa: N815 - the library's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        thread = Thread(target=found.serve_forever, args=(0.01,))
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the pauses that were made, none of which is waited for."""
    made: list[float] = []
    monkeypatch.setattr("time.sleep", made.append)
    monkeypatch.setattr(rest, "PIECE_BYTES", 10_000)
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "MC é.csv"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def api(server: Server) -> Iterator[Api]:
    with Api(f"http://127.0.0.1:{server.server_port}", "siti@example.org", "x") as found:
        yield found


def test_a_file_goes_in_pieces_and_shows_how_far_it_is(server: Server, api: Api, file: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rest, "PIECE_BYTES", 12_800)
        seen: list[float] = []
        assert api.upload(file, seen.append) == "U1"
    assert (seen, server.come) == ([0.0, 0.5, 1.0], CONTENT)
    assert server.metadata == "filename TUMgw6kuY3N2"


TROUBLES = (
    Trouble(429, "7"),
    Trouble(503, "7"),
    Trouble(504, "7", takes=True),
    Trouble(),
    Trouble(takes=True),
)


@pytest.mark.parametrize("case", [*product(("POST", "PATCH", "HEAD"), TROUBLES)])
def test_each_piece_comes_once_however_often_it_is_sent(
    server: Server, api: Api, file: Path, pauses: list[float], case: tuple[str, Trouble]
) -> None:
    method, trouble = case
    server.troubles = {"PATCH": [Trouble(takes=True)] * 3} | {method: [trouble] * 3}
    assert api.upload(file, lambda _: None) == "U1"
    assert server.come == CONTENT
    assert not any(server.troubles.values())
    assert pauses.count(7 if trouble.retry_after else rest.PAUSE_S) >= 3


def test_a_session_that_ends_on_the_way_is_begun_anew(server: Server, api: Api, file: Path) -> None:
    server.troubles = {"PATCH": [Trouble(401)], "HEAD": [Trouble(401)]}
    assert api.upload(file, lambda _: None) == "U1"
    assert (server.signed_in, server.come) == (2, CONTENT)


def test_who_would_have_to_wait_too_long_is_told_so_at_once(
    server: Server, api: Api, file: Path, pauses: list[float]
) -> None:
    server.troubles = {"PATCH": [Trouble(429, "900")]}
    with pytest.raises(Refused, match="later"):
        api.upload(file, lambda _: None)
    assert pauses == []


def test_a_server_that_stays_away_is_given_up(
    server: Server, api: Api, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "PATIENCE_S", 0)
    server.troubles = {"POST": [Trouble()]}
    with pytest.raises(ServerFailed, match="no answer"):
        api.upload(file, lambda _: None)


@pytest.mark.parametrize(("shown", "said"), [(0, "is empty"), (CONTENT, "became shorter")])
def test_a_file_without_what_it_should_have_is_refused(
    api: Api, file: Path, pauses: list[float], shown: bytes, said: str
) -> None:
    file.write_bytes(shown or b"")

    def cut(_: float) -> None:
        file.write_bytes(b"")

    with pytest.raises(Refused, match=said):
        api.upload(file, cut)


def test_a_file_that_is_refused_keeps_no_other_from_coming_in(
    server: Server, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty, refused = tmp_path / "kosong.csv", tmp_path / "ditolak.csv"
    empty.write_bytes(b"")
    refused.write_bytes(CONTENT)
    server.troubles = {"POST": [Trouble(413)]}

    def facts(*_: object) -> dict[str, object]:
        return {"gateway": f"http://127.0.0.1:{server.server_port}", "tls_ca": None}

    monkeypatch.setattr(control, "ask_once", facts)
    words = ["run", str(empty), str(refused), str(file), "--email", "siti@example.org", "--password", "x"]
    said = CliRunner().invoke(app, [*words, "--json"])
    assert (said.exit_code, server.come) == (1, CONTENT)
    found = orjson.loads(said.stdout)
    assert [(one["file_name"], one["state"], one.get("problem", {}).get("message")) for one in found] == [
        ("kosong.csv", "refused", "kosong.csv is empty"),
        ("ditolak.csv", "refused", "POST /api/v1/imports/uploads: later"),
        ("MC é.csv", "completed", None),
    ]
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 1
    assert "✗ kosong.csv: kosong.csv is empty" in shown.stderr
    assert "3 file(s): 1 refused, 2 completed" in shown.stderr
