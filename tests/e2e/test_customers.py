"""A clerk enters a customer whom no file tells of yet, and changes what is said of one."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import Language, OpenScreen, Organisation
from .test_every_page import assert_good, settle_in_drawer

pytestmark = pytest.mark.e2e

WORDS = {
    "id": {
        "new": "Pelanggan baru",
        "number": "Nomor pelanggan",
        "name": "Nama",
        "address": "Alamat",
        "size": "Ukuran meter",
        "save": "Simpan",
        "edit": "Ubah data",
        "needed": "Isi alamat pelanggan.",
        "taken": "sudah dipakai",
        "state": "Keadaan",
        "closed": "Nonaktif",
    },
    "en": {
        "new": "New customer",
        "number": "Customer number",
        "name": "Name",
        "address": "Address",
        "size": "Meter size",
        "save": "Save",
        "edit": "Change data",
        "needed": "Enter the address.",
        "taken": "already in use",
        "state": "State",
        "closed": "Inactive",
    },
}


@pytest.mark.parametrize(("language", "width"), [("id", 360), ("en", 1440)])
def test_a_customer_is_entered_and_changed(
    open_screen: OpenScreen, organisation: Organisation, console: str, language: Language, width: int
) -> None:
    words, nomen = WORDS[language], f"7100{width:04}"
    screen = open_screen(organisation.owner, language=language, width=width)
    page = screen.page
    page.goto(f"{console}/customers")
    page.get_by_role("button", name=words["new"]).first.click()
    form = page.get_by_role("dialog", name=words["new"])
    form.get_by_label(words["number"], exact=True).fill(nomen)
    form.get_by_label(words["name"], exact=True).fill("DEWI LESTARI")
    form.get_by_role("button", name=words["save"]).click()
    expect(form).to_contain_text(words["needed"])
    form.get_by_label(words["address"], exact=True).fill("JL MELATI 4")
    settle_in_drawer(page)
    assert_good(screen, path="new customer", language=language)
    form.get_by_role("button", name=words["save"]).click()

    drawer = page.get_by_role("dialog", name="DEWI LESTARI", exact=True)
    expect(drawer).to_contain_text("JL MELATI 4")
    drawer.get_by_role("button", name=words["edit"]).click()
    change = page.get_by_role("dialog", name=re.compile(nomen))
    change.get_by_label(words["size"]).fill("1/2 inci")
    change.get_by_role("combobox", name=words["state"]).click()
    page.get_by_role("option", name=words["closed"]).click()
    change.get_by_role("button", name=words["save"]).click()
    expect(change).to_have_count(0)
    expect(drawer).to_contain_text("1/2 inci")
    said = organisation.owner.client.get(f"/customers/{nomen}").json()
    assert (said["meter_size"], said["is_active"], said["name"]) == ("1/2 inci", False, "DEWI LESTARI")
    settle_in_drawer(page)
    assert_good(screen, path="customer", language=language)

    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    page.get_by_role("button", name=words["new"]).first.click()
    form.get_by_label(words["number"], exact=True).fill(nomen)
    form.get_by_label(words["name"], exact=True).fill("ORANG LAIN")
    form.get_by_label(words["address"], exact=True).fill("JL MAWAR 1")
    form.get_by_role("button", name=words["save"]).click()
    expect(form).to_contain_text(re.compile(words["taken"], re.IGNORECASE))
