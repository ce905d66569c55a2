"""Dates and months as people write them."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from arus_ingest.files import Detection, detect, read_rows
from arus_ingest.files.dates import DateShapes, parse, readings
from arus_ingest.files.periods import Months, in_text, parse_period
from hypothesis import given
from hypothesis import strategies as st

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus")


def shapes(*cells: object) -> DateShapes:
    seen = DateShapes()
    seen.count(cells)
    return seen


@pytest.mark.parametrize(
    "written",
    [
        "05/12/2025",
        "5-12-25",
        "5.12.2025",
        "2025-12-05",
        "2025/12/5",
        "20251205",
        "05122025",
        "05/12/2025 13:45",
        "2025-12-05T08:00:00",
        "5 Desember 2025",
        "05-Des-25",
        "Jumat, 5 Desember 2025",
        "December 5, 2025",
        "2025-12-04T18:30:00Z",
        "2025-12-04 18:30:00+00",
        "2025-12-05 00:30:00 +08:00",
        "05/12/2025 23:59 WIB",
        "05/12/2025 - 10:15",
        "05/12/2025 pukul 10.15",
        "5 Desember 2025, Jam 10:15 WIB",
        "2025-12-05-10.15.22",
        "20251205 101522",
        "20251205T101522",
        "5-XII-2025",
        "Jum’at, 05/12/2025",
        "Jumat/05-12-2025",
        "45996",
        45996.0,
        5122025,
        5122025.0,
        "5122025",
        20251205.0,
        date(2025, 12, 5),
    ],
)
def test_the_fifth_of_december(written: object) -> None:
    assert parse(written, "dmy") == "2025-12-05"


@pytest.mark.parametrize(
    "written",
    ["31/02/2025", "00/12/2025", "Desember", "12.345", "1/2/3", "340001234", "12V2025", "5-IIX-2025", ""],
)
def test_what_is_no_date(written: str) -> None:
    assert parse(written, "dmy") is None


def test_a_column_decides_the_order_of_day_and_month() -> None:
    assert readings(shapes("05/12/2025", "13/12/2025"), None) == ("dmy",)
    assert readings(shapes("12/05/2025", "12/13/2025"), None) == ("mdy",)
    assert readings(shapes("05/12/2025", "06/12/2025"), None) == ("dmy", "mdy")
    assert readings(shapes("05/12/2025", "06/12/2025"), "2025-12") == ("dmy",)
    assert readings(shapes("12/05/2025", "12/06/2025"), "2025-12") == ("mdy",)
    assert readings(shapes("05/13/2025", "13/05/2025"), None) == ("dmy", "mdy")


def test_years_of_two_digits_may_come_first() -> None:
    december = shapes(*(f"25/12/{day:02}" for day in range(1, 32)))
    assert readings(december, "2025-12") == ("ymd",)
    assert readings(december, None) == ("ymd", "dmy")
    assert readings(shapes("26/01/20"), "2025-12", [december]) == ("ymd",)
    assert readings(shapes("25/12/13"), "2025-12") == ("ymd",)
    assert readings(shapes(*(f"{day:02}/12/25" for day in range(1, 32))), None) == ("dmy",)
    assert readings(shapes("20/01/19", "20/07/25"), "2025-12") == ("dmy",)
    assert readings(shapes("20/01/19", "20/07/25"), None, about="2025-11") == ("dmy",)
    assert parse("25/12/01", "ymd") == "2025-12-01"


def test_dates_that_a_spreadsheet_exchanged_are_put_right_or_asked_about() -> None:
    kept = [date(2025, day, 12) for day in range(1, 13)]
    texts = ["13/12/2025", "31/12/2025"]
    assert readings(shapes(*kept, *texts), "2025-12") == ("dmy-swapped",)
    assert readings(shapes(*kept, *texts), None) == ("dmy-swapped", "dmy")
    assert readings(shapes(*kept), "2025-12") == ("dmy-swapped", "dmy")
    assert readings(shapes(date(2025, 5, 12), "12/13/2025"), None) == ("mdy-swapped", "mdy")
    assert readings(shapes(date(2025, 12, 5), *texts), "2025-12") == ("dmy",)
    assert readings(shapes(*kept, date(2025, 12, 13), *texts), None) == ("dmy",)
    assert readings(shapes(*kept), None) == ("dmy",)
    assert parse(date(2025, 1, 12), "dmy-swapped") == "2025-12-01"


@pytest.mark.parametrize("written", ["0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "-", "NULL", 0.0])
def test_a_date_that_is_not_there_counts_for_nothing(written: object) -> None:
    assert shapes(written, "05/12/2025").cells == 1


@given(st.lists(DAYS, min_size=1, max_size=20), st.sampled_from(["dmy", "mdy"]), st.sampled_from("/-."))
def test_dates_are_read_right_or_asked_about(days: list[date], order: str, sign: str) -> None:
    written = [f"%d{sign}%m{sign}%Y" if order == "dmy" else f"%m{sign}%d{sign}%Y"] * len(days)
    cells = [f"{day:{form}}" for day, form in zip(days, written, strict=True)]
    ways = readings(shapes(*cells), None)
    right = [day.isoformat() for day in days]
    assert any([parse(cell, way) for cell in cells] == right for way in ways)


@given(DAYS)
def test_a_day_with_the_year_first_means_one_thing(day: date) -> None:
    for cell in (day.isoformat(), f"{day:%Y/%m/%d}", f"{day:%Y%m%d}"):
        assert parse(cell, "dmy") == parse(cell, "mdy") == day.isoformat()


@pytest.mark.parametrize(
    "written",
    [
        "2025-12",
        "202512",
        "122025",
        "12/2025",
        "Des 2025",
        "DESEMBER 2025",
        "Dec-25",
        "des25",
        "01/12/2025",
        "1225",
        "bulan 12 tahun 2025",
        "Desember Tahun 2025",
        "2025 bulan 12",
        202512.0,
        date(2025, 12, 1),
        45992.0,
    ],
)
def test_december_2025(written: object) -> None:
    assert parse_period(written) == "2025-12"


@pytest.mark.parametrize("month", range(1, 13))
def test_a_month_before_its_year_is_no_day_of_a_workbook(month: int) -> None:
    digits = f"{month:02}2025"
    ways = (digits, f"{month}2025", f"2025{month:02}", int(digits), float(digits), int(f"2025{month:02}"))
    assert {parse_period(way) for way in ways} == {f"2025-{month:02}"}
    assert parse_period(int(f"2025{month}")) == f"2025-{month:02}"


@pytest.mark.parametrize("written", ["22125", 22125, 20_000.0, 1.5])
def test_what_is_of_no_year_that_is_billed_is_no_month(written: object) -> None:
    assert parse_period(written) is None


@given(DAYS)
def test_a_day_as_a_number_is_read_in_the_order_of_its_column(day: date) -> None:
    for form in ("%d%m%Y", "%m%d%Y"):
        order = f"{form[1]}{form[3]}y"
        number = int(f"{day:{form}}")
        assert parse(number, order) == parse(float(number), order) == parse(str(number), order) == f"{day}"


@pytest.mark.parametrize("written", ["2025", "13/2025", "rayon 34", "3435", "", "12", "Q4 2025"])
def test_what_is_no_month(written: str) -> None:
    assert parse_period(written) is None


@pytest.mark.parametrize(
    ("name", "months"),
    [
        ("SBRS_202512", ["2025-12"]),
        ("MC Rayon 34 Desember 2025", ["2025-12"]),
        ("ARDEBT-DES-25", ["2025-12"]),
        ("collection 05-12-2025", ["2025-12"]),
        ("sbrs_1225", ["2025-12"]),
        ("sbrs12-25", ["2025-12"]),
        ("SBRS 34 bulan 12 tahun 2025", ["2025-12"]),
        ("Rekap bulan Desember tahun 2025", ["2025-12"]),
        ("tahun 2025, bulan 12", ["2025-12"]),
        ("MC_Q4_2025", []),
        ("MC TW 4 2025", []),
        ("MC v2 2025", []),
        ("SBRS v2 12-2025", ["2025-12"]),
        ("COLLECTION 01-31", []),
        ("MC 34-35", []),
        ("sbrs 05-12-25", []),
        ("rayon 34_35", []),
        ("PERIODE : DESEMBER 2025, cetak 03/01/2026", ["2026-01", "2025-12"]),
        ("Periode : 12 / 2025", ["2025-12"]),
        ("Periode 2025 - 12", ["2025-12"]),
        ("DESEMBER (2025)", ["2025-12"]),
        ("2025 (Desember)", ["2025-12"]),
        ("Desember TA 2025", ["2025-12"]),
        ("Bln 12/25", ["2025-12"]),
        ("Bulan XII Tahun 2025", ["2025-12"]),
        ("D E S E M B E R  2 0 2 5", ["2025-12"]),
        ("Bulan Agus 2025", ["2025-08"]),
        ("Periode 01-12-25 s.d 31-12-25", ["2025-12", "2025-12"]),
        ("SBRSDesember2025", ["2025-12"]),
        ("MC DESember 2025", ["2025-12"]),
        ("sbrs_34-35_12-25", ["2025-12"]),
        ("SBRS_34122025", ["2025-12"]),
        ("SBRS_251231", ["2025-12"]),
        ("ardebt 311225", ["2025-12"]),
        ("SBRS_2025M12", ["2025-12"]),
        ("SBRS Desember Rayon 35 2025", ["2025-12"]),
        ("34 / 12 / 2025", ["2025-12"]),
        ("Periode 12-25 Desember 2025", ["2025-12"]),
    ],
)
def test_months_in_names_and_titles(name: str, months: list[str]) -> None:
    assert [month for month, _ in in_text(name)] == months


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("Dicetak: 03/01/2026 08:15", [("2026-01", 0.1)]),
        ("Dicetak per tanggal 03/01/2026", [("2026-01", 0.1)]),
        ("Tunggakan per 31-12-2025", [("2025-12", 0.75)]),
        ("ARDEBT_per_20251231", [("2025-12", 0.75)]),
        ("Posisi s/d tgl. 31 Desember 2025, dicetak 03/01/2026", [("2026-01", 0.1), ("2025-12", 0.75)]),
        ("Tunggakan 31-12-2025", [("2025-12", 0.6)]),
        ("SBRS Unit 2 Des 2025", [("2025-12", 1.0)]),
        ("Tunggakan posisi 31.12.25", [("2025-12", 0.75)]),
        ("Jakarta, 5 Januari 2026", [("2026-01", 0.1)]),
        ("Bandung, tgl. 05-01-2026", [("2026-01", 0.1)]),
        ("Hari/Tanggal : Senin, 5 Januari 2026", [("2026-01", 0.6)]),
        ("SK Direksi tanggal 3 Maret 2023", [("2023-03", 0.1)]),
    ],
)
def test_how_plainly_a_day_says_the_month(text: str, months: list[tuple[str, float]]) -> None:
    assert in_text(text) == months


@pytest.mark.parametrize(
    "text",
    [
        "SBRS 34_12_25",
        "SBRS R-34 12 25",
        "SBRS 25-12",
        "SBRS_25_DES",
        "SBRS 051225",
        "SBRS_XII_2025",
        "MC Agus 25",
        "Rayon 5 Tahun 2025",
        "TW IV 2025",
        "Tunggakan 2 tahun 15 rekening",
    ],
)
def test_what_may_be_a_rayon_a_day_or_a_name_is_no_month(text: str) -> None:
    assert in_text(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Form FR-05/2025",
        "Form F-05/2022 Rev 1",
        "SK Direksi No. 7 Tahun 2023",
        "Sesuai Perda No. 5 Tahun 2024",
        "Perpres 4 Tahun 2021",
        "Peraturan Gubernur DKI Jakarta 57 Tahun 2021",
        "No. Dokumen : FRM/PAM/07/2023",
        "FR.KEU.01.2024",
        "SOP-03-2024",
        "ISO 9001 : 03/2024",
        "Nomor : 690/123/PDAM/05/2025",
        "12/SK-DIR/05/2025",
    ],
)
def test_the_number_of_a_form_or_a_decree_is_no_month(text: str) -> None:
    assert in_text(text) == []
    assert in_text(f"{text}, Periode 12/2025") == in_text(f"{text} Bulan Desember 2025") == [("2025-12", 1.0)]


@pytest.mark.parametrize("text", ["No. 34 Desember 2025", "Formulir Baca Meter 12-2025"])
def test_a_month_beside_such_a_number_is_one(text: str) -> None:
    assert in_text(text) == [("2025-12", 1.0)]


def test_a_month_as_it_is_often_cut_short() -> None:
    assert parse_period("Agst 2025") == parse_period("Agus 2025") == "2025-08"
    assert parse("5 Agus 2025", "dmy") == "2025-08-05"


READS = "NOMEN;NAMA;STAND LALU;STAND KINI;METODE BACA\n60012340;BUDI;100;115;ACTUAL\n"
PAID = "NOMEN;TGL BAYAR;JUMLAH BAYAR;KANAL\n60012340;05/12/2025;112800;BCA\n"


def found(folder: Path, name: str, text: str) -> Detection:
    path = folder / name
    path.write_text(text, "utf-8")
    return detect(path)[0]


def test_the_number_of_a_form_turns_no_dates(tmp_path: Path) -> None:
    said = found(tmp_path, "Koleksi.csv", f"Form FR-05/2025\n{PAID}")
    assert (said.period, [one.key for one in said.questions]) == ("2025-12", ["date:TGL BAYAR"])


def test_the_place_and_the_day_of_a_letter_are_a_period_to_ask_for(tmp_path: Path) -> None:
    said = found(tmp_path, "data.csv", f"Jakarta, 5 Januari 2026\n{READS}")
    assert (said.period, [one.key for one in said.questions]) == ("2026-01", ["period"])


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("SBRS.csv", "Bulan;: Desember\nTahun;: 2025\n"),
        ("SBRS.csv", "Bulan;: 12\nTahun;: 2025\n"),
        ("SBRS.csv", "DESEMBER\nTahun 2025\n"),
        ("SBRS 2025.csv", "Bulan Desember\n"),
        ("SBRS Desember.csv", "Tahun 2025\n"),
        ("SBRS Desember bacaan 2025.csv", ""),
        ("SBRS 2025.csv", "SK Direksi No. 7 Tahun 2023\nPeriode Desember\n"),
    ],
)
def test_a_month_and_its_year_may_stand_apart(tmp_path: Path, name: str, titles: str) -> None:
    said = found(tmp_path, name, titles + READS)
    assert (said.period, said.questions) == ("2025-12", ())


@pytest.mark.parametrize(
    ("name", "sheet", "period", "asked"),
    [
        ("SBRS 2025", "Desember", "2025-12", []),
        ("SBRS 2025", "DES R34", "2025-12", []),
        ("SBRS 2025", "12", "2025-12", ["period"]),
        ("SBRS 2025", "Agus", "2025-08", ["period"]),
        ("SBRS Desember 2025", "November", "2025-12", ["period"]),
        ("SBRS 2024 2025", "Desember", None, ["period"]),
        ("SBRS 2025", "Nov-Des", None, ["period"]),
    ],
)
def test_a_sheet_for_each_month_of_a_year(
    tmp_path: Path, name: str, sheet: str, period: str | None, asked: list[str]
) -> None:
    book = openpyxl.Workbook()
    page = book.create_sheet(sheet, 0)
    for line in READS.splitlines():
        page.append(line.split(";"))
    path = tmp_path / f"{name}.xlsx"
    book.save(path)
    said = detect(path)[0]
    assert (said.period, [one.key for one in said.questions]) == (period, asked)


def test_a_column_of_billed_months_decides_the_order_of_its_days() -> None:
    def orders(*cells: str, period: str | None = None, beside: DateShapes | None = None) -> tuple[str, ...]:
        column = Months()
        column.count(cells)
        return column.orders(period, [beside or shapes()])

    american, ours = shapes("12/15/2025"), shapes("15/12/2025")
    assert orders("12/01/2025", "11/01/2025", "10/01/2024") == ("mdy",)
    assert orders("01/12/2025", "01/11/2025") == orders("01/12/2025") == ("dmy",)
    assert orders("12/01/2025") == orders("05/12/2025") == ("dmy", "mdy")
    assert orders("12/01/2025", beside=american) == ("mdy",)
    assert orders("12/01/2025", beside=ours) == ("dmy",)
    assert orders("12/01/2025", "11/01/2025", beside=ours) == ("dmy", "mdy")
    assert orders("12/01/2025", period="2026-01") == ("mdy",)
    assert orders("12/01/2025", period="2025-01") == ("dmy",)
    assert orders("05/01/2025", "07/01/2025", period="2025-01") == ("dmy", "mdy")
    assert orders("12/01/2025", "13/01/2025") == ("dmy",)
    assert orders("2025-12", "01/01/2025", "Des 2025") == ()


def test_billed_months_are_read_in_the_order_of_their_column(tmp_path: Path) -> None:
    lines = "".join(
        f"6001234{month};{month}/01/2025;T{month};12/1{month % 10}/2025;112800;BCA\n"
        for month in (12, 11, 10)
    )
    header = "NOMEN;BULAN_REK;NOTAGIHAN;TGL_BAYAR;NOMINAL;LKS_BAYAR\n"
    said = found(tmp_path, "MB DES 2025.csv", header + lines.replace("12/10", "12/20"))
    rows = read_rows(tmp_path / "MB DES 2025.csv", said)
    assert said.questions == ()
    assert [row.fields["bill_period"] for row in rows] == ["2025-12", "2025-11", "2025-10"]


@pytest.mark.parametrize(("order", "period"), [("dmy", "2025-01"), ("mdy", "2025-12")])
def test_a_period_that_can_be_read_in_two_orders_is_asked_for(
    tmp_path: Path, order: str, period: str
) -> None:
    path = tmp_path / "MC.csv"
    path.write_text("NOMEN;NAMA;ALAMAT;KUBIK;NOMINAL;PERIODE\n60012340;A;JL;15;112800;12/01/2025\n", "utf-8")
    assert [one.key for one in detect(path)[0].questions] == ["date:PERIODE"]
    (said,) = detect(path, answers={"date:PERIODE": order})
    assert (said.period, said.questions, [one.answer for one in said.answered]) == (period, (), [order])
    (said,) = detect(path, period=period)
    assert (said.questions, next(read_rows(path, said)).fields["period"]) == ((), period)


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("Penerimaan Desember 2025", []),
        ("Penerimaan Oktober 2025", []),
        ("Penerimaan Mei 2025", ["period"]),
        ("Penerimaan Desember 2024", ["period"]),
    ],
)
def test_dates_far_from_the_period_that_is_said_are_asked_about(
    tmp_path: Path, title: str, asked: list[str]
) -> None:
    said = found(tmp_path, "Koleksi.csv", f"{title}\n{PAID.replace('05/12', '15/12')}")
    assert [one.key for one in said.questions] == asked
