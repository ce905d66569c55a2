"""Every operation of the merged document, tried by every role, by a stranger, and by limited keys."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from arus_runtime.auth import allowed, roles
from arus_stack.strangers import PASSWORD, Stranger
from arus_stack.testing import RunningStack

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "web/openapi.json").read_text("utf-8"))
PREFIX = "/api/v1"
METHODS = ("get", "post", "put", "patch", "delete")
MACHINES: Final = frozenset(("device", "service"))
OPERATIONS: Final = [
    (method.upper(), path.removeprefix(PREFIX))
    for path, operations in DOCUMENT["paths"].items()
    for method in METHODS
    if method in operations
]
ACTIONS: Final = {"GET": "r", "POST": "c", "PUT": "u", "PATCH": "u", "DELETE": "d"}
RESOURCES: Final = {
    "/anomalies": "anomalies",
    "/anomalies/meter": "meters",
    "/incidents": "incidents",
    "/cases": "cases",
    "/thresholds": "thresholds",
    "/fuel/transactions": "fuel.transactions",
    "/fuel/deliveries": "fuel.deliveries",
    "/fuel/trends": "fuel.transactions",
    "/imports": "imports",
    "/customers": "customers",
    "/collections": "collections",
    "/meters": "meters",
    "/kpi": "kpi",
    "/locations": "locations",
    "/products": "products",
    "/users": "users",
    "/keys": "keys",
    "/audit": "audit",
    "/views": "views",
    "/reports": "reports",
    "/organisations/invitations": "users",
    "/organisations/{id}": "organisations",
    "/live": "anomalies",
    "/notifications": "notifications",
    "/notifications/webhooks": "webhooks",
}
# Opening the feed is reading, whatever the method.
READING: Final = {("POST", "/live/ticket")}
# Marking as read, giving cases to somebody, taking an import back, and correcting a register read change what
# is there.
CHANGING: Final = {
    ("POST", "/notifications/read-all"),
    ("POST", "/notifications/{notification_id}/read"),
    ("POST", "/imports/{import_id}/undo"),
    ("POST", "/cases/assign"),
    ("POST", "/meters/{nomen}/reads/{period}/estimate"),
    ("POST", "/meters/{nomen}/reads/{period}/from-visit"),
    ("POST", "/meters/{nomen}/reads/{period}/revert"),
}
# What anyone signed in may do with their own account.
PERSONAL: Final = {
    ("GET", "/auth/me"),
    ("PATCH", "/auth/me"),
    ("POST", "/auth/logout"),
    ("POST", "/auth/password"),
    ("POST", "/auth/switch"),
    ("POST", "/auth/verify-email/resend"),
    ("GET", "/organisations"),
    ("POST", "/organisations"),
    ("POST", "/organisations/{id}/leave"),
}
# Not to be sent in this test: they end the very session, or change the password, that it runs on.
ENDING: Final = {("POST", "/auth/logout")}
OPEN: Final = {
    ("POST", "/auth/login"),
    ("POST", "/auth/session"),
    ("POST", "/auth/register"),
    ("POST", "/auth/refresh"),
    ("POST", "/auth/verify-email"),
    ("POST", "/auth/password-reset"),
    ("POST", "/auth/password-reset/confirm"),
    ("POST", "/organisations/invitations/accept"),
}
GUARDED: Final = [operation for operation in OPERATIONS if operation not in PERSONAL | OPEN]
UNAUTHORIZED, FORBIDDEN = 401, 403
NOBODYS_ID = "01JGJ4M3Z8Q0T7C1V5X2B9N6KD"

OPERATOR_MAY: Final = {
    ("POST", "/fuel/transactions"),
    ("POST", "/fuel/transactions/batch"),
    ("GET", "/anomalies"),
    ("GET", "/anomalies/summary"),
    ("GET", "/anomalies/trends"),
    ("GET", "/anomalies/export"),
    ("GET", "/anomalies/export/size"),
    ("GET", "/anomalies/{anomaly_id}"),
    ("GET", "/incidents"),
    ("GET", "/incidents/summary"),
    ("GET", "/incidents/{incident_id}"),
    ("GET", "/live"),
    ("POST", "/live/ticket"),
    ("GET", "/locations"),
    ("GET", "/locations/{location_id}"),
    ("GET", "/products"),
    ("GET", "/products/{product_id}"),
}


def demanded(method: str, path: str) -> tuple[str, str]:
    """Return the resource and the action that an operation asks permission for."""
    start = max((start for start in RESOURCES if path.startswith(start)), key=len)
    if (method, path) in READING:
        return RESOURCES[start], "r"
    return RESOURCES[start], "u" if (method, path) in CHANGING else ACTIONS[method]


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation with somebody of every role, a key where it is one of machines; role → client."""

    owner: Stranger
    staff: dict[str, httpx.Client]


@pytest.fixture(scope="module")
def company(stack: RunningStack) -> Iterator[Company]:
    with Stranger(stack.gateway) as owner:
        staff = {role: employed(stack.gateway, owner, role) for role in roles()}
        yield Company(owner, staff)
        for client in staff.values():
            client.close()


def employed(gateway: str, owner: Stranger, role: str) -> httpx.Client:
    """Return the client of somebody new with the role."""
    if role in MACHINES:
        key = owner.make("/keys", name=role, role=role)["secret"]
        return httpx.Client(base_url=f"{gateway}{PREFIX}", timeout=30, headers={"x-api-key": key})
    address = f"{role}.{owner.email}"
    owner.make("/users", email=address, name=role, password=PASSWORD, role=role)
    client = httpx.Client(base_url=f"{gateway}{PREFIX}", timeout=30)
    signed = client.post("/auth/login", json={"email": address, "password": PASSWORD}).raise_for_status()
    client.headers["authorization"] = f"Bearer {signed.json()['access_token']}"
    return client


def status_of(client: httpx.Client, method: str, path: str) -> int:
    """Return how an operation on records that do not exist is answered, not waiting for endless bodies."""
    names = [part for part in path.split("/") if part.startswith("{")]
    for name in names:
        path = path.replace(name, NOBODYS_ID)
    body = None if method in {"GET", "HEAD", "DELETE"} else b"{}"
    headers = {"content-type": "application/json"}
    with client.stream(method, path, content=body, headers=headers) as answer:
        return answer.status_code


def test_every_operation_has_its_place_in_the_matrix():
    unknown = [
        (method, path) for method, path in GUARDED if not any(path.startswith(start) for start in RESOURCES)
    ]
    assert unknown == []
    named = PERSONAL | OPEN | OPERATOR_MAY | READING | CHANGING
    assert named - set(OPERATIONS) == set()


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_an_operation_is_for_the_roles_that_have_it_and_for_no_others(
    method: str, path: str, company: Company
):
    resource, action = demanded(method, path)
    answers = {role: status_of(client, method, path) for role, client in company.staff.items()}
    let_in = {role for role, status in answers.items() if status != FORBIDDEN}
    assert let_in == {role for role in roles() if allowed(frozenset((role,)), resource, action)}
    assert {role for role, status in answers.items() if status in {401, 405} or status >= 500} == set()


@pytest.mark.parametrize("path", [path for method, path in GUARDED if method == "GET"])
def test_head_is_for_whom_get_is(path: str, company: Company):
    shown, told = (
        {role: status_of(client, method, path) for role, client in company.staff.items()}
        for method in ("GET", "HEAD")
    )
    assert told == shown


def test_an_operator_records_and_watches_and_nothing_else(company: Company):
    operator = company.staff["operator"]
    may = {operation for operation in GUARDED if status_of(operator, *operation) != FORBIDDEN}
    assert may == OPERATOR_MAY


@pytest.mark.parametrize(("method", "path"), sorted(PERSONAL - ENDING))
def test_everyone_signed_in_looks_after_their_own_account(method: str, path: str, company: Company):
    for role in company.staff.keys() - MACHINES:
        assert status_of(company.staff[role], method, path) not in {401, 403}, role


@pytest.mark.parametrize(("method", "path"), GUARDED + sorted(PERSONAL))
def test_nobody_unknown_is_let_in(method: str, path: str, stack: RunningStack):
    with httpx.Client(base_url=f"{stack.gateway}{PREFIX}", timeout=30) as stranger:
        assert status_of(stranger, method, path) == UNAUTHORIZED
        stranger.headers["authorization"] = "Bearer ak_invented"
        assert status_of(stranger, method, path) == UNAUTHORIZED


def test_a_key_limited_to_recording_records_and_nothing_else(stack: RunningStack, company: Company):
    made = company.owner.make("/keys", name="pump", role="admin", resources={"fuel.transactions": "c"})
    with httpx.Client(base_url=f"{stack.gateway}{PREFIX}", timeout=30) as pump:
        pump.headers["x-api-key"] = made["secret"]
        reached = {
            operation
            for operation in [*GUARDED, *sorted(PERSONAL)]
            if status_of(pump, *operation) != FORBIDDEN
        }
    assert reached == {("POST", "/fuel/transactions"), ("POST", "/fuel/transactions/batch")}
