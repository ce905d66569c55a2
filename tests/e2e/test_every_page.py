"""Every route, in Indonesian by day, in English by night, phone and desk: readable by all, and quiet."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from .conftest import REPOSITORY, Language, OpenScreen, Organisation, Screen, Theme

pytestmark = pytest.mark.e2e

AXE = REPOSITORY / "web/node_modules/axe-core/axe.min.js"
RUN_AXE = """
async () => {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const { violations } = await axe.run(document, { runOnly: { type: 'tag', values: tags } })
  return violations.map(one => `${one.id}: ${one.nodes.map(node => node.html).slice(0, 3).join(' | ')}`)
}
"""
FADED = "Promise.all(document.getAnimations().map(one => one.finished.catch(() => null)))"
SIDEWAYS_PX = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

INSIDE = {
    "beranda": "/",
    "beranda-tahun": "/?days=365",
    "catat": "/fuel/new",
    "catat-banyak": "/fuel/new?way=many",
    "anomali": "/anomalies",
    "anomali-semua": "/anomalies?status=all",
    "anomali-rinci": "/anomalies?id={anomaly_id}",
    "insiden": "/incidents",
    "insiden-semua": "/incidents?answer=all",
    "insiden-rinci": "/incidents?id={incident_id}",
    "analisis": "/cases",
    "analisis-tabel": "/cases?view=table",
    "analisis-rinci": "/cases?id={case_id}",
    "analisis-baru": "/cases?id=new",
    "ambang": "/thresholds",
    "ambang-riwayat": "/thresholds?tab=versions",
    "ambang-baru": "/thresholds?id=new",
    "ambang-meter": "/thresholds?tab=meter",
    "ambang-meter-baru": "/thresholds?tab=meter&id=new",
    "tren": "/trends",
    "tren-lokasi": "/trends?period=week&by=location&compare=previous",
    "notifikasi": "/notifications",
    "notifikasi-atur": "/notifications?tab=settings",
    "notifikasi-kirim": "/notifications?tab=deliveries",
    "notifikasi-webhook": "/notifications?tab=webhooks",
    "unggah": "/imports",
    "pam": "/water",
    "perbandingan": "/comparison",
    "meter": "/meter",
    "pelanggan": "/customers",
    "laporan": "/reports",
    "laporan-jadwal": "/reports?tab=schedules",
    "laporan-jadwal-baru": "/reports?tab=schedules&id=new",
    "transaksi": "/fuel/transactions",
    "transaksi-rinci": "/fuel/transactions?id={transaction_id}",
    "lokasi": "/locations",
    "lokasi-baru": "/locations?id=new",
    "produk": "/products",
    "produk-baru": "/products?id=new",
    "pengguna": "/users",
    "pengguna-rinci": "/users?id={member_id}",
    "pengguna-baru": "/users?id=new",
    "undangan": "/users?tab=invitations",
    "kunci": "/users?tab=keys",
    "audit": "/audit",
    "audit-masuk": "/audit?action=session.opened",
    "tidak-ada": "/nowhere",
}
OUTSIDE = {
    "masuk": "/login",
    "daftar": "/register",
    "lupa": "/forgot-password",
    "sandi-baru": "/reset-password?token=x",
    "bukti-surel": "/verify-email?token=x",
    "terima-undangan": "/invitation?token=x",
}
DRAWERS = {
    "anomali-rinci",
    "insiden-rinci",
    "analisis-rinci",
    "analisis-baru",
    "transaksi-rinci",
    "ambang-baru",
    "ambang-meter-baru",
    "laporan-jadwal-baru",
    "lokasi-baru",
    "produk-baru",
    "pengguna-rinci",
    "pengguna-baru",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at."""

    language: Language
    width: int

    def __str__(self) -> str:
        return f"{self.language}-{self.width}"


THEMES: dict[Language, Theme] = {"id": "light", "en": "dark"}
LOOKS = [Look(language, width) for language in THEMES for width in (360, 1440)]
Seat = tuple[str, Look]
Sit = Callable[[str, Look], Screen]


@pytest.fixture(scope="module")
def sit(open_lasting_screen: OpenScreen, organisation: Organisation) -> Sit:
    """Give one screen for each look: signing in for every page would be most of the work."""
    screens: dict[Seat, Screen] = {}

    def take(who: str, look: Look) -> Screen:
        if (who, look) not in screens:
            screens[who, look] = open_lasting_screen(
                organisation.owner if who == "owner" else None,
                language=look.language,
                width=look.width,
                theme=THEMES[look.language],
            )
        screens[who, look].complaints.clear()
        return screens[who, look]

    return take


def settle(page: Page) -> None:
    """Wait until nothing is being fetched or faded in."""
    page.wait_for_load_state("networkidle")
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_role("status", name="Sedang memuat")).to_have_count(0)
    expect(page.get_by_role("status", name="Loading")).to_have_count(0)
    page.evaluate(FADED)


def assert_good(screen: Screen, *, path: str, language: Language) -> None:
    """Hold a settled page to the rules of the console."""
    page = screen.page
    page.evaluate(AXE.read_text())
    assert page.evaluate(RUN_AXE) == [], path
    assert page.evaluate(SIDEWAYS_PX) <= 0, f"{path} scrolls sideways"
    assert page.locator("html").get_attribute("lang") == language
    assert screen.complaints == [], path


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("name", INSIDE)
def test_a_page_inside_is_good(
    name: str, look: Look, console: str, organisation: Organisation, sit: Sit
) -> None:
    screen = sit("owner", look)
    path = INSIDE[name].format(
        anomaly_id=organisation.anomaly_id,
        incident_id=organisation.incident_id,
        transaction_id=organisation.transaction_id,
        member_id=organisation.member_id,
        case_id=organisation.case_id,
    )
    screen.page.goto(console + path)
    if name in DRAWERS:
        expect(screen.page.get_by_role("dialog")).to_be_visible()
        settle_in_drawer(screen.page)
    else:
        settle(screen.page)
    assert_good(screen, path=path, language=look.language)


def settle_in_drawer(page: Page) -> None:
    """Wait for an open drawer; the page under it is hidden from the accessibility tree."""
    page.wait_for_load_state("networkidle")
    page.evaluate(FADED)


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("name", OUTSIDE)
def test_a_page_before_signing_in_is_good(name: str, look: Look, console: str, sit: Sit) -> None:
    screen = sit("nobody", look)
    screen.page.goto(console + OUTSIDE[name])
    settle(screen.page)
    # The invitation page asks who is signed in; the browser itself notes the 401 as an error.
    screen.complaints[:] = [text for text in screen.complaints if "401" not in text]
    assert_good(screen, path=OUTSIDE[name], language=look.language)


@pytest.mark.parametrize("width", [360, 1440])
def test_menus_and_dialogs_are_good_too(
    width: int, console: str, organisation: Organisation, open_screen: OpenScreen
) -> None:
    screen = open_screen(organisation.owner, width=width)
    page = screen.page
    page.goto(f"{console}/anomalies")
    settle(page)
    page.get_by_role("button", name="Akun dan tampilan").click()
    expect(page.get_by_role("menu")).to_be_visible()
    settle_in_drawer(page)
    assert_good(screen, path="account menu", language="id")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    settle_in_drawer(page)
    assert_good(screen, path="palette", language="id")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Pintasan papan tik")).to_be_visible()
    settle_in_drawer(page)
    assert_good(screen, path="shortcuts", language="id")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Tampilan", exact=True).click()
    expect(page.get_by_role("dialog", name="Tampilan")).to_be_visible()
    settle_in_drawer(page)
    assert_good(screen, path="columns and saved views", language="id")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    if width < 700:
        page.get_by_role("button", name="Pilih baris").click()
    page.get_by_role("checkbox", name="Pilih Gudang A").first.check()
    expect(page.get_by_role("region", name="Yang dipilih")).to_be_visible()
    assert_good(screen, path="marked rows", language="id")
