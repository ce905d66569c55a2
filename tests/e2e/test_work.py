"""What people do all day, in the real console on the real system."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from arus_stack.testing import until
from playwright.sync_api import Page, Route, expect

from .conftest import PASSWORD, OpenScreen, Organisation, Someone, create, fact
from .test_every_page import assert_good, settle_in_drawer

pytestmark = pytest.mark.e2e


def record(page: Page, volume: str) -> None:
    """Type a volume into the form and send it."""
    page.get_by_label("Volume").fill(volume)
    page.get_by_role("button", name="Catat", exact=True).click()


def pick(page: Page, label: str, name: str) -> None:
    """Choose in a combobox by typing."""
    page.get_by_role("combobox", name=label).fill(name)
    page.get_by_role("option", name=name).first.click()


def uses(someone: Someone, **filters: str) -> list[dict[str, Any]]:
    """Return what was recorded."""
    answer = someone.client.get("/fuel/transactions", params={"limit": 500, **filters})
    return answer.raise_for_status().json()["items"]


def test_from_registering_to_the_first_anomaly(open_screen: OpenScreen, console: str) -> None:
    screen = open_screen()
    page = screen.page
    page.goto(f"{console}/register")
    page.get_by_label("Nama", exact=True).fill("Sari Wulandari")
    page.get_by_label("Nama organisasi").fill("Depot Cakung")
    page.get_by_label("Surel").fill(f"sari-{datetime.now(UTC).timestamp():.6f}@contoh.id")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Buat akun").click()

    page.get_by_role("link", name=re.compile("Tambah lokasi pertama")).click()
    page.get_by_role("button", name="Tambah lokasi").first.click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Nama", exact=True).fill("Gudang A")
    drawer.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("table", name="Lokasi")).to_contain_text("Gudang A")

    page.goto(f"{console}/products?id=new")
    drawer.get_by_label("Nama", exact=True).fill("Solar")
    drawer.get_by_label("Kode").fill("SOLAR")
    drawer.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("table", name="Produk")).to_contain_text("Solar")

    page.get_by_role("link", name="Catat BBM").click()
    fields = page.get_by_role("main").locator("form input:not([type=hidden]):not([aria-hidden=true])")
    expect(fields).to_have_count(4)
    for volume in ("300", "300", "300", "520"):
        record(page, volume)
        expect(page.get_by_test_id("recorded")).to_contain_text(f"{volume}\u00a0L")
    newest = page.get_by_test_id("recorded").get_by_role("listitem").first
    expect(newest).to_contain_text("173% dari biasanya: ANOMALI.")
    milder = "Menjadi Waspada bila paling banyak 450\u00a0L. Menjadi Normal bila di bawah 360\u00a0L."
    expect(newest).to_contain_text(milder)
    assert [text for text in screen.complaints if "401" not in text] == []

    newest.get_by_role("link", name="Lihat penilaian").click()
    drawer = page.get_by_role("dialog", name="Gudang A · Solar")
    expect(drawer).to_contain_text(milder)
    drawer.get_by_role("button", name="Lihat tabel").click()
    expect(drawer.get_by_role("table")).to_contain_text("300\u00a0L")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_a_figure_is_whole_on_a_phone(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Sari")
    depot = create(owner, "/locations", {"name": "Gudang A", "type": "depot"})
    solar = create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    today = datetime.now(UTC).date()
    facts = [fact(depot, solar, today - timedelta(days=back), 913430.4) for back in range(1, 11)]
    owner.client.post("/fuel/transactions/batch", json={"items": facts}).raise_for_status()
    page = open_screen(owner, width=360).page
    page.goto(f"{console}/")
    figure = page.get_by_text("9.134.304\u00a0L", exact=True)
    expect(figure).to_be_visible()
    # In one line, and none of it cut.
    assert figure.evaluate(
        "it => it.scrollWidth <= it.clientWidth"
        " && it.clientHeight < 2 * parseFloat(getComputedStyle(it).fontSize)"
    )


def test_a_verdict_arrives_in_an_open_list(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Sari")
    location = create(owner, "/locations", {"name": "Gudang B", "type": "depot"})
    product = create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    page = open_screen(owner).page
    page.goto(f"{console}/anomalies")
    expect(page.get_by_text("Tidak ada yang perlu perhatian.")).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text("Langsung")
    today = datetime.now(UTC).date() - timedelta(days=1)
    for volume in ("300", "300", "300", "520"):
        body = {
            "date": today.isoformat(),
            "location_id": location["id"],
            "product_id": product["id"],
            "volume_l": volume,
        }
        create(owner, "/fuel/transactions", body)
    table = page.get_by_role("table", name="Penilaian")
    expect(table).to_contain_text("Gudang B")
    expect(table).to_contain_text("173%")


def test_what_is_recorded_offline_is_sent_exactly_once(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Sari")
    create(owner, "/locations", {"name": "Gudang C", "type": "depot"})
    create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    context = open_screen(owner).context
    page = context.pages[0]
    page.goto(f"{console}/fuel/new")
    expect(page.get_by_label("Volume")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")

    context.set_offline(True)
    record(page, "410")
    expect(page.get_by_test_id("unsent")).to_contain_text("410\u00a0L")
    record(page, "420")
    expect(page.get_by_text("Anda sedang luring. 2 catatan akan dikirim saat tersambung.")).to_be_visible()
    page.close()
    assert uses(owner) == []

    # The console opens without a connection, twice, and both tabs know what waits.
    tabs = [context.new_page(), context.new_page()]
    for tab in tabs:
        tab.goto(f"{console}/fuel/new")
        expect(tab.get_by_test_id("unsent")).to_contain_text("420\u00a0L")
    context.set_offline(False)
    for tab in tabs:
        expect(tab.get_by_test_id("unsent")).to_have_count(0)
    until(lambda: len(uses(owner)) == 2, "both records")
    assert sorted(use["volume_l"] for use in uses(owner)) == ["410", "420"]


def test_what_was_just_recorded_stands_in_a_list_seen_before(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Sari")
    create(owner, "/locations", {"name": "Gudang L", "type": "depot"})
    create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    page = open_screen(owner).page
    page.goto(f"{console}/fuel/transactions")
    expect(page.get_by_text("Belum ada transaksi")).to_be_visible()
    page.get_by_role("navigation", name="Utama").get_by_role("link", name="Catat BBM").click()
    record(page, "430")
    expect(page.get_by_test_id("recorded")).to_contain_text("430\u00a0L")
    page.get_by_role("navigation", name="Utama").get_by_role("link", name="Transaksi").click()
    expect(page.get_by_role("table", name="Transaksi")).to_contain_text("430\u00a0L", timeout=5_000)


def test_a_form_left_open_over_night_records_on_the_new_day(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Sari")
    create(owner, "/locations", {"name": "Gudang M", "type": "depot"})
    create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    page = open_screen(owner).page
    now = datetime.now(ZoneInfo("Asia/Jakarta"))
    yesterday = now - timedelta(days=1)
    page.clock.install(time=yesterday)
    page.goto(f"{console}/fuel/new")
    expect(page.get_by_label("Tanggal")).to_have_value(f"{yesterday:%Y-%m-%d}")
    page.clock.set_system_time(now)
    record(page, "440")
    expect(page.get_by_label("Tanggal")).to_have_value(f"{now:%Y-%m-%d}")
    until(lambda: [use["date"] for use in uses(owner)] == [f"{now:%Y-%m-%d}"], "the record of today")


def test_what_the_server_refuses_comes_back_with_its_reason(
    open_screen: OpenScreen, organisation: Organisation, console: str
) -> None:
    page = open_screen(organisation.owner).page
    page.goto(f"{console}/fuel/new")
    record(page, "0")
    expect(page.get_by_text("Volume harus lebih dari 0 dan paling banyak 1.000.000 L.")).to_be_visible()
    expect(page.get_by_text("Pilih lokasi.")).to_be_visible()
    expect(page.get_by_role("combobox", name="Lokasi")).to_be_focused()


def test_pasted_rows_are_recorded_and_wrong_ones_stay(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Sari")
    create(owner, "/locations", {"name": "Gudang D", "type": "depot", "external_code": "GD-D"})
    create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    page = open_screen(owner).page
    page.goto(f"{console}/fuel/new?way=many")
    rows = [
        "Tanggal\tLokasi\tProduk\tVolume",
        "10/01/2025\tGudang D\tSolar\t1.520,5",
        "11/01/2025\tGD-D\tSOLAR\t300",
        "12/01/2025\tGudang Z\tSolar\t300",
    ]
    page.get_by_label("Tempel dari lembar kerja").fill("\n".join(rows))
    expect(page.get_by_text("Lokasi tidak dikenal")).to_be_visible()
    page.get_by_role("button", name="Catat 2 baris").click()
    expect(page.get_by_text("2 baris tercatat")).to_be_visible()
    left = page.get_by_label("Tempel dari lembar kerja").input_value()
    assert "Gudang Z" in left
    assert "GD-D" not in left
    assert sorted(use["volume_l"] for use in uses(owner)) == ["1520.5", "300"]

    # The same rows once more are recorded, and pointed out.
    page.get_by_label("Tempel dari lembar kerja").fill("\n".join(rows[1:3]))
    page.get_by_role("button", name="Catat 2 baris").click()
    expect(page.get_by_role("main")).to_contain_text("2 di antaranya mungkin tercatat dua kali.")
    doubtful = page.get_by_role("table", name="Mungkin tercatat dua kali")
    expect(doubtful).to_contain_text("Volume 1.520,5 L pada 10 Jan 2025")


def test_pasted_rows_whose_answer_was_lost_are_recorded_once_from_another_page_too(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Sari")
    create(owner, "/locations", {"name": "Gudang D", "type": "depot"})
    create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    page = open_screen(owner).page
    page.goto(f"{console}/fuel/new?way=many")
    rows = "10/01/2025\tGudang D\tSolar\t310\n11/01/2025\tGudang D\tSolar\t300"
    page.get_by_label("Tempel dari lembar kerja").fill(rows)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/v1/fuel/transactions/batch", lose, times=1)
    page.get_by_role("button", name="Catat 2 baris").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert len(uses(owner)) == 2
    page.reload()
    page.get_by_role("button", name="Catat 2 baris").click()
    expect(page.get_by_text("2 baris tercatat")).to_be_visible()
    assert len(uses(owner)) == 2


def test_a_voided_transaction_can_be_taken_back_for_a_while(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Sari")
    location = create(owner, "/locations", {"name": "Gudang E", "type": "depot"})
    product = create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    body = {
        "date": "2025-01-10",
        "location_id": location["id"],
        "product_id": product["id"],
        "volume_l": "300",
    }
    made = create(owner, "/fuel/transactions", body)
    page = open_screen(owner).page
    address = f"{console}/fuel/transactions?id={made['id']}"
    page.goto(address)
    page.get_by_role("button", name="Batalkan transaksi").click()
    page.get_by_role("button", name="Urungkan").click()
    expect(page.get_by_role("table", name="Transaksi")).to_contain_text("Berlaku")
    assert uses(owner, status="voided") == []

    page.goto(address)
    page.get_by_role("button", name="Batalkan transaksi").click()
    until(lambda: len(uses(owner, status="voided")) == 1, "the transaction to be voided")


def test_a_correction_is_saved_and_judged_again(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Sari")
    location = create(owner, "/locations", {"name": "Gudang F", "type": "depot"})
    product = create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    facts = [
        create(
            owner,
            "/fuel/transactions",
            {
                "date": f"2025-01-{day:02}",
                "location_id": location["id"],
                "product_id": product["id"],
                "volume_l": volume,
            },
        )
        for day, volume in ((7, "300"), (8, "300"), (9, "300"), (10, "520"))
    ]
    page = open_screen(owner).page
    page.goto(f"{console}/fuel/transactions?id={facts[-1]['id']}")
    page.get_by_label("Volume").fill("310")
    page.get_by_role("button", name="Simpan koreksi").click()
    expect(page.get_by_text("Koreksi tersimpan.")).to_be_visible()
    expect(page.get_by_role("table", name="Transaksi")).to_contain_text("Dikoreksi")

    def judged() -> list[dict[str, Any]]:
        return owner.client.get("/anomalies").raise_for_status().json()["items"]

    until(lambda: any(item["volume"] == "310" and item["status"] == "NORMAL" for item in judged()), "310 L")


def test_the_keyboard_is_enough(open_screen: OpenScreen, organisation: Organisation, console: str) -> None:
    page = open_screen(organisation.owner).page
    page.goto(f"{console}/anomalies?status=all")
    expect(page.get_by_role("table", name="Penilaian")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    focused = page.evaluate("document.activeElement.dataset.row")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    # Focus returns to the row that opened the drawer.
    page.wait_for_function("id => document.activeElement?.dataset.row === id", arg=focused)
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page).to_have_url(f"{console}/fuel/transactions")
    page.go_back()
    expect(page).to_have_url(f"{console}/anomalies?status=all")


def test_the_address_holds_what_is_seen(
    open_screen: OpenScreen, organisation: Organisation, console: str
) -> None:
    page = open_screen(organisation.owner).page
    page.goto(f"{console}/anomalies")
    page.get_by_role("button", name=re.compile("^Anomali")).click()
    expect(page).to_have_url(f"{console}/anomalies?status=ANOMALI")
    pick(page, "Lokasi", "Gudang A")
    expect(page).to_have_url(re.compile(rf"location={organisation.location['id']}"))
    page.reload()
    expect(page.get_by_role("combobox", name="Lokasi")).to_have_value("Gudang A")


def test_thresholds_are_tried_on_the_past_before_they_bite(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Sari")
    location = create(owner, "/locations", {"name": "Gudang T", "type": "depot"})
    product = create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    elsewhere = create(owner, "/locations", {"name": "Gudang U", "type": "depot"})
    own = {"anomali_pct": "160", "facts_needed": 5, "profile": "weekday"}
    create(owner, "/thresholds", {"location_id": elsewhere["id"], "thresholds": own})
    day = datetime.now(UTC).date() - timedelta(days=9)
    for number, volume in enumerate((300, 300, 300, 405)):
        create(owner, "/fuel/transactions", fact(location, product, day + timedelta(days=number), volume))
    judged = {"location_id": location["id"], "status": "WASPADA"}
    until(lambda: len(owner.client.get("/anomalies", params=judged).json()["items"]) == 1, "a verdict")

    page = open_screen(owner).page
    page.goto(f"{console}/thresholds")
    page.get_by_role("button", name="Ubah ambang batas").click()
    drawer = page.get_by_role("dialog", name="Ubah ambang batas")
    drawer.get_by_label("Anomali di atas").fill("110")
    expect(drawer).to_contain_text("Perbaiki isian di atas untuk melihat akibatnya.")
    drawer.get_by_role("button", name="Aktifkan").click()
    expect(drawer).to_contain_text("Tidak boleh di bawah ambang waspada.")
    drawer.get_by_label("Anomali di atas").fill("130")
    expect(drawer).to_contain_text("1 dari 4 penilaian akan berbeda.")
    expect(drawer.get_by_role("list", name="Penilaian yang berbeda")).to_contain_text("Gudang T")
    drawer.get_by_role("button", name="Aktifkan").click()
    expect(drawer).to_have_count(0)

    page.get_by_role("tab", name="Riwayat").click()
    expect(page.get_by_role("main")).to_contain_text("120% / 130%")
    in_force = {"location_id": location["id"]}

    def holds() -> bool:
        rows = owner.client.get("/thresholds/effective", params=in_force).json()["items"]
        return [row["thresholds"]["anomali_pct"] for row in rows] == ["130"]

    until(holds, "the thresholds to hold")
    page.get_by_role("button", name="Ubah ambang batas").click()
    expect(drawer.get_by_label("Anomali di atas")).to_have_value("130")
    drawer.get_by_label("Waspada mulai").fill("112,5")
    drawer.get_by_role("combobox", name="Lokasi").click()
    page.get_by_role("option", name="Gudang U").click()
    for label, value in {"Waspada mulai": "112,5", "Anomali di atas": "160", "Catatan minimal": "5"}.items():
        expect(drawer.get_by_label(label)).to_have_value(value)
    expect(drawer.get_by_role("combobox", name="Pembanding")).to_contain_text("Hari yang sama")
    create(owner, "/fuel/transactions", fact(location, product, day + timedelta(days=4), 440))
    judged["status"] = "ANOMALI"
    until(lambda: len(owner.client.get("/anomalies", params=judged).json()["items"]) == 1, "an anomaly")


def test_thresholds_are_planned_by_the_clocks_of_their_location(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Sari")
    body = {"name": "Depot Sorong", "type": "depot", "timezone": "Asia/Jayapura"}
    location = create(owner, "/locations", body)
    page = open_screen(owner).page
    page.goto(f"{console}/thresholds")
    page.get_by_role("button", name="Ubah ambang batas").click()
    drawer = page.get_by_role("dialog", name="Ubah ambang batas")
    drawer.get_by_role("combobox", name="Lokasi").click()
    page.get_by_role("option", name="Depot Sorong").click()
    drawer.get_by_role("combobox", name="Berlaku mulai").click()
    page.get_by_role("option", name="Tanggal dan jam tertentu").click()
    when = drawer.get_by_label("Tanggal dan jam (WIT)")
    drawer.get_by_role("button", name="Aktifkan").click()
    expect(drawer).to_contain_text("Isi tanggal dan jam.")
    when.fill("2025-01-01T08:00")
    drawer.get_by_role("button", name="Aktifkan").click()
    expect(drawer).to_contain_text("Pilih waktu yang akan datang.")
    when.fill("2031-01-01T08:00")
    drawer.get_by_role("button", name="Aktifkan").click()
    expect(drawer).to_have_count(0)
    page.get_by_role("tab", name="Riwayat").click()
    expect(page.get_by_role("row", name="Depot Sorong")).to_contain_text("1 Jan 2031, 08.00 WIT")
    page.set_viewport_size({"width": 360, "height": 780})
    expect(page.get_by_role("main")).to_contain_text("Direncanakan mulai 1 Jan 2031, 08.00 WIT")
    [planned] = owner.client.get("/thresholds").json()["items"]
    assert planned["location"]["id"] == location["id"]
    assert datetime.fromisoformat(planned["valid_from"]) == datetime(2030, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize("width", [360, 1440])
def test_a_key_may_do_what_its_maker_chose(
    open_screen: OpenScreen, organisation: Organisation, console: str, width: int
) -> None:
    screen = open_screen(organisation.owner, width=width)
    page = screen.page
    page.goto(f"{console}/users?tab=keys")
    page.get_by_role("button", name="Buat kunci").first.click()
    form = page.get_by_role("dialog", name="Kunci baru")
    form.get_by_label("Nama", exact=True).fill(f"Pompa {width}")
    form.get_by_label("Semua yang boleh bagi perannya").uncheck()
    form.get_by_role("button", name="Buat kunci").click()
    expect(form.get_by_role("alert")).to_contain_text("Pilih sedikitnya satu.")
    form.get_by_role("group", name="Transaksi BBM").get_by_label("tambah").check()
    form.get_by_role("group", name="Produk").get_by_label("baca").check()
    settle_in_drawer(page)
    assert_good(screen, path="/users", language="id")
    form.get_by_role("button", name="Buat kunci").click()
    page.get_by_role("button", name="Sudah saya simpan").click()
    row = page.get_by_role("list", name="Kunci API").get_by_role("listitem").filter(has_text=f"Pompa {width}")
    expect(row).to_contain_text("Produk: baca · Transaksi BBM: tambah")
    # A year ahead, to the end of that day by the clocks it is shown with.
    expect(row).to_contain_text(re.compile(r"berlaku sampai \d+ \w+ 20\d\d, 23\.59\sWIB"))
    keys = organisation.owner.client.get("/keys", params={"limit": 100}).raise_for_status().json()["items"]
    [made] = [key for key in keys if key["name"] == f"Pompa {width}"]
    assert made["resources"] == {"fuel.transactions": "c", "products": "r"}
