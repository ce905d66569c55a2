"""A clerk enters customers and payments that no file tells of, and changes what is said of one."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from .conftest import Language, OpenScreen, Organisation, create
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


def test_what_is_typed_stays_when_somebody_else_changes_the_customer(
    open_screen: OpenScreen, organisation: Organisation, console: str
) -> None:
    words, nomen = WORDS["id"], "71009999"
    owner = organisation.owner.client
    said = {"nomen": nomen, "name": "RATNA DEWI", "address": "JL KENANGA 2"}
    assert owner.post("/customers", json=said).status_code == 201
    page = open_screen(organisation.owner, language="id", width=1440).page
    page.clock.install()
    page.goto(f"{console}/customers?id={nomen}")
    drawer = page.get_by_role("dialog", name="RATNA DEWI", exact=True)
    drawer.get_by_role("button", name=words["edit"]).click()
    form = page.get_by_role("dialog", name=re.compile(nomen))
    form.get_by_label(words["address"], exact=True).fill("JL KENANGA 20")

    assert owner.patch(f"/customers/{nomen}", json={"address": "JL CEMPAKA 7"}).status_code == 200
    page.clock.fast_forward("05:00")
    page.evaluate("window.dispatchEvent(new Event('visibilitychange'))")  # as when they come back to the tab
    expect(page.get_by_text("JL CEMPAKA 7").first).to_be_attached()
    expect(form.get_by_label(words["address"], exact=True)).to_have_value("JL KENANGA 20")
    form.get_by_role("button", name=words["save"]).click()
    expect(form).to_contain_text("baru saja diubah orang lain")
    expect(form.get_by_label(words["address"], exact=True)).to_have_value("JL KENANGA 20")
    assert owner.get(f"/customers/{nomen}").json()["address"] == "JL CEMPAKA 7"


PAYING = {
    "id": {
        "enter": "Catat pembayaran",
        "amount": "Jumlah",
        "typed": "Rp 150.000,50",
        "shown": "Rp\u00a0150.000,50",
        "of": "Untuk tagihan bulan",
        "receipt": "Nomor kuitansi",
        "needed": "Isi jumlahnya.",
        "save": "Simpan",
        "edit": "Ubah pembayaran",
        "changed": "120000",
        "then": "Rp\u00a0120.000,00",
        "back": "Batalkan pembayaran",
        "sure": "Ya, batalkan",
        "gone": "Dibatalkan:",
    },
    "en": {
        "enter": "Enter a payment",
        "amount": "Amount",
        "typed": "150,000.50",
        "shown": "150,000.50",
        "of": "For the bill of",
        "receipt": "Receipt number",
        "needed": "Enter the amount.",
        "save": "Save",
        "edit": "Change the payment",
        "changed": "120000",
        "then": "120,000.00",
        "back": "Take the payment",
        "sure": "Yes, take it back",
        "gone": "Taken back:",
    },
}


@pytest.mark.parametrize(("language", "width"), [("id", 360), ("en", 1440)])
def test_a_payment_at_the_counter_is_entered_changed_and_taken_back(
    open_screen: OpenScreen, organisation: Organisation, console: str, language: Language, width: int
) -> None:
    words, nomen = PAYING[language], f"7200{width:04}"
    customer = {"nomen": nomen, "name": "RINA MARLINA", "address": "JL KENANGA 2", "rayon": "34"}
    create(organisation.owner, "/customers", customer)

    def standing() -> list[dict[str, Any]]:
        return organisation.owner.client.get("/collections", params={"nomen": nomen}).json()["items"]

    screen = open_screen(organisation.owner, language=language, width=width)
    page = screen.page
    page.clock.install()
    page.goto(f"{console}/customers?id={nomen}")
    drawer = page.get_by_role("dialog", name="RINA MARLINA", exact=True)
    drawer.get_by_role("button", name=words["enter"]).click()
    form = page.get_by_role("dialog", name=words["enter"], exact=True)
    form.get_by_role("button", name=words["save"]).click()
    expect(form).to_contain_text(words["needed"])
    form.get_by_label(words["amount"], exact=True).fill(words["typed"])
    form.get_by_label(words["receipt"]).fill("K-17")
    form.get_by_role("combobox", name=words["of"]).click()
    page.get_by_role("option").nth(1).click()
    settle_in_drawer(page)
    assert_good(screen, path="new payment", language=language)
    form.get_by_role("button", name=words["save"]).click()
    expect(drawer).to_contain_text(words["shown"])
    [paid] = standing()
    assert (paid["amount"]["amount"], paid["payment_type"], paid["receipt_number"]) == (
        "150000.50", "ARREARS", "K-17",
    )  # fmt: skip

    drawer.get_by_role("button", name=words["edit"]).click()
    change = page.get_by_role("dialog", name=words["edit"])
    change.get_by_label(words["amount"], exact=True).fill(words["changed"])
    change.get_by_role("button", name=words["save"]).click()
    expect(drawer).to_contain_text(words["then"])
    [now] = standing()
    assert (now["id"], now["amount"]["amount"], now["bill_period"]) == (
        paid["id"], "120000.00", paid["bill_period"],
    )  # fmt: skip
    settle_in_drawer(page)
    assert_good(screen, path="payment on the time line", language=language)

    drawer.get_by_role("button", name=words["back"]).click()
    page.get_by_role("button", name=words["sure"]).click()
    expect(drawer).to_contain_text(words["gone"])
    assert standing() == []
