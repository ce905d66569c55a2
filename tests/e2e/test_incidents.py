"""Incidents as the person on duty has them: what is strange, why, and what saying so changes."""

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import exp
from random import Random
from typing import Any

import pytest
from arus_stack.testing import RunningStack, until
from playwright.sync_api import Locator, Page, expect

from .conftest import PASSWORD, OpenScreen, Organisation, Someone, create, fact, sign_in

pytestmark = pytest.mark.e2e

DAYS = 30


def strange(owner: Someone, name: str, last: float = 900) -> dict[str, Any]:
    """Record thirty usual days and a strange one at a new depot; return its incident."""
    place = create(owner, "/locations", {"name": name, "type": "depot"})
    products = owner.client.get("/products").raise_for_status().json()["items"]
    solar = (
        products[0]
        if products
        else create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    )
    chance = Random(5)
    first = datetime.now(UTC).date() - timedelta(days=DAYS + 1)
    volumes = [round(300 * exp(chance.gauss(0, 0.06)), 1) for _ in range(DAYS)]
    facts = [
        fact(place, solar, first + timedelta(days=day), volume) for day, volume in enumerate((*volumes, last))
    ]
    answer = owner.client.post("/fuel/transactions/batch", json={"items": facts}).raise_for_status().json()
    assert answer["recorded"] == len(facts)

    def found() -> list[dict[str, Any]]:
        asked = {"location_id": place["id"]}
        return owner.client.get("/incidents", params=asked).raise_for_status().json()["items"]

    until(lambda: len(found()) == 1, "the incident of 900 L")
    return found()[0]


def rows(page: Page) -> Locator:
    """Return the rows of the list, without its head."""
    return page.get_by_role("table", name="Insiden").locator("tbody tr[data-index]")


@pytest.fixture
def owner(register: Callable[[str], Someone]) -> Someone:
    return register("Dewi Lestari")


def test_an_incident_is_confirmed_with_its_cause_and_taken_back(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    screen = open_screen(owner)
    page = screen.page
    page.goto(f"{console}/incidents")
    expect(page.get_by_text("Tidak ada insiden yang menunggu Anda.")).to_be_visible()
    strange(owner, "Gudang A")
    page.reload()
    row = rows(page)
    expect(row).to_have_count(1)
    expect(row).to_contain_text(re.compile("Gudang A.*Kritis.*Terbuka"))
    expect(page.get_by_role("button", name="Perlu ditangani 1")).to_be_visible()

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="Gudang A · Solar")
    expect(drawer).to_contain_text(re.compile(r"900\sL tercatat di Gudang A \(Solar\) pada .*; biasanya \d+"))
    record = drawer.get_by_role("listitem").filter(has_text="Aturan")
    expect(record).to_contain_text(re.compile(r"Aturan\s*Anomali.*\d+%.*Detektor.*wajar \d+–\d+\sL, 1 dari"))
    expect(drawer).to_contain_text("Penyalahgunaan")
    drawer.get_by_role("button", name="Pastikan").click()
    expect(drawer).to_contain_text("tidak lagi ikut baseline dan tidak lagi dipelajari detektor")
    drawer.get_by_role("combobox", name="Penyebab").click()
    page.get_by_role("option", name="Bocor").click()
    drawer.get_by_label("Keterangan").fill("Sambungan pipa genset 2 bocor.")
    drawer.get_by_role("button", name="Pastikan insiden").click()
    given = drawer.get_by_role("list", name="Tanggapan yang diberikan").get_by_role("listitem")
    expect(given).to_contain_text(re.compile("Dipastikan.*Bocor.*Sambungan pipa genset 2 bocor.*Anda"))
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(page.get_by_text("Tidak ada insiden yang menunggu Anda.")).to_be_visible()
    page.get_by_role("button", name="Dipastikan").click()
    expect(page).to_have_url(f"{console}/incidents?answer=confirmed")
    expect(row).to_contain_text("Dipastikan")

    page.get_by_role("button", name=re.compile("^Gudang A, Solar")).click()
    given.get_by_role("button", name="Batalkan").click()
    expect(given).to_contain_text("Dibatalkan oleh Anda")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Perlu ditangani 1").click()
    expect(row).to_contain_text("Terbuka")
    assert screen.complaints == []


def test_records_that_join_a_confirmed_incident_are_confirmed_with_it(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    incident = strange(owner, "Gudang J")
    path = f"/incidents/{incident['id']}"
    said = {"answer": "confirmed", "cause": "BOCOR"}
    owner.client.post(f"{path}/answers", json=said).raise_for_status()
    today = datetime.now(UTC).date()
    more = fact(incident["location"], incident["product"], today, 950)
    owner.client.post("/fuel/transactions", json=more).raise_for_status()
    until(lambda: owner.client.get(path).json()["facts"] == 2, "the second record to join")
    page = open_screen(owner).page
    page.goto(f"{console}/incidents?answer=confirmed&id={incident['id']}")
    drawer = page.get_by_role("dialog", name="Gudang J · Solar")
    expect(drawer).to_contain_text("1 catatan baru sejak dipastikan")
    drawer.get_by_role("button", name="Pastikan lagi").click()
    expect(drawer.get_by_role("combobox", name="Penyebab")).to_contain_text("Bocor")
    drawer.get_by_role("button", name="Pastikan insiden").click()
    expect(drawer.get_by_role("list", name="Tanggapan yang diberikan").get_by_role("listitem")).to_have_count(
        2
    )
    expect(drawer.get_by_role("button", name="Pastikan", exact=True)).to_be_disabled()


def test_a_false_alarm_says_by_how_much_the_bar_rises(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    incident = strange(owner, "Gudang B")
    page = open_screen(owner).page
    page.goto(f"{console}/incidents?id={incident['id']}")
    drawer = page.get_by_role("dialog", name="Gudang B · Solar")
    drawer.get_by_role("button", name="Alarm keliru").click()
    drawer.get_by_label("Keterangan").fill("Pesta desa")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    rows(page).get_by_role("button").click()
    drawer.get_by_role("button", name="Alarm keliru").click()
    # What was typed before the drawer was closed is still there.
    expect(drawer.get_by_label("Keterangan")).to_have_value("Pesta desa")
    drawer.get_by_role("button", name="Tandai alarm keliru").click()
    expect(drawer).to_contain_text("Ambang dinaikkan oleh 1 alarm keliru")
    expect(drawer).to_contain_text("1,8 kali lebih jarang")
    # Said once, it counts once.
    expect(drawer.get_by_role("button", name="Alarm keliru")).to_be_disabled()


def test_e_acknowledges_the_focused_row_and_the_focus_goes_on(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    for name in ("Gudang C", "Gudang D"):
        strange(owner, name)
    page = open_screen(owner).page
    page.goto(f"{console}/incidents")
    expect(rows(page)).to_have_count(2)
    page.keyboard.press("j")
    first, second = [row.get_attribute("data-row") for row in page.locator("[data-row]").all()]
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Diakui 1")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    assert page.evaluate("document.activeElement.dataset.row") == second
    page.get_by_role("button", name="Batalkan").click()
    expect(rows(page)).to_have_count(2)
    assert first != second


def test_who_may_only_read_learns_whom_to_ask(
    open_screen: OpenScreen, organisation: Organisation, console: str
) -> None:
    page = open_screen(organisation.operator).page
    page.goto(f"{console}/incidents")
    rows(page).first.get_by_role("button").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Minta pemilik, admin, atau analis organisasi Anda")
    expect(drawer.get_by_role("button", name="Akui")).to_have_count(0)


def test_a_withdrawn_incident_says_so(open_screen: OpenScreen, owner: Someone, console: str) -> None:
    incident = strange(owner, "Gudang E")
    record = incident["newest"]["fact_id"]
    owner.client.delete(f"/fuel/transactions/{record}").raise_for_status()

    def state() -> str:
        return owner.client.get(f"/incidents/{incident['id']}").raise_for_status().json()["state"]

    until(lambda: state() == "withdrawn", "the incident to be withdrawn")
    page = open_screen(owner).page
    page.goto(f"{console}/incidents")
    page.get_by_role("button", name="Ditarik 1").click()
    expect(page).to_have_url(f"{console}/incidents?state=withdrawn")
    expect(rows(page)).to_have_count(1)
    rows(page).get_by_role("button").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Insiden ini ditarik: catatannya dikoreksi atau dibatalkan")
    expect(drawer.get_by_role("button", name="Pastikan")).to_have_count(0)


def test_a_record_shows_the_second_opinion_and_its_incident(
    open_screen: OpenScreen, owner: Someone, organisation: Organisation, console: str
) -> None:
    incident = strange(owner, "Gudang F")
    page = open_screen(owner).page
    page.goto(f"{console}/anomalies?id={incident['newest']['id']}")
    drawer = page.get_by_role("dialog", name="Gudang F · Solar")
    expect(drawer).to_contain_text(re.compile(r"Pendapat kedua.*Perkiraan \d+\sL, wajar \d+–\d+\sL, 1 dari"))
    drawer.get_by_role("button", name="Lihat tabel").click()
    expect(drawer.get_by_role("columnheader", name="Wajar, tertinggi")).to_be_visible()
    drawer.get_by_role("button", name="Akui").click()
    expect(drawer).to_contain_text("Diakui")
    drawer.get_by_role("link", name="Buka insiden").click()
    expect(page).to_have_url(f"{console}/incidents?id={incident['id']}")

    learning = open_screen(organisation.owner).page
    learning.goto(f"{console}/anomalies?id={organisation.anomaly_id}")
    expect(learning.get_by_role("dialog")).to_contain_text("Pola belum dikenal: baru 9 dari 21 catatan.")
    expect(learning.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "9")


def test_the_overview_counts_what_waits(open_screen: OpenScreen, owner: Someone, console: str) -> None:
    strange(owner, "Gudang G")
    page = open_screen(owner).page
    page.goto(f"{console}/")
    card = page.get_by_role("region").or_(page.locator("section")).filter(has_text="Insiden perlu ditangani")
    card.get_by_role("link", name="Kritis 1").click()
    expect(page).to_have_url(f"{console}/incidents?severity=critical")
    expect(rows(page)).to_have_count(1)


def test_a_new_incident_arrives_by_itself_and_waits_while_somebody_reads(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    page = open_screen(owner).page
    page.goto(f"{console}/incidents")
    expect(page.get_by_text("Tidak ada insiden yang menunggu Anda.")).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text("Langsung")
    strange(owner, "Gudang H")
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("j")
    strange(owner, "Gudang I")
    expect(page.get_by_role("button", name="Perlu ditangani 2")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    page.get_by_role("button", name="1 kabar baru").click()
    expect(rows(page)).to_have_count(2)


def test_the_list_fails_alone_and_says_when_nothing_matches(
    open_screen: OpenScreen, organisation: Organisation, console: str
) -> None:
    page = open_screen(organisation.owner).page
    page.route("**/api/v1/incidents?*", lambda route: route.fulfill(status=400, body="{}"))
    page.goto(f"{console}/incidents?answer=all")
    expect(page.get_by_role("alert")).to_contain_text("Daftar insiden belum bisa dimuat.")
    expect(page.get_by_role("button", name="Perlu ditangani")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Coba lagi").click()
    expect(rows(page)).to_have_count(1)
    page.goto(f"{console}/incidents?answer=all&from=2001-01-01&to=2001-01-02")
    expect(page.get_by_text("Tidak ada yang cocok dengan saringan ini.")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Hapus saringan").last.click()
    expect(page).to_have_url(f"{console}/incidents?answer=all")
    page.get_by_role("combobox", name="Tingkat").click()
    page.get_by_role("option", name="Peringatan").click()
    expect(page).to_have_url(f"{console}/incidents?answer=all&severity=warning")
    expect(rows(page)).to_have_count(1)
    page.goto(f"{console}/incidents?id=01JH8PV6W4RZ3M0T5X9K2C7B1N")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Tidak ditemukan.")


def test_who_may_not_see_incidents_learns_who_can_let_them(
    open_screen: OpenScreen, owner: Someone, stack: RunningStack, console: str
) -> None:
    email = f"{secrets.token_hex(6)}@contoh.id"
    create(
        owner,
        "/users",
        {"email": email, "name": "Joko", "password": PASSWORD, "role": "nutritionist"},
    )
    cook = sign_in(stack, email)
    page = open_screen(cook).page
    page.goto(f"{console}/incidents")
    expect(page.get_by_text("Halaman ini tidak termasuk peran Anda.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Pemilik atau admin organisasi dapat mengubahnya")
    cook.client.close()
