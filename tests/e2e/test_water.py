"""A clerk of the water utility: a file of register reads goes in, what is odd comes out, and whose it is."""

import re
from collections.abc import Callable

import pytest
from arus_stack.testing import until
from playwright.sync_api import Page, expect

from .conftest import Language, OpenScreen, Organisation, Screen, Someone, create
from .test_every_page import assert_good, settle_in_drawer
from .test_water_figures import bring

pytestmark = pytest.mark.e2e

FILE = """NOMEN;NAMA;ALAMAT;RAYON;STAND AWAL;STAND AKHIR;VOLUME;METODE;STATUS SKIP;PETUGAS;TGL BACA;PERIODE
{nomen};SITI AMINAH;JL AGUNG NIAGA 7;34;900;910;10;ESTIMATE;;JOKO;10/12/2025;202512
{other};BUDI;JL SUNTER 1;34;900;910;10;ACTUAL;;JOKO;10/12/2025;202512
"""
WITHOUT_SERVICE = "37000001"


def save(page: Page, console: str, name: str, file: str) -> None:
    """Upload a file of two reads and save what is in it."""
    page.goto(f"{console}/imports")
    page.get_by_label("Berkas", exact=True).set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": file.encode()}
    )
    row = page.get_by_role("list", name="Impor").get_by_role("button", name=name)
    expect(row).to_contain_text("Siap disimpan")
    row.click()
    drawer = page.get_by_role("dialog", name=name)
    drawer.get_by_role("button", name="Simpan 2 baris").click()
    expect(drawer).to_contain_text("Selesai")


def asked_to_be_taken_back(screen: Screen, console: str, name: str) -> Screen:
    """Return a page beside the screen's that shows what taking a file back would do."""
    page = screen.context.new_page()
    page.goto(f"{console}/imports")
    page.get_by_role("list", name="Impor").get_by_role("button", name=name).click()
    page.get_by_role("dialog", name=name).get_by_role("button", name="Batalkan impor").click()
    return Screen(screen.context, page)


@pytest.mark.parametrize("width", [360, 1440])
def test_an_estimated_read_is_found_corrected_and_leads_to_its_customer(
    open_screen: OpenScreen, organisation: Organisation, console: str, width: int
) -> None:
    screen = open_screen(organisation.owner, width=width)
    page = screen.page
    nomen = f"34000{width:04}"
    name = f"SBRS Desember {width}.csv"
    create(
        organisation.owner,
        "/customers",
        {"nomen": nomen, "name": "SITI AMINAH", "address": "JL AGUNG NIAGA 7", "rayon": "34"},
    )
    save(page, console, name, FILE.format(nomen=nomen, other=f"35000{width:04}"))

    def kinds() -> list[list[str]]:
        history = organisation.owner.client.get(f"/anomalies/meter/{nomen}").json()
        return [item["kinds"] for item in history.get("items", [])]

    def stand() -> str:
        [read] = organisation.owner.client.get(f"/anomalies/meter/{nomen}").json()["items"]
        return read["stand_m3"]

    until(lambda: kinds() == [["estimasi"]], "the judgement of the estimated read")
    page.goto(f"{console}/meter")
    page.get_by_role("button", name=re.compile(r"^Estimasi")).click()
    expect(page.get_by_role("main")).to_contain_text("SITI AMINAH")
    page.get_by_role("button", name=nomen).click()
    drawer = page.get_by_role("dialog", name=f"Meter {nomen}")
    expect(drawer).to_contain_text("Stand diperkirakan, bukan dibaca.")
    expect(drawer).to_contain_text("Desember 2025")
    settle_in_drawer(page)
    assert_good(screen, path="/meter", language="id")

    drawer.get_by_role("button", name="Koreksi bacaan").click()
    form = page.get_by_role("dialog", name="Koreksi bacaan Desember 2025")
    form.get_by_role("button", name="Simpan").click()
    expect(form).to_contain_text("Isi stand yang benar.")
    form.get_by_label("Stand yang benar").fill("915")
    form.get_by_label("Alasan").fill("Dibaca ulang di lapangan.")
    assert_good(screen, path="/meter", language="id")
    form.get_by_role("button", name="Simpan").click()
    expect(form).to_have_count(0)
    expect(drawer).to_contain_text("Dibaca ulang di lapangan.")
    expect(drawer).to_contain_text(re.compile(r"Yang dipakai\s*915"))
    until(lambda: stand() == "915", "the judgement of the corrected read")

    beside = asked_to_be_taken_back(screen, console, name)
    of_file = beside.page.get_by_role("dialog", name=name)
    expect(of_file.get_by_role("alert")).to_contain_text(
        re.compile(rf"1 hal bergantung padanya\.\s*Bacaan meter {nomen} 2025-12 sudah dikoreksi orang")
    )
    expect(of_file.get_by_role("button", name="Ya, batalkan")).to_have_count(0)
    settle_in_drawer(beside.page)
    assert_good(beside, path="/imports", language="id")

    drawer.get_by_role("button", name="Batalkan koreksi").click()
    expect(drawer).to_contain_text(re.compile(r"Yang dipakai\s*910"))
    until(lambda: stand() == "910", "the judgement of the read as the file says it")
    of_file.get_by_role("button", name="Periksa lagi").click()
    expect(of_file).to_contain_text("2 baris akan kembali seperti sebelum impor ini.")
    expect(of_file.get_by_role("button", name="Ya, batalkan")).to_be_visible()

    correct_from_visit(screen, organisation.owner, console, nomen)
    until(lambda: stand() == "917.5", "the judgement of the stand that was read on site")

    see_on_the_time_line(screen, console, nomen)


def correct_from_visit(screen: Screen, owner: Someone, console: str, nomen: str) -> None:
    """Let a stand that was read on site correct December's read, from the case that sent somebody there."""
    page = screen.page
    case = create(owner, "/cases", {"nomen": nomen, "period": "2025-12", "type": "estimasi"})
    visit = {"visited_at": "2025-12-20T03:00:00Z", "outcome": "misread", "stand_m3": "917.5"}
    create(owner, f"/cases/{case['id']}/visits", visit)
    page.goto(f"{console}/cases?id={case['id']}")
    drawer = page.get_by_role("dialog", name=f"#{case['number']}")
    drawer.get_by_role("button", name="Pakai stand ini sebagai koreksi").click()
    form = page.get_by_role("dialog", name=re.compile(r"^Pakai stand 917,5\sm³ sebagai koreksi$"))
    expect(form.get_by_label("Periode yang dikoreksi")).to_contain_text("Desember 2025")
    expect(form).to_contain_text(re.compile(r"Sekarang 910\sm³"))
    expect(form.get_by_label("Alasan")).to_have_value(
        re.compile("^Stand dibaca di lapangan pada 20 Des 2025")
    )
    settle_in_drawer(page)
    assert_good(screen, path="/cases", language="id")
    form.get_by_role("button", name="Koreksi bacaan").click()
    expect(form).to_have_count(0)


@pytest.mark.parametrize(("width", "language"), [(360, "id"), (1440, "en")])
def test_a_wrong_change_of_the_meter_is_taken_back_by_keyboard(
    open_screen: OpenScreen, organisation: Organisation, console: str, width: int, language: Language
) -> None:
    nomen = f"36000{width:04}"
    who = {"nomen": nomen, "name": "RATNA DEWI", "address": "JL MELATI 2", "rayon": "34"}
    create(organisation.owner, "/customers", who)
    changed = {"nomen": nomen, "replaced_on": "2025-12-10", "old_serial": "A-1", "new_serial": "B-1"}
    create(organisation.owner, "/meters/replacements", changed)
    take_back, ask, yes, kept = {
        "id": ("Batalkan penggantian", "Batalkan penggantian meter", "Ya, batalkan", "Dibatalkan: Anda"),
        "en": (
            "Take the change back",
            "Take back the change of the meter",
            "Yes, take it back",
            "Taken back: You",
        ),
    }[language]
    screen = open_screen(organisation.owner, width=width, language=language)
    page = screen.page
    page.goto(f"{console}/customers?id={nomen}")
    drawer = page.get_by_role("dialog", name="RATNA DEWI")
    drawer.get_by_role("button", name=take_back).focus()
    page.keyboard.press("Enter")
    asked = page.get_by_role("dialog", name=ask)
    expect(asked).to_contain_text("B-1")
    settle_in_drawer(page)
    assert_good(screen, path="/customers", language=language)
    page.keyboard.press("Escape")
    expect(asked).to_have_count(0)
    drawer.get_by_role("button", name=take_back).press("Enter")
    asked.get_by_role("button", name=yes).press("Enter")
    expect(drawer).to_contain_text(kept)
    expect(drawer.get_by_role("button", name=take_back)).to_have_count(0)
    assert organisation.owner.client.get(f"/meters/replacements?nomen={nomen}").json() == []


def see_on_the_time_line(screen: Screen, console: str, nomen: str) -> None:
    """Find the customer, and on their time line the read, why it was corrected, and the case."""
    page = screen.page
    page.goto(f"{console}/customers?q={nomen}")
    page.get_by_role("button", name="SITI AMINAH").click()
    drawer = page.get_by_role("dialog", name="SITI AMINAH")
    expect(drawer).to_contain_text("Meter dibaca")
    expect(drawer).to_contain_text(re.compile(r"Data pelanggan.*Alamat: JL AGUNG NIAGA 7.*Dicatat oleh Anda"))
    expect(drawer).to_contain_text("Stand dibaca di lapangan pada 20 Des 2025, kasus #")
    settle_in_drawer(page)
    assert_good(screen, path="/customers", language="id")
    drawer.get_by_role("link", name="Lihat kasusnya").click()
    expect(page.get_by_role("dialog", name="Estimasi")).to_contain_text(nomen)


@pytest.fixture(scope="module")
def clerk(register: Callable[[str], Someone]) -> Someone:
    """Return somebody in whose books two customers were not read in October, and a third has no service."""
    someone = register("Joko Susilo")
    head = FILE.partition("\n")[0]
    line = "{};SITI AMINAH;JL AGUNG NIAGA 7;34;{};{};;ACTUAL;;JOKO;10/{:02}/2025;2025{:02};{}\n"
    reads = {8: (900, 920), 9: (920, 940), 11: (940, 980)}
    served = {"36000360": "AKTIF", "36001440": "AKTIF", WITHOUT_SERVICE: "TUTUP"}
    files = {
        f"SBRS 2025{month:02}.csv": f"{head};STATUS PELANGGAN\n"
        + "".join(line.format(nomen, *stands, month, month, status) for nomen, status in served.items())
        for month, stands in reads.items()
    }
    bring(someone, files)
    for nomen in served:
        whose = {"nomen": nomen, "name": "SITI AMINAH", "address": "JL AGUNG NIAGA 7", "rayon": "34"}
        create(someone, "/customers", whose)
    return someone


@pytest.mark.parametrize("width", [360, 1440])
def test_a_period_that_nobody_read_is_estimated_and_taken_back(
    open_screen: OpenScreen, clerk: Someone, console: str, width: int
) -> None:
    nomen = f"3600{width:04}"

    def kinds() -> dict[str, list[str]]:
        history = clerk.client.get(f"/anomalies/meter/{nomen}").json().get("items", [])
        return {item["period"]: item["kinds"] for item in history}

    until(lambda: len(kinds()) == 3, "the judgement of three reads")
    screen = open_screen(clerk, width=width)
    page = screen.page
    page.goto(f"{console}/meter?id={nomen}")
    drawer = page.get_by_role("dialog", name=f"Meter {nomen}")
    november = drawer.get_by_role("table", name="Perbandingan periode").get_by_role("row").nth(1)
    expect(november).to_contain_text(re.compile(r"Nov 2025\s*940\s*980\s*40"))
    with page.expect_download() as taken:
        drawer.get_by_role("button", name="Ekspor").click()
    assert taken.value.suggested_filename.startswith(f"periode-{nomen}-")
    drawer.get_by_role("button", name="Perkirakan Oktober 2025").click()
    form = page.get_by_role("dialog", name="Perkirakan Oktober 2025")
    expect(form).to_contain_text(re.compile(r"940\sm³ → 959\sm³"))
    expect(form).to_contain_text("Dihitung sampai 10 Okt 2025")
    form.get_by_role("button", name="Simpan").click()
    expect(form).to_contain_text("Isi alasannya.")
    form.get_by_label("Alasan").fill("Rumah terkunci.")
    assert_good(screen, path="/meter", language="id")
    form.get_by_role("button", name="Simpan").click()
    expect(form).to_have_count(0)
    until(lambda: kinds().get("2025-10") == ["estimasi"], "the judgement of the estimate")

    drawer.get_by_role("link", name="Oktober 2025").click()
    expect(drawer).to_contain_text("Stand diperkirakan, bukan dibaca.")
    expect(drawer).to_contain_text("Rumah terkunci.")
    expect(drawer.get_by_role("button", name="Perkirakan Oktober 2025")).to_have_count(0)
    settle_in_drawer(page)
    assert_good(screen, path="/meter", language="id")
    drawer.get_by_role("button", name="Batalkan koreksi").click()
    until(lambda: "2025-10" not in kinds(), "the estimate taken back")
    expect(drawer.get_by_role("button", name="Perkirakan Oktober 2025")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1440])
def test_who_uses_water_without_a_service_is_found_by_the_tag(
    open_screen: OpenScreen, clerk: Someone, console: str, width: int
) -> None:
    def count() -> int:
        said = clerk.client.get("/anomalies/meter/summary", params={"period": "2025-11"}).json()
        return said["tags"]["USAGE_INACTIVE"]["count"]

    until(lambda: count() == 1, "the judgement of the use without a service")
    screen = open_screen(clerk, width=width)
    page = screen.page
    page.goto(f"{console}/meter?period=2025-11")
    if width == 360:
        page.get_by_role("button", name="Saring").click()
    page.get_by_role("combobox", name="Tanda").click()
    page.get_by_role("option", name=re.compile(r"^Pakai tanpa layanan\s*1$")).click()
    expect(page).to_have_url(re.compile("tag=USAGE_INACTIVE"))
    page.reload()
    expect(page.get_by_role("button", name=WITHOUT_SERVICE)).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("36000360")
    assert_good(screen, path="/meter", language="id")


@pytest.mark.parametrize("width", [360, 1440])
def test_a_utility_finds_its_own_rooms_first(
    open_screen: OpenScreen, clerk: Someone, console: str, width: int
) -> None:
    page = open_screen(clerk, width=width).page
    page.goto(f"{console}/")
    expect(page).to_have_url(f"{console}/water")
    rooms = page.get_by_role("navigation", name="Utama").get_by_role("link")
    if width == 360:
        expect(rooms).to_have_text(["Dasbor", "Meter", "Unggah", "Kasus"])
        page.get_by_role("button", name="Lainnya").click()
        expect(page.get_by_role("menuitem").last).to_have_text("Laporan")
        page.get_by_role("menuitem", name="Catat BBM").click()
    else:
        expect(rooms.nth(1)).to_have_text("Dasbor PAM")
        expect(rooms.last).to_have_text("Laporan")
        rooms.filter(has_text="Catat BBM").click()
    expect(page.get_by_role("heading", name="Catat BBM")).to_be_visible()
