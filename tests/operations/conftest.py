"""A system of these tests' own, which sends its spans to a receiver of theirs."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import pytest
from arus_stack.testing import RunningStack, arus, running_stack
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


class Receiver(ThreadingHTTPServer):
    """A collector of OpenTelemetry: keeps every span it is sent, under its service's name."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.spans: list[tuple[str, Any]] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def of(self, trace_id: str) -> list[tuple[str, Any]]:
        """Return service and span of everything that belongs to a trace."""
        return [(service, span) for service, span in self.spans if span.trace_id.hex() == trace_id]


class _Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver = cast("Receiver", self.server)
        body = self.rfile.read(int(self.headers["content-length"]))
        for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
            names = {one.key: one.value.string_value for one in sent.resource.attributes}
            for scope in sent.scope_spans:
                receiver.spans += [(names["service.name"], span) for span in scope.spans]
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def own(receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    home = tmp_path_factory.mktemp("arus")
    env = {
        "ARUS_CONSOLE": "false",
        "ARUS_OTLP_ENDPOINT": receiver.endpoint,
        "ARUS_TRACE_SHARE": "0",
        "ARUS_RATE_AUTH": "100000/minute",  # all load comes from one address
    }
    started = arus(home, "up", "--detach", "--wait", "--json", env=env)
    try:
        assert started.returncode == 0, started.stderr
        yield running_stack(home)
    finally:
        arus(home, "down")
