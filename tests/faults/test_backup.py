"""The drill: a backup under load, the data folder destroyed, everything back, and work goes on."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from arus_stack.strangers import Stranger
from arus_stack.testing import RunningStack, arus, running_stack, until

from .sizes import TIMEOUT_S

pytestmark = [pytest.mark.faults, pytest.mark.timeout(TIMEOUT_S)]

NO_CONSOLE = {"ARUS_CONSOLE": "false"}
DAY = "2025-01-{:02}"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    arus(tmp_path / "home", "down")


def start(home: Path) -> RunningStack:
    started = arus(home, "up", "--detach", "--wait", "--json", env=NO_CONSOLE)
    assert started.returncode == 0, started.stderr
    return running_stack(home)


def every(person: Stranger, path: str) -> list[dict[str, Any]]:
    """Return all items of a list, page by page."""
    found: list[dict[str, Any]] = []
    asked: dict[str, Any] = {"from": "2025-01-01", "to": "2025-12-31", "limit": 200}
    while True:
        page = person.http.get(path, params=asked).raise_for_status().json()
        found += page["items"]
        if not page["next_cursor"]:
            return found
        asked["cursor"] = page["next_cursor"]


def verdicts(person: Stranger) -> dict[str, Any]:
    return {item["fact_id"]: item for item in every(person, "/anomalies")}


def facts(person: Stranger) -> set[str]:
    return {item["id"] for item in every(person, "/fuel/transactions")}


def test_what_a_backup_holds_is_back_after_the_data_folder_was_destroyed(
    home: Path, tmp_path: Path, say: Callable[[str], None]
) -> None:
    stack = start(home)
    folder = tmp_path / "backup"
    with Stranger(stack.gateway) as person:
        place, fuel = person.location(), person.product()

        def record(day: int) -> str:
            return person.make(
                "/fuel/transactions", date=DAY.format(day), location_id=place, product_id=fuel, volume_l="300"
            )["id"]

        before = {record(day) for day in range(1, 11)}
        until(lambda: set(verdicts(person)) >= before, "the verdicts")
        judged = verdicts(person)
        email = person.email
        # Facts go on arriving while the backup is taken: it must not hold one half of any.
        stop, during = threading.Event(), set[str]()
        busy = threading.Thread(target=lambda: keep_on(stop, record, during))
        busy.start()
        taken = stack.arus("backup", str(folder), "--json")
        stop.set()
        busy.join()
    assert taken.returncode == 0, taken.stderr
    assert json.loads(taken.stdout)["records"] > 10
    assert stack.arus("down").returncode == 0
    shutil.rmtree(home)

    restored = arus(home, "restore", str(folder), "--verify", "--json")
    assert restored.returncode == 0, restored.stderr
    assert json.loads(restored.stdout)["differences"] == []
    again = arus(home, "restore", str(folder), "--json")
    assert again.returncode == 1
    assert "holds an installation already" in json.loads(again.stdout)["error"]

    stack = start(home)
    with Stranger(stack.gateway, email) as person:
        kept = facts(person)
        assert before <= kept <= before | during
        until(lambda: set(verdicts(person)) == kept, "a verdict for every fact that was kept, and no other")
        assert {name: verdicts(person)[name] for name in judged} == judged
        late = len(during - kept)
        say(
            f"data folder destroyed: {len(kept)} facts back with their verdicts, {late} recorded after the"
            " snapshot and gone, 0 differences to the backup"
        )
        new = person.make(
            "/fuel/transactions", date=DAY.format(28), location_id=place, product_id=fuel, volume_l="900"
        )["id"]
        until(lambda: new in verdicts(person), "a verdict after the restore")
        assert verdicts(person)[new]["status"] == "ANOMALI"


def keep_on(stop: threading.Event, record: Any, made: set[str]) -> None:
    while not stop.is_set():
        made.add(record(12))
