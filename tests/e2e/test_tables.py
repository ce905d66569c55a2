"""What people do with tables: choose, mark, act, save a view, take a file away and bring it back."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from arus_stack.testing import until
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from .conftest import OpenScreen, Organisation, Someone, create
from .test_every_page import assert_good
from .test_work import uses

pytestmark = pytest.mark.e2e


@pytest.fixture
def owner(register: Callable[[str], Someone]) -> Someone:
    """Give somebody with one depot, one fuel, and three days of use."""
    someone = register("Sari")
    location = create(someone, "/locations", {"name": "Gudang T", "type": "depot", "external_code": "GD-T"})
    product = create(someone, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    for day, volume in ((7, "300"), (8, "310.5"), (9, "320")):
        create(
            someone,
            "/fuel/transactions",
            {
                "date": f"2025-01-{day:02}",
                "location_id": location["id"],
                "product_id": product["id"],
                "volume_l": volume,
            },
        )
    return someone


def preferences(someone: Someone) -> dict[str, Any]:
    """Return how the person likes to read, as the server keeps it."""
    return someone.client.get("/auth/me").raise_for_status().json()["preferences"]


def downloaded(page: Page, button: str) -> list[list[str]]:
    """Press a button and return the rows of the file it gives."""
    with page.expect_download() as caught:
        page.get_by_role("button", name=button).click()
    raw = Path(caught.value.path()).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel needs the byte order mark"
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))


def test_columns_and_density_follow_their_person(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    page = open_screen(owner).page
    page.goto(f"{console}/fuel/transactions")
    table = page.get_by_role("table", name="Transaksi")
    expect(table.get_by_role("columnheader", name="Dicatat")).to_be_visible()
    page.get_by_role("button", name="Tampilan", exact=True).click()
    page.get_by_role("checkbox", name="Dicatat").uncheck()
    page.get_by_role("button", name="Rapat").click()
    page.keyboard.press("Escape")
    expect(table.get_by_role("columnheader", name="Dicatat")).to_have_count(0)
    until(
        lambda: preferences(owner)["tables"].get("transactions") == {"hidden": ["recorded"], "dense": True},
        "the choice to be kept",
    )
    elsewhere = open_screen(owner).page
    elsewhere.goto(f"{console}/fuel/transactions")
    table = elsewhere.get_by_role("table", name="Transaksi")
    expect(table).to_be_visible()
    expect(table.get_by_role("columnheader", name="Dicatat")).to_have_count(0)
    # Another table keeps its own look.
    elsewhere.goto(f"{console}/locations")
    expect(elsewhere.get_by_role("columnheader", name="Zona waktu")).to_be_visible()


def test_a_press_on_a_header_orders_the_whole_list(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    whose = {key: uses(owner)[0][key] for key in ("location_id", "product_id")}
    many = [
        {"date": f"2024-{1 + at // 28:02}-{1 + at % 28:02}", "volume_l": str(400 + at), **whose}
        for at in range(60)
    ]
    batch = owner.client.post("/fuel/transactions/batch", json={"items": many})
    assert batch.is_success, batch.text
    screen = open_screen(owner)
    page = screen.page
    page.goto(f"{console}/fuel/transactions")
    table = page.get_by_role("table", name="Transaksi")
    first = table.get_by_role("row").nth(1)
    expect(first).to_contain_text("9 Jan 2025")
    expect(page.get_by_text("50 ditampilkan")).to_be_visible()
    header = table.get_by_role("columnheader", name="Volume")
    expect(header).not_to_have_attribute("aria-sort", re.compile("."))
    header.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(header).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_text("63 ditampilkan")).to_be_visible()
    expect(first).to_contain_text("459")
    assert_good(screen, path="/fuel/transactions", language="id")
    page.keyboard.press("Enter")
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(first).to_contain_text("300")
    page.keyboard.press("Enter")
    expect(header).not_to_have_attribute("aria-sort", re.compile("."))
    expect(first).to_contain_text("9 Jan 2025")


def test_a_printed_list_has_its_headings_on_every_sheet_and_says_what_it_is_of(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    whose = {key: uses(owner)[0][key] for key in ("location_id", "product_id")}
    many = [
        {"date": f"2024-{1 + at // 28:02}-{1 + at % 28:02}", "volume_l": "400", **whose} for at in range(60)
    ]
    owner.client.post("/fuel/transactions/batch", json={"items": many}).raise_for_status()
    page = open_screen(owner).page
    page.goto(f"{console}/fuel/transactions?location={whose['location_id']}&to=2025-01-08")
    expect(page.get_by_text("50 ditampilkan")).to_be_visible()
    rest = page.get_by_text("Masih ada baris lain; muat semua atau ekspor.")
    expect(rest).to_be_hidden()
    sheets = [
        sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    ]
    assert "Berlaku · Gudang T · Sampai tanggal 8 Jan 2025" in sheets[0]
    listed = [text for text in sheets if "400" in text]
    assert len(listed) > 1
    assert all("Volume" in text and "Dicatat" in text for text in listed)
    assert "Masih ada baris lain; muat semua atau ekspor." in sheets[-1]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/anomalies?from=2025-01-02", "Perlu perhatian · Dari tanggal 2 Jan 2025"),
        ("/anomalies?status=NORMAL", "Normal"),
        ("/cases?view=table&assignee=none&priority=high", "Belum ada petugas · Prioritas: Tinggi"),
        ("/fuel/transactions?status=voided", "Dibatalkan"),
    ],
)
def test_on_paper_a_list_says_how_it_is_narrowed(
    path: str, said: str, open_screen: OpenScreen, organisation: Organisation, console: str
) -> None:
    page = open_screen(organisation.owner).page
    page.goto(console + path)
    words = page.get_by_role("main").locator("p").filter(has_text=re.compile(f"^{said}$"))
    expect(words).to_be_attached()
    expect(words).to_be_hidden()
    page.emulate_media(media="print")
    expect(words).to_be_visible()


def test_a_saved_view_is_a_link_with_a_name(open_screen: OpenScreen, owner: Someone, console: str) -> None:
    page = open_screen(owner).page
    page.goto(f"{console}/fuel/transactions?from=2025-01-08&status=all")
    page.get_by_role("button", name="Tampilan", exact=True).click()
    page.get_by_label("Simpan saringan ini sebagai").fill("Sejak 8 Januari")
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Sejak 8 Januari")
    expect(link).to_be_visible()

    page.goto(f"{console}/fuel/transactions")
    page.get_by_role("button", name="Tampilan", exact=True).click()
    link.click()
    expect(page).to_have_url(f"{console}/fuel/transactions?from=2025-01-08&status=all")
    expect(page.get_by_role("dialog")).to_have_count(0)
    # It is found from anywhere.
    page.goto(f"{console}/products")
    expect(page.get_by_role("table", name="Produk")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    page.keyboard.type("sejak 8")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{console}/fuel/transactions?from=2025-01-08&status=all")

    page.get_by_role("button", name="Tampilan", exact=True).click()
    page.get_by_role("button", name="Hapus tampilan Sejak 8 Januari").click()
    expect(link).to_have_count(0)
    until(lambda: preferences(owner)["views"] == [], "the view to be deleted")


def test_what_the_server_does_not_keep_is_taken_back(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    page = open_screen(owner).page
    page.goto(f"{console}/fuel/transactions")
    page.get_by_role("button", name="Tampilan", exact=True).click()
    page.context.set_offline(True)
    page.get_by_role("checkbox", name="Dicatat").click()
    expect(page.get_by_text("Server tidak terjangkau.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Dicatat")).to_be_checked()


def test_marked_transactions_are_voided_together_and_can_be_taken_back(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    page = open_screen(owner).page
    page.goto(f"{console}/fuel/transactions")
    expect(page.get_by_role("table", name="Transaksi")).to_be_visible()
    for key in "jxjx":
        page.keyboard.press(key)
    bar = page.get_by_role("region", name="Yang dipilih")
    expect(bar).to_contain_text("2 dipilih")
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)

    page.get_by_role("checkbox", name="Pilih semua yang ditampilkan").check()
    expect(bar).to_contain_text("3 dipilih")
    page.get_by_role("checkbox", name=re.compile("Pilih Gudang T, 7 Jan 2025")).uncheck()
    bar.get_by_role("button", name="Batalkan 2 transaksi").click()
    page.get_by_role("button", name="Urungkan").click()
    expect(page.get_by_role("table", name="Transaksi")).not_to_contain_text("Dibatalkan")
    assert uses(owner, status="voided") == []

    for key in "jx":
        page.keyboard.press(key)
    bar.get_by_role("button", name="Batalkan 1 transaksi").click()
    until(lambda: [use["date"] for use in uses(owner, status="voided")] == ["2025-01-09"], "one to be voided")


def test_a_file_holds_the_marked_rows_and_the_visible_columns(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    page = open_screen(owner).page
    page.goto(f"{console}/fuel/transactions")
    page.get_by_role("checkbox", name=re.compile("8 Jan 2025")).check()
    rows = downloaded(page, "Unduh 1 baris (CSV)")
    assert rows[0] == ["Tanggal", "Lokasi", "Produk", "Volume (L)", "Dicatat", "Keadaan"]
    assert rows[1][:4] == ["2025-01-08", "Gudang T", "Solar", "310,5"]
    assert len(rows) == 2


def test_marking_on_a_phone_and_deactivating_several(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    create(owner, "/products", {"code": "PERTALITE", "name": "Pertalite", "kind": "fuel", "unit": "L"})
    page = open_screen(owner, width=360).page
    page.goto(f"{console}/products")
    expect(page.get_by_role("list", name="Produk")).to_contain_text("Pertalite")
    page.get_by_role("button", name="Pilih baris").click()
    page.get_by_role("checkbox", name="Pilih Pertalite").check()
    page.get_by_role("checkbox", name="Pilih Solar").check()
    page.get_by_role("button", name="Nonaktifkan 2").click()
    expect(page.get_by_text("Belum ada produk")).to_have_count(0)
    expect(page.get_by_text("2 baris dinonaktifkan. Riwayatnya tetap ada.")).to_be_visible()
    page.get_by_role("button", name="Urungkan").click()
    expect(page.get_by_role("list", name="Produk")).to_contain_text("Pertalite")


def test_letters_do_what_the_help_says_and_can_be_switched_off(
    open_screen: OpenScreen, organisation: Organisation, console: str
) -> None:
    page = open_screen(organisation.owner).page
    page.goto(f"{console}/locations")
    expect(page.get_by_role("table", name="Lokasi")).to_be_visible()
    page.keyboard.press("n")
    drawer = page.get_by_role("dialog", name="Lokasi baru")
    expect(drawer.get_by_label("Nama", exact=True)).to_be_focused()
    page.keyboard.type("nxj?/")
    expect(drawer.get_by_label("Nama", exact=True)).to_have_value("nxj?/")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_label("Cari nama atau kode")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Pintasan papan tik")
    expect(help_).to_contain_text("Pilih baris")
    help_.get_by_role("checkbox", name="Pintasan satu huruf aktif").uncheck()
    page.keyboard.press("Escape")
    expect(help_).to_have_count(0)
    page.keyboard.press("n")
    page.keyboard.press("j")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.dataset.row") is None
    # Esc is no letter: what is marked can still be left.
    page.get_by_role("checkbox", name="Pilih Gudang A").check()
    expect(page.get_by_role("region", name="Yang dipilih")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Yang dipilih")).to_have_count(0)


def test_a_moving_list_holds_still_under_the_keyboard(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    page = open_screen(owner).page
    page.goto(f"{console}/anomalies?status=all")
    expect(page.get_by_role("table", name="Penilaian")).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text("Langsung")
    page.keyboard.press("j")
    second = page.locator("[data-row]").nth(1).get_attribute("data-row")
    newer = [use | {"date": "2025-01-10", "volume_l": "330"} for use in uses(owner)[:1] * 40]
    fields = ("date", "location_id", "product_id", "volume_l")
    items = [{field: use[field] for field in fields} for use in newer]
    owner.client.post("/fuel/transactions/batch", json={"items": items}).raise_for_status()
    expect(page.get_by_role("button", name="40 baru")).to_be_visible()
    # The next row is the one that stood there, not one of those that came in.
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.dataset.row") == second
    page.keyboard.press("x")
    expect(page.get_by_role("region", name="Yang dipilih")).to_contain_text("1 dipilih")
    expect(page.get_by_role("button", name="40 baru")).to_be_visible()


def test_refused_rows_leave_as_a_file_and_come_back_mended(
    open_screen: OpenScreen, owner: Someone, console: str, tmp_path: Path
) -> None:
    page = open_screen(owner).page
    page.goto(f"{console}/fuel/new?way=many")
    pasted = [
        "Tanggal\tLokasi\tProduk\tVolume",
        "10/01/2025\tGudang T\tSolar\t520",
        "11/01/2025\t=1+1\tSolar\t300",
        "12/01/2025\tGudang T\tSolar\t-5",
    ]
    area = page.get_by_label("Tempel dari lembar kerja")
    area.fill("\n".join(pasted))
    page.get_by_role("button", name="Catat 1 baris").click()
    expect(page.get_by_text("1 baris tercatat")).to_be_visible()
    # A closed page loses nothing.
    page.reload()
    expect(area).to_have_value(re.compile("=1"))

    rows = downloaded(page, "Unduh 2 baris yang belum masuk")
    assert rows[0] == ["Tanggal", "Lokasi", "Produk", "Volume", "Alasan"]
    assert rows[1] == ["11/01/2025", "'=1+1", "Solar", "300", "Lokasi tidak dikenal"]
    assert rows[2][3:] == ["-5", "Volume bukan angka"]

    rows[1][1] = "GD-T"
    mended = tmp_path / "mended.csv"
    mended.write_text("\ufeff" + "\r\n".join(";".join(row) for row in rows), encoding="utf-8")
    page.locator("input[type=file]").set_input_files(mended)
    page.get_by_role("button", name="Catat 1 baris").click()
    expect(page.get_by_text("1 baris tercatat")).to_be_visible()
    expect(area).to_have_value(re.compile("-5"))
    until(lambda: len(uses(owner)) == 5, "both records")


def test_what_was_typed_comes_back_after_a_closed_drawer(
    open_screen: OpenScreen, organisation: Organisation, console: str
) -> None:
    page = open_screen(organisation.owner).page
    page.goto(f"{console}/users?id=new")
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Nama", exact=True).fill("Dewi")
    drawer.get_by_label("Kata sandi pertama").fill("kopi-sore-di-depot")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    page.get_by_role("button", name="Tambah anggota").click()
    expect(drawer.get_by_label("Nama", exact=True)).to_have_value("Dewi")
    # A password is never kept.
    expect(drawer.get_by_label("Kata sandi pertama")).to_have_value("")
    expect(drawer).to_contain_text("Isian yang belum tersimpan ada di sini lagi.")
    drawer.get_by_role("button", name="Mulai dari awal").click()
    expect(drawer.get_by_label("Nama", exact=True)).to_have_value("")


def test_a_form_says_what_is_wrong_before_it_sends_anything(
    open_screen: OpenScreen, organisation: Organisation, console: str
) -> None:
    page = open_screen(organisation.owner, language="en").page
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.goto(f"{console}/locations?id=new")
    drawer = page.get_by_role("dialog")
    name = drawer.get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    drawer.get_by_role("button", name="Save").click()
    expect(drawer.get_by_text("Enter a location name.")).to_be_visible()
    expect(name).to_be_focused()
    name.fill("x" * 201)
    drawer.get_by_role("button", name="Save").click()
    expect(drawer.get_by_text("At most 200 characters.")).to_be_visible()
    assert "POST" not in sent
