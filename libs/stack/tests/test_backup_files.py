"""A backup knows each of its files by size and sum: a damaged one is refused before anything is restored."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from arus_runtime.catalogue import topics
from arus_stack.backups import database, log, make
from arus_stack.backups.cut import Cut
from arus_stack.backups.log import Place
from arus_stack.backups.manifest import DATABASE, HOME, Manifest
from arus_stack.backups.restore import Restoring, prepare
from arus_stack.errors import Refused
from arus_stack.home import Home
from arus_stack.kafka import rights
from arus_stack.parts import Step
from arus_stack.settings import StackSettings
from arus_stack.system import System
from arus_stack.testing import TEST_PASSWORD, KafkaServer, PostgresServer, arus

PHOTO = "files/cases/t/c/a"
TOPIC = "fuel.transaction.v1"


def written(folder: Path, **more: dict[str, list[Place]]) -> Manifest:
    """Write a backup of secrets, a key and a photo, with what else is given."""
    given = Home(folder.with_name("given"))
    given.secrets.put("kafka.admin", TEST_PASSWORD)
    for user in rights.services(topics()):
        given.secrets.put(f"kafka.{user}", TEST_PASSWORD)
    (given.path / "signing-key.pem").write_text("key")
    (given.path / PHOTO).parent.mkdir(parents=True)
    (given.path / PHOTO).write_bytes(b"photo" * 1_000)
    folder.mkdir(exist_ok=True)
    files = [str(place) for place in make.copied(given, folder / HOME)]
    found = Manifest(
        "2026-11-26T00:00:00Z", 180000, [], {}, {}, more.get("groups", {}), [], files,
        sums=make.sums_of(folder),
    )  # fmt: skip
    found.write(folder)
    return found


def test_a_whole_backup_is_taken_as_it_was_written(tmp_path: Path) -> None:
    found = written(tmp_path / "backup")
    assert found.sums[f"{HOME}/{PHOTO}"]["bytes"] == 5_000
    home = Home(tmp_path / "home")
    assert prepare(tmp_path / "backup", home) == found
    assert (home.path / PHOTO).read_bytes() == b"photo" * 1_000


@pytest.mark.parametrize("name", [PHOTO, "signing-key.pem", "secrets.json"])
@pytest.mark.parametrize("how", ["one byte", "emptied", "removed"])
def test_a_damaged_file_is_named_and_nothing_is_restored(tmp_path: Path, name: str, how: str) -> None:
    folder, home = tmp_path / "backup", Home(tmp_path / "home")
    written(folder)
    file = folder / HOME / name
    held = bytearray(file.read_bytes())
    held[len(held) // 2] ^= 1
    if how == "removed":
        file.unlink()
    else:
        file.write_bytes(held if how == "one byte" else b"")
    with pytest.raises(Refused, match=f"is damaged: {HOME}/{name}"):
        prepare(folder, home)
    assert not home.path.exists()


def test_an_older_backup_without_sums_still_comes_back(tmp_path: Path) -> None:
    folder, home = tmp_path / "backup", Home(tmp_path / "home")
    written(folder)
    manifest = folder / "arus-backup.json"
    older = json.loads(manifest.read_text())
    del older["sums"]
    manifest.write_text(json.dumps(older))
    assert prepare(folder, home).sums == {}
    assert (home.path / "signing-key.pem").read_text() == "key"


def test_groups_stand_no_further_than_their_partitions_end() -> None:
    ends: dict[str, log.Partitions] = {
        TOPIC: {"0": {"first": 0, "end": 5, "records": 5, "hash": ""}},
    }
    given: dict[str, list[Place]] = {
        "g": [
            {"topic": TOPIC, "partition": 0, "offset": 9},
            {"topic": TOPIC, "partition": 1, "offset": 1},
        ],
        "of another topic": [{"topic": "x", "partition": 0, "offset": 1}],
    }
    assert log.fitting(given, ends) == {"g": [{"topic": TOPIC, "partition": 0, "offset": 5}]}


@pytest.mark.integration
def test_files_and_groups_are_compared_with_what_came_back(
    postgres: PostgresServer, kafka: KafkaServer, tmp_path: Path
) -> None:
    folder, home, url, topic = (
        tmp_path / "backup", Home(tmp_path / "home"), postgres.create_database(), kafka.create_topic()
    )  # fmt: skip
    stood: Place = {"topic": topic, "partition": 0, "offset": 0}
    partitions = log.copy(kafka.access, topic, Cut({}, []), tmp_path / "log")
    manifest = replace(
        written(folder),
        topics={topic: {"settings": {}, "partitions": partitions}},
        groups={f"{topic}.a": [stood], f"{topic}.b": [stood]},
    )
    prepare(folder, home)
    (home.path / PHOTO).write_bytes(b"")
    log.set_groups(kafka.access, {f"{topic}.a": [stood]}, {topic: partitions})
    settings = StackSettings(home=home.path, postgres_url=url, kafka_url=kafka.access.url)
    restoring = Restoring(folder, manifest, System.to_start(settings, home))
    try:
        (step,) = (part for part in restoring.parts(verify=True) if part.name == "comparison")
        assert isinstance(step, Step)
        step.does(print)
    finally:
        postgres.drop_database(url)
    assert restoring.differences == [f"group {topic}.b", f"file {PHOTO}"]


@pytest.mark.integration
def test_a_restore_says_which_files_were_checked(
    postgres: PostgresServer, kafka: KafkaServer, tmp_path: Path
) -> None:
    url, folder = postgres.create_database(), tmp_path / "backup"
    folder.mkdir()
    with database.snapshot(url) as (_, seen_as):
        database.finish(database.dump(url, seen_as, folder / DATABASE))
    written(folder)
    given = {"ARUS_POSTGRES_URL": url, "ARUS_KAFKA_URL": kafka.access.url}
    try:
        said = arus(tmp_path / "home", "restore", str(folder), "--verify", "--json", env=given)
    finally:
        postgres.drop_database(url)
    assert said.returncode == 0, said.stderr
    answer = json.loads(said.stdout)
    assert (answer["differences"], answer["files_checked"]) == ([], True)
