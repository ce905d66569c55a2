"""Files that must not be opened, each with its own clear refusal; and text that was encoded twice."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt
from arus_ingest.files import Limits, Unreadable, detect, read_rows
from arus_ingest.files.texts import encoding_of, repaired
from arus_ingest.words import templates

SOUND = "NOMEN;TGL BAYAR;JUMLAH BAYAR\n340001;25/12/2025;1.500\n340002;26/12/2025;2.500\n"


def workbook(**parts: bytes) -> bytes:
    """Return a sound workbook with more parts in it."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["NOMEN", "TGL BAYAR", "JUMLAH BAYAR"])
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


OLE = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(30, b"\0")
    + b"\x09".ljust(38, b"\0")
    + b"\xfe\xff\xff\xff\0\0\0\0"
    + b"\xff" * 1_000
)
REFUSED = {
    "file_empty": b"",
    "file_binary": bytes(range(256)) * 20,
    "file_damaged": workbook()[:900],
    "file_macros": workbook(**{"xl/vbaProject.bin": b"code"}),
    "file_password": OLE + "EncryptedPackage".encode("utf-16-le"),
    "file_other_format": b"%PDF-1.7\n",
    "file_unpacks_too_large": workbook(**{"xl/bomb.xml": bytes(150_000_000)}),
    "file_without_table": b"hanya satu kalimat tanpa tabel\n",
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_must_not_be_opened(tmp_path: Path, code: str) -> None:
    path = tmp_path / "berkas.xlsx"
    path.write_bytes(REFUSED[code])
    with pytest.raises(Unreadable) as refused:
        detect(path)
    assert refused.value.code == code
    said = templates()[code]
    assert {language: text.format(**refused.value.params) for language, text in said.items()}.keys() == {
        "id",
        "en",
    }


@pytest.mark.parametrize("cell", ["A900000", "XFD2"])
def test_a_cell_far_outside_the_table_is_refused(tmp_path: Path, cell: str) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["NOMEN", "TGL BAYAR", "JUMLAH BAYAR"])
    book.active[cell] = "nyasar"
    path = tmp_path / "jauh.xlsx"
    book.save(path)
    with pytest.raises(Unreadable, match="file_far_apart"):
        detect(path)


def test_a_workbook_that_was_written_again_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "SBRS_34_DES25.xlsx"
    for nomens in (["340001", "340002"], ["340003"]):
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.append(["Nomen", "Rayon", "Stand Awal", "Stand Akhir", "Read Method"])
        for nomen in nomens:
            book.active.append([nomen, "34", 100, 120, "ACTUAL"])
        book.save(path)
        assert [row.fields["nomen"] for row in read_rows(path, detect(path)[0])] == nomens


def test_a_new_workbook_with_the_ending_of_an_old_one_is_read(tmp_path: Path) -> None:
    path = tmp_path / "data.xls"
    path.write_bytes(workbook())
    (found,) = detect(path)
    assert (found.type, found.header_row) == ("COLLECTION", 1)


def test_sectors_that_lead_in_a_circle_are_refused(tmp_path: Path) -> None:
    sheet = xlwt.Workbook()
    sheet.add_sheet("SBRS").write(0, 0, "NOMEN")  # pyright: ignore[reportUnknownMemberType] -- untyped
    path = tmp_path / "lingkar.xls"
    sheet.save(str(path))  # pyright: ignore[reportUnknownMemberType] -- untyped
    content = bytearray(path.read_bytes())
    table = (int.from_bytes(content[76:80], "little") + 1) * 512
    content[table : table + 8] = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
    content[table + 8 : table + 12] = (1).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="file_damaged"):
        detect(path)


def test_macros_of_an_old_workbook_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "lama.xls"
    path.write_bytes(OLE + "_VBA_PROJECT".encode("utf-16-le"))
    with pytest.raises(Unreadable, match="file_macros"):
        detect(path)


@pytest.mark.parametrize(
    ("code", "limits"),
    [
        ("file_too_large", Limits(size_bytes=10)),
        ("file_too_many_rows", Limits(rows=2)),
        ("file_too_many_columns", Limits(columns=2)),
    ],
)
def test_what_is_too_large_is_refused(tmp_path: Path, code: str, limits: Limits) -> None:
    path = tmp_path / "besar.csv"
    path.write_text(SOUND, "utf-8")
    with pytest.raises(Unreadable, match=code):
        detect(path, limits=limits)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_are_recognised(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(("NAMA;" + SOUND.replace("\n34", "\nCAFÉ SENÉ;34")).encode(encoding))
    assert encoding_of(path) == encoding
    (found,) = detect(path)
    assert next(read_rows(path, found)).original[0] == "CAFÉ SENÉ"


@pytest.mark.parametrize("name", ["RENÉ TAN", "JOSÉ FERNANDO", "NUR’AINI – MUÑOZ", "5 m³"])
def test_one_letter_is_enough_for_windows_1252(tmp_path: Path, name: str) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(f"NAMA\n{name}\n".encode("cp1252"))
    assert encoding_of(path) == "cp1252"


@pytest.mark.parametrize("wrong", ["cp1252", "cp1254", "mac_roman"])
def test_text_that_was_encoded_twice_is_repaired(wrong: str) -> None:
    said = "Penurunan >50% – Café Sené"
    assert repaired(said.encode().decode(wrong)) == said


@pytest.mark.parametrize("sound", ["Café Sené", "JL. CIKINI № 3", "m³", "Ã", "–"])
def test_sound_text_stays_as_it_is(sound: str) -> None:
    assert repaired(sound) == sound
