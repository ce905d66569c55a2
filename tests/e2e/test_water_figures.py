"""A supervisor of the water utility: figures side by side, on paper, in files, and while a file goes in."""

from collections.abc import Callable
from io import BytesIO

import pytest
from arus_stack.testing import until
from playwright.sync_api import expect
from pypdf import PdfReader

from .conftest import OpenScreen, Someone
from .test_every_page import assert_good, settle

pytestmark = pytest.mark.e2e

FILES = {
    "MC November 2025.csv": """NOMEN;NAMA;ALAMAT;RAYON;KUBIK;NOMINAL;PERIODE
340001;SITI;JL SUNTER 1;34;20;100000;202511
350001;BUDI;JL SUNTER 2;35;30;150000;202511
""",
    "MC Desember 2025.csv": """NOMEN;NAMA;ALAMAT;RAYON;KUBIK;NOMINAL;PERIODE
340001;SITI;JL SUNTER 1;34;25;100000;202512
350001;BUDI;JL SUNTER 2;35;35;150000;202512
""",
    "COLLECTION November 2025.csv": """NOMEN;RAYON;PAY_DT;AMT_COLLECT;PAYMENT_TYPE;NO_TRANSAKSI;BILL_PERIOD
340001;34;15/11/2025;100000;CURRENT;T1;202511
350001;35;16/11/2025;75000;CURRENT;T2;202511
""",
    "COLLECTION Desember 2025.csv": """NOMEN;RAYON;PAY_DT;AMT_COLLECT;PAYMENT_TYPE;NO_TRANSAKSI;BILL_PERIOD
340001;34;15/12/2025;100000;CURRENT;T3;202512
350001;35;19/12/2025;150000;CURRENT;T4;202512
""",
    # Of what the daily list of November holds already: the figures stay as they are.
    "MB November 2025.csv": """NOMEN;TGL BAYAR;JML BAYAR;BULAN REKENING;NO REKENING;LOKET
340001;15/11/2025;100000;202511;R1;LOKET 1
""",
}

A4_PX = 703
"""How wide an A4 sheet is between its margins, in the pixels of CSS."""


@pytest.fixture(scope="module")
def supervisor(register: Callable[[str], Someone]) -> Someone:
    """Return the owner of a utility with two billed periods."""
    owner = register("Rina Kartika")
    bring(owner, FILES)
    return owner


def bring(owner: Someone, files: dict[str, str]) -> None:
    """Import files one after another, and return when the books hold them."""
    for name, text in files.items():
        sent = owner.client.post("/imports", files=[("files", (name, text.encode(), "text/csv"))])
        path = f"/imports/{sent.raise_for_status().json()['items'][0]['id']}"

        def state(path: str = path) -> str:
            return owner.client.get(path).raise_for_status().json()["state"]

        until(lambda state=state: state() not in {"queued", "analysed"}, f"the preview of {name}")
        preview = owner.client.get(path).json()["preview"]
        owner.client.post(f"{path}/commit", json={"preview": preview}).raise_for_status()
        until(lambda state=state: state() == "completed", f"{name} in the books")


@pytest.mark.parametrize("width", [360, 1440])
def test_two_periods_and_two_rayons_are_compared(
    open_screen: OpenScreen, supervisor: Someone, console: str, width: int
) -> None:
    screen = open_screen(supervisor, width=width)
    page = screen.page
    page.goto(f"{console}/comparison")
    settle(page)
    main = page.get_by_role("main")
    expect(main).to_contain_text("Desember 2025: Rp 250.000,00 sudah dibayar dari Rp 250.000,00 yang ditagih")
    expect(main).to_contain_text("Tertinggi 100% pada Desember 2025, terendah 70% pada November 2025.")
    expect(main).to_contain_text("Desember 2025: 60 m³ ditagih, naik 20% dari November 2025.")
    expect(main).to_contain_text(
        "Sampai 19 Des 2025 sudah dibayar 100%; November 2025 pada hari yang sama 70%."
    )
    page.get_by_role("button", name="Lihat tabel").nth(1).click()
    expect(page.get_by_role("row", name="November 2025 70 %")).to_be_visible()
    assert_good(screen, path="/comparison", language="id")
    page.get_by_role("button", name="Per rayon").click()
    expect(page).to_have_url(f"{console}/comparison?by=rayon")
    figures = page.get_by_role("table", name="Angka per periode")
    expect(figures.get_by_role("row", name="November 2025 35")).to_contain_text("50%")
    assert_good(screen, path="/comparison?by=rayon", language="id")


def test_a_clerk_sees_why_a_payment_that_two_files_hold_counts_once(
    open_screen: OpenScreen, supervisor: Someone, console: str
) -> None:
    page = open_screen(supervisor, width=360).page
    page.goto(f"{console}/customers?id=340001")
    said = page.get_by_text("Tidak dihitung lagi: pembayaran ini sudah terhitung dari daftar harian.")
    expect(said).to_be_visible()
    expect(page.get_by_role("listitem").filter(has=said)).to_contain_text("LOKET 1 · MB")


def test_on_paper_there_is_the_report_and_no_frame(
    open_screen: OpenScreen, supervisor: Someone, console: str
) -> None:
    page = open_screen(supervisor, theme="dark").page
    page.goto(f"{console}/comparison")
    settle(page)
    paper = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    said = "\n".join(sheet.extract_text() for sheet in paper.pages)
    assert "Depot Nusantara" in said
    assert "Dicetak" in said
    assert "Angka per periode" in said
    assert "Beranda" not in said
    assert "Lihat tabel" not in said
    width_pt, _ = paper.pages[0].mediabox.upper_right
    assert round(float(width_pt)) == 595
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_table_of_figures_stays_within_its_sheet(
    open_screen: OpenScreen, supervisor: Someone, console: str
) -> None:
    page = open_screen(supervisor).page
    page.goto(f"{console}/comparison?by=rayon")
    table = page.get_by_role("table", name="Angka per periode").last
    expect(table).to_be_visible()
    page.set_viewport_size({"width": A4_PX, "height": 1000})
    page.emulate_media(media="print")
    # As wide as amounts of a large utility are.
    table.evaluate(
        "it => it.querySelectorAll('td').forEach(cell => {"
        " if (cell.innerText.startsWith('Rp')) cell.innerText = 'Rp\u00a0137.128.100.000,00' })"
    )
    assert table.evaluate("it => it.scrollWidth <= it.parentElement.clientWidth")


def test_a_period_of_years_ago_can_be_chosen(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Tini Wulandari")
    december = "MC Desember 2025.csv"
    bring(owner, {december: FILES[december], "MC Juni 2024.csv": FILES[december].replace("202512", "202406")})
    page = open_screen(owner).page
    page.goto(f"{console}/water")
    page.get_by_role("combobox", name="Periode").click()
    page.get_by_role("option", name="Juni 2024").click()
    expect(page).to_have_url(f"{console}/water?period=2024-06")
    page.goto(f"{console}/comparison")
    page.get_by_role("combobox", name="Dari periode").click()
    page.get_by_role("option", name="Juni 2024").click()
    expect(page.get_by_role("heading", name="Juni 2024 – Desember 2025")).to_be_visible()


def test_figures_move_while_a_file_goes_in(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Dewi Lestari")
    page = open_screen(owner).page
    page.goto(f"{console}/water")
    expect(page.get_by_text("Belum ada tagihan.")).to_be_visible()
    expect(page.get_by_text("Langsung", exact=True)).to_be_visible()
    november = "MC November 2025.csv"
    bring(owner, {november: FILES[november]})
    expect(page.get_by_role("main")).to_contain_text("Rp 250.000,00")


@pytest.mark.parametrize(
    ("path", "button", "rows", "name", "holds"),
    [
        ("/customers?q=SITI", "Ekspor", "1 baris yang cocok", "pelanggan.csv", "SITI"),
        ("/water", "Ekspor pembayaran", "2 baris yang cocok", "pembayaran.csv", "350001"),
        ("/water", "Ekspor angka", "1 baris yang cocok", "penagihan-per-periode.csv", "250000"),
        ("/water", "Ekspor per hari", "2 baris yang cocok", "pembayaran-harian.csv", "2025-12-19"),
        ("/water", "Ekspor per rayon", "2 baris yang cocok", "penagihan-per-periode.csv", "35"),
        ("/water", "Ekspor tunggakan", "4 baris yang cocok", "tunggakan.csv", "61-90"),
        ("/comparison", "Ekspor", "Semua 2 baris", "penagihan-per-periode.csv", "2025-11"),
    ],
    ids=["customers", "payments", "figures", "days", "rayons", "arrears", "comparison"],
)
def test_what_a_page_shows_is_taken_away_as_a_file(
    *,
    path: str,
    button: str,
    rows: str,
    name: str,
    holds: str,
    open_screen: OpenScreen,
    supervisor: Someone,
    console: str,
) -> None:
    page = open_screen(supervisor).page
    page.goto(console + path)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("menu")).to_contain_text(rows)
    with page.expect_download() as taken:
        page.get_by_role("menuitem", name="CSV").click()
    assert taken.value.suggested_filename == name
    assert holds in taken.value.path().read_text("utf-8-sig")
