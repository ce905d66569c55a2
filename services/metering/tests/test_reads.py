"""Register reads that people correct: the raw read stays, what is told follows, and all of it can go back."""

from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg
import pytest
from arus.anomaly.v1.events_pb2 import METER_KIND_SALAH_CATAT, MeterVerdictReached
from arus.imports.v1.events_pb2 import ImportWithdrawalAnswered
from arus.metering.v1.events_pb2 import RegisterReadRecorded
from arus_anomaly.codec.meter import number
from arus_anomaly.codec.meter import reads as read_as_judged
from arus_anomaly.rules.meter import Kind, judge
from arus_anomaly.state.meter import Period
from arus_runtime.context import Context
from arus_runtime.ids import derived_id, new_ulid
from arus_runtime.settings import Peer
from arus_stack.testing import ServiceDatabase

from .conftest import Caller, Imports
from .test_books import of_type

pytestmark = pytest.mark.integration
M3 = 1_000
PATH = "/meters/1/reads/2025-12"
MISSING = "/meters/1/reads/2025-11"
WHY = {"reason": "Angka tertukar"}
MONTHS = ("2025-08", "2025-09", "2025-10", "2025-11", "2025-12")


@pytest.fixture
def filled(files: Imports) -> list[Any]:
    """Five reads of one customer, each from its own file; the last one is a slip of the pen."""
    stands = ("1000", "1020", "1040", "1060", "1800")
    chunks: list[Any] = []
    for month, read in zip(MONTHS, stands, strict=True):
        row = {
            "nomen": "1", "stand_akhir": read, "read_method": "ACTUAL", "read_date": f"{month}-14",
            "serial": "A", "dials": "5",
        }  # fmt: skip
        chunks.append(files.file("SBRS", month, row))
        files.take(chunks[-1])
    return chunks


def told(database: ServiceDatabase) -> list[RegisterReadRecorded]:
    """Return what people's commands told of reads, oldest first."""
    with psycopg.connect(database.worker_url, options="-c search_path=metering") as connection:
        rows = connection.execute("select value from outbox order by id").fetchall()
    return [RegisterReadRecorded.FromString(value) for (value,) in rows]


async def test_a_read_is_edited_beside_what_the_file_said_and_taken_back(
    filled: list[Any], owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    before = await owner.get(PATH)
    assert (before.json()["method"], before.json()["raw"], len(before.json()["versions"])) == (
        "RAW", before.json()["validated"], 1,
    )  # fmt: skip
    tag = {"If-Match": before.headers["etag"]}
    more = {"read_date": "2025-12-15", "read_method": "AS_READ"}
    edited = await owner.patch(PATH, json={"stand_m3": "1080", **more, **WHY}, headers=tag)
    assert edited.status_code == 200, edited.text
    read = edited.json()
    assert (read["method"], read["raw"]["stand_m3"], read["validated"]["stand_m3"]) == (
        "EDITED",
        "1800",
        "1080",
    )
    assert read["raw"]["import_id"] == filled[-1].import_id
    assert (read["validated"]["read_date"], read["validated"]["read_method"]) == ("2025-12-15", "ACTUAL")
    newest = read["versions"][-1]
    assert (newest["said_by"], newest["reason"], newest["case_id"], newest["import_id"]) == (
        "user-1", "Angka tertukar", None, None,
    )  # fmt: skip
    stale = await owner.patch(PATH, json={"stand_m3": "1", **WHY}, headers=tag)
    assert stale.status_code == 412

    reverted = await owner.post(f"{PATH}/revert", headers={"If-Match": edited.headers["etag"]})
    assert (reverted.status_code, reverted.json()["method"]) == (200, "RAW")
    assert reverted.json()["validated"] == before.json()["validated"]
    assert reverted.headers["etag"] == before.headers["etag"]
    gone = reverted.json()["versions"][-1]
    assert (gone["is_withdrawn"], gone["withdrawn_by"], gone["stand_m3"]) == (True, "user-1", "1080")
    assert (await owner.post(f"{PATH}/revert")).json()["code"] == "read_not_edited"

    edit, revert = (event.reads for event in told(database))
    assert [(one.stand_l, one.raw_stand_l) for one in edit] == [(1_080 * M3, 1_800 * M3)]
    assert [(one.stand_l, one.HasField("raw_stand_l")) for one in revert] == [(1_800 * M3, False)]
    line = (await owner.get("/customers/1/timeline")).json()["items"]
    [correction] = [one["facts"] for one in line if one["kind"] == "correction"]
    assert (correction["said_by"], correction["reason"], correction["withdrawn_by"]) == (
        "user-1", "Angka tertukar", "user-1",
    )  # fmt: skip
    assert (correction["raw_l"], correction["stand_l"]) == (1_800 * M3, 1_080 * M3)


@pytest.mark.parametrize(("at", "day"), [("16:59:59", "2025-12-14"), ("23:30", "2025-12-15")])
async def test_a_correction_stands_on_the_day_that_it_was_where_the_utility_is(
    filled: list[Any], owner: httpx.AsyncClient, database: ServiceDatabase, at: str, day: str
) -> None:
    assert (await owner.patch(PATH, json={"stand_m3": "1080", **WHY})).status_code == 200
    with psycopg.connect(database.worker_url, options="-c search_path=metering") as connection:
        connection.execute("update read_edits set said_at = %s", (f"2025-12-14T{at}Z",))
    line = (await owner.get("/customers/1/timeline")).json()["items"]
    assert [one["day"] for one in line if one["kind"] == "correction"] == [day]


async def test_a_wrong_serial_is_corrected_and_where_none_is_said_it_stays(
    filled: list[Any], owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    for said, serial in (({"serial": " B "}, "B"), ({}, "B")):
        edited = await owner.patch(PATH, json={"stand_m3": "1080", **said, **WHY})
        assert edited.json()["serial"] == serial
        assert told(database)[-1].reads[0].serial == serial
    await owner.post(f"{PATH}/revert")
    assert (await owner.post(f"{PATH}/revert")).json()["serial"] == "A"


async def test_a_corrected_read_of_a_changed_meter_counts_what_both_took(
    filled: list[Any], files: Imports, owner: httpx.AsyncClient
) -> None:
    changed = {
        "nomen": "1",
        "stand_awal": "1060",
        "stand_akhir": "15",
        "stand_cabut": "1072",
        "stand_pasang": "0",
        "replacement_date": "2025-12-03",
        "read_date": "2025-12-14",
        "read_method": "ACTUAL",
    }
    files.take(files.file("SBRS", "2025-12", changed))
    edited = await owner.patch(PATH, json={"stand_m3": "16", **WHY})
    assert edited.json()["validated"]["volume_m3"] == "28"


async def test_the_first_of_two_corrections_stands_again_though_the_file_came_anew(
    filled: list[Any], files: Imports, owner: httpx.AsyncClient
) -> None:
    for stand in ("1080", "1090"):
        await owner.patch(PATH, json={"stand_m3": stand, **WHY})
    files.take(files.file("SBRS", "2025-12", dict(filled[-1].rows[0].fields)))
    assert (await owner.get(PATH)).json()["validated"]["stand_m3"] == "1090"
    for stand in ("1080", "1800"):
        assert (await owner.post(f"{PATH}/revert")).json()["validated"]["stand_m3"] == stand


async def test_a_correction_stands_though_the_file_says_the_period_in_two_chunks(
    filled: list[Any], files: Imports, owner: httpx.AsyncClient
) -> None:
    said = dict(filled[-1].rows[0].fields)
    twice = [said, {**said, "stand_akhir": "1801"}]
    files.take(files.file("SBRS", "2025-12", *twice))
    await owner.patch(PATH, json={"stand_m3": "1080", **WHY})
    for line, fields in enumerate(twice, 100):
        chunk = files.file("SBRS", "2025-12", fields, import_id="01JGZ3M0T0ARVS1MP0RT000099")
        chunk.rows[0].number, chunk.rows[0].row_id = line, derived_id(chunk.import_id, str(line))
        files.take(chunk)
    assert (await owner.get(PATH)).json()["validated"]["stand_m3"] == "1080"


@pytest.mark.usefixtures("cases")
async def test_a_read_is_estimated_from_the_last_three_actual_periods(
    filled: list[Any], owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    estimated = (await owner.post(f"{PATH}/estimate", json={"reason": "Rumah terkunci"})).json()
    assert (estimated["method"], estimated["validated"]["read_method"]) == ("ESTIMATED", "ESTIMATED")
    # 60 m³ in the 92 days from August to November, 30 days on, as a register of whole m³ shows it.
    assert estimated["validated"]["stand_m3"] == "1080"
    assert estimated["raw"]["stand_m3"] == "1800"
    assert told(database)[-1].reads[0].read_method == "ESTIMATED"
    first = await owner.post("/meters/1/reads/2025-08/estimate", json={"reason": "x"})
    assert (first.status_code, first.json()["code"]) == (409, "nothing_to_estimate_from")


@pytest.mark.usefixtures("cases")
async def test_a_period_that_nobody_read_is_estimated_until_that_is_taken_back(
    filled: list[Any], files: Imports, owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    files.undo(filled[3])
    proposed = await owner.get(f"{MISSING}/estimate")
    # Fewer than three uses were read before: the last one alone, 20 m³ in 30 days, 31 days on.
    assert proposed.json() == {
        "nomen": "1", "period": "2025-11", "serial": "A", "read_date": "2025-11-14", "previous_m3": "1040",
        "previous_date": "2025-10-14", "stand_m3": "1061", "volume_m3": "21", "days": 31, "usual_m3": "20",
        "periods": 1,
    }  # fmt: skip
    later = (await owner.get(f"{MISSING}/estimate", params={"read_date": "2025-11-29"})).json()
    assert (later["days"], later["stand_m3"]) == (46, "1071")

    made = await owner.post("/meters/1/reads", json={"period": "2025-11", **WHY})
    assert made.status_code == 201, made.text
    read = made.json()
    assert (read["method"], read["raw"], read["serial"], read["previous_m3"]) == (
        "ESTIMATED",
        None,
        "A",
        "1040",
    )
    assert read["validated"] == {
        "stand_m3": "1061", "volume_m3": "21", "read_date": "2025-11-14", "read_method": "ESTIMATED",
        "import_id": None,
    }  # fmt: skip
    assert [(one["said_by"], one["reason"], one["case_id"]) for one in read["versions"]] == [
        ("user-1", "Angka tertukar", None)
    ]
    [said] = told(database)[-1].reads
    assert (said.read_method, said.stand_l, said.dials) == ("ESTIMATED", 1_061 * M3, 5)
    # No file says the previous stand, so none is told that could differ from what stands before.
    assert not said.HasField("previous_l")
    again = await owner.post("/meters/1/reads", json={"period": "2025-11", **WHY})
    assert (again.status_code, again.json()["code"]) == (409, "read_exists")
    assert (await owner.get(f"{MISSING}/estimate")).json()["code"] == "read_exists"

    gone = await owner.post(f"{MISSING}/revert", headers={"If-Match": made.headers["etag"]})
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await owner.get(MISSING)).status_code == 404
    assert not told(database)[-1].reads
    line = (await owner.get("/customers/1/timeline")).json()["items"]
    [correction] = [one["facts"] for one in line if one["kind"] == "correction"]
    assert (correction["act"], correction["raw_l"], correction["withdrawn_by"]) == (
        "ESTIMATED",
        None,
        "user-1",
    )


@pytest.mark.usefixtures("cases")
async def test_a_file_stands_in_place_of_an_estimate_of_what_nobody_had_read(
    filled: list[Any], files: Imports, owner: httpx.AsyncClient
) -> None:
    files.undo(filled[3])
    await owner.post("/meters/1/reads", json={"period": "2025-11", **WHY})
    row = {"key": "1|2025-11", "nomen": "1", "stand_akhir": "1058", "read_method": "ACTUAL"}
    newer = files.file("SBRS", "2025-11", row)
    files.take(newer)
    read = (await owner.get(MISSING)).json()
    assert (read["method"], read["raw"]["stand_m3"], len(read["versions"])) == ("RAW", "1058", 2)
    assert files.undo(newer)[-1].withdrawn == 1
    assert (await owner.get(MISSING)).json()["validated"]["stand_m3"] == "1061"


@pytest.mark.usefixtures("cases")
async def test_only_a_previous_stand_that_a_file_says_is_told(
    filled: list[Any], files: Imports, owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    def previous_l() -> int | None:
        [said] = told(database)[-1].reads
        return said.previous_l if said.HasField("previous_l") else None

    files.undo(filled[3])
    await owner.post("/meters/1/reads", json={"period": "2025-11", **WHY})
    edited = (await owner.patch(MISSING, json={"stand_m3": "1063", **WHY})).json()
    assert (edited["previous_m3"], edited["validated"]["volume_m3"]) == ("1040", "23")
    assert previous_l() is None
    row = {"key": "1|2025-11", "nomen": "1", "stand_awal": "1041", "stand_akhir": "1058"}
    files.take(files.file("SBRS", "2025-11", {**row, "read_date": "2025-11-14", "read_method": "ACTUAL"}))
    for act, body in (("PATCH", {"stand_m3": "1060", **WHY}), ("POST", WHY)):
        path = MISSING if act == "PATCH" else f"{MISSING}/estimate"
        assert (await owner.request(act, path, json=body)).status_code == 200
        assert previous_l() == 1_041 * M3


@pytest.mark.usefixtures("cases")
async def test_an_estimate_stays_one_when_the_month_before_it_comes_late(
    files: Imports, owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    events: list[Any] = []

    def read(month: str, stand: str) -> None:
        row = {
            "nomen": "1", "serial": "A", "stand_akhir": stand, "read_method": "ACTUAL",
            "read_date": f"{month}-14",
        }  # fmt: skip
        events.extend(files.take(files.file("SBRS", month, row)))

    for month, stand in (("2024-08", "100"), ("2024-09", "120"), ("2024-10", "140")):
        read(month, stand)
    assert (await owner.post("/meters/1/reads", json={"period": "2024-12", **WHY})).status_code == 201
    read("2024-11", "160")
    reads = {event.period: event for event in [*of_type(events, RegisterReadRecorded), *told(database)]}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    judged = judge([Period(number(of), read_as_judged(reads[of], at)) for of in sorted(reads)])
    assert [one.kinds for one in judged] == [(), (), (), (), (Kind.ESTIMATED,)]


async def test_an_estimate_builds_on_no_read_that_was_refused(
    filled: list[Any], files: Imports, owner: httpx.AsyncClient, cases: Caller, verdicts: ServiceDatabase
) -> None:
    """A slip of the pen in October, which the books do not see: 220 m³ up, and as many down again."""
    slip = {**filled[2].rows[0].fields, "stand_akhir": "1240"}
    [october] = of_type(files.take(files.file("SBRS", "2025-10", slip)), RegisterReadRecorded)

    async def estimated() -> str:
        read = await owner.post(f"{PATH}/estimate", json={"reason": "Rumah terkunci"})
        return read.json()["validated"]["stand_m3"]

    assert await estimated() == "1280"
    said = MeterVerdictReached(
        tenant_id="tenant-a", nomen="1", period="2025-10", read_id=october.reads[0].read_id,
        kinds=[METER_KIND_SALAH_CATAT], reason_codes=["METER_ANGKA_LEBIH"],
    )  # fmt: skip
    with psycopg.connect(verdicts.superuser_url) as connection:
        connection.execute(
            """insert into anomaly.meter_verdicts
            (src_part, src_off, src_idx, tenant_id, nomen, period, rayon, kinds, judged_at, value)
            values (0, 0, 0, 'tenant-a', '1', '2025-10', '', 0, now(), %s)""",
            (said.SerializeToString(),),
        )
    assert await estimated() == "1080", "40 m³ in the 61 days from September to November"
    files.undo(filled[3])
    proposed = (await owner.get(f"{MISSING}/estimate")).json()
    assert (proposed["previous_m3"], proposed["days"], proposed["stand_m3"]) == ("1020", 61, "1059")


async def test_an_estimate_builds_on_the_reads_of_its_own_meter_that_were_not_refused(
    files: Imports, owner: httpx.AsyncClient, cases: Caller, verdicts: ServiceDatabase
) -> None:
    """A stand of meter A that is wrong in October, beside a good one of B that went back in September."""
    stands = {"A": ("1000", "1020", "1800", "1060"), "B": ("500", "400", "430", "460")}
    told: list[RegisterReadRecorded] = []
    for at, month in enumerate(MONTHS[:4]):
        rows = [
            {
                "nomen": "1", "serial": serial, "stand_akhir": stands[serial][at], "read_method": "ACTUAL",
                "read_date": f"{month}-14", "dials": "5",
            }
            for serial in stands
        ]  # fmt: skip
        told += of_type(files.take(files.file("SBRS", month, *rows)), RegisterReadRecorded)
    last = {"nomen": "1", "serial": "A", "stand_akhir": "1", "read_date": "2025-12-14"}
    files.take(files.file("SBRS", "2025-12", last))
    ids = [{read.serial: read.read_id for read in event.reads} for event in told]
    said = [
        MeterVerdictReached(
            period="2025-09", read_id=ids[1]["B"], serial="B", stand_l=400 * M3, from_l=500 * M3,
            reason_codes=["METER_NEGATIVE"], beside=[{"read_id": ids[1]["A"], "serial": "A"}],
        ),
        MeterVerdictReached(
            period="2025-10", read_id=ids[2]["A"], serial="A", stand_l=1800 * M3, from_l=1020 * M3,
            reason_codes=["METER_ANGKA_LEBIH"],
            beside=[{"read_id": ids[2]["B"], "serial": "B", "stand_l": 430 * M3, "from_l": 400 * M3}],
        ),
    ]  # fmt: skip
    with psycopg.connect(verdicts.superuser_url) as connection:
        for at, one in enumerate(said):
            one.tenant_id, one.nomen = "tenant-a", "1"
            connection.execute(
                """insert into anomaly.meter_verdicts
                (src_part, src_off, src_idx, tenant_id, nomen, period, rayon, kinds, judged_at, value)
                values (0, 0, %s, 'tenant-a', '1', %s, '', 0, now(), %s)""",
                (at, one.period, one.SerializeToString()),
            )
    read = (await owner.post(f"{PATH}/estimate", json={"reason": "Rumah terkunci"})).json()
    assert (read["serial"], read["validated"]["stand_m3"]) == ("A", "1080"), "40 m³ in 61 days, of A alone"


@pytest.mark.usefixtures("cases")
async def test_a_period_nobody_read_is_estimated_as_its_own_meter_counts(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    """Meter A ends at 10,000 m³ and shows cubic metres; B, put in as "b" and read as "00B", shows tens."""
    stands = {"A": ("9940", "9960", "9980"), "00B": ("100", "104", "108")}
    for at, month in enumerate(MONTHS[:3]):
        rows = [
            {
                "nomen": "1", "serial": serial, "stand_akhir": stands[serial][at], "read_method": "ACTUAL",
                "read_date": f"{month}-14", "dials": dials, "multiplier": multiplier,
            }
            for serial, dials, multiplier in (("00B", "5", "10"), ("A", "4", "1"))
        ]  # fmt: skip
        files.take(files.file("SBRS", month, *rows))
    await owner.post("/customers", json={"nomen": "1", "name": "PT Example", "address": "Jl. Sunter No.1"})
    changed = {"nomen": "1", "replaced_on": "2025-07-14", "new_serial": "b", "new_start_m3": "96"}
    assert (await owner.post("/meters/replacements", json=changed)).status_code == 201
    one = (await owner.get(f"/meters/1/reads/{MONTHS[3]}/estimate")).json()
    assert (one["serial"], one["previous_m3"], one["stand_m3"], one["volume_m3"]) == (
        "00B",
        "108",
        "112",
        "40",
    )


async def test_nothing_is_estimated_while_nobody_says_which_reads_are_refused(
    filled: list[Any], files: Imports, owner: httpx.AsyncClient, context: Context
) -> None:
    context.settings.peers["anomaly"] = Peer(grpc="127.0.0.1:1")
    files.undo(filled[3])
    for answer in (
        await owner.post(f"{PATH}/estimate", json={"reason": "x"}),
        await owner.post("/meters/1/reads", json={"period": "2025-11", **WHY}),
        await owner.get(f"{MISSING}/estimate"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (503, "judgements_unreachable")


@pytest.mark.usefixtures("cases")
async def test_a_new_meter_is_estimated_from_what_it_showed_when_it_was_put_in(
    filled: list[Any], files: Imports, owner: httpx.AsyncClient
) -> None:
    files.undo(filled[4])
    await owner.post("/customers", json={"nomen": "1", "name": "PT Example", "address": "Jl. Sunter No.1"})
    changed = {"nomen": "1", "replaced_on": "2025-11-24", "new_serial": "B", "new_start_m3": "2"}
    assert (await owner.post("/meters/replacements", json=changed)).status_code == 201
    one = (await owner.get(f"{PATH}/estimate")).json()
    assert (one["serial"], one["previous_m3"], one["days"], one["stand_m3"]) == ("B", "2", 20, "15")


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize("is_told_by_file", [True, False], ids=["by_a_file", "by_a_person"])
async def test_the_first_days_of_a_new_meter_are_no_usual_use_whoever_tells_of_it(
    files: Imports, owner: httpx.AsyncClient, *, is_told_by_file: bool
) -> None:
    said = {"nomen": "1", "serial": "A", "read_method": "ACTUAL"}
    for month, stand in (("2025-01", "100"), ("2025-02", "120"), ("2025-03", "140")):
        row = {**said, "stand_akhir": stand, "read_date": f"{month}-20"}
        files.take(files.file("SBRS", month, row))
    row = {**said, "serial": "B", "stand_akhir": "2", "read_date": "2025-04-20"}
    if is_told_by_file:
        row |= {"stand_cabut": "158", "stand_pasang": "0", "replacement_date": "2025-04-19"}
    files.take(files.file("SBRS", "2025-04", row))
    if not is_told_by_file:
        customer = {"nomen": "1", "name": "PT Example", "address": "Jl. Sunter No.1"}
        assert (await owner.post("/customers", json=customer)).status_code == 201
        changed = {
            "nomen": "1", "replaced_on": "2025-04-19", "old_serial": "A", "old_final_m3": "158",
            "new_serial": "B", "new_start_m3": "0",
        }  # fmt: skip
        assert (await owner.post("/meters/replacements", json=changed)).status_code == 201
    one = (await owner.get("/meters/1/reads/2025-05/estimate")).json()
    assert (one["serial"], one["previous_m3"], one["usual_m3"], one["periods"], one["volume_m3"]) == (
        "B", "2", "21.429", 1, "21",
    )  # fmt: skip


async def test_a_corrected_use_counts_on_every_meter_of_its_period(
    filled: list[Any], files: Imports, owner: httpx.AsyncClient
) -> None:
    await owner.post("/customers", json={"nomen": "1", "name": "PT Example", "address": "Jl. Sunter No.1"})
    read = {"nomen": "1", "stand_awal": "1060", "stand_akhir": "100", "read_date": "2025-12-14"}
    files.take(files.file("SBRS", "2025-12", read))
    for day, old_m3, new_m3 in (("2025-11-20", "1100", "0"), ("2025-12-01", "4", "1")):
        changed = {"nomen": "1", "replaced_on": day, "old_final_m3": old_m3, "new_serial": "B"}
        made = await owner.post("/meters/replacements", json=changed | {"new_start_m3": new_m3})
        assert made.status_code == 201
    edited = await owner.patch(PATH, json={"stand_m3": "10", **WHY})
    assert edited.json()["validated"]["volume_m3"] == "53", "40 on the first, 4 on the second, 9 on the third"


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (
            {"period": "2025-11", "read_date": "2025-10-14"},
            (422, "read_date", "must be 15 Oct 2025 or later"),
        ),
        (
            {"period": "2025-11", "read_date": "2025-12-14"},
            (422, "read_date", "must be 13 Dec 2025 or earlier"),
        ),
        ({"period": "2099-12"}, (422, "read_date", "got 14 Dec 2099")),
        ({"period": "2025-13"}, (422, "period", "2025-13")),
        ({"period": "2025-11", "reason": " "}, (422, "reason", "")),
        ({"period": "2025-12"}, (409, "read_exists", "December 2025")),
        ({"period": "2025-07"}, (409, "nothing_to_estimate_from", "July 2025")),
    ],
    ids=["before", "behind", "to_come", "no_month", "without_reason", "read", "nothing_before"],
)
@pytest.mark.usefixtures("cases")
async def test_what_cannot_be_estimated_says_why(
    filled: list[Any], files: Imports, owner: httpx.AsyncClient, body: dict[str, str], refused: Any
) -> None:
    files.undo(filled[3])
    answer = await owner.post("/meters/1/reads", json={**WHY, **body})
    problem = answer.json()
    code, text = problem["code"], problem["detail"]
    if answer.status_code == 422:
        [error] = problem["errors"]
        code, text = error["field"], error["message"]
    assert (answer.status_code, code) == refused[:2]
    assert refused[2] in text
    assert (await owner.get(MISSING)).status_code == 404


async def test_an_import_whose_read_was_corrected_is_not_taken_back(
    filled: list[Any], files: Imports, owner: httpx.AsyncClient
) -> None:
    await owner.patch(PATH, json={"stand_m3": "1080", **WHY})
    [refused] = files.undo(filled[-1])
    assert isinstance(refused, ImportWithdrawalAnswered)
    assert (refused.dependants_in_all, refused.withdrawn) == (1, 0)
    assert [(one.kind, one.label) for one in refused.dependants] == [("read_edit", "1 2025-12")]
    assert (await owner.get(PATH)).json()["validated"]["stand_m3"] == "1080"

    newer = files.file("SBRS", "2025-12", {"nomen": "1", "stand_akhir": "1081", "read_method": "ACTUAL"})
    files.take(newer)
    overtaken = (await owner.get(PATH)).json()
    assert (overtaken["method"], overtaken["validated"]["stand_m3"]) == ("RAW", "1081"), "the newest stands"
    assert (await owner.post(f"{PATH}/revert")).json()["validated"]["stand_m3"] == "1081"
    assert isinstance(files.undo(filled[-1])[-1], ImportWithdrawalAnswered)
    assert files.undo(newer)[-1].withdrawn == 1
    assert (await owner.get(PATH)).status_code == 404


async def test_a_correction_names_only_a_case_of_its_own_customer(
    filled: list[Any], owner: httpx.AsyncClient, cases: Caller, caller: Caller
) -> None:
    async def opened(tenant: str, nomen: str) -> str:
        customer = {"nomen": nomen, "name": "Ani", "address": "Jl. Sunter No.1", "rayon": "34"}
        (await caller(tenant).post("/customers", json=customer)).raise_for_status()
        new = {"nomen": nomen, "type": "extreme"}
        return (await cases(tenant).post("/cases", json=new)).raise_for_status().json()["id"]

    own, others, strangers = [
        await opened(*about) for about in (("tenant-a", "1"), ("tenant-a", "2"), ("tenant-b", "1"))
    ]
    estimate = f"{PATH}/estimate"
    for case_id, code, said in (
        ("K-7", "case_not_known", "case_id must be a case of this organisation, got K-7."),
        (strangers, "case_not_known", strangers),
        (others, "case_about_another", "case_id must be a case about customer 1, got"),
    ):
        why = {"reason": "x", "case_id": case_id}
        for answer in (
            await owner.patch(PATH, json={"stand_m3": "1080", **why}),
            await owner.post(estimate, json=why),
            await owner.post("/meters/1/reads", json={"period": "2026-01", **why}),
        ):
            [error] = answer.json()["errors"]
            assert (answer.status_code, error["field"], error["code"]) == (422, "case_id", code)
            assert said in error["message"]
    assert (await owner.get(PATH)).json()["method"] == "RAW"
    kept = (await owner.patch(PATH, json={"stand_m3": "1080", **WHY, "case_id": own})).raise_for_status()
    assert kept.json()["versions"][-1]["case_id"] == own
    nobodys = await owner.patch("/meters/9/reads/2025-12", json={"stand_m3": "1", **WHY, "case_id": own})
    assert nobodys.status_code == 404


async def test_a_correction_in_the_course_of_a_case_waits_until_cases_can_be_asked(
    filled: list[Any], owner: httpx.AsyncClient, context: Context
) -> None:
    why = {"stand_m3": "1080", **WHY, "case_id": new_ulid()}
    for peers in ({}, {"anomaly": Peer(grpc="127.0.0.1:1")}):
        context.settings.peers.clear()
        context.settings.peers.update(peers)
        answer = await owner.patch(PATH, json=why)
        assert (answer.status_code, answer.json()["code"]) == (503, "cases_unreachable")
        assert int(answer.headers["Retry-After"]) > 0
    assert (await owner.get(PATH)).json()["method"] == "RAW"
    assert (await owner.patch(PATH, json={"stand_m3": "1080", **WHY})).status_code == 200


async def test_the_stand_of_a_visit_corrects_a_read_and_says_where_it_is_from(
    filled: list[Any], owner: httpx.AsyncClient, cases: Caller
) -> None:
    customer = {"nomen": "1", "name": "Ani", "address": "Jl. Sunter No.1", "rayon": "34"}
    (await owner.post("/customers", json=customer)).raise_for_status()
    field = cases("tenant-a")

    async def made(path: str, **said: Any) -> str:
        return (await field.post(path, json=said)).raise_for_status().json()["id"]

    case, other = [await made("/cases", nomen="1", type=kind) for kind in ("extreme", "zero")]
    at = {"visited_at": "2025-12-16T18:30:00Z", "outcome": "misread"}
    stood = await made(f"/cases/{case}/visits", **at, stand_m3="1081.5")
    unread = await made(f"/cases/{case}/visits", **at)
    path = f"{PATH}/from-visit"
    for visit, of, code in (
        (unread, case, "visit_without_stand"),
        (stood, other, "visit_not_known"),
        (new_ulid(), case, "visit_not_known"),
    ):
        answer = await owner.post(path, json={"case_id": of, "visit_id": visit})
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["field"], error["code"]) == (422, "visit_id", code)
        assert visit in error["message"]
    asked = {"case_id": case, "visit_id": stood}
    assert (await owner.post(path, json=asked, headers={"If-Match": '"1"'})).status_code == 412
    read = (await owner.post(path, json=asked)).raise_for_status().json()
    assert (read["method"], read["raw"]["stand_m3"], read["validated"]["stand_m3"]) == (
        "EDITED", "1800", "1081.5",
    )  # fmt: skip
    # It was past midnight where the meter is.
    assert (read["validated"]["read_date"], read["validated"]["read_method"]) == ("2025-12-17", "ACTUAL")
    newest = read["versions"][-1]
    assert newest["case_id"] == case
    assert "Stand dibaca di lapangan pada 17 Des 2025, kasus #1." in newest["reason"]
    assert (await owner.post(path, json=asked | {"reason": "Cocok"})).json()["versions"][-1][
        "reason"
    ] == "Cocok"
    # Taken for the month before, it would lie behind the read of the month in which somebody came.
    late = await owner.post("/meters/1/reads/2025-11/from-visit", json=asked)
    [error] = late.json()["errors"]
    assert (late.status_code, error["field"], error["code"]) == (422, "read_date", "too_large")
    assert "must be 16 Dec 2025 or earlier, got 17 Dec 2025" in error["message"]


@pytest.mark.usefixtures("cases")
async def test_reads_are_listed_by_period_and_end_at_the_tenants_wall(
    filled: list[Any], owner: httpx.AsyncClient, caller: Caller
) -> None:
    await owner.patch("/meters/1/reads/2025-11", json={"stand_m3": "1061", **WHY})
    page = (await owner.get("/meters/1/reads", params={"limit": 2})).json()
    assert [(one["period"], one["method"]) for one in page["items"]] == [
        ("2025-12", "RAW"), ("2025-11", "EDITED"),
    ]  # fmt: skip
    rest = (await owner.get("/meters/1/reads", params={"cursor": page["next_cursor"]})).json()
    assert [one["period"] for one in rest["items"]] == ["2025-10", "2025-09", "2025-08"]

    stranger = caller("tenant-b")
    assert (await stranger.get("/meters/1/reads")).status_code == 404
    assert (await stranger.get("/meters/1/reads/2026-01/estimate")).status_code == 404
    new = {"period": "2026-01", **WHY}
    assert (await stranger.post("/meters/1/reads", json=new)).status_code == 404
    assert (await stranger.patch(PATH, json={"stand_m3": "1", **WHY})).status_code == 404
    viewer = caller("tenant-a", "viewer")
    assert (await viewer.get(PATH)).status_code == 200
    assert (await viewer.get("/meters/1/reads/2026-01/estimate")).status_code == 200
    assert (await viewer.post("/meters/1/reads", json=new)).status_code == 403
    for act in ("estimate", "revert"):
        assert (await stranger.post(f"{PATH}/{act}", json={"reason": "x"})).status_code == 404
        assert (await viewer.post(f"{PATH}/{act}", json={"reason": "x"})).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"stand_m3": "-1", **WHY}, "stand_m3"),
        ({"stand_m3": "100000", **WHY}, "stand_m3"),
        ({"stand_m3": "1.0001", **WHY}, "stand_m3"),
        ({"stand_m3": "1", "reason": " "}, "reason"),
        ({"stand_m3": "1"}, "reason"),
        ({"stand_m3": "1", **WHY, "read_method": "GUESSED"}, "read_method"),
        ({"stand_m3": "1", **WHY, "read_date": "2025-11-14"}, "read_date"),
        ({"stand_m3": "1", **WHY, "read_date": "2099-01-14"}, "read_date"),
        ({"stand_m3": "1", **WHY, "serial": "A" * 61}, "serial"),
    ],
    ids=[
        "negative",
        "beyond_the_register",
        "too_exact",
        "blank",
        "without_reason",
        "method",
        "read_with_the_month_before",
        "to_come",
        "long_serial",
    ],
)
async def test_what_cannot_be_is_named(
    filled: list[Any], owner: httpx.AsyncClient, body: dict[str, str], field: str
) -> None:
    answer = await owner.patch(PATH, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert (await owner.get(PATH)).json()["method"] == "RAW"
