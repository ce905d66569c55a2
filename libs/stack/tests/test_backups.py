"""What a backup holds: the log cut to fit the database, and topics that come back at their own offsets."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from arus_runtime.catalogue import topics
from arus_runtime.fold import INDEX_BITS
from arus_runtime.log.port import Message
from arus_runtime.reading import Reader as WorkerReader
from arus_runtime.reading import Unreadable
from arus_runtime.worker import Projection
from arus_stack.backups import database, log, make
from arus_stack.backups.cut import Cut, Progress
from arus_stack.backups.manifest import DATABASE, HOME, Manifest
from arus_stack.backups.restore import AS_WRITTEN, Restoring, prepare
from arus_stack.backups.topic_file import TopicWriter, read
from arus_stack.errors import Refused, ServerFailed
from arus_stack.home import Home
from arus_stack.kafka import rights
from arus_stack.kafka.admin import Admin
from arus_stack.kafka.records import Found, Reader, publish
from arus_stack.settings import StackSettings
from arus_stack.system import System
from arus_stack.testing import TEST_PASSWORD, KafkaServer, PostgresServer, arus

TOPIC = "fuel.transaction.v1"
CUT = Cut({"ingest": 7}, [Progress("anomaly/fuel", TOPIC, 2, 40)])


def record(source: str, sequence: int, **more: str) -> Found:
    headers = {"ce_source": source, "ce_sequence": str(sequence), **more}
    return Found(TOPIC, 2, 40, b"k", b"v", [(name, text.encode()) for name, text in headers.items()], 5)


def test_an_event_of_an_outbox_is_held_up_to_the_last_number_given_out() -> None:
    assert CUT.holds(record("/arus/ingest", 7))
    assert not CUT.holds(record("/arus/ingest", 8))


def test_a_conclusion_is_held_when_the_fact_it_follows_from_was_taken() -> None:
    assert CUT.holds(record("/arus/anomaly/fuel/2", 39 << INDEX_BITS | 3))
    assert not CUT.holds(record("/arus/anomaly/fuel/2", 40 << INDEX_BITS))


def test_a_parked_record_is_held_when_its_worker_had_passed_it() -> None:
    parked = {"dlq_worker": "anomaly/fuel", "dlq_topic": TOPIC, "dlq_partition": "2"}
    assert CUT.holds(record("/arus/ingest", 99, **parked, dlq_offset="39"))
    assert not CUT.holds(record("/arus/ingest", 1, **parked, dlq_offset="40"))


def test_what_a_worker_had_passed_is_held_whatever_it_says_of_itself() -> None:
    assert CUT.holds(replace(record("/arus/ingest", 10**17), offset=39))
    assert not CUT.holds(record("/arus/ingest", 10**17))


@pytest.mark.parametrize(
    "headers", [{"ce_sequence": "rubbish"}, {"dlq_offset": "3"}, {"dlq_offset": "3", "dlq_worker": "\udcff"}]
)
def test_what_is_not_as_ours_is_held_and_stops_no_backup(headers: dict[str, str]) -> None:
    given = {"ce_source": "/arus/ingest", **headers}
    pairs = [(name, text.encode(errors="surrogateescape")) for name, text in given.items()]
    assert CUT.holds(Found(TOPIC, 2, 40, None, None, pairs))


def test_what_comes_from_elsewhere_is_held() -> None:
    assert CUT.holds(record("/arus/redrive/01J", 3))
    assert CUT.holds(Found(TOPIC, 0, 0, None, None, []))


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    written = [
        record("/arus/ingest", 1),
        Found(TOPIC, 0, 9, None, None, []),
        Found(TOPIC, 1, 0, b"", b"", [("empty", b""), ("none", None)], 3),  # pyright: ignore[reportArgumentType] - Kafka lets a header have no value
    ]
    with TopicWriter(tmp_path / f"{TOPIC}.gz") as file:
        for one in written:
            file.write(one, one.offset)
    assert list(read(tmp_path / f"{TOPIC}.gz")) == written


def test_a_damaged_file_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / f"{TOPIC}.gz"
    with TopicWriter(path) as file:
        file.write(record("/arus/ingest", 1), 0)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-3]))
    with pytest.raises(Refused, match="is damaged"):
        list(read(path))


@pytest.mark.parametrize("at", [12, 20, 40, 60])
def test_a_file_with_other_bytes_in_its_middle_is_refused_too(tmp_path: Path, at: int) -> None:
    path = tmp_path / f"{TOPIC}.gz"
    with TopicWriter(path) as file:
        for number in range(200):
            file.write(record("/arus/ingest", number), number)
    held = bytearray(path.read_bytes())
    held[at : at + 200] = bytes(255 - byte for byte in held[at : at + 200])
    path.write_bytes(held)
    with pytest.raises(Refused, match="is damaged"):
        list(read(path))


def test_a_backup_that_lacks_one_of_its_files_leaves_the_home_as_it_was(tmp_path: Path) -> None:
    folder, home = tmp_path / "backup", Home(tmp_path / "home")
    Home(folder / HOME).secrets.put("kafka.admin", "secret")
    files = ["secrets.json", "signing-key.pem"]
    Manifest("2026-11-26T00:00:00Z", 180000, [], {}, {}, {}, [], files).write(folder)
    with pytest.raises(Refused, match=r"is damaged: home/signing-key\.pem"):
        prepare(folder, home)
    assert not home.path.exists()


def test_a_folder_without_manifest_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no whole backup"):
        Manifest.read(tmp_path)


@pytest.mark.integration
def test_records_come_back_at_their_offsets_without_those_the_database_does_not_know(
    kafka: KafkaServer, tmp_path: Path
) -> None:
    """Offset 0 grew too old, 2 was compacted away, 4 came after the snapshot, so 5 moves up to 4."""
    source = kafka.create_topic()
    sent = [("/arus/ingest", number) for number in (1, 2, 3, 4, 9, 5)]
    publish(
        kafka.access,
        [
            Message(source, b"k", b"%d" % n, [("ce_source", s.encode()), ("ce_sequence", b"%d" % n)])
            for s, n in sent
        ],
    )
    kept = log.copy(kafka.access, source, CUT, tmp_path)
    assert kept["0"] == {**kept["0"], "first": 0, "end": 5, "records": 5}
    path = tmp_path / f"{source}.gz"
    gone = [one for one in read(path) if one.offset not in {0, 2}]
    with TopicWriter(path) as file:
        for one in gone:
            file.write(one, one.offset)
    kept = {"0": file.digest.of(0, 1, 5)}
    Admin(kafka.access).delete_topic(source)
    kafka.create_topic(source)
    log.write(kafka.access, path, kept)
    with Reader(kafka.access, source) as reader:
        assert reader.ends() == {0: (1, 5)}
        found = list(reader.between({0: 1}, {0: 5}))
    assert [(one.offset, one.value) for one in found] == [(1, b"2"), (2, None), (3, b"4"), (4, b"5")]
    assert log.summed(kafka.access, source, kept) == kept
    with pytest.raises(ServerFailed, match="could not be written"):
        log.write(kafka.access, path, kept)


@pytest.mark.integration
def test_a_restore_that_differs_says_so_in_one_document_and_fails(
    postgres: PostgresServer, kafka: KafkaServer, tmp_path: Path
) -> None:
    url, folder = postgres.create_database(), tmp_path / "backup"
    kept = Home(folder / HOME)
    for user in rights.services(topics()):  # the broker is this module's, and so are its passwords
        kept.secrets.put(f"kafka.{user}", TEST_PASSWORD)
    with database.snapshot(url) as (_, seen_as):
        database.finish(database.dump(url, seen_as, folder / DATABASE))
    lost: dict[str, database.Sum] = {"metering.bills": {"rows": 3, "hash": "7"}}
    Manifest("2026-11-26T00:00:00Z", 180000, [], lost, {}, {}, [], ["secrets.json"]).write(folder)
    given = {"ARUS_POSTGRES_URL": url, "ARUS_KAFKA_URL": kafka.access.url}
    try:
        said = arus(tmp_path / "home", "restore", str(folder), "--verify", "--json", env=given)
    finally:
        postgres.drop_database(url)
    assert said.returncode == 1, said.stderr
    answer = json.loads(said.stdout)
    assert answer["differences"] == ["table metering.bills"]
    assert (answer["verified"], answer["rows"], bool(answer["first_aid"])) == (True, 3, True)
    assert answer["error"].startswith("1 of its parts differ")


@pytest.mark.integration
def test_a_backup_that_cannot_find_peoples_files_is_refused(postgres: PostgresServer, tmp_path: Path) -> None:
    url, home = postgres.create_database(), Home(tmp_path / "home")
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create schema ingest; create table ingest.imports (swept_at timestamptz)")
            assert database.keeps_files(connection) == set()
            connection.execute("insert into ingest.imports values (now())")
            assert database.keeps_files(connection) == set()
            connection.execute("insert into ingest.imports values (null)")
            known = database.keeps_files(connection)
    finally:
        postgres.drop_database(url)
    assert known == {"imports"}
    with pytest.raises(Refused, match="none of imports"):
        make.refuse_without(known, home, {})
    make.refuse_without(known, home, {"ARUS_FILES_URL": "s3://files"})
    (home.path / "parts/ingest/files/imports").mkdir(parents=True)
    make.refuse_without(known, home, {})


@pytest.mark.parametrize(("verify", "before"), [(True, "comparison"), (False, "log")])
def test_records_older_than_a_topic_keeps_stay_until_they_were_compared(
    tmp_path: Path, before: str, *, verify: bool
) -> None:
    system = System.to_start(StackSettings(home=tmp_path, gateway_port=0), Home(tmp_path))
    manifest = Manifest("2026-01-01T00:00:00Z", 180000, [], {}, {}, {}, [], [])
    parts = Restoring(tmp_path, manifest, system).parts(verify=verify)
    assert next(part.after for part in parts if part.name == "topics") == (before,)
    assert AS_WRITTEN["retention.ms"] == "-1"


def test_what_services_in_containers_of_their_own_keep_comes_along(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    for place, text in (
        ("secrets.json", "ours"),
        ("parts/anomaly/files/cases/t/c/a", "photo"),
        ("parts/gateway/secrets.json", "theirs"),
        ("parts/gateway/signing-key.pem", "key"),
        ("parts/ingest/files/imports/t/i/original", "file"),
    ):
        (home.path / place).parent.mkdir(parents=True, exist_ok=True)
        (home.path / place).write_text(text)
    found = {str(place) for place in make.copied(home, tmp_path / "kept")}
    assert found == {"secrets.json", "signing-key.pem", "files/cases/t/c/a", "files/imports/t/i/original"}
    assert (tmp_path / "kept/secrets.json").read_text() == "ours"


def test_a_worker_passes_over_what_fills_a_gap() -> None:
    worker = Projection("reader", topics=(TOPIC,))
    filler = Found(TOPIC, 0, 0, log.FILLER_KEY, None, log.nobody(TOPIC, 0, 0))
    found = WorkerReader("x/reader", worker).read(filler)
    assert not isinstance(found, Unreadable)
    assert found[2] is None
