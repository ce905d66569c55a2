"""Whose console it is: going to another organisation, signing out, and what a role may not."""

import re
import secrets
from collections.abc import Callable

import pytest
from arus_stack.testing import RunningStack
from playwright.sync_api import Page, expect

from .conftest import PASSWORD, OpenScreen, Organisation, Someone, create, sign_in

pytestmark = pytest.mark.e2e


def press_in_account_menu(page: Page, item: str) -> None:
    """Open the account menu and press one of its items."""
    page.get_by_role("button", name="Akun dan tampilan").click()
    page.get_by_role("menuitem", name=item).click()


def test_another_organisation_starts_the_console_anew_in_every_tab(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Sari")
    create(owner, "/locations", {"name": "Gudang Lama", "type": "depot"})
    create(owner, "/organisations", {"name": "Depot Timur"})
    screen = open_screen(owner)
    tabs = [screen.page, screen.context.new_page()]
    for tab in tabs:
        tab.goto(f"{console}/locations")
        expect(tab.get_by_role("table", name="Lokasi")).to_contain_text("Gudang Lama")
    page = tabs[0]
    page.get_by_role("button", name="Akun dan tampilan").click()
    page.get_by_role("menuitemradio", name="Depot Timur").click()
    for tab in tabs:
        expect(tab.get_by_role("navigation", name="Utama")).to_contain_text("Depot Timur")
        tab.get_by_role("navigation", name="Utama").get_by_role("link", name="Lokasi").click()
        expect(tab.get_by_text("Gudang Lama")).to_have_count(0)
        expect(tab.get_by_role("main")).to_contain_text("Belum ada lokasi")


def test_signing_out_leaves_nothing_behind(
    open_screen: OpenScreen, organisation: Organisation, console: str
) -> None:
    page = open_screen(organisation.owner).page
    page.goto(f"{console}/")
    expect(page.get_by_role("heading", name="Beranda")).to_be_visible()
    page.get_by_role("button", name="Akun dan tampilan").click()
    page.get_by_role("menuitem", name="Keluar").click()
    expect(page).to_have_url(f"{console}/login")
    kept = page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('arus.kept'))")
    assert kept == []
    stored = page.evaluate(
        "caches.keys().then(names => Promise.all(names.map(name => caches.open(name)"
        ".then(cache => cache.keys())))).then(all => all.flat().map(request => request.url))"
    )
    assert [url for url in stored if "/api/" in url] == []
    page.goto(f"{console}/fuel/transactions")
    expect(page).to_have_url(re.compile(r"/app/login\?next="))


def test_signing_out_takes_only_ones_own_unsent_records(
    open_screen: OpenScreen, register: Callable[[str], Someone], console: str
) -> None:
    owner = register("Sari")
    create(owner, "/locations", {"name": "Gudang K", "type": "depot"})
    create(owner, "/products", {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"})
    screen = open_screen(owner)
    page = screen.page
    page.goto(f"{console}/fuel/new")
    expect(page.get_by_label("Volume")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    screen.context.set_offline(True)
    page.get_by_label("Volume").fill("410")
    page.get_by_role("button", name="Catat", exact=True).click()
    expect(page.get_by_test_id("unsent")).to_contain_text("410\u00a0L")
    theirs = """change => new Promise((done, fail) => {
        const opening = indexedDB.open('arus-queue')
        opening.onerror = () => fail(opening.error)
        opening.onsuccess = () => {
            const commands = opening.result.transaction('commands', 'readwrite').objectStore('commands')
            const all = commands.getAll()
            all.onsuccess = () => {
                const [one] = all.result
                if (change) commands.put({...one, id: `${one.id}-b`, owner: 'x:budi'})
                done(all.result.map(item => item.owner))
            }
        }
    })"""
    page.evaluate(theirs, True)

    # Without a connection nobody is signed out: that is said, and nothing is thrown away.
    press_in_account_menu(page, "Keluar")
    page.get_by_role("button", name="Buang dan keluar").click()
    expect(page.get_by_text("Server tidak terjangkau.")).to_be_visible()
    page.get_by_role("button", name="Tetap masuk").click()
    expect(page.get_by_test_id("unsent")).to_contain_text("410\u00a0L")

    page.route("**/api/v1/fuel/transactions", lambda route: route.abort())
    screen.context.set_offline(False)
    press_in_account_menu(page, "Keluar")
    page.get_by_role("button", name="Buang dan keluar").click()
    expect(page).to_have_url(f"{console}/login")
    page.wait_for_function(f"() => ({theirs})(false).then(owners => owners.join() === 'x:budi')")


def test_who_may_only_look_revokes_no_key_and_changes_no_role(
    open_screen: OpenScreen,
    register: Callable[[str], Someone],
    stack: RunningStack,
    console: str,
) -> None:
    owner = register("Sari")
    create(owner, "/keys", {"name": "Impor malam", "role": "service"})
    member = {"email": f"{secrets.token_hex(6)}@contoh.id", "name": "Rina", "password": PASSWORD}
    other = create(owner, "/users", {**member, "role": "operator"})
    member["email"] = f"{secrets.token_hex(6)}@contoh.id"
    reporter = sign_in(stack, create(owner, "/users", {**member, "role": "reporter"})["email"])
    page = open_screen(reporter).page
    page.goto(f"{console}/users?tab=keys")
    expect(page.get_by_role("list", name="Kunci API")).to_contain_text("Impor malam")
    expect(page.get_by_role("button", name="Cabut")).to_have_count(0)
    page.goto(f"{console}/users?id={other['id']}")
    drawer = page.get_by_role("dialog", name="Rina")
    expect(drawer.get_by_role("combobox", name="Peran")).to_be_disabled()
    expect(drawer.get_by_label("Semua lokasi")).to_be_disabled()
    reporter.client.close()
