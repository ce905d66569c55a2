"""Lists leave as files that say what they hold."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from arus_stack.testing import until
from playwright.sync_api import expect

from .conftest import OpenScreen, Organisation
from .test_every_page import assert_good, settle, settle_in_drawer

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("width", [360, 1440])
def test_a_list_is_exported_as_it_is_filtered(
    width: int, open_screen: OpenScreen, organisation: Organisation, console: str, tmp_path: Path
) -> None:
    screen = open_screen(organisation.owner, width=width)
    page = screen.page
    page.goto(f"{console}/anomalies?status=ANOMALI")
    settle(page)
    page.get_by_role("button", name="Ekspor").click()
    expect(page.get_by_role("menu")).to_contain_text("1 baris yang cocok dengan saringan")
    settle_in_drawer(page)
    assert_good(screen, path="export menu", language="id")
    with page.expect_download() as taken:
        page.get_by_role("menuitem", name="Excel").click()
    assert taken.value.suggested_filename == "penilaian-bbm.xlsx"
    taken.value.save_as(tmp_path / "a.xlsx")
    sheet: Any = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    [_, row] = sheet.iter_rows(values_only=True)
    assert row[1:5] == ("Gudang A", "Solar", "ANOMALI", 520)


def test_all_transactions_are_exported_in_the_readers_language(
    open_screen: OpenScreen, organisation: Organisation, console: str
) -> None:
    page = open_screen(organisation.owner, language="en").page
    page.goto(f"{console}/fuel/transactions?status=all")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as taken:
        page.get_by_role("menuitem", name="CSV").click()
    assert taken.value.suggested_filename == "fuel-transactions.csv"
    assert taken.value.path().read_text("utf-8-sig").startswith("Date,Location,Product,Volume (L)")


def test_the_audit_trail_of_some_days_is_taken_away(
    open_screen: OpenScreen, organisation: Organisation, console: str, tmp_path: Path
) -> None:
    made = organisation.owner.client
    asked = "/audit?action=location.created"
    until(lambda: bool(made.get(asked).raise_for_status().json()["items"]), "the deed of making a location")
    page = open_screen(organisation.owner).page
    page.goto(f"{console}{asked}")
    expect(page.get_by_role("cell", name="Gudang A", exact=True).first).to_be_visible()
    page.goto(f"{console}/audit")
    page.get_by_label("Dari tanggal").fill("2001-01-01")
    page.get_by_label("Sampai tanggal").fill("2001-01-02")
    expect(page).to_have_url(f"{console}/audit?from=2001-01-01&to=2001-01-02")
    expect(page.get_by_text("Tidak ada yang cocok dengan saringan ini.")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Hapus saringan").last.click()
    expect(page).to_have_url(f"{console}/audit")
    page.get_by_role("button", name="Ekspor").click()
    with page.expect_download() as taken:
        page.get_by_role("menuitem", name="Excel").click()
    assert taken.value.suggested_filename == "jejak-audit.xlsx"
    taken.value.save_as(tmp_path / "a.xlsx")
    sheet: Any = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert {"Menambah anggota", "Membuat lokasi"} <= {row[3] for row in sheet.iter_rows(values_only=True)}
