"""The states a page can be in besides having its data.

Answers are bent in the browser; the system stays real.
"""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from .conftest import OpenScreen, Organisation, Someone

pytestmark = pytest.mark.e2e


@pytest.fixture
def page(open_screen: OpenScreen, organisation: Organisation) -> Page:
    return open_screen(organisation.owner).page


def test_loading_has_the_shape_of_the_answer(page: Page, console: str) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/v1/fuel/transactions?*", hold)
    page.goto(f"{console}/fuel/transactions")
    expect(page.get_by_role("status", name="Sedang memuat")).to_be_visible()
    for route in held:
        route.continue_()
    page.unroute_all()
    expect(page.get_by_role("table", name="Transaksi")).to_be_visible()


def test_an_empty_page_teaches_what_to_do(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    page = open_screen(register("Orang Baru")).page
    page.goto(f"{console}/")
    expect(page.get_by_role("heading", name="Langkah pertama")).to_be_visible()
    page.goto(f"{console}/locations")
    expect(page.get_by_text("Belum ada lokasi.")).to_be_visible()
    page.goto(f"{console}/fuel/transactions")
    expect(page.get_by_text("Belum ada transaksi.")).to_be_visible()


def test_no_match_is_not_empty(page: Page, console: str) -> None:
    page.goto(f"{console}/fuel/transactions?from=2001-01-01&to=2001-01-02")
    expect(page.get_by_text("Tidak ada yang cocok dengan saringan ini.")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Hapus saringan").last.click()
    expect(page.get_by_role("table", name="Transaksi")).to_be_visible()
    assert page.url == f"{console}/fuel/transactions"


def test_a_failure_says_what_failed_and_can_be_tried_again(page: Page, console: str) -> None:
    page.route("**/api/v1/anomalies?*", lambda route: route.fulfill(status=400, body="{}"))
    page.goto(f"{console}/anomalies")
    expect(page.get_by_role("alert")).to_contain_text("Daftar belum bisa dimuat.")
    expect(page.get_by_role("alert")).to_contain_text("Data Anda aman.")
    page.unroute_all()
    page.get_by_role("button", name="Coba lagi").click()
    expect(page.get_by_role("table", name="Penilaian")).to_be_visible()


def test_a_missing_part_is_named_and_fails_alone(page: Page, console: str) -> None:
    def without_fuel(route: Route) -> None:
        answer = route.fetch()
        body = {**answer.json(), "partial": True, "missing": ["fuel"], "fuel": None}
        route.fulfill(response=answer, body=json.dumps(body))

    page.route("**/api/v1/views/overview*", without_fuel)
    page.goto(f"{console}/")
    expect(page.get_by_text("Sebagian data belum masuk: pemakaian BBM.")).to_be_visible()
    expect(page.get_by_role("heading", name="Perlu perhatian")).to_be_visible()


def test_offline_is_said(page: Page, console: str) -> None:
    page.goto(f"{console}/fuel/transactions")
    expect(page.get_by_role("table", name="Transaksi")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("Anda sedang luring.")).to_be_visible()
    expect(page.get_by_role("table", name="Transaksi")).to_be_visible()


def test_an_operator_sees_what_an_operator_may(
    open_screen: OpenScreen, organisation: Organisation, console: str
) -> None:
    page = open_screen(organisation.operator).page
    page.goto(f"{console}/")
    expect(page).to_have_url(f"{console}/fuel/new")
    navigation = page.get_by_role("navigation", name="Utama")
    expect(navigation.get_by_role("link", name="Monitoring Anomali")).to_be_visible()
    expect(navigation.get_by_role("link", name="Pengguna")).to_have_count(0)
    for path in ("/users", "/fuel/transactions", "/locations", "/products"):
        page.goto(console + path)
        expect(page.get_by_text("Halaman ini tidak termasuk peran Anda.")).to_be_visible()
    page.goto(f"{console}/users")
    expect(page.get_by_text("Halaman ini untuk: Pemilik, Admin, Pelapor.")).to_be_visible()
    page.goto(f"{console}/anomalies")
    expect(page.get_by_role("table", name="Penilaian")).to_be_visible()
