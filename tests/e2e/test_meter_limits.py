"""A supervisor of the water utility: what is much for a market is not what is much for a house."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .conftest import OpenScreen, Someone
from .test_every_page import assert_good, settle

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("width", [360, 1440])
def test_a_tariff_class_is_given_limits_of_its_own(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str, width: int
) -> None:
    owner = register("Rina Kartika")
    screen = open_screen(owner, width=width)
    page = screen.page
    page.goto(f"{console}/thresholds?tab=meter")
    settle(page)
    limits = page.get_by_role("table", name="Batas meter")
    expect(limits.get_by_role("row", name="Semua golongan Semua ukuran 100 m³")).to_contain_text("Bawaan")
    page.get_by_role("button", name="Ubah batas meter").click()
    drawer = page.get_by_role("dialog", name="Ubah batas meter")
    drawer.get_by_label("Golongan").fill("3a")
    drawer.get_by_label("Ukuran meter").fill("1½ inch")
    drawer.get_by_label("Ekstrem di atas").fill("0")
    drawer.get_by_role("button", name="Aktifkan").click()
    expect(drawer.get_by_label("Ekstrem di atas")).to_be_focused()
    drawer.get_by_label("Ekstrem di atas").fill("1.250,5")
    drawer.get_by_role("button", name="Aktifkan").click()
    expect(drawer).to_have_count(0)
    expect(page.get_by_role("list", name="Riwayat")).to_contain_text("ekstrem di atas 1.250,5 m³")
    [version] = owner.client.get("/thresholds/meter").raise_for_status().json()["items"]
    assert (version["usage_class"], version["meter_size"]) == ("3A", "1 1/2")
    assert version["limits"]["extreme_m3"] == "1250.5"
    # It holds some seconds later, and the page and the form say so by themselves.
    row = limits.get_by_role("row", name="3A 1 1/2 1.250,5 m³")
    expect(row).to_contain_text("Golongan dan ukuran", timeout=20_000)
    row.get_by_role("button", name="Ubah 3A · 1 1/2").click()
    expect(drawer.get_by_label("Ekstrem di atas")).to_have_value("1250,5")
    expect(drawer.get_by_label("Ukuran meter")).to_have_value("1 1/2")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    # The browser itself notes the refusal as an error.
    screen.complaints[:] = [text for text in screen.complaints if "422" not in text]
    assert_good(screen, path="/thresholds?tab=meter", language="id")
