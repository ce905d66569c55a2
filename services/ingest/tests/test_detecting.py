"""What `arus import detect` says of files as clerks send them."""

import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from arus_ingest.files import Unreadable, detect, read_rows, slices

COLLECTION = """\
PAM JAYA RAYON 34;;;;
LAPORAN PENERIMAAN HARIAN PERIODE DESEMBER 2025;;;;
;;;;
NO;NOMEN;NAMA PELANGGAN;TGL BAYAR;JUMLAH BAYAR
1;340001234;BUDI;05/12/2025;Rp 1.234.567,89
2;340001235;SITI;06/12/2025;150.000
3;340001236;ANI;07/12/2025;(25.000,00)
;;;JUMLAH;1.359.567,89
;;;Mengetahui,;
"""


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    path = tmp_path / "harian.csv"
    path.write_text(COLLECTION, "cp1252")
    return path


def test_a_daily_report_with_title_and_footer(collection: Path) -> None:
    (found,) = detect(collection)
    assert (found.type, found.period, found.header_row, found.rows) == ("COLLECTION", "2025-12", 4, 3)
    assert found.columns == {
        "nomen": "NOMEN",
        "name": "NAMA PELANGGAN",
        "payment_date": "TGL BAYAR",
        "amount": "JUMLAH BAYAR",
    }
    assert found.questions == ()
    rows = list(read_rows(collection, found))
    assert [row.fields["amount"] for row in rows] == ["1234567.89", "150000", "-25000"]
    assert [row.number for row in rows] == [5, 6, 7]
    assert rows[0].fields["payment_date"] == "2025-12-05"
    assert rows[0].original == ("1", "340001234", "BUDI", "05/12/2025", "Rp 1.234.567,89")
    assert not any(row.errors for row in rows)


def test_a_workbook_with_two_header_lines_and_typed_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "SBRS DES 2025"
    sheet.append(["NOMEN", "NAMA", "STAND METER", None, "PEMAKAIAN", "METODE BACA", "PETUGAS"])
    sheet.append([None, None, "AWAL", "AKHIR", None, None, None])
    sheet.append([340001234, "BUDI", 1200, 1225.5, 25.5, "ACTUAL", "JOKO"])
    sheet.append([340001235, "SITI", 900, 910, 10, "ESTIMATE", "JOKO"])
    path = tmp_path / "baca.xlsx"
    book.save(path)
    (found,) = detect(path)
    assert (found.type, found.period, found.header_row, found.rows) == ("SBRS", "2025-12", 2, 2)
    assert found.columns["stand_awal"] == "STAND METER AWAL"
    first, _ = read_rows(path, found)
    assert first.key == "340001234|2025-12"
    assert first.fields["stand_akhir"] == "1225.5"


def test_a_page_saved_as_a_workbook_is_read_as_it_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "Mutasi.xls"
    path.write_text(
        '<html><head><meta content="text/html; charset=iso-8859-1"><title>x</title></head><body>'
        "<h3>Pembacaan meter</h3><p>Periode: Desember 2025</p><table>"
        "<tr><th rowspan=2>No<th rowspan=2>No Pelanggan<th rowspan=2>Nama<th colspan=3>Stand Meter</tr>"
        "<tr><th>Lalu<th>Kini<th>Pakai<br>(m3)</tr>"
        "<tr><td>1<td>340001<td>JOS\u00c9 &amp; ANAK<td>1.200<td>1.225,5<td>25,5"
        "<tr><td>2<td>340002<td>SITI<td>900<td>910<td>10"
        "<tr><td colspan=5>JUMLAH</td><td>35,5</td></tr></table><script>a='<td>'</script></body></html>",
        "cp1252",
    )
    (found,) = detect(path)
    assert (found.type, found.period, found.header_row, found.rows) == ("SBRS", "2025-12", 4, 2)
    assert found.encoding == "cp1252"
    first, second = read_rows(path, found)
    assert first.fields == {
        "nomen": "340001", "name": "JOSÉ & ANAK", "stand_awal": "1200", "stand_akhir": "1225.5",
        "volume": "25.5", "period": "2025-12",
    }  # fmt: skip
    assert second.original == ("2", "340002", "SITI", "900", "910", "10")


def test_stands_and_use_of_two_months_are_told_apart_under_their_words(tmp_path: Path) -> None:
    path = tmp_path / "SBRS Des 2025.csv"
    path.write_text(
        "NOMEN;NAMA;STAND METER;;PEMAKAIAN;;PETUGAS\n;;LALU;INI;LALU;INI;\n"
        "340001;BUDI;100;115;14;15;A\n340002;ANI;100;116;15;16;A\n",
        "utf-8",
    )
    (found,) = detect(path)
    assert (found.type, found.header_row, found.questions) == ("SBRS", 2, ())
    (row, _) = read_rows(path, found)
    assert [row.fields[one] for one in ("stand_awal", "stand_akhir", "volume")] == ["100", "115", "15"]


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kosong.csv"
    path.write_bytes(b"")
    with pytest.raises(Unreadable) as refused:
        detect(path)
    assert refused.value.code == "file_empty"


def test_a_large_sheet_is_read_in_slices_and_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Catatan")
    sheet = book.create_sheet("SBRS Desember 2025")
    sheet.cell(2, 2, "HASIL BACA METER")
    for place, header in enumerate(["NOMEN", "STAND AWAL", "STAND AKHIR", "TGL BACA", "PETUGAS"], 2):
        sheet.cell(4, place, header)
    for at in range(300):
        cells = [f"34{at:06}", at, at + 10.5, datetime(2025, 12, 1 + at % 28), f"PETUGAS & {at % 7}"]  # noqa: DTZ001
        for place, cell in enumerate(cells, 2):
            sheet.cell(5 + at, place, cell)
    path = tmp_path / "besar.xlsx"
    book.save(path)
    (whole,) = detect(path)
    rows = list(read_rows(path, whole))
    monkeypatch.setattr(slices, "LARGE_BYTES", 0)
    monkeypatch.setattr(slices, "SLICE_BYTES", 4_000)
    monkeypatch.setattr(slices, "BLOCK_BYTES", 700)
    assert [whole] == detect(path)
    assert list(read_rows(path, whole)) == rows
    assert rows[-1].fields["reader"] == f"PETUGAS & {299 % 7}"
    assert (rows[0].number, len(rows)) == (5, 300)


TEXT_FILES = {
    ("SBRS", "2025-12"): "id,nomen,volume,read_method,skip_status,periode_month,periode_year\n"
    "901,340001,12,ACTUAL,,12,2025\n902,340002,9,ESTIMATE,,12,2025\n",
    ("MC", "2025-12"): "nomen,name,address,rayon,target_mc,kubikasi,periode_month,periode_year\n"
    "340001,BUDI,JL SUNTER,34,150000,12,12,2025\n",
    ("COLLECTION", "2025-11"): "id|nomen|payment_date|amount|payment_type|periode_month\n"
    "1|340001|2025-11-05|150000|CURRENT|11\n2|340002|2025-11-15|90000|UNDUE|12\n",
    (
        "ARDEBT",
        "2025-12",
    ): "Daftar tunggakan per 31 Desember 2025\n\nNo Pelanggan;Nama;Lembar;Jumlah Tunggakan\n"
    "340001;BUDI;3;450.000\n340002;SITI;12;1.450.000\n",
}


@pytest.mark.parametrize(("told", "text"), TEXT_FILES.items(), ids=lambda one: str(one)[:24])
def test_files_with_the_names_of_the_books(tmp_path: Path, told: tuple[str, str], text: str) -> None:
    path = tmp_path / "unggahan.txt"
    path.write_text(text, "utf-8")
    (found,) = detect(path)
    assert (found.type, found.period) == told
    assert found.questions == ()
    rows = list(read_rows(path, found))
    assert not any(row.errors for row in rows)
    if found.type == "COLLECTION":
        assert [row.fields["bill_period"] for row in rows] == ["2025-11", "2025-12"]


def test_who_was_skipped_or_has_a_volume_needs_no_stand(tmp_path: Path) -> None:
    path = tmp_path / "SBRS 2025-12.csv"
    path.write_text(
        "NOMEN;STAND AKHIR;PEMAKAIAN;METODE BACA;STATUS SKIP\n"
        "340001;;;;PAGAR TERKUNCI\n340002;-;-;SKIP;RUMAH KOSONG\n340003;;20;ESTIMASI;\n"
        "340004;120;20;ACTUAL;0\n340005;;;ACTUAL;0\n340006;;;ACTUAL;\n340007;xx;;ACTUAL;BANJIR\n",
        "utf-8",
    )
    (found,) = detect(path)
    assert found.columns["skip_status"] == "STATUS SKIP"
    wrong = {
        row.key[:6]: [(error.field, error.code) for error in row.errors] for row in read_rows(path, found)
    }
    assert {nomen: said for nomen, said in wrong.items() if said} == {
        "340005": [("stand_akhir", "cell_required")],
        "340006": [("stand_akhir", "cell_required")],
        "340007": [("stand_akhir", "cell_not_a_number")],
    }


def test_columns_of_one_name_with_different_numbers_are_told(tmp_path: Path) -> None:
    path = tmp_path / "SBRS 2025-12.csv"
    path.write_text(
        "NOMEN;STAND AKHIR;STAND AKHIR;PETUGAS;PETUGAS\n340001;5;6;ANI;BUDI\n340002;7;7;ANI;ANI\n"
        "340003;;9;ANI;\n", "utf-8"
    )  # fmt: skip
    (found,) = detect(path)
    wrong = {row.key[:6]: [error.code for error in row.errors] for row in read_rows(path, found)}
    assert wrong == {"340001": ["cell_contradicted"], "340002": [], "340003": ["cell_contradicted"]}


def test_a_cell_that_is_no_number_of_a_customer_is_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (["NOMEN", "STAND AKHIR"], [340001.0, 5], [340002.5, 5], ["340003", 5]):
        sheet.append(cells)
    path = tmp_path / "SBRS 2025-12.xlsx"
    book.save(path)
    (found,) = detect(path)
    told = [(row.fields.get("nomen"), [error.code for error in row.errors]) for row in read_rows(path, found)]
    assert told == [("340001", []), (None, ["cell_not_a_code"]), ("340003", [])]


def test_a_number_whose_last_digits_a_spreadsheet_lost_is_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    nomens: list[object] = [999999999999999, 12345678901234567, 12345678901234568, "12345678901234567"]
    for cells in (["NOMEN", "STAND AKHIR"], *([one, 5] for one in nomens)):
        sheet.append(cells)
    path = tmp_path / "SBRS 2025-12.xlsx"
    book.save(path)
    (found,) = detect(path)
    told = [(row.fields.get("nomen"), [error.code for error in row.errors]) for row in read_rows(path, found)]
    assert told == [
        ("999999999999999", []),
        (None, ["cell_scientific"]),
        (None, ["cell_scientific"]),
        ("12345678901234567", []),
    ]


@pytest.mark.parametrize(
    ("kind", "content", "told"),
    [
        ("n", "<f>D2*7520</f><v>90240</v>", "90240"),
        ("n", "<f>D2*7520</f>", "cell_formula_error"),
        ("n", "<f>D2*7520</f><v/>", "cell_formula_error"),
        ("n", "<f>D2*7520</f><v></v>", "cell_formula_error"),
        ("n", '<f t="shared" si="0"/><v></v>', "cell_formula_error"),
        ("e", "<v>#N/A</v>", "cell_formula_error"),
        ("e", "<f>1/D2</f><v>#DIV/0!</v>", "cell_formula_error"),
        ("str", '<f>IF(D2,"","")</f><v></v>', ""),
        ("n", "<v/>", ""),
    ],
)
def test_a_formula_without_a_result_is_no_empty_cell(
    tmp_path: Path, kind: str, content: str, told: str
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows = [["34010001", "ANI", "JL. A", 12, 9000] for _ in range(9)]
    for cells in (["NOMEN", "NAMA", "ALAMAT", "KUBIK", "NOMINAL"], *rows):
        sheet.append(cells)
    book.save(tmp_path / "plain.xlsx")
    path = tmp_path / "MC DES 2025.xlsx"
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as plain, zipfile.ZipFile(path, "w") as made:
        for name in plain.namelist():
            before, cell, behind = plain.read(name).decode().partition('<c r="E2" t="n"><v>9000</v></c>')
            made.writestr(name, f'{before}{cell and f"""<c r="E2" t="{kind}">{content}</c>"""}{behind}')
    (found,) = detect(path)
    first, second, *_ = read_rows(path, found)
    assert (first.errors[0].code if first.errors else first.fields.get("target_mc", "")) == told
    assert (second.errors, second.fields["target_mc"]) == ((), "9000")


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ('formula="of:=[.A1]>1" office:value-type="float" office:value="90240"><text:p>90240', "90240"),
        ('formula="of:=NA()" office:value-type="string" office:string-value=""><text:p>#N/A', "error"),
        ('formula="of:=1/0" office:value-type="float" office:value="0"><text:p>#DIV/0!', "error"),
        ('formula="of:=1/0" office:value-type="string" office:string-value=""><text:p>', ""),
    ],
)
def test_a_failed_formula_of_an_open_document_is_no_empty_cell(tmp_path: Path, cell: str, told: str) -> None:
    def written(*cells: str) -> str:
        return "".join(f"<table:table-cell table:{one}</text:p></table:table-cell>" for one in cells)

    def texts(*texts: str) -> list[str]:
        return [f'protect="true" office:value-type="string"><text:p>{text}' for text in texts]

    rows = [
        texts("NOMEN", "NAMA", "ALAMAT", "NOMINAL"),
        [*texts("34010001", "ANI", "JL. A"), cell],
        *(texts("34010002", "BUDI", "JL. B", "9000") for _ in range(9)),
    ]
    urn, spaces = "urn:oasis:names:tc:opendocument:xmlns", ("office", "table", "text")
    names = " ".join(f'xmlns:{one}="{urn}:{one}:1.0"' for one in spaces)
    body = "".join(f"<table:table-row>{written(*cells)}</table:table-row>" for cells in rows)
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    path = tmp_path / "MC DES 2025.ods"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", kind)
        book.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{urn}:manifest:1.0"><m:file-entry m:full-path="/" m:media-type="{kind}"/>'
            "</m:manifest>",
        )
        book.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="MC">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    (found,) = detect(path)
    first, second, *_ = read_rows(path, found)
    said = "error" if first.errors else first.fields.get("target_mc", "")
    assert (said, [one.code for one in first.errors]) == (told, ["cell_formula_error"] * (told == "error"))
    assert (second.errors, second.fields["target_mc"]) == ((), "9000")


def test_a_stand_beyond_every_register_is_told_before_it_is_committed(tmp_path: Path) -> None:
    path = tmp_path / "SBRS 2025-12.csv"
    path.write_text("NOMEN;STAND AKHIR\n340001;99999999999999\n340002;-5\n", "utf-8")
    (found,) = detect(path)
    assert [[error.code for error in row.errors] for row in read_rows(path, found)] == [
        ["cell_out_of_range"],
        [],
    ]


def test_a_date_of_printing_alone_is_a_period_to_ask_for(tmp_path: Path) -> None:
    path = tmp_path / "pelanggan.csv"
    path.write_text("Tanggal cetak: 03/01/2026\nNOMEN;NAMA;ALAMAT;NOMINAL\n340001;BUDI;JL A;5000\n", "utf-8")
    (found,) = detect(path)
    assert (found.type, found.period) == ("MC", "2026-01")
    assert [one.key for one in found.questions] == ["period"]


@pytest.mark.parametrize(("issued", "due"), [("02/10/2025", "20/10/2025"), ("10/02/2025", "10/20/2025")])
def test_the_order_of_dates_is_told_by_the_dates_beside_them(tmp_path: Path, issued: str, due: str) -> None:
    path = tmp_path / "bill.csv"
    path.write_text(f"NOMEN;NO TAGIHAN;TGL TERBIT;JATUH TEMPO;TOTAL\n340001;7;{issued};{due};9000\n", "utf-8")
    (found,) = detect(path)
    assert (found.period, found.questions) == ("2025-10", ())


def test_a_separator_inside_a_value_is_told_not_read_over(tmp_path: Path) -> None:
    path = tmp_path / "bbm.csv"
    path.write_text("Tanggal,Lokasi,Produk,Volume\n2025-01-10,Gudang A,Solar,520,5\n", "utf-8")
    (found,) = detect(path)
    (row,) = read_rows(path, found)
    assert [error.code for error in row.errors] == ["row_too_wide"]


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("Penerimaan BBM Des 2025.csv", "Tanggal;Nomor;Depot;Produk;Jumlah (Liter);Ket"),
        ("BBM Des 2025.csv", "Tanggal;No. DO;Depot;Produk;Jumlah (Liter);Ket"),
        ("BBM Des 2025.csv", "Tanggal;Nomor;Depot;Produk;Volume (L);Transporter"),
    ],
)
def test_deliveries_are_not_taken_for_use_without_a_word(tmp_path: Path, name: str, head: str) -> None:
    path = tmp_path / name
    path.write_text(
        f"{head}\n13/12/2025;A1;Depot A;Solar;16000;X\n14/12/2025;A2;Depot A;Solar;24000;X\n", "utf-8"
    )
    (found,) = detect(path)
    assert (found.type, [one.code for one in found.questions]) == ("FUEL", ["question_type_unlike"])
    (found,) = detect(path, answers={"type": "FUEL"})
    assert found.questions == ()
    path.write_text("Tanggal;Depot;Produk;Jumlah (Liter)\n13/12/2025;Depot A;Solar;160\n", "utf-8")
    assert detect(path, name="Pemakaian BBM Des 2025.csv")[0].questions == ()


@pytest.mark.parametrize(
    ("name", "head", "facts", "options"),
    [
        (
            "Tunggakan R34 Des 2025",
            "NOMEN;NAMA;ALAMAT;BLN;M3;RUPIAH",
            "BUDI;JL A;3;45;338400",
            ("MC", "ARDEBT"),
        ),
        ("Piutang Des 2025", "NOMEN;NAMA;ALAMAT;KUBIK;TAGIHAN", "BUDI;JL A;45;338400", ("MC", "ARDEBT")),
        ("Penerimaan Des 2025", "NOMEN;NAMA;ALAMAT;M3;NOMINAL", "BUDI;JL A;15;112800", ("MC", "COLLECTION")),
        ("SBRS Des 2025", "NOMEN;NAMA;ALAMAT;PAKAI;TAGIHAN", "BUDI;JL A;15;112800", ("MC", "SBRS")),
        (
            "ARDEBT Des 2025",
            "NOMEN;NO TAGIHAN;M3;BIAYA AIR;TOTAL TAGIHAN;JATUH TEMPO",
            "T1;15;100000;112800;20/01/2026",
            ("MAINBILL", "ARDEBT"),
        ),
        (
            "Data Pelanggan Tunggakan Des 2025",
            "NOMEN;NAMA;ALAMAT;GOL;LBR REKENING;RUPIAH",
            "BUDI;JL A;2A;3;338400",
            ("MC", "ARDEBT"),
        ),
        ("Daftar Tunggakan Des 2025", "NOMEN;NAMA;ALAMAT;LBR REKENING;RUPIAH", "BUDI;JL A;3;338400", None),
        ("Saldo Piutang JAN24", "NOMEN;NAMA;ALAMAT;Jml Rek;Total Hutang", "BUDI;JL A;3;338400", None),
        ("Daftar rekening ditagih Des 2025", "NOMEN;NAMA;ALAMAT;M3;LBR;RP", "BUDI;JL A;3;1;338400", None),
    ],
)
def test_a_name_that_says_another_type_than_the_columns_is_asked_about(
    tmp_path: Path, name: str, head: str, facts: str, options: tuple[str, ...] | None
) -> None:
    path = tmp_path / f"{name}.csv"
    path.write_text(f"{head}\n60012345;{facts}\n60012346;{facts}\n", "utf-8")
    (found,) = detect(path)
    assert [(one.code, one.options) for one in found.questions] == (
        [("question_type_doubtful", options)] if options else []
    )
    (said,) = detect(path, answers={"type": str(found.type)})
    assert (said.type, said.questions) == (found.type, ())


@pytest.mark.parametrize(
    ("head", "column"),
    [
        ("QTY (L);HARGA;JUMLAH", "QTY (L)"),
        ("PEMAKAIAN;HARGA SATUAN;JUMLAH", "PEMAKAIAN"),
        ("KUANTITAS;TARIF;JUMLAH", "KUANTITAS"),
        ("JUMLAH (L);HARGA;TOTAL", "JUMLAH (L)"),
        ("NO;KM;JUMLAH", "JUMLAH"),
        ("DIPAKAI;HARGA;JUMLAH", None),
        ("NO;RP;TOTAL", None),
        ("NO;KM;TOTAL TAGIHAN", None),
    ],
)
def test_a_sum_beside_a_price_is_no_litres(tmp_path: Path, head: str, column: str | None) -> None:
    path = tmp_path / "BBM Des 2025.csv"
    path.write_text(
        f"TGL;LOKASI;JENIS BBM;{head}\n15/12/2025;GD A;SOLAR;50;6800;340000\n"
        "16/12/2025;GD A;SOLAR;25;6800;170000\n",
        "utf-8",
    )
    (found,) = detect(path)
    assert (found.type, found.columns.get("volume_l")) == ("FUEL", column)
    assert [one.key for one in found.questions] == ["column:volume_l"] * (column is None)
    last = head.rpartition(";")[2]
    (said,) = detect(path, answers={"column:volume_l": last})
    assert (said.columns["volume_l"], said.questions) == (last, ())


def test_zeros_that_a_number_format_shows_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Catatan", 0)
    sheet = book["Sheet"]
    for place, header in enumerate(["NOMEN", "NAMA", "ALAMAT", "KUBIKASI", "NOMINAL"], 3):
        sheet.cell(2, place, header)
    for at in range(40):
        for place, cell in enumerate([100_123 + at, "ANI", "JL A", 12.5 if at else 12, 5_000 + at], 3):
            sheet.cell(3 + at, place, cell).number_format = {3: "0000000000", 6: "000;@"}.get(
                place, "General"
            )
    sheet.cell(5, 3, "0000100999")
    path = tmp_path / "MC Des 2025.xlsx"
    book.save(path)
    (found,) = detect(path)
    rows = list(read_rows(path, found))
    assert [row.fields["nomen"] for row in rows][:3] == ["0000100123", "0000100124", "0000100999"]
    assert [row.fields["kubikasi"] for row in rows][:2] == ["12", "12.5"]
    assert (rows[1].fields["target_mc"], found.questions) == ("5001", ())
    monkeypatch.setattr(slices, "LARGE_BYTES", 0)
    monkeypatch.setattr(slices, "SLICE_BYTES", 2_000)
    assert list(read_rows(path, found)) == rows


@pytest.mark.parametrize(
    ("no_day", "no_number"),
    [
        ("-", "-"),
        ("0000-00-00", " - "),
        ("NULL", "NULL"),
        ("00/00/0000 00:00:00", "n/a"),
        ("\u2013", "\u2013"),
    ],
)
def test_a_column_of_words_for_nothing_keeps_the_few_values_it_has(
    tmp_path: Path, no_day: str, no_number: str
) -> None:
    path = tmp_path / "SBRS 2025-12.csv"
    rows = [f"3400{at};100;5;02/12/2025;127;0;M{at}" for at in range(10, 12)]
    rows += [f"3400{at};100;120;{no_day};{no_number};{no_number};NULL" for at in range(12, 30)]
    header = "NOMEN;STAND AWAL;STAND AKHIR;TGL GANTI METER;STAND CABUT;STAND PASANG;NOMOR METER"
    path.write_text("\n".join((header, *rows)), "utf-8")
    (found,) = detect(path)
    assert found.questions == ()
    read = list(read_rows(path, found))
    assert not any(row.errors for row in read)
    assert read[0].fields["replacement_date"] == "2025-12-02"
    assert (read[1].fields["stand_cabut"], read[1].fields["stand_pasang"]) == ("127", "0")
    assert read[2].fields.keys() == {"nomen", "stand_awal", "stand_akhir", "period"}


def test_the_dash_of_an_accounting_format_refuses_no_bill(tmp_path: Path) -> None:
    path = tmp_path / "MB 2025-12.csv"
    rows = [
        f"3400{at};05/12/2025;125.000;{' Rp         -   ' if at > 11 else '5.000'}" for at in range(10, 30)
    ]
    path.write_text("\n".join(("NOMEN;TGL BAYAR;JUMLAH BAYAR;DENDA", *rows)), "utf-8")
    (found,) = detect(path)
    read = list(read_rows(path, found))
    assert [row.fields.get("penalty") for row in read[:3]] == ["5000", "5000", None]
    assert not any(row.errors for row in read)


def test_a_date_that_has_to_be_there_and_is_not_is_told(tmp_path: Path) -> None:
    path = tmp_path / "COLLECTION 2025-12.csv"
    path.write_text("NOMEN;TGL BAYAR;JUMLAH;KASIR\n340001;13/12/2025;5;A\n340002;0000-00-00;5;A\n", "utf-8")
    (found,) = detect(path)
    assert [[error.code for error in row.errors] for row in read_rows(path, found)] == [[], ["cell_required"]]


@pytest.mark.parametrize(
    ("name", "asked"), [("COLLECTION DESEMBER 2025", []), ("harian", ["date:TGL BAYAR"])]
)
def test_dates_that_a_spreadsheet_exchanged_are_put_right(
    tmp_path: Path, name: str, asked: list[str]
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["NOMEN", "TGL BAYAR", "JUMLAH BAYAR", "KASIR"])
    for day in range(1, 32):
        kept = datetime(2025, day, 12) if day <= 12 else f"{day}/12/2025"  # noqa: DTZ001
        sheet.append([340000 + day, kept, 125000, "ANI"])
    path = tmp_path / f"{name}.xlsx"
    book.save(path)
    (found,) = detect(path)
    assert (found.period, [one.key for one in found.questions]) == ("2025-12", asked)
    read = list(read_rows(path, found))
    assert [row.fields["payment_date"] for row in read] == [f"2025-12-{day:02}" for day in range(1, 32)]
    assert read[0].original[1] == "2025-12-01"  # so it stands in the rows to mend, too
    for answer in asked:
        (said,) = detect(path, answers={answer: "dmy"})
        assert said.questions == ()
        assert next(read_rows(path, said)).fields["payment_date"] == "2025-01-12"


def test_a_list_of_debts_is_of_the_day_it_says(tmp_path: Path) -> None:
    for name in ("Daftar Tunggakan per 31-12-2025", "Tunggakan per 31 Desember 2025"):
        path = tmp_path / f"{name}.csv"
        path.write_text(
            "NOMEN;NO TAGIHAN;PERIODE TAGIHAN;LEMBAR;JUMLAH TUNGGAKAN\n340001;7;202511;2;5.000\n", "utf-8"
        )
        (found,) = detect(path)
        assert (found.type, found.period, found.questions) == ("ARDEBT", "2025-12", ())


def test_debts_billed_until_a_month_are_of_it_whatever_day_the_file_was_made(tmp_path: Path) -> None:
    path = tmp_path / "ARDEBT_20260103.csv"
    path.write_text(
        "NOMEN;PERIODE TAGIHAN;JUMLAH TUNGGAKAN\n340001;202511;5.000\n340002;202512;5.000\n", "utf-8"
    )
    (found,) = detect(path)
    assert (found.type, found.period, found.questions) == ("ARDEBT", "2025-12", ())


@pytest.mark.parametrize("word", ["-", "NULL", ""])
def test_a_receipt_without_a_number_keeps_the_key_it_had(tmp_path: Path, word: str) -> None:
    path = tmp_path / "Collection Des 2025.csv"
    path.write_text(
        "No Pelanggan;Tgl Bayar;Periode;Jumlah Bayar;Kasir;No Kuitansi\n"
        f"3401000123;05/12/2025;202511;125.000;ANI;{word}\n",
        "utf-8",
    )
    (found,) = detect(path)
    (row,) = read_rows(path, found)
    assert row.key == f"3401000123|2025-12-05|2025-11|125000|{word}"
    assert "receipt_number" not in row.fields


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        (
            "MB Des 2025",
            (
                "Nomen;Nama;Invoice;Periode;Tgl Bayar;Jumlah Bayar;Loket\n"
                "340001234;BUDI;INV-77;202511;13/12/2025;125.000;A\n"
            ),
            "340001234|2025-11|2025-12-13|125000|INV-77",
        ),
        (
            "Mainbill Des 2025",
            (
                "Nomen;Nama;Invoice;Periode;Siklus;Tgl Tagihan;Tagihan\n"
                "340001234;BUDI;77001;202512;05;13/12/2025;125.000\n"
            ),
            "340001234|2025-12|77001",
        ),
    ],
)
def test_an_invoice_is_the_number_of_a_bill(tmp_path: Path, name: str, text: str, key: str) -> None:
    path = tmp_path / f"{name}.csv"
    path.write_text(text, "utf-8")
    (found,) = detect(path)
    assert (found.type, found.questions) == (name.split(maxsplit=1)[0].upper(), ())
    (row,) = read_rows(path, found)
    assert (row.key, row.fields["amount"]) == (key, "125000")


def test_an_invoice_beside_an_amount_is_a_number_among_customers_too(tmp_path: Path) -> None:
    path = tmp_path / "MC Des 2025.csv"
    path.write_text("NOMEN;NAMA;Kubikasi;Invoice;Nominal\n3401000123;ANI;12;77001;60.000\n", "utf-8")
    (found,) = detect(path)
    (row,) = read_rows(path, found)
    assert (row.fields["bill_number"], row.fields["target_mc"]) == ("77001", "60000")


@pytest.mark.parametrize(
    ("text", "told", "lacking"),
    [
        (
            "TGL BAYAR;JUMLAH BAYAR;KASIR\n15/12/2025;5000;ANI\n16/12/2025;6000;ANI\n",
            ("COLLECTION", "2025-12", ["payment_date", "amount", "cashier"]),
            ["nomen"],
        ),
        (
            "XKEY;NAMA;ALAMAT;KUBIKASI\n340001;BUDI;JL A;12\n340002;ANI;JL B;13\n",
            ("MC", None, ["name", "address", "kubikasi"]),
            ["nomen"],
        ),
        (
            "NAMA;LEMBAR;JUMLAH TUNGGAKAN\nBUDI;3;450000\nANI;12;1450000\n",
            ("ARDEBT", None, ["name", "bills", "amount"]),
            ["nomen"],
        ),
        (
            "HASIL BACA METER DESEMBER 2025;;\nREF;ANGKA;PETUGAS\n340001;5;JO\n340002;6;ANI\n",
            ("SBRS", "2025-12", ["reader"]),
            ["nomen", "stand_akhir"],
        ),
        ("STAND AWAL;STAND AKHIR\n1;5\n3;6\n", ("SBRS", None, ["stand_awal", "stand_akhir"]), ["nomen"]),
    ],
)
def test_what_is_told_of_a_file_is_said_although_columns_it_needs_are_missing(
    tmp_path: Path, text: str, told: tuple[str, str | None, list[str]], lacking: list[str]
) -> None:
    path = tmp_path / "unggahan.csv"
    path.write_text(text, "utf-8")
    (found,) = detect(path)
    assert (found.type, found.period, list(found.columns)) == told
    assert found.is_guess
    type_, *others = found.questions
    assert (type_.code, type_.options[0]) == ("question_type_unknown", told[0])
    asked = [one.key.partition(":")[2] for one in others if one.code == "question_column_missing"]
    assert asked == lacking


def test_an_answer_makes_a_guess_sure(tmp_path: Path) -> None:
    path = tmp_path / "Kas Desember 2025.csv"
    path.write_text("XKEY;TGL BAYAR;JUMLAH BAYAR\n340001;15/12/2025;5000\n340002;16/12/2025;6000\n", "utf-8")
    answers = {"type": "COLLECTION", "column:nomen": "XKEY"}
    (found,) = detect(path, answers=answers)
    assert (found.type, found.is_guess, found.questions) == ("COLLECTION", False, ())
    assert found.columns["nomen"] == "XKEY"


def test_what_is_no_type_still_tells_its_month(tmp_path: Path) -> None:
    path = tmp_path / "Rekap Desember 2025.csv"
    path.write_text("FOO;BAR;BAZ\n1;2;3\n1;4;5\n", "utf-8")
    (found,) = detect(path)
    assert (found.type, found.period, found.columns) == (None, "2025-12", {})
    assert [one.key for one in found.questions] == ["type"]


def test_notes_beside_the_data_are_no_guess(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet, notes = book.active, book.create_sheet("Harian")
    assert sheet is not None
    for cells in (["NOMEN", "TGL BAYAR", "JUMLAH BAYAR", "KASIR"], [340001, "15/12/2025", 5000, "ANI"]):
        sheet.append(cells)
    for cells in (["TGL BAYAR", "JUMLAH"], ["15/12/2025", 5000]):
        notes.append(cells)
    path = tmp_path / "buku.xlsx"
    book.save(path)
    assert [(one.sheet, one.type) for one in detect(path)] == [("Sheet", "COLLECTION")]
