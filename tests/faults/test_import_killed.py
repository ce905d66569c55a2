"""The door is killed while a file comes and within a commit: it goes on, and nothing comes in twice."""

import hashlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from arus_stack import importing
from arus_stack.demo import rest
from arus_stack.demo.rest import Api
from arus_stack.strangers import PASSWORD, Stranger
from arus_stack.testing import RunningStack

from .imports import done, ignored, kill, pid_of, until
from .sizes import TIMEOUT_S, size

pytestmark = [pytest.mark.faults, pytest.mark.integration, pytest.mark.timeout(TIMEOUT_S)]

KILL_AT = 500


def test_a_commit_whose_process_is_killed_ends_as_a_calm_one_does(
    stack: RunningStack, tmp_path: Path, say: Callable[[str], None]
) -> None:
    times, events = size("import")
    for _ in range(times):
        commit_killed(stack, tmp_path / "BBM Jan25.csv", events // times)
    say(f"import: {times} kills, each within {events // times} rows, then each row once, none when undone")


def test_a_file_whose_door_is_killed_while_it_comes_becomes_one_import(
    stack: RunningStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "PIECE_BYTES", 2_000)
    file = tmp_path / "BBM Jan25.csv"
    rows = "".join(f"2025-01-08;Gudang A;SOLAR;{number}\n" for number in range(1_000))
    file.write_text(f"Tanggal;Lokasi;Produk;Volume (L)\n{rows}", "utf-8")
    kill_at = [0.1, 0.5, 0.9]
    with Stranger(stack.gateway) as owner, Api(stack.gateway, owner.email, PASSWORD) as api:

        def killing(come: float) -> None:
            if kill_at and come > kill_at[0]:
                kill_at.pop(0)
                kill(stack, "ingest")

        import_id = api.upload(file, killing)
        [one] = api.get("/imports", limit="10")["items"]
    assert not kill_at
    assert (one["id"], one["sha256"]) == (import_id, hashlib.sha256(file.read_bytes()).hexdigest())


def commit_killed(stack: RunningStack, file: Path, count: int) -> None:
    """Kill the door within a commit; then the import must end with every row once, and be undone whole."""
    rows = "".join(f"2025-01-08;Gudang A;{{}};{number}\n" for number in range(1, count + 1))
    with Stranger(stack.gateway) as owner, Api(stack.gateway, owner.email, PASSWORD) as api:
        owner.location()
        product_id = owner.product()
        code = owner.http.get(f"/products/{product_id}").json()["code"]
        file.write_text("Tanggal;Lokasi;Produk;Volume (L)\n" + rows.replace("{}", code), "utf-8")
        [seen] = importing.run(api, [file], ignored, commit=False)
        assert (seen["state"], seen["counts"]["created"]) == ("preview", count), seen

        path = f"/imports/{seen['id']}"
        pid = pid_of(stack, "ingest")
        api.post(f"{path}/commit", {"preview": seen["preview"]})
        until(api, path, lambda one: one["done"] >= KILL_AT)
        os.kill(pid, signal.SIGKILL)
        assert done(stack, path) < count, "killed too late to prove anything"
        stack.start_again("ingest")

        taken = until(api, path, lambda one: one["state"] == "completed")
        assert (taken["done"], taken["counts"]["created"]) == (count, count)
        volumes: list[int] = []
        page: dict[str, Any] = {"next_cursor": ""}
        while page["next_cursor"] is not None:
            cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
            page = api.get("/fuel/transactions", limit="500", **cursor)
            volumes += [int(item["volume_l"]) for item in page["items"]]
        assert sorted(volumes) == list(range(1, count + 1))

        api.post(f"{path}/undo", {})  # answered with 503 as long as the outbox is full
        until(api, path, lambda one: one["state"] == "undone")
        assert api.get("/fuel/transactions", status="active")["items"] == []
