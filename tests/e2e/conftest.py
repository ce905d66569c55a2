"""A real browser on the real console, and an organisation with a little history to look at."""

import os
import secrets
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import pytest
from arus_stack import publishing
from arus_stack.testing import RunningStack, until
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from typing_extensions import override

# One address signs many people in; the limit itself is tested with the gateway.
os.environ.setdefault("ARUS_RATE_AUTH", "1000000/minute")
os.environ.setdefault("ARUS_RATE_ACCOUNT", "1000000/minute")

Language = Literal["id", "en"]
Theme = Literal["light", "dark"]

PASSWORD = "kopi-pagi-di-gudang-7"
USUAL_L = 300
REPOSITORY = Path(__file__).parents[2]
HEIGHTS = {360: 780, 1440: 900}
FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    # A small machine draws for nobody to see: one thread, and no process of its own for it.
    "--disable-gpu",
    "--in-process-gpu",
    "--num-raster-threads=1",
)

expect.set_options(timeout=60_000)


@dataclass(frozen=True, slots=True)
class Someone:
    """A person who can sign in."""

    email: str
    client: httpx.Client
    """Signed in with a bearer token."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """What a test may rely on: two depots, two fuels, ten days of use, one anomaly, a case about it."""

    owner: Someone
    operator: Someone
    location: dict[str, Any]
    product: dict[str, Any]
    anomaly_id: str
    incident_id: str
    transaction_id: str
    member_id: str
    case_id: str


@dataclass(slots=True)
class Screen:
    """One page in one context, and what its console complained about."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list[str])


@pytest.fixture(scope="session")
def console(stack: RunningStack) -> str:
    """Return the console's address, without a slash at its end."""
    return f"{stack.gateway}/app"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Give Chromium until the module ends: while it lives, no other test can run an event loop."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def register(stack: RunningStack) -> Iterator[Callable[[str], Someone]]:
    """Give a maker of people, each the owner of their own new organisation."""
    clients: list[httpx.Client] = []

    def make(name: str) -> Someone:
        email = f"{secrets.token_hex(6)}@contoh.id"
        body = {"email": email, "password": PASSWORD, "name": name, "organisation_name": "Depot Nusantara"}
        httpx.post(f"{stack.gateway}/api/v1/auth/register", json=body).raise_for_status()
        someone = sign_in(stack, email)
        clients.append(someone.client)
        return someone

    yield make
    for client in clients:
        client.close()


class SignedIn(httpx.Auth):
    """Signs in, and again when the token has run out: the tests take longer than one lasts."""

    def __init__(self, stack: RunningStack, email: str) -> None:
        self._login = f"{stack.gateway}/api/v1/auth/login"
        self._who = {"email": email, "password": PASSWORD}
        self._token = self._sign_in()

    @override
    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        answer = yield request
        if answer.status_code == 401:
            self._token = self._sign_in()
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _sign_in(self) -> str:
        return httpx.post(self._login, json=self._who).raise_for_status().json()["access_token"]


def sign_in(stack: RunningStack, email: str) -> Someone:
    """Return a person with a bearer token."""
    client = httpx.Client(base_url=f"{stack.gateway}/api/v1", auth=SignedIn(stack, email), timeout=30)
    return Someone(email, client)


@pytest.fixture(scope="session")
def organisation(stack: RunningStack, register: Callable[[str], Someone]) -> Iterator[Organisation]:
    """Give an organisation that has been at work for ten days."""
    owner = register("Sari Wulandari")
    gudang = create(owner, "/locations", {"name": "Gudang A", "type": "depot", "external_code": "GD-A"})
    create(owner, "/locations", {"name": "Depot Makassar", "type": "depot", "timezone": "Asia/Makassar"})
    solar = create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    create(owner, "/products", {"code": "PERTALITE", "name": "Pertalite", "kind": "fuel", "unit": "L"})
    first = datetime.now(UTC).date() - timedelta(days=11)
    facts = [
        fact(gudang, solar, first + timedelta(days=day), 520 if day == 9 else USUAL_L) for day in range(10)
    ]
    recorded = owner.client.post("/fuel/transactions/batch", json={"items": facts}).raise_for_status().json()
    assert recorded["recorded"] == len(facts)
    last = recorded["results"][-1]["id"]

    def anomalies() -> list[dict[str, Any]]:
        return owner.client.get("/anomalies", params={"status": "ANOMALI"}).raise_for_status().json()["items"]

    until(lambda: any(item["fact_id"] == last for item in anomalies()), "the verdict on 520 L")

    def incidents() -> list[dict[str, Any]]:
        return owner.client.get("/incidents").raise_for_status().json()["items"]

    until(lambda: len(incidents()) == 1, "the incident of 520 L")
    member = create(
        owner,
        "/users",
        {
            "email": f"{secrets.token_hex(6)}@contoh.id",
            "name": "Budi Santoso",
            "password": PASSWORD,
            "role": "operator",
        },
    )
    operator = sign_in(stack, member["email"])
    # More severe than what the facts come to, of which people are told already or in a summary.
    tell(stack, owner, gudang, solar, last, severity="SEVERITY_CRITICAL")
    create(owner, "/notifications/webhooks", {"name": "Ruang kendali", "url": "https://example.com/arus"})
    incident_id = incidents()[0]["id"]
    case = create(
        owner, "/cases", {"incident_id": incident_id, "description": "Periksa tangki dan tombol pompa."}
    )
    yield Organisation(
        owner, operator, gudang, solar, anomalies()[0]["id"], incident_id, last, member["id"], case["id"]
    )
    operator.client.close()


def tell(
    stack: RunningStack,
    owner: Someone,
    location: dict[str, Any],
    product: dict[str, Any],
    fact_id: str,
    **more: Any,
) -> None:
    """Let an incident be opened by a fact, and return when its owner was told."""
    before = owner.client.get("/notifications").raise_for_status().json()["unread"]
    tenant_id = owner.client.get("/auth/me").raise_for_status().json()["organisation"]["id"]
    said = {"tenant_id": tenant_id, "location_id": location["id"], "product_id": product["id"]}
    publishing.incident(stack.kafka, **said, incident_id=fact_id, fact_id=fact_id, **more)

    def is_told() -> bool:
        return owner.client.get("/notifications").raise_for_status().json()["unread"] > before

    until(is_told, "the notification of the incident")


def create(someone: Someone, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Create a record and return it."""
    return someone.client.post(path, json=body).raise_for_status().json()


def fact(location: dict[str, Any], product: dict[str, Any], day: date, volume_l: float) -> dict[str, Any]:
    """Return one use of fuel as the API takes it."""
    return {
        "date": day.isoformat(),
        "location_id": location["id"],
        "product_id": product["id"],
        "volume_l": str(volume_l),
    }


OpenScreen = Callable[..., Screen]


@contextmanager
def screens(browser: Browser, console: str) -> Generator[OpenScreen]:
    """Give a maker of screens: signed in as somebody or nobody, in a language, width and theme."""
    made: list[BrowserContext] = []

    def make(
        who: Someone | None = None, *, language: Language = "id", width: int = 1440, theme: Theme = "light"
    ) -> Screen:
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            has_touch=width < 700,
            locale="en-GB" if language == "en" else "id-ID",
            timezone_id="Asia/Jakarta",
            reduced_motion="reduce",
        )
        made.append(context)
        context.add_init_script(
            f"localStorage.setItem('arus.language', '{language}');"
            f"localStorage.setItem('arus.theme', '{theme}')"
        )
        if who is not None:
            origin = urlsplit(console)
            answer = context.request.post(
                f"{origin.scheme}://{origin.netloc}/api/v1/auth/session",
                data={"email": who.email, "password": PASSWORD},
                headers={"X-Arus-Request": "1"},
            )
            assert answer.ok, answer.text()
        context.set_default_timeout(60_000)
        screen = Screen(context, context.new_page())

        def hear(message: ConsoleMessage) -> None:
            if message.type == "error":
                screen.complaints.append(message.text)

        screen.page.on("console", hear)
        screen.page.on("pageerror", lambda error: screen.complaints.append(str(error)))
        return screen

    yield make
    for context in made:
        context.close()


@pytest.fixture
def open_screen(browser: Browser, console: str) -> Iterator[OpenScreen]:
    """Give a maker of screens that close with the test: an open one follows all that others do."""
    with screens(browser, console) as make:
        yield make


@pytest.fixture(scope="module")
def open_lasting_screen(browser: Browser, console: str) -> Iterator[OpenScreen]:
    """Give a maker of screens that stay for the tests of a module."""
    with screens(browser, console) as make:
        yield make
