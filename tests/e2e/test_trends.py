"""Trends as a manager reads them: what was used, what changed, and where."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenScreen, Someone, create, fact

pytestmark = pytest.mark.e2e

DAYS = 60


@pytest.fixture(scope="module")
def manager(register: Callable[[str], Someone]) -> Someone:
    """Return the owner of two depots: the big one used 10 L a day more in the last thirty days."""
    owner = register("Dewi Lestari")
    solar = create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    places = [
        create(owner, "/locations", {"name": name, "type": "depot"})
        for name in ("Depot Besar", "Depot Kecil")
    ]
    today = datetime.now(UTC).date()
    facts = [
        fact(place, solar, today - timedelta(days=back), usual + (10 if back < 30 and usual == 100 else 0))
        for back in range(1, DAYS)
        for place, usual in zip(places, (100, 40), strict=True)
        if back != 5
    ]
    answer = owner.client.post("/fuel/transactions/batch", json={"items": facts}).raise_for_status().json()
    assert answer["recorded"] == len(facts)
    return owner


@pytest.fixture
def page(open_screen: OpenScreen, manager: Someone) -> Page:
    return open_screen(manager).page


def test_a_trend_says_what_it_shows_and_has_a_twin_table(page: Page, console: str) -> None:
    today = datetime.now(UTC).date()
    page.goto(f"{console}/trends?from={today - timedelta(days=9)}&to={today}")
    figure = page.get_by_role("figure").first
    expect(figure).to_contain_text(re.compile(r"Total 1\.200\sL\. Tertinggi 150\sL"))
    expect(figure).to_contain_text("2 hari tanpa catatan.")
    figure.get_by_role("button", name="Lihat tabel").click()
    expect(figure.get_by_role("table")).to_contain_text("150")
    expect(figure.get_by_role("row").filter(has_text="–")).to_have_count(2)


def test_the_address_holds_what_is_looked_at(page: Page, console: str) -> None:
    page.goto(f"{console}/trends")
    page.get_by_role("button", name="Minggu", exact=True).click()
    page.get_by_role("button", name="Per lokasi").click()
    page.get_by_role("button", name="Banding periode sebelumnya").click()
    expect(page).to_have_url(re.compile(r"/trends\?(?=.*period=week)(?=.*by=location)(?=.*compare=previous)"))
    table = page.get_by_role("table").first
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table.get_by_role("row").nth(1)).to_contain_text("Depot Besar")
    page.reload()
    expect(page.get_by_role("button", name="Per lokasi")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Depot Kecil").click()
    expect(page).to_have_url(re.compile(r"/trends\?(?!.*by=).*location="))
    page.go_back()
    expect(page.get_by_role("link", name="Depot Kecil")).to_be_visible()


def test_a_comparison_says_by_how_much_use_rose(page: Page, console: str) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    first = yesterday - timedelta(days=3)
    page.goto(f"{console}/trends?compare=previous&from={first}&to={yesterday}")
    expect(page.get_by_role("figure").first).to_contain_text(
        re.compile(r"Total 600\sL, naik 33,3% dari 450\sL\.")
    )


def test_a_range_without_use_is_no_match_and_can_be_left(page: Page, console: str) -> None:
    page.goto(f"{console}/trends?from=2001-01-01&to=2001-01-31&by=location")
    expect(page.get_by_text("Tidak ada yang cocok dengan saringan ini.")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Hapus saringan").last.click()
    expect(page).to_have_url(f"{console}/trends?by=location")
    expect(page.get_by_role("link", name="Depot Besar")).to_be_visible()


def test_more_days_than_a_chart_can_show_are_refused_in_words(page: Page, console: str) -> None:
    page.goto(f"{console}/trends?from=2001-01-01&by=location")
    expect(page.get_by_role("alert")).to_contain_text("Tren belum bisa dimuat.")
