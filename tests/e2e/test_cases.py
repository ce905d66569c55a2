"""What is odd is looked into: from a file to somebody's case, over a board, together, to a finding."""

import re
from collections.abc import Callable
from secrets import token_hex
from typing import Any

import pytest
from arus_stack.testing import RunningStack, until
from playwright.sync_api import Locator, Page, Route, expect

from .conftest import PASSWORD, OpenScreen, Organisation, Someone, create, sign_in
from .test_every_page import assert_good, settle, settle_in_drawer

pytestmark = pytest.mark.e2e

FILE = """NOMEN;NAMA;ALAMAT;RAYON;STAND AWAL;STAND AKHIR;VOLUME;METODE;STATUS SKIP;PETUGAS;TGL BACA;PERIODE
340077;SITI AMINAH;JL AGUNG NIAGA 7;34;900;910;10;ESTIMATE;;JOKO;20/12/2025;202512
"""
CUSTOMER = {"nomen": "340077", "name": "SITI AMINAH", "address": "JL AGUNG NIAGA 7", "rayon": "34"}
MOST_CLICKS = 9


@pytest.fixture(scope="module")
def analyst(register: Callable[[str], Someone]) -> Someone:
    """Return the owner of a utility with one customer."""
    owner = register("Rina Kartika")
    create(owner, "/customers", CUSTOMER)
    return owner


def of(someone: Someone, case_id: str) -> dict[str, Any]:
    """Return a case as it stands."""
    return someone.client.get(f"/cases/{case_id}").raise_for_status().json()


def sign_in_again(page: Page, someone: Someone) -> None:
    """Fill the form that a page comes to when its session is over."""
    page.get_by_label("Surel").fill(someone.email)
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def change(someone: Someone, case: dict[str, Any], **fields: str) -> None:
    """Change a case as somebody who looks at it elsewhere."""
    seen = {"If-Match": f'"{case["version"]}"'}
    someone.client.patch(f"/cases/{case['id']}", json=fields, headers=seen).raise_for_status()


def test_a_file_becomes_an_assigned_case_in_under_ten_clicks(
    open_screen: OpenScreen, analyst: Someone, console: str
) -> None:
    page = open_screen(analyst).page
    clicks = 0

    def click(what: Locator) -> None:
        nonlocal clicks
        clicks += 1
        what.click()

    page.goto(f"{console}/imports")
    with page.expect_file_chooser() as chooser:
        click(page.get_by_role("button", name="Pilih berkas"))
    chooser.value.set_files({"name": "SBRS Desember.csv", "mimeType": "text/csv", "buffer": FILE.encode()})
    row = page.get_by_role("list", name="Impor").get_by_role("button", name="SBRS Desember.csv")
    expect(row).to_contain_text("Siap disimpan")
    click(row)
    drawer = page.get_by_role("dialog", name="SBRS Desember.csv")
    click(drawer.get_by_role("button", name="Simpan 1 baris"))
    click(drawer.get_by_role("link", name="Lihat anomali meter"))
    click(page.get_by_role("button", name=CUSTOMER["nomen"]))
    click(page.get_by_role("link", name="Buat kasus"))
    form = page.get_by_role("dialog", name="Kasus baru")
    expect(form.get_by_label("Nomor pelanggan")).to_have_value(CUSTOMER["nomen"])
    click(form.get_by_role("combobox", name="Penanggung jawab"))
    click(page.get_by_role("option", name="Rina Kartika"))
    click(form.get_by_role("button", name="Simpan kasus"))
    expect(page.get_by_role("dialog", name="Estimasi")).to_contain_text("SITI AMINAH, 340077")
    assert clicks <= MOST_CLICKS
    me = analyst.client.get("/auth/me").json()["user"]["id"]
    [case] = analyst.client.get("/cases", params={"nomen": CUSTOMER["nomen"]}).json()["items"]
    assert (case["assignee_id"], case["type"], case["period"]) == (me, "estimasi", "2025-12")


def test_a_case_is_dragged_on_and_done_with_a_finding(
    open_screen: OpenScreen, analyst: Someone, console: str
) -> None:
    case = create(analyst, "/cases", {"nomen": CUSTOMER["nomen"], "type": "zero"})
    screen = open_screen(analyst)
    page = screen.page
    page.goto(f"{console}/cases?type=zero")
    settle(page)
    card = page.get_by_role("list", name="Terbuka").get_by_role("listitem").filter(has_text="Nol")
    card.drag_to(page.get_by_role("region", name="Dikerjakan"))
    until(lambda: of(analyst, case["id"])["status"] == "in_progress", "the dragged case")
    column = page.get_by_role("list", name="Dikerjakan")
    column.get_by_role("button", name=f"Pindahkan #{case['number']} ke…").click()
    page.get_by_role("menuitem", name="Terselesaikan").click()
    dialog = page.get_by_role("dialog", name="→ Terselesaikan")
    dialog.get_by_role("button", name="Simpan").click()
    expect(dialog).to_contain_text("Tulis apa yang ditemukan.")
    dialog.get_by_label("Temuan").fill("Rumah kosong sejak Oktober.")
    dialog.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("list", name="Terselesaikan")).to_contain_text("Nol")
    until(lambda: of(analyst, case["id"])["status"] == "resolved", "the case that is done")
    assert of(analyst, case["id"])["resolution"] == "Rumah kosong sejak Oktober."
    assert_good(screen, path="/cases", language="id")


def test_a_board_follows_what_others_do(open_screen: OpenScreen, analyst: Someone, console: str) -> None:
    case = create(analyst, "/cases", {"nomen": CUSTOMER["nomen"], "type": "negative"})
    page = open_screen(analyst).page
    page.goto(f"{console}/cases?type=negative")
    expect(page.get_by_role("list", name="Terbuka")).to_contain_text(f"#{case['number']}")
    change(analyst, case, status="in_progress")
    expect(page.get_by_role("list", name="Dikerjakan")).to_contain_text(f"#{case['number']}")
    expect(page.get_by_role("list", name="Terbuka")).not_to_contain_text(f"#{case['number']}")
    later = create(analyst, "/cases", {"nomen": CUSTOMER["nomen"], "type": "negative", "period": "2025-11"})
    expect(page.get_by_role("list", name="Terbuka")).to_contain_text(f"#{later['number']}")


@pytest.mark.parametrize("width", [360, 1440])
def test_two_people_change_one_case_and_neither_loses_a_word(
    open_screen: OpenScreen, analyst: Someone, console: str, width: int
) -> None:
    body = {"nomen": CUSTOMER["nomen"], "type": "turun" if width == 360 else "rebill"}
    case = create(analyst, "/cases", body)
    screen = open_screen(analyst, width=width)
    page = screen.page
    page.goto(f"{console}/cases?id={case['id']}")
    drawer = page.get_by_role("dialog", name=f"#{case['number']}")
    drawer.get_by_label("Uraian").fill("Pelanggan menelepon.")
    change(analyst, case, priority="high", description="Meter macet.")
    # What a colleague does is seen at once; what is typed stays.
    expect(drawer.get_by_role("combobox", name="Prioritas")).to_contain_text("Tinggi")
    expect(drawer.get_by_label("Uraian")).to_have_value("Pelanggan menelepon.")
    drawer.get_by_role("button", name="Simpan").click()
    clash = page.get_by_role("dialog", name="Rekan Anda mengubahnya lebih dulu")
    expect(clash).to_contain_text("Prioritas: Sedang → Tinggi")
    expect(clash).to_contain_text("Uraian: Pelanggan menelepon.")
    settle_in_drawer(page)
    # The browser itself notes the refusal as an error.
    screen.complaints[:] = [text for text in screen.complaints if "412" not in text]
    assert_good(screen, path="conflict", language="id")
    clash.get_by_role("button", name="Simpan punya saya").click()
    expect(clash).to_have_count(0)
    found = of(analyst, case["id"])
    assert (found["priority"], found["description"]) == ("high", "Pelanggan menelepon.")

    # What is given up makes room for what the colleague wrote; closing a case takes nothing from who types.
    drawer.get_by_label("Uraian").fill("Tidak jadi.")
    change(analyst, found, description="Meter diganti.")
    expect(drawer).to_contain_text("Meter diganti.")
    drawer.get_by_role("button", name="Simpan").click()
    clash.get_by_role("button", name="Pakai yang sekarang").click()
    expect(drawer.get_by_label("Uraian")).to_have_value("Meter diganti.")
    drawer.get_by_label("Uraian").fill("Sudah dicek lagi.")
    change(analyst, of(analyst, case["id"]), status="resolved", resolution="Meter baru.")
    change(analyst, of(analyst, case["id"]), status="closed")
    expect(drawer.get_by_role("combobox", name="Prioritas")).to_have_count(0)
    expect(drawer.get_by_label("Uraian")).to_have_value("Sudah dicek lagi.")


def test_two_cases_that_clash_at_once_are_each_asked_about(
    open_screen: OpenScreen, analyst: Someone, console: str
) -> None:
    first, second = (
        create(analyst, "/cases", {"nomen": CUSTOMER["nomen"], "type": "salah_catat", "period": period})
        for period in ("2025-10", "2025-11")
    )
    page = open_screen(analyst).page
    page.goto(f"{console}/cases?type=salah_catat")
    settle(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "PATCH":
            held.append(route)
        else:
            route.fallback()

    page.route("**/api/v1/cases/*", hold)
    for case in (first, second):
        page.get_by_role("button", name=f"Pindahkan #{case['number']} ke…").click()
        page.get_by_role("menuitem", name="Dikerjakan").click()
        expect(page.get_by_role("list", name="Dikerjakan")).to_contain_text(f"#{case['number']}")
        change(analyst, case, status="waiting_field")
    until(lambda: page.evaluate("1") == 1 and len(held) == 2, "both changes on their way")
    for route in held:
        route.continue_()
    page.unroute("**/api/v1/cases/*")
    clash = page.get_by_role("dialog", name="Rekan Anda mengubahnya lebih dulu")
    waiting = {str(case["number"]): case for case in (first, second)}
    expect(clash).to_contain_text(re.compile("#(" + "|".join(waiting) + ") berubah"))
    number = next(one for one in waiting if f"#{one} berubah" in clash.inner_text())
    given_up, kept = waiting.pop(number), *waiting.values()
    clash.get_by_role("button", name="Pakai yang sekarang").click()
    expect(clash).to_contain_text(f"#{kept['number']} berubah")
    clash.get_by_role("button", name="Simpan punya saya").click()
    expect(clash).to_have_count(0)
    until(lambda: of(analyst, kept["id"])["status"] == "in_progress", "the case that was moved after all")
    assert of(analyst, given_up["id"])["status"] == "waiting_field"
    expect(page.get_by_role("list", name="Menunggu lapangan")).to_contain_text(f"#{given_up['number']}")
    expect(page.locator("li.opacity-50")).to_have_count(0)


def test_what_was_found_in_the_field_and_said_of_it_stays_with_the_case(
    open_screen: OpenScreen, analyst: Someone, console: str
) -> None:
    case = create(analyst, "/cases", {"nomen": CUSTOMER["nomen"], "type": "extreme"})
    page = open_screen(analyst).page
    page.goto(f"{console}/cases?id={case['id']}")
    drawer = page.get_by_role("dialog", name=f"#{case['number']}")
    drawer.get_by_role("button", name="Catat hasil kunjungan").click()
    form = page.get_by_role("dialog", name="Hasil kunjungan")
    form.get_by_label("Yang ditemukan").click()
    page.get_by_role("option", name="Bocor").click()
    form.get_by_label("Stand meter").fill("1.522,5")
    form.get_by_role("button", name="Simpan hasil").click()
    expect(drawer).to_contain_text("Bocor · stand 1.522,5 m³")
    drawer.get_by_label("Lampiran baru").set_input_files(
        [
            {"name": "kosong.txt", "mimeType": "text/plain", "buffer": b""},
            {"name": "catatan.txt", "mimeType": "text/plain", "buffer": b"Pipa basah."},
        ]
    )
    expect(page.get_by_text("Berkas kosong.txt kosong.")).to_be_visible()
    expect(drawer).to_contain_text("catatan.txt")
    drawer.get_by_label("Tulis komentar").fill("Pipa diganti besok.")
    # What is written but not sent outlives the page, and the session that ends meanwhile.
    page.context.clear_cookies()
    drawer.get_by_role("button", name="Kirim komentar").click()
    sign_in_again(page, analyst)
    expect(drawer.get_by_label("Tulis komentar")).to_have_value("Pipa diganti besok.")
    drawer.get_by_role("button", name="Kirim komentar").click()
    expect(drawer.get_by_text("Pipa diganti besok.")).to_be_visible()
    expect(drawer.get_by_label("Tulis komentar")).to_have_value("")
    expect(drawer).to_contain_text("Kunjungan dicatat")
    drawer.get_by_label("Lampiran baru").set_input_files(
        [{"name": "lagi.txt", "mimeType": "text/plain", "buffer": b"Pipa basah."}]
    )
    expect(page.get_by_text("lagi.txt sudah terlampir sebagai catatan.txt.")).to_be_visible()
    drawer.get_by_role("button", name="Hapus catatan.txt").click()
    expect(drawer.get_by_role("button", name="Unduh catatan.txt")).to_have_count(0)
    page.get_by_role("button", name="Urungkan").click()
    expect(drawer.get_by_role("button", name="Unduh catatan.txt")).to_be_visible()


def test_what_is_typed_outlives_a_closed_drawer_from_which_a_case_is_moved(
    open_screen: OpenScreen, analyst: Someone, console: str
) -> None:
    case = create(analyst, "/cases", {"nomen": CUSTOMER["nomen"], "type": "negative"})
    page = open_screen(analyst, width=360).page
    page.goto(f"{console}/cases?id={case['id']}")
    drawer = page.get_by_role("dialog", name=f"#{case['number']}")
    drawer.get_by_label("Uraian").fill("Bocor di halaman.")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    page.goto(f"{console}/cases?id={case['id']}")
    expect(drawer.get_by_label("Uraian")).to_have_value("Bocor di halaman.")
    drawer.get_by_role("button", name="Simpan").click()
    until(lambda: of(analyst, case["id"])["description"] != "", "the description")
    drawer.get_by_role("button", name="Pindahkan ke…").click()
    page.get_by_role("menuitem", name="Dikerjakan").click()
    until(lambda: of(analyst, case["id"])["status"] == "in_progress", "the case that is moved on")


def test_a_link_to_what_is_not_there_says_so(open_screen: OpenScreen, analyst: Someone, console: str) -> None:
    page = open_screen(analyst).page
    for nothing in ("01JGJ4M3Z8Q0T7C1V5X2B9N6KD", "banana"):
        page.goto(f"{console}/cases?id={nothing}")
        expect(page.get_by_text("Tidak ditemukan.", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="Coba lagi")).to_have_count(0)


def test_several_cases_are_given_to_one_person(
    open_screen: OpenScreen, analyst: Someone, console: str
) -> None:
    made = [
        create(analyst, "/cases", {"nomen": CUSTOMER["nomen"], "type": one}) for one in ("negative", "other")
    ]
    page = open_screen(analyst).page
    page.goto(f"{console}/cases?view=table&assignee=none")
    settle(page)
    for case in made:
        page.get_by_role("checkbox", name=f"Pilih #{case['number']} ").check()
    page.get_by_role("button", name="Tugaskan…").click()
    dialog = page.get_by_role("dialog", name="Tugaskan 2 kasus")
    dialog.get_by_role("combobox", name="Penanggung jawab").click()
    page.get_by_role("option", name="Rina Kartika").click()
    dialog.get_by_role("button", name="Tugaskan").click()
    expect(page.get_by_text("2 kasus ditugaskan.")).to_be_visible()
    assert all(of(analyst, case["id"])["assignee_id"] for case in made)


def test_an_incident_becomes_a_case(
    open_screen: OpenScreen, organisation: Organisation, console: str
) -> None:
    page = open_screen(organisation.owner).page
    page.goto(f"{console}/cases?id=new&incident={organisation.incident_id}")
    form = page.get_by_role("dialog", name="Kasus baru")
    expect(form).to_contain_text("Tentang insiden: Gudang A · Solar")
    form.get_by_role("button", name="Simpan kasus").click()
    # The organisation has one about it already, which the answer names.
    expect(form).to_contain_text("#1")


def test_who_is_given_a_case_is_led_to_it(
    stack: RunningStack, open_screen: OpenScreen, analyst: Someone, console: str
) -> None:
    member = create(
        analyst,
        "/users",
        {
            "email": f"{token_hex(6)}@contoh.id",
            "name": "Siti Rahma",
            "password": PASSWORD,
            "role": "analyst",
        },
    )
    body = {"nomen": CUSTOMER["nomen"], "type": "salah_catat", "assignee_id": member["id"]}
    case = create(analyst, "/cases", body)
    siti = sign_in(stack, member["email"])
    until(lambda: siti.client.get("/notifications").json()["unread"] == 1, "the word about the case")
    page = open_screen(siti).page
    page.goto(f"{console}/notifications")
    page.get_by_role("main").get_by_role("link", name="Lihat").click()
    expect(page.get_by_role("dialog", name=f"#{case['number']} Salah catat")).to_be_visible()
    siti.client.close()
