"""The report as people get it: what it says first, its numbers, and names that stay names."""

import io
import subprocess
import sys
from base64 import b64decode
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import orjson
import pytest
from arus_gateway.reports.drawing import draw
from arus_gateway.reports.facts import Alarm, Facts, Incident, Part, Standing, Use
from arus_gateway.reports.saying import change_pct, file_name, findings, letterhead, period_name
from arus_gateway.reports.workbook import xlsx
from pypdf import PdfReader

L = 1_000_000
NONE = Use(0, 0)
HOSTILE = '<b>=HYPERLINK("http://jahat.example")</b>&<img src=x>'
BESAR = Part("Depot Besar", Use(3_000 * L, 28), Use(2_500 * L, 27), Use(4_000 * L, 28), 1, 1, 3)
KECIL = Part(HOSTILE, Use(1_000 * L, 31), Use(1_250 * L, 31), NONE)
FACTS = Facts(
    organisation="Depot Nusantara <script>",
    scope=None,
    made_by="Sari Wulandari",
    made_at=datetime(2025, 2, 1, 0, 30, tzinfo=UTC),
    timezone="Asia/Makassar",
    language="id",
    period="month",
    first=date(2025, 1, 1),
    last=date(2025, 1, 31),
    days=[Use(130 * L, 2)] * 30 + [NONE],
    total=Part("Semua", Use(4_000 * L, 59), Use(3_750 * L, 58), Use(4_000 * L, 28), 1, 1, 3),
    locations=[BESAR, KECIL],
    products=[Part("Solar", Use(4_000 * L, 59), Use(3_750 * L, 58), Use(4_000 * L, 28))],
    normal=57,
    waspada=1,
    anomali=1,
    worst=[
        Alarm(
            date(2025, 1, 10), "Depot Besar", "Solar", Decimal(520), Decimal(300), Decimal("173.3333"),
            "Pemakaian 520 L, 173% dari biasanya (300 L): ANOMALI.",
        )
    ],
    incidents=[
        Standing("critical", incidents=1, confirmed=1, subsided=1),
        Standing("warning", incidents=2, unanswered=2),
        Standing("info"),
    ],
    worst_incidents=[
        Incident(
            date(2025, 1, 8), date(2025, 1, 10), "Depot Besar", "Solar", "critical", 2, Decimal(1_240),
            Decimal("602.5"), "confirmed", "BOCOR", "Pipa genset <b>bocor</b>",
        ),
        Incident(
            date(2024, 12, 30), date(2025, 1, 2), HOSTILE, "Solar", "warning", 1, Decimal(400), None, "none",
            None, "",
        ),
    ],
)  # fmt: skip


def drawn(facts: Facts, kind: str = "pdf") -> bytes:
    """Draw as the job does: what it needs goes over as JSON."""
    params = orjson.loads(orjson.dumps({"format": kind, "facts": asdict(facts)}, default=str))
    return b64decode(draw(params, lambda _share, _note: None))


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages)


def test_the_findings_come_first_and_say_what_changed_and_where() -> None:
    assert findings(FACTS) == [
        "Pemakaian 4.000 L dari 59 catatan.",
        "Naik 6,7% dari bulan sebelumnya (3.750 L).",
        "1 catatan ANOMALI dan 1 WASPADA dari 59 yang dinilai.",
        "3 insiden, 1 di antaranya kritis; 2 belum ditanggapi.",
        "Terbesar di Depot Besar: 3.000 L, 75% dari semuanya.",
        "Hari tanpa catatan: Depot Besar 3 hari.",
    ]
    english = findings(replace(FACTS, language="en", anomali=0, waspada=0))
    assert english[1:4] == [
        "Up 6.7% from the month before (3,750 L).",
        "All 57 judged records are normal.",
        "3 incidents, 1 of them critical; 2 not answered yet.",
    ]


def test_a_period_without_records_says_so_and_no_more() -> None:
    empty = replace(FACTS, total=replace(FACTS.total, now=NONE), locations=[], products=[], worst=[])
    assert findings(empty) == ["Tidak ada catatan pemakaian dalam periode ini."]
    assert "Tidak ada catatan" in text_of(drawn(empty))


def test_a_period_without_incidents_says_so() -> None:
    calm = replace(FACTS, incidents=[Standing("critical")], worst_incidents=[])
    assert not any("insiden" in sentence for sentence in findings(calm))
    assert "Tidak ada insiden dalam periode ini." in text_of(drawn(calm))


def test_nothing_is_compared_with_what_nobody_knows() -> None:
    assert change_pct(Use(1, 1), NONE) is None
    assert change_pct(NONE, Use(1, 1)) is None
    assert change_pct(Use(5 * L, 1), Use(5 * L, 1)) == 0


def test_the_letterhead_names_period_scope_maker_and_zone() -> None:
    assert letterhead(FACTS) == [
        "Januari 2025",
        "Cakupan: Semua lokasi",
        "Dibuat 1 Februari 2025 08.30 WITA oleh Sari Wulandari; data per saat itu",
    ]
    assert period_name("week", date(2024, 12, 30), date(2025, 1, 5), "en") == "30 Dec – 5 Jan 2025"
    assert file_name("month", date(2025, 1, 1), "id") == "laporan-bbm-2025-01"
    assert file_name("week", date(2024, 12, 30), "en") == "fuel-report-2025-w01"


def test_a_pdf_holds_all_of_it_and_prints_names_as_they_are() -> None:
    text = text_of(drawn(FACTS))
    for said in (
        "Depot Nusantara <script>", "Laporan BBM bulanan", "Naik 6,7%", HOSTILE, "−25%", "+20%", "520",
        "173% dari biasanya", "Halaman 1 dari", "8 Jan – 10 Jan 2025", "602,5", "1.240",
        "Dipastikan: Bocor. Pipa genset <b>bocor</b>", "30 Des 2024 – 2 Jan 2025", "Belum ditanggapi",
    ):  # fmt: skip
        assert said.replace(" ", "") in text.replace(" ", ""), said
    assert drawn(FACTS) == drawn(FACTS)


@pytest.mark.parametrize("number", [0, 1, 500])
def test_a_pdf_takes_any_number_of_locations(number: int) -> None:
    many = replace(FACTS, locations=[replace(BESAR, name=f"Depot {at}") for at in range(number)])
    content = drawn(many)
    pages = PdfReader(io.BytesIO(content)).pages
    assert f"Halaman {len(pages)} dari {len(pages)}" in " ".join(pages[-1].extract_text().split())


def test_a_workbook_holds_numbers_and_runs_nothing() -> None:
    hostile = replace(FACTS, organisation="=1+1", locations=[replace(KECIL, name="=cmd|'/C calc'!A0")])
    book: Any = openpyxl.load_workbook(io.BytesIO(drawn(hostile, "xlsx")))
    assert book.sheetnames == [
        "Ringkasan",
        "Per lokasi",
        "Per produk",
        "Tanggal",
        "Insiden",
        "Insiden terbesar",
        "Anomali terbesar",
    ]
    assert [cell.value for cell in book["Insiden"][3]] == ["Peringatan", 2, 2, 0, 0, 0, 0]
    worst = [cell.value for cell in book["Insiden terbesar"][2]]
    assert (worst[0].date(), worst[5:]) == (
        date(2025, 1, 8), [2, 602.5, 1240, "Dipastikan", "Bocor", "Pipa genset <b>bocor</b>"],
    )  # fmt: skip
    place = book["Per lokasi"]
    assert (place["A2"].value, place["A2"].data_type) == ("=cmd|'/C calc'!A0", "s")
    assert (place["B2"].value, place["B2"].data_type) == (1000, "n")
    assert (place["D2"].value, place["E2"].value) == (-20, None)
    assert book["Ringkasan"]["A1"].data_type == "s"
    days = book["Tanggal"]
    assert (days["A32"].value.date(), days["B32"].value, days["C32"].value) == (date(2025, 1, 31), None, 0)
    assert xlsx(FACTS)


def test_the_gateway_starts_without_the_libraries_of_files() -> None:
    loaded = "import arus_gateway.service, sys; print({'reportlab', 'xlsxwriter', 'PIL'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
