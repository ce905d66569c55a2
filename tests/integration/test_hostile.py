"""Whatever is sent, nothing answers 5xx: generated requests for every operation, alone and in sequences.

ARUS_HOSTILE_EXAMPLES sets how many requests each operation gets (100).
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUntypedFunctionDecorator=false
# (schemathesis is half typed)

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from arus_stack.strangers import Stranger
from arus_stack.testing import RunningStack
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.checks import not_a_server_error

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1800)]

ROOT = Path(__file__).resolve().parents[2]
STEPS = 12
EXAMPLES = int(os.environ.get("ARUS_HOSTILE_EXAMPLES", "100"))
WAITING = {"too_many_guesses", "too_many_mails", "reports_waiting"}
"""What asks for patience by its own rule, not because of the rate."""
ENDLESS = "/api/v1/live"  # cannot be waited for; the gateway's own tests listen to it

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
schema: Any = schemathesis.openapi.from_path(str(ROOT / "web/openapi.json")).exclude(path=ENDLESS)
OPERATIONS: dict[str, Any] = {
    operation.ok().label: operation.ok() for operation in schema.get_all_operations()
}
generated = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


class Caller:
    """Sends generated requests in the name of someone who owns an organisation."""

    def __init__(self, gateway: str, who: Stranger, session: requests.Session) -> None:
        self.gateway = gateway
        self.who = who
        self.session = session
        self.answers: Counter[int] = Counter()
        self.held_up = Counter[str]()

    def send(self, case: Any, **options: Any) -> Any:
        """Send a request; once more after signing in again, when an earlier one ended the session."""
        response = self._send(case, **options)
        if response.status_code == 401:
            self.who.sign_in()
            response = self._send(case, **options)
        self.answers[response.status_code] += 1
        if response.status_code == 429 and response.json()["code"] not in WAITING:
            self.held_up[case.operation.label] += 1
        return response

    def _send(self, case: Any, **options: Any) -> Any:
        self.session.cookies.clear()
        options |= {"base_url": self.gateway, "session": self.session, "headers": self.who.headers}
        return case.call(**options)


@pytest.fixture(scope="module")
def caller(stack: RunningStack) -> Iterator[Caller]:
    with Stranger(stack.gateway) as who, requests.Session() as session:
        yield Caller(stack.gateway, who, session)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_request_makes_an_operation_fail(operation: str, caller: Caller) -> None:
    @generated
    @given(case=OPERATIONS[operation].as_strategy())
    def ask(case: Any) -> None:
        case.validate_response(caller.send(case), checks=[not_a_server_error])

    ask()


def test_no_sequence_of_requests_makes_an_operation_fail(caller: Caller) -> None:
    """Ids of answers flow into later requests: what was made is read, changed, removed and read again."""
    machine: Any = schema.as_state_machine()
    failures: list[str] = []

    class Sequences(machine):
        def call(self, case: Any, **_: Any) -> Any:
            return caller.send(case)

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            if response.status_code >= 500:
                failures.append(f"{response.status_code} {response.text} {case.as_curl_command()}")

    enough = caller.answers.total() + EXAMPLES * STEPS
    while caller.answers.total() < enough and not failures:
        # What can be drawn next depends on what the server answered, which is never the same twice.
        with suppress(FlakyStrategyDefinition):
            Sequences.run(settings=settings(generated, derandomize=False, stateful_step_count=STEPS))
    assert failures == []


def test_most_requests_were_let_in(caller: Caller) -> None:
    """Else the tests above would have tried one wall only."""
    asked = caller.answers.total()
    assert asked >= EXAMPLES
    assert caller.answers[401] < asked / 4, caller.answers
    assert not caller.held_up
    assert {200, 201, 204, 404, 422} <= caller.answers.keys()


def test_no_worker_stopped_for_what_came_in(stack: RunningStack, caller: Caller) -> None:
    """What is odd is parked or said: it never keeps what comes after it, of other people too, waiting."""
    assert caller.answers.total() >= EXAMPLES
    ports = json.loads((stack.home / "ports.json").read_text("utf-8"))
    of_services = {name: port for name, port in ports.items() if name.endswith(".http")}
    assert {"anomaly.http", "metering.http", "notify.http"} <= of_services.keys()
    stopped: list[str] = []
    for name, port in of_services.items():
        lines = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text.splitlines()
        counts = [line for line in lines if line.startswith("arus_partitions_stopped{")]
        stopped += [f"{name}: {line}" for line in counts if float(line.rpartition(" ")[2]) > 0]
    assert stopped == []
