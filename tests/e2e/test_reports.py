"""A PDF for the boss: made now, and mailed on the first of the month."""

import io

import psycopg
import pytest
from arus_stack.testing import RunningStack
from playwright.sync_api import expect
from pypdf import PdfReader

from .conftest import OpenScreen, Organisation

pytestmark = pytest.mark.e2e


def test_a_report_is_made_and_taken_away(
    open_screen: OpenScreen, organisation: Organisation, console: str
) -> None:
    page = open_screen(organisation.owner).page
    page.goto(f"{console}/reports")
    page.get_by_role("button", name="Buat laporan").click()
    row = page.get_by_role("list", name="Laporan").get_by_role("listitem").first
    with page.expect_download() as taken:
        row.get_by_role("button", name="Unduh").click()
    assert taken.value.suggested_filename.startswith("laporan-bbm-")
    text = PdfReader(io.BytesIO(taken.value.path().read_bytes())).pages[0].extract_text()
    assert "Depot Nusantara" in text
    assert "Laporan BBM bulanan" in text


def test_a_schedule_is_made_changed_sent_stopped_and_deleted(
    open_screen: OpenScreen, organisation: Organisation, console: str, stack: RunningStack
) -> None:
    prove = "update gateway.persons set email_verified_at = now() where email = %s"
    with psycopg.connect(stack.postgres) as connection:
        connection.execute(prove, (organisation.owner.email,))
    page = open_screen(organisation.owner).page
    page.goto(f"{console}/reports?tab=schedules")
    page.get_by_role("button", name="Jadwalkan laporan").first.click()
    dialog = page.get_by_role("dialog", name="Jadwalkan laporan")
    expect(dialog.get_by_role("checkbox", name="Sari Wulandari")).to_be_checked()
    dialog.get_by_role("button", name="Simpan jadwal").click()
    row = page.get_by_role("list", name="Jadwal").get_by_role("listitem")
    expect(row).to_contain_text("Bulanan, setiap tanggal 1 pukul 07.00 WIB")
    row.get_by_role("button", name="Ubah").click()
    changed = page.get_by_role("dialog", name="Ubah jadwal")
    expect(changed.get_by_role("checkbox", name="Sari Wulandari")).to_be_checked()
    changed.get_by_role("combobox", name="Tanggal").click()
    page.get_by_role("option", name="5", exact=True).click()
    changed.get_by_label("Pukul").fill("06:30")
    changed.get_by_role("button", name="Simpan jadwal").click()
    expect(row).to_contain_text("Bulanan, setiap tanggal 5 pukul 06.30 WIB")
    expect(changed).to_have_count(0)
    row.get_by_role("button", name="Kirim sekarang").click()
    row.get_by_role("button", name="Hentikan").click()
    expect(row).to_contain_text("Berhenti")
    page.get_by_role("tab", name="Laporan").click()
    made = page.get_by_role("list", name="Laporan").get_by_role("listitem").first
    expect(made).to_contain_text("terkirim ke 1 orang")
    page.get_by_role("tab", name="Jadwal").click()
    row.get_by_role("button", name="Hapus").click()
    row.get_by_role("button", name="Ya, hapus jadwal").click()
    expect(page.get_by_text("Belum ada jadwal.")).to_be_visible()
