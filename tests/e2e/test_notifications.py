"""Being told: the bell, the list, how one wants to be told, and webhooks of the organisation."""

from collections.abc import Callable

import pytest
from arus_runtime.ids import new_ulid
from arus_stack.testing import RunningStack
from playwright.sync_api import expect

from .conftest import OpenScreen, Organisation, Someone, create, tell

pytestmark = pytest.mark.e2e


@pytest.fixture
def owner(stack: RunningStack, register: Callable[[str], Someone]) -> Someone:
    """Give somebody who was told of two incidents, one of them critical."""
    owner = register("Sari Wulandari")
    gudang = create(owner, "/locations", {"name": "Gudang A", "type": "depot"})
    solar = create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    tell(stack, owner, gudang, solar, new_ulid())
    tell(stack, owner, gudang, solar, new_ulid(), severity="SEVERITY_CRITICAL")
    return owner


def test_the_bell_counts_quietly_and_the_list_is_read(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    screen = open_screen(owner)
    page = screen.page
    page.goto(f"{console}/locations")
    page.get_by_role("link", name="Notifikasi, 2 belum dibaca").click()
    entries = page.get_by_role("list", name="Notifikasi").get_by_role("listitem")
    expect(entries).to_have_count(2)
    expect(entries.first).to_contain_text("Kritis: insiden di Gudang A, Solar")
    expect(entries.first).to_contain_text("Pemakaian 520 L, 173% dari biasanya (300 L): ANOMALI.")
    entries.first.get_by_role("button", name="Tandai dibaca").click()
    expect(page.get_by_role("link", name="Notifikasi, 1 belum dibaca")).to_be_visible()
    page.get_by_role("button", name="Belum dibaca").click()
    expect(entries).to_have_count(1)
    page.get_by_role("button", name="Tandai semua dibaca").click()
    expect(page.get_by_text("Tidak ada yang cocok dengan saringan ini.")).to_be_visible()
    expect(page.get_by_role("banner").get_by_role("link", name="Notifikasi", exact=True)).to_be_visible()
    assert screen.complaints == []


def test_the_bell_hears_of_an_incident_as_it_opens(
    open_screen: OpenScreen, stack: RunningStack, owner: Someone, console: str
) -> None:
    page = open_screen(owner).page
    page.goto(f"{console}/notifications")
    expect(page.get_by_role("status").filter(has_text="Langsung")).to_be_visible()
    expect(page.get_by_role("link", name="Notifikasi, 2 belum dibaca")).to_be_visible()
    [gudang], [solar] = (owner.client.get(path).json()["items"] for path in ("/locations", "/products"))
    tell(stack, owner, gudang, solar, new_ulid())
    # Sooner than the bell looks again by itself.
    expect(page.get_by_role("link", name="Notifikasi, 3 belum dibaca")).to_be_visible()
    expect(page.get_by_role("list", name="Notifikasi").get_by_role("listitem")).to_have_count(3)


def test_settings_are_checked_saved_and_shown_again(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    page = open_screen(owner, width=360).page
    page.goto(f"{console}/notifications?tab=settings")
    page.get_by_label("Jam tenang mulai").fill("22:00")
    page.get_by_label("Alarm paling banyak per hari").fill("500")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Isi jam selesainya, atau kosongkan keduanya.")).to_be_visible()
    expect(page.get_by_text("Tulis angka dari 1 sampai 200.")).to_be_visible()
    page.get_by_label("Jam tenang selesai").fill("05:30")
    page.get_by_label("Alarm paling banyak per hari").fill("5")
    page.get_by_role("combobox", name="Surel").click()
    page.get_by_role("option", name="Kritis saja").click()
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Pengaturan tersimpan.")).to_be_visible()
    stored = owner.client.get("/notifications/preferences").json()
    assert (stored["email"], stored["quiet_hours"], stored["alarms_per_day"]) == (
        "critical",
        {"from": "22:00", "to": "05:30"},
        5,
    )
    page.reload()
    expect(page.get_by_label("Jam tenang selesai")).to_have_value("05:30")


def test_a_webhook_is_made_tested_and_its_delivery_tells(
    open_screen: OpenScreen, owner: Someone, console: str
) -> None:
    page = open_screen(owner).page
    page.goto(f"{console}/notifications?tab=webhooks")
    page.get_by_role("button", name="Tambah webhook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nama").fill("Ruang kendali")
    dialog.get_by_label("Alamat").fill("https://10.0.0.7/arus")
    dialog.get_by_role("button", name="Simpan").click()
    expect(dialog.get_by_text("Webhook hanya boleh ke alamat https")).to_be_visible()
    dialog.get_by_label("Alamat").fill("https://arus-uji.invalid/arus")
    dialog.get_by_role("checkbox", name="Semua lokasi").uncheck()
    dialog.get_by_role("button", name="Simpan").click()
    expect(dialog.get_by_text("Pilih paling sedikit satu lokasi.")).to_be_visible()
    dialog.get_by_role("checkbox", name="Gudang A").check()
    dialog.get_by_role("button", name="Simpan").click()
    expect(dialog.get_by_text("whsec_")).to_be_visible()
    expect(dialog.get_by_text("Kunci sebelumnya")).to_have_count(0)
    dialog.get_by_role("button", name="Sudah saya simpan").click()
    expect(page.get_by_role("list", name="Webhook").get_by_role("listitem")).to_contain_text("Gudang A")
    page.get_by_role("button", name="Uji Ruang kendali").click()
    expect(page.get_by_text("Pesan uji ke Ruang kendali dalam perjalanan.")).to_be_visible()
    page.get_by_role("tab", name="Pengiriman").click()
    table = page.get_by_role("table", name="Pengiriman")
    expect(table.get_by_role("row").filter(has_text="Pesan uji")).to_contain_text("Dalam perjalanan")


def test_an_operator_has_no_bell(open_screen: OpenScreen, organisation: Organisation, console: str) -> None:
    page = open_screen(organisation.operator).page
    page.goto(f"{console}/anomalies")
    expect(page.get_by_role("heading", name="Monitoring Anomali")).to_be_visible()
    expect(page.get_by_role("link", name="Notifikasi")).to_have_count(0)
