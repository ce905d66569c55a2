"""A clerk's file: dropped, looked at, saved, and taken back when it was the wrong one."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Route, expect

from .conftest import OpenScreen, Organisation, Someone
from .test_every_page import assert_good, settle_in_drawer

pytestmark = pytest.mark.e2e

FILE = """Tanggal;Lokasi;Produk;Volume (L);Catatan
2024-03-01;Gudang A;Solar;310;
2024-03-02;GD-A;SOLAR;305,5;Genset
2024-03-03;Gudang X;Solar;300;
"""


def without_the_books(route: Route) -> None:
    """Let the answer arrive as it is while the books cannot be asked."""
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "possible": None, "missing": ["metering"]})


@pytest.mark.parametrize("width", [360, 1440])
def test_a_file_is_looked_at_saved_and_taken_back(
    open_screen: OpenScreen, organisation: Organisation, console: str, width: int
) -> None:
    page = open_screen(organisation.owner, width=width).page
    name = f"BBM Gudang A Maret {width}.csv"
    page.goto(f"{console}/imports")
    page.get_by_label("Berkas", exact=True).set_input_files(
        {
            "name": name,
            "mimeType": "text/csv",
            "buffer": (FILE + f"2024-03-04;GD-A;Solar;{width};\n").encode(),
        }
    )
    row = page.get_by_role("list", name="Impor").get_by_role("button", name=name)
    expect(row).to_contain_text("Siap disimpan")
    expect(row).to_contain_text("Pemakaian BBM · Mar 2024")
    row.click()
    drawer = page.get_by_role("dialog", name=name)
    expect(drawer).to_contain_text("tidak dikenal: Gudang X")
    drawer.get_by_role("button", name="Simpan 3 baris").click()
    expect(drawer).to_contain_text("Selesai, ada yang ditolak")
    with page.expect_download() as taken:
        drawer.get_by_role("button", name="Unduh yang ditolak").click()
    assert taken.value.suggested_filename == f"BBM Gudang A Maret {width}-perbaikan.xlsx"
    page.route("**/api/v1/imports/*/undo", without_the_books, times=1)
    drawer.get_by_role("button", name="Batalkan impor").click()
    expect(drawer).to_contain_text("Belum diketahui apa yang bergantung padanya")
    drawer.get_by_role("button", name="Periksa lagi").click()
    expect(drawer.get_by_role("alert")).to_have_count(0)
    expect(drawer).to_contain_text("3 baris akan kembali seperti sebelum impor ini.")
    drawer.get_by_role("button", name="Ya, batalkan").click()
    expect(drawer.get_by_text("Dibatalkan", exact=True).first).to_be_visible()


@pytest.mark.parametrize("width", [360, 1440])
def test_an_undo_that_stands_still_can_go_on(
    open_screen: OpenScreen, organisation: Organisation, console: str, width: int
) -> None:
    screen = open_screen(organisation.owner, width=width)
    page = screen.page
    name = f"BBM Gudang A Juni {width}.csv"
    page.goto(f"{console}/imports")
    page.get_by_label("Berkas", exact=True).set_input_files(
        {
            "name": name,
            "mimeType": "text/csv",
            "buffer": f"Tanggal;Lokasi;Produk;Volume (L)\n2024-06-04;GD-A;Solar;{width}\n".encode(),
        }
    )
    row = page.get_by_role("list", name="Impor").get_by_role("button", name=name)
    expect(row).to_contain_text("Siap disimpan")
    row.click()
    drawer = page.get_by_role("dialog", name=name)
    drawer.get_by_role("button", name="Simpan 1 baris").click()
    expect(drawer.get_by_text("Selesai", exact=True).first).to_be_visible()
    drawer.get_by_role("button", name="Batalkan impor").click()
    stands = re.compile(r"/api/v1/imports/[^/?]+$")
    page.route(stands, as_if_it_stood_still)
    with page.expect_response(
        lambda answer: answer.url.endswith("/undo") and answer.request.method == "POST"
    ):
        drawer.get_by_role("button", name="Ya, batalkan").click()
    go_on = drawer.get_by_role("button", name="Lanjutkan pembatalan")
    expect(go_on).to_be_visible()
    settle_in_drawer(page)
    assert_good(screen, path="/imports", language="id")
    page.unroute(stands)
    with page.expect_response(
        lambda answer: answer.url.endswith("/undo") and answer.request.method == "POST"
    ):
        go_on.click()
    expect(drawer.get_by_text("Dibatalkan", exact=True).first).to_be_visible()


def as_if_it_stood_still(route: Route) -> None:
    """Answer with an import that is being taken back and does not move."""
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "state": "undoing", "progress": 0.4})


@pytest.mark.parametrize("width", [360, 1440])
def test_a_row_that_changes_a_read_shows_what_the_file_before_it_said(
    open_screen: OpenScreen, organisation: Organisation, console: str, width: int
) -> None:
    page = open_screen(organisation.owner, width=width).page
    page.goto(f"{console}/imports")
    for name, stand in ((f"SBRS Mei {width}.csv", 1400), (f"SBRS Mei susulan {width}.csv", 1040)):
        head = "NOMEN;STAND LALU;STAND KINI;CARA BACA;TGL BACA"
        lines = f"{head}\n37000{width:04};1000;{stand};ACTUAL;20/05/2024\n"
        page.get_by_label("Berkas", exact=True).set_input_files(
            {"name": name, "mimeType": "text/csv", "buffer": lines.encode()}
        )
        row = page.get_by_role("list", name="Impor").get_by_role("button", name=name)
        expect(row).to_contain_text("Siap disimpan")
        row.click()
        drawer = page.get_by_role("dialog", name=name)
        if stand == 1040:
            break
        drawer.get_by_role("button", name="Simpan 1 baris").click()
        expect(drawer.get_by_text("Selesai", exact=True).first).to_be_visible()
        page.keyboard.press("Escape")
    expect(drawer).to_contain_text("STAND KINI: 1400 → 1040")


@pytest.mark.parametrize("width", [360, 1440])
def test_a_column_is_given_its_field_and_the_next_file_is_known(
    open_screen: OpenScreen, organisation: Organisation, console: str, width: int
) -> None:
    screen = open_screen(organisation.owner, width=width)
    page = screen.page
    page.goto(f"{console}/imports")

    def send(name: str, day: str) -> Locator:
        text = f"Tanggal;Lokasi;Produk;Isi {width};Catatan\n2024-{day};GD-A;Solar;{width};drum\n"
        page.get_by_label("Berkas", exact=True).set_input_files(
            {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
        )
        return page.get_by_role("list", name="Impor").get_by_role("button", name=name)

    row = send(f"BBM April {width}.csv", "04-01")
    expect(row).to_contain_text("Perlu jawaban")
    row.click()
    drawer = page.get_by_role("dialog", name=f"BBM April {width}.csv")
    expect(drawer).to_contain_text("Belum ada kolom untuk: Volume (L).")
    column = drawer.get_by_role("combobox", name=f"Isi {width}")
    column.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Volume")
    page.keyboard.press("Enter")
    expect(column).to_have_text("Volume (L)")
    expect(drawer.get_by_role("status").filter(has_text="Belum ada kolom")).to_have_count(0)
    settle_in_drawer(page)
    assert_good(screen, path="/imports", language="id")
    drawer.get_by_role("button", name="Pakai kolom ini").click()
    expect(drawer.get_by_role("button", name="Simpan 1 baris")).to_be_enabled()
    drawer.get_by_text(re.compile("^Kolom berkas: 5 dari 5 dipakai")).click()
    expect(drawer.get_by_role("form", name="Kolom berkas")).to_contain_text(f"{width}cocok 100%")
    page.keyboard.press("Escape")
    expect(send(f"BBM Mei {width}.csv", "05-01")).to_contain_text("Siap disimpan")


@pytest.mark.parametrize(("width", "amount"), [(360, "AMT_COLLECT"), (1440, "NOMINAL BAYAR")])
def test_which_of_several_columns_is_meant_is_asked_in_words(
    open_screen: OpenScreen, organisation: Organisation, console: str, width: int, amount: str
) -> None:
    screen = open_screen(organisation.owner, width=width)
    page = screen.page
    name = f"Bayar {width}.csv"
    text = f"NOMEN;PAY_DT;{amount};JUMLAH BAYAR\n38000{width:04};15/10/2025;Rp 100.000;Rp 120.000\n"
    page.goto(f"{console}/imports")
    page.get_by_label("Berkas", exact=True).set_input_files(
        [
            {"name": "kosong.csv", "mimeType": "text/csv", "buffer": b""},
            {"name": name, "mimeType": "text/csv", "buffer": text.encode()},
        ]
    )
    expect(page.get_by_role("alert")).to_contain_text("Kosong, tidak dikirim: kosong.csv.")
    row = page.get_by_role("list", name="Impor").get_by_role("button", name=name)
    expect(row).to_contain_text("Perlu jawaban")
    row.click()
    drawer = page.get_by_role("dialog", name=name)
    which = drawer.get_by_role("combobox", name=re.compile("^Lebih dari satu kolom dapat memuat Jumlah"))
    settle_in_drawer(page)
    assert_good(screen, path="/imports", language="id")
    which.click()
    page.get_by_role("option", name=amount).click()
    drawer.get_by_role("button", name="Jawab").click()
    expect(drawer.get_by_role("button", name="Simpan 1 baris")).to_be_enabled()
    expect(drawer.get_by_role("cell", name="100000", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [360, 1440])
def test_files_that_only_add_rows_are_saved_with_one_press(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str, width: int
) -> None:
    screen = open_screen(register("Wati"), width=width)
    page = screen.page
    page.goto(f"{console}/imports")
    files = {
        "SBRS Mei.csv": ("20/05", "21/05"),
        "SBRS Juni.csv": ("20/06", "21/06"),
        "SBRS Juli.csv": ("99/07", "21/07"),
    }
    head = "NOMEN;STAND LALU;STAND KINI;CARA BACA;TGL BACA"
    text = f"{head}\n340001;900;910;ACTUAL;{{}}/2024\n340002;0;10;ACTUAL;{{}}/2024\n"
    page.get_by_label("Berkas", exact=True).set_input_files(
        [
            {"name": name, "mimeType": "text/csv", "buffer": text.format(one, two).encode()}
            for name, (one, two) in files.items()
        ]
    )
    *whole, refused = (
        page.get_by_role("list", name="Impor").get_by_role("button", name=name) for name in files
    )
    expect(refused).to_contain_text("1 ditolak")
    expect(page.get_by_role("status").filter(has_text="2 berkas Anda siap: 4 baris baru")).to_be_visible()
    assert_good(screen, path="/imports", language="id")
    page.get_by_role("button", name="Simpan 2 berkas").click()
    for row in whole:
        expect(row).to_contain_text("Selesai")
    expect(refused).to_contain_text("Siap disimpan")
