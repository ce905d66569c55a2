"""How a case goes on, and what files it takes, as a person would say it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from arus_anomaly.rules import attachments, cases
from arus_anomaly.rules.cases import Reminded, Status
from arus_anomaly.state.cases import Case

MONDAY = date(2026, 1, 5)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT = datetime(2026, 1, 5, 2, tzinfo=UTC)
CASE = Case(
    id="01KE5Y3A00ARVSCASE00000001",
    number=17,
    domain="meter",
    type="extreme",
    description="",
    status="open",
    priority="high",
    assignee_id="siti",
    due_date=MONDAY,
    resolution="",
    incident_id=None,
    fact_id=None,
    location_id=None,
    product_id=None,
    nomen="123456",
    period="2025-12",
    rayon="34",
    customer="PT Example",
    address="Jl. Sunter No.1",
    reminded=0,
    opened_by="budi",
    opened_at=AT,
    updated_at=AT,
    ended_at=None,
    version=1,
)


@pytest.mark.parametrize(
    ("status", "following"),
    [
        ("open", ["in_progress", "waiting_field", "resolved", "closed"]),
        ("in_progress", ["open", "waiting_field", "resolved", "closed"]),
        ("waiting_field", ["in_progress", "resolved", "closed"]),
        ("resolved", ["in_progress", "closed"]),
        ("closed", ["in_progress"]),
    ],
)
def test_a_status_is_followed_by_some_only(status: str, following: list[str]) -> None:
    assert cases.next_statuses(status) == following


def test_a_case_is_overdue_from_the_day_after_its_due_date_until_it_is_done() -> None:
    tuesday = MONDAY + timedelta(days=1)
    assert not cases.is_overdue(CASE, MONDAY)
    assert cases.is_overdue(CASE, tuesday)
    assert not cases.is_overdue(replace(CASE, due_date=None), tuesday)
    assert not cases.is_overdue(replace(CASE, status="resolved", ended_at=AT), tuesday)


def test_a_day_begins_at_midnight_in_jakarta() -> None:
    assert cases.day_of(datetime(2026, 1, 4, 16, 59, tzinfo=UTC)) == date(2026, 1, 4)
    assert cases.day_of(datetime(2026, 1, 4, 17, tzinfo=UTC)) == MONDAY


def test_somebody_is_reminded_once_that_a_case_is_due_and_once_that_it_is_overdue() -> None:
    sunday, tuesday = MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)
    assert cases.reminder(CASE, sunday - timedelta(days=1)) is None
    assert cases.reminder(CASE, sunday) is Reminded.DUE
    assert cases.reminder(replace(CASE, reminded=Reminded.DUE), MONDAY) is None
    assert cases.reminder(replace(CASE, reminded=Reminded.DUE), tuesday) is Reminded.OVERDUE
    assert cases.reminder(replace(CASE, reminded=Reminded.OVERDUE), tuesday) is None
    assert cases.reminder(replace(CASE, status="closed", ended_at=AT), tuesday) is None
    assert cases.reminder(CASE, tuesday) is Reminded.OVERDUE, "the days before were missed"


def test_another_due_date_may_be_reminded_of_anew() -> None:
    told = replace(CASE, reminded=Reminded.OVERDUE)
    later = cases.consequences(told, {"due_date": MONDAY + timedelta(days=7)}, AT)
    assert later["reminded"] is Reminded.NOT_YET
    assert "reminded" not in cases.consequences(told, {"due_date": MONDAY, "priority": "low"}, AT)


def test_a_case_that_is_taken_up_again_has_no_resolution_any_more() -> None:
    ended = cases.consequences(CASE, {"status": "resolved", "resolution": "Bocor."}, AT)
    assert ended == {"status": "resolved", "resolution": "Bocor.", "ended_at": AT}
    done = replace(CASE, **ended)
    assert cases.consequences(done, {"status": "closed"}, AT + timedelta(days=1)) == {"status": "closed"}
    again = replace(done, **cases.consequences(done, {"status": Status.IN_PROGRESS}, AT))
    assert (again.resolution, again.ended_at, again.reminded) == ("", None, Reminded.NOT_YET)


def test_the_history_says_what_a_field_was_and_is() -> None:
    assert cases.differences(CASE, replace(CASE, status="closed", version=2)) == {
        "status": ("open", "closed")
    }
    assert cases.differences(None, CASE) == {
        "assignee_id": (None, "siti"),
        "due_date": (None, MONDAY),
        "priority": (None, "high"),
        "status": (None, "open"),
        "type": (None, "extreme"),
    }


def workbook(part: str) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as parts:
        parts.writestr(part, "<x/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("meter.JPG", b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        ("meter.png", b"\x89PNG\r\n\x1a\nrest", "image/png"),
        ("meter.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        ("meter.heic", b"\0\0\0\x18ftypheic", "image/heic"),
        ("surat.pdf", b"%PDF-1.7", "application/pdf"),
        ("baca.csv", b"nomen;stand\n1;2\n", "text/csv"),
        ("baca.xlsx", workbook("xl/workbook.xml"), XLSX),
        ("meter.jpg", b"<script>alert(1)</script>", None),
        ("meter.html", b"<html>", None),
        ("alat.exe", b"MZ", None),
        ("baca.xlsx", workbook("evil.bin"), None),
        ("baca.csv", b"\xff\xfe\0\0", None),
        ("tanpa-akhiran", b"%PDF-1.7", None),
    ],
)
def test_a_file_is_taken_when_it_holds_what_its_ending_says(name: str, body: bytes, kind: str | None) -> None:
    assert attachments.media_type(name, body) == kind


@pytest.mark.parametrize("name", ["", "../meter.jpg", "a\\b.jpg", "a\nb.jpg", "x" * 256])
def test_a_file_name_is_one_line_and_names_no_folder(name: str) -> None:
    assert not attachments.is_file_name(name)
