"""The console on a slow phone.

Chromium, throttled through the DevTools protocol (CPU ÷ 4, 1.6 Mbit/s, 150 ms), opens the built console of a
system of its own, filled by `arus demo`, without cache and without service worker.

lcp_ms     largest contentful paint
rows_ms    the first thing a person came for is in the page: a row, a figure, a field
cls        sum of the layout shifts
touch_ms   the longest touch or key, from input to next paint, while 50 verdicts a second arrive
"""

from __future__ import annotations

import itertools
import json
import shutil
import statistics
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import httpx
from harness import Benchmark, Length, Result, said
from house import UNLIMITED, house
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

RUNS: Final = 5
CPU_SLOWDOWN: Final = 4
LATENCY_MS: Final = 150
DOWN_BYTES_PER_S: Final = 1_600_000 / 8
UP_BYTES_PER_S: Final = 750_000 / 8
ROWS_PER_S: Final = 50
TICK_S: Final = 0.1
SETTLE_MS: Final = 3_000
PHONE: Final = {"width": 360, "height": 780}
DESK: Final = {"width": 1440, "height": 900}
BUDGETS: Final = {"lcp_ms": 2_500, "rows_ms": 3_000, "cls": 0.05, "touch_ms": 200}
# What a person came for, by page.
USEFUL: Final[Mapping[str, str]] = {
    "/": "main a[href*='status=ANOMALI'] .tabular",
    "/fuel/new": "main form input",
    "/anomalies": "main [data-row]",
    "/fuel/transactions": "main [data-row]",
}
OBSERVE: Final = """
(useful => {
  const seen = (window.__seen = { lcp: 0, cls: 0, rows: null, touches: {} })
  const on = (type, take, more) =>
    new PerformanceObserver(list => list.getEntries().forEach(take))
      .observe({ type, buffered: true, ...more })
  on('largest-contentful-paint', entry => { seen.lcp = entry.startTime })
  on('layout-shift', entry => { if (!entry.hadRecentInput) seen.cls += entry.value })
  on('event', entry => {
    if (entry.interactionId)
      seen.touches[entry.interactionId] = Math.max(seen.touches[entry.interactionId] ?? 0, entry.duration)
  }, { durationThreshold: 16 })
  new MutationObserver((_, observer) => {
    if (!document.querySelector(useful)) return
    observer.disconnect()
    requestAnimationFrame(() => requestAnimationFrame(() => { seen.rows = performance.now() }))
  }).observe(document, { childList: true, subtree: true })
})
"""


class House:
    """The running system, and the demonstration's owner."""

    def __init__(self, gateway: str, email: str, password: str) -> None:
        self.gateway, self.email, self.password = gateway, email, password
        self.http = httpx.Client(base_url=f"{gateway}/api/v1", timeout=30)
        answer = self.http.post("/auth/login", json={"email": email, "password": password})
        self.http.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"

    def ids(self, path: str) -> list[str]:
        """Return the ids of a list."""
        return [item["id"] for item in self.http.get(path).raise_for_status().json()["items"]]


@contextmanager
def demonstrated() -> Generator[House]:
    """Give a system of its own with the demonstration's two years of use."""
    with house(UNLIMITED) as running:
        done = running.stack.arus("demo", "--json", timeout_s=900)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        demo = json.loads(done.stdout)
        yield House(demo["gateway"], demo["email"], demo["password"])


@contextmanager
def slow(browser: Browser, of: House, size: Mapping[str, int], useful: str) -> Generator[Page]:
    """Give a signed-in page on a slow device behind a slow network; nothing is cached."""
    context: BrowserContext = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        has_touch=size == PHONE,
        is_mobile=size == PHONE,
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        service_workers="block",
    )
    context.add_init_script(f"{OBSERVE}({json.dumps(useful)})")
    answer = context.request.post(
        f"{of.gateway}/api/v1/auth/session",
        data={"email": of.email, "password": of.password},
        headers={"X-Arus-Request": "1"},
    )
    if not answer.ok:
        raise SystemExit(answer.text())
    page = context.new_page()
    devtools: Any = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": DOWN_BYTES_PER_S,
            "uploadThroughput": UP_BYTES_PER_S,
        },
    )
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    page.set_default_timeout(60_000)
    yield page
    context.close()


def opened(browser: Browser, of: House, path: str) -> dict[str, float]:
    """Open a page cold, on the phone."""
    with slow(browser, of, PHONE, USEFUL[path]) as page:
        page.goto(f"{of.gateway}/app{path}")
        page.wait_for_function("() => window.__seen.rows !== null")
        page.wait_for_timeout(SETTLE_MS)
        seen = page.evaluate("window.__seen")
        return {"lcp_ms": seen["lcp"], "rows_ms": seen["rows"], "cls": seen["cls"]}


@contextmanager
def recording(of: House) -> Generator[list[int]]:
    """Record facts of today, ROWS_PER_S a second, until the block ends; gives how many each batch was."""
    keys = itertools.cycle(itertools.product(of.ids("/locations"), of.ids("/products")))
    today = datetime.now(timezone(timedelta(hours=7))).date().isoformat()
    recorded: list[int] = []
    over = threading.Event()

    def record() -> None:
        due = time.monotonic()
        while not over.is_set():
            batch = [
                {"date": today, "location_id": location, "product_id": product, "volume_l": "300"}
                for location, product in itertools.islice(keys, round(ROWS_PER_S * TICK_S))
            ]
            answer = of.http.post("/fuel/transactions/batch", json={"items": batch}).raise_for_status()
            recorded.append(answer.json()["recorded"])
            due += TICK_S
            over.wait(max(0.0, due - time.monotonic()))

    writer = threading.Thread(target=record)
    writer.start()
    try:
        yield recorded
    finally:
        over.set()
        writer.join()


def touched(browser: Browser, of: House, size: Mapping[str, int]) -> dict[str, float]:
    """Work in the live list while verdicts arrive: filter, pause, mark, open and close."""
    with slow(browser, of, size, USEFUL["/anomalies"]) as page:
        page.goto(f"{of.gateway}/app/anomalies?status=all")
        page.wait_for_function("() => window.__seen.rows !== null")
        press = page.locator("main")
        with recording(of) as recorded:
            page.wait_for_timeout(SETTLE_MS)
            arrived_at = time.monotonic()
            before = sum(recorded)
            for button in ("Normal", "Semua", "Jeda pembaruan", "Lanjutkan pembaruan"):
                press.get_by_role("button", name=button).first.click()
                page.wait_for_timeout(800)
            if size == PHONE:
                press.get_by_role("button", name="Saring").click()
                page.wait_for_timeout(800)
                page.keyboard.press("Escape")
            else:
                for key in "jjx":
                    page.keyboard.press(key)
                    page.wait_for_timeout(500)
                page.keyboard.press("Escape")
            page.wait_for_timeout(800)
            page.locator("[data-row]").first.click()
            page.wait_for_timeout(1_500)
            page.keyboard.press("Escape")
            page.wait_for_timeout(800)
            rate = (sum(recorded) - before) / (time.monotonic() - arrived_at)
        touches = page.evaluate("Object.values(window.__seen.touches)")
        return {"touch_ms": max(touches), "touches": len(touches), "rows_per_s": rate}


def median_of(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of each number."""
    return {name: round(statistics.median(one[name] for one in rounds), 3) for name in rounds[0]}


def measure(_: Length) -> Result:
    """Open every page and work in the live list; says which budgets are missed."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("needs Chromium: apt-get install chromium")
    found: Result = {"runs": RUNS, "budgets": BUDGETS, "pages": {}, "live": {}}
    with demonstrated() as of, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        found["chromium"] = browser.version
        for path in USEFUL:
            found["pages"][path] = median_of([opened(browser, of, path) for _ in range(RUNS)])
            said(f"{path}: {found['pages'][path]}")
        for size in (PHONE, DESK):
            rounds = [touched(browser, of, size) for _ in range(RUNS)]
            worst = max(one["touch_ms"] for one in rounds)
            found["live"][str(size["width"])] = median_of(rounds) | {"worst_touch_ms": worst}
            said(f"{size['width']} px: {found['live'][str(size['width'])]}")
        browser.close()
    numbers = [*found["pages"].items(), *found["live"].items()]
    missed = [
        f"{where}: {name} is {value:g}, budget {BUDGETS[name]:g}"
        for where, one in numbers
        for name, value in one.items()
        if name in BUDGETS and value > BUDGETS[name]
    ]
    said("\n".join(missed or ["every budget is kept"]))
    return found


BENCHMARK: Final = Benchmark("console", measure, in_quick=False)
