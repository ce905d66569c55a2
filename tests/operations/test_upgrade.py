"""A rolling upgrade: services of the version before work beside those of this one, on this one's schema.

The version before is the last tag `v*`; where there is none, the commit before FIRST. ARUS_UPGRADE_FROM names
another one.
"""

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from arus_stack import house, ports
from arus_stack.home import Home
from arus_stack.settings import StackSettings
from arus_stack.strangers import Stranger
from arus_stack.system import System
from arus_stack.testing import RunningStack, running, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1200)]

ROOT = Path(__file__).resolve().parents[2]
FIRST = "services/metering/migrations/versions/0016_unsaid.py"
"""As long as nothing is released: what came with the first change that this test is to find compatible."""
BOOKS = {
    "gateway": "/users",
    "inventory": "/locations",
    "metering": "/customers",
    "notify": "/notifications/preferences",
}
"""What the others keep that both versions must say alike."""
NOMENS = [f"34000{number}" for number in range(1, 9)]
"""Over both versions' partitions."""
FILES = {
    "MC 202511.csv": "{0};SITI;JL AGUNG NIAGA 7;34;2A;25;500000;AKTIF",
    "MC 202512.csv": "{0};SITI;JL AGUNG NIAGA 7;34;2A;25;500000",
    "MC 202512 koreksi.csv": "{0};SITI;JL AGUNG NIAGA 7;34;2A;20;400000",
    "SBRS 202511.csv": "{0};980;1000;20;ACTUAL;10/11/2025;202511",
    "SBRS 202512.csv": "{0};1000;1020;20;ACTUAL;10/12/2025;202512",
    "COLLECTION 202512.csv": "{0};34;15/12/2025;400000;CURRENT;T{0};202512",
    "MB 202512.csv": "{0};SITI;B{0};202512;15/12/2025;400000;0",
}
"""In this order: a master without a status, corrected bills, reads behind those, a payment in both lists."""
HEADS = {
    "MC 202511.csv": "NOMEN;NAMA;ALAMAT;RAYON;TARIF;KUBIKASI;TARGET MC;STATUS PELANGGAN",
    "MC": "NOMEN;NAMA;ALAMAT;RAYON;TARIF;KUBIKASI;TARGET MC",
    "SBRS": "NOMEN;STAND AWAL;STAND AKHIR;VOLUME;METODE;TGL BACA;PERIODE",
    "COLLECTION": "NOMEN;RAYON;PAY_DT;AMT_COLLECT;PAYMENT_TYPE;NO_TRANSAKSI;BILL_PERIOD",
    "MB": "NOMEN;NAMA;NOTAGIHAN;BULAN_REK;TGL_BAYAR;NOMINAL;DENDA",
}


def git(*words: str) -> bytes:
    return subprocess.run(["git", "-C", ROOT, *words], capture_output=True, check=True).stdout


def version_before() -> str:
    """Return the commit of the version before; fails where this clone does not hold it."""
    if named := os.environ.get("ARUS_UPGRADE_FROM"):
        commit = named
    elif tags := git("tag", "--list", "v*", "--merged", "HEAD~1", "--sort=-v:refname").decode().split():
        commit = tags[0]
    else:
        commit = f"{git('log', '--diff-filter=A', '--format=%H', '-n', '1', '--', FIRST).decode().strip()}~1"
    return git("rev-parse", "--verify", f"{commit}^{{commit}}").decode().strip()


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the sources of the version before."""
    try:
        commit = version_before()
    except subprocess.CalledProcessError as error:
        pytest.fail(
            "the version before is not in this clone: `git fetch --unshallow --tags` brings its history, and"
            f" ARUS_UPGRADE_FROM names another commit ({error.stderr.decode().strip()})"
        )
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=BytesIO(git("archive", commit, "libs", "services"))) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def old(own: RunningStack, before: Path) -> Iterator[dict[str, str]]:
    """Give where the old services answer; they share database, broker and groups with the new ones."""
    system = System.as_it_is(StackSettings(home=own.home, gateway_port=0), Home(own.home))
    found: dict[str, str] = {}
    with ExitStack() as stack:
        for source in house.sources():
            if not (before / "services" / source.name).exists():
                continue  # it is of this version
            port = ports.free_port()
            url = f"http://127.0.0.1:{port}"
            paths = [
                before / "libs/contracts", before / "libs/runtime", before / "services" / source.name
            ]  # fmt: skip
            env = {
                **os.environ,
                **system.environment(source),
                **system.credentials()[source.name],  # an older service knows no files of passwords
                "ARUS_HTTP_PORT": str(port),
                "ARUS_GRPC_PORT": "0",
                "PYTHONPATH": os.pathsep.join(map(str, paths)),
            }
            log = before / f"{source.name}.log"
            command = [sys.executable, "-m", source.module]
            stack.enter_context(running(command, log, lambda url=url: answers(f"{url}/readyz"), env=env))
            found[source.name] = url
        yield found


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=3).is_success
    except httpx.HTTPError:
        return False


def test_old_and_new_services_share_one_schema(own: RunningStack, old: dict[str, str], before: Path) -> None:
    with Stranger(own.gateway) as person:
        headers, fuel = person.headers, person.product()
        apart = {name: f"{url}/api/v1" for name, url in old.items()}
        for number in range(6):  # over both versions' partitions
            body = {"name": f"Depot {number}", "type": "warehouse", "timezone": "Asia/Jakarta"}
            where = apart["inventory"] if number % 2 else f"{own.gateway}/api/v1"
            httpx.post(f"{where}/locations", json=body, headers=headers, timeout=30).raise_for_status()
        customer = {"nomen": "100001", "name": "Siti", "address": "Jl. Sunter No.1"}
        httpx.post(f"{apart['metering']}/customers", json=customer, headers=headers).raise_for_status()
        places = [item["id"] for item in person.http.get("/locations").raise_for_status().json()["items"]]
        old_door = httpx.Client(base_url=apart["ingest"], headers=headers, timeout=30)
        old_reader = httpx.Client(base_url=apart["anomaly"], headers=headers, timeout=30)
        with old_door, old_reader:
            made: set[str] = set()
            for number, place in enumerate(places):
                for day in range(1, 4):
                    door = old_door if (number + day) % 2 else person.http
                    body = {
                        "date": f"2025-01-{day:02}",
                        "location_id": place,
                        "product_id": fuel,
                        "volume_l": "300",
                    }
                    answer = door.post("/fuel/transactions", json=body)
                    assert answer.status_code == 201, answer.text
                    made.add(answer.json()["id"])
            asked = {"from": "2025-01-01", "to": "2025-01-31", "limit": 100}
            for reader in (person.http, old_reader):

                def judged(reader: httpx.Client = reader) -> set[str]:
                    found = reader.get("/anomalies", params=asked).raise_for_status().json()["items"]
                    return {item["fact_id"] for item in found}

                until(lambda judged=judged: judged() == made, "verdicts on facts of both versions")
            for door in (person.http, old_door):
                listed = door.get("/fuel/transactions", params={"limit": 100}).raise_for_status().json()
                assert {item["id"] for item in listed["items"]} == made
        for name, path in BOOKS.items():
            found = httpx.get(apart[name] + path, headers=headers, timeout=30).raise_for_status().json()
            assert found == person.http.get(path).raise_for_status().json()
        through = httpx.get(f"{apart['gateway']}/fuel/transactions", params={"limit": 100}, headers=headers)
        assert {item["id"] for item in through.raise_for_status().json()["items"]} == made
        assert {name: answers(f"{url}/readyz") for name, url in old.items()} == dict.fromkeys(old, True)


def test_old_and_new_services_share_books_and_histories(own: RunningStack, old: dict[str, str]) -> None:
    """Of masters without a status, changes by persons, rebilled periods and payments, whoever writes them."""
    with Stranger(own.gateway) as clerk:
        clerk_of_old = httpx.Client(base_url=f"{old['metering']}/api/v1", headers=clerk.headers, timeout=30)
        reader = httpx.Client(base_url=f"{old['anomaly']}/api/v1", headers=clerk.headers, timeout=30)
        with clerk_of_old, reader:
            for name, row in FILES.items():
                head = HEADS.get(name) or HEADS[name.split()[0]]
                take(clerk, name, "\n".join((head, *(row.format(nomen) for nomen in NOMENS), "")))
            for number, nomen in enumerate(NOMENS):
                door = clerk_of_old if number % 2 else clerk.http
                door.patch(f"/customers/{nomen}", json={"serial": f"S{number}"}).raise_for_status()
                both = [one.get(f"/customers/{nomen}").json() for one in (clerk.http, clerk_of_old)]
                assert both[0].items() >= both[1].items(), "a newer one may say more"
                assert (both[0]["serial"], both[0]["rayon"], both[0]["is_active"]) == (
                    f"S{number}",
                    "34",
                    True,
                )
            for door in (clerk.http, reader):

                def judged(door: httpx.Client = door) -> bool:
                    return all(rebilled(door, nomen) == ["rebill"] for nomen in NOMENS)

                until(judged, "verdicts on reads of rebilled periods")
            for nomen in NOMENS:
                paid, paid_of_old = (payments(door, nomen) for door in (clerk.http, clerk_of_old))
                assert paid == paid_of_old == [("COLLECTION", False), ("MB", True)]
        assert {name: answers(f"{url}/readyz") for name, url in old.items()} == dict.fromkeys(old, True)


def take(clerk: Stranger, name: str, text: str) -> None:
    """Bring a file into the books."""
    sent = clerk.http.post("/imports", files=[("files", (name, text.encode()))]).raise_for_status().json()
    path = f"/imports/{sent['items'][0]['id']}"

    def is_in(state: str) -> bool:
        return clerk.http.get(path).raise_for_status().json()["state"] == state

    until(lambda: is_in("preview"), f"the preview of {name}")
    preview = clerk.http.get(path).json()["preview"]
    clerk.http.post(f"{path}/commit", json={"preview": preview}).raise_for_status()
    until(lambda: is_in("completed"), f"{name} in the books")


def rebilled(door: httpx.Client, nomen: str) -> list[str]:
    """Return what is said of the period that was billed again, once its read is judged."""
    items = door.get(f"/anomalies/meter/{nomen}").raise_for_status().json()["items"]
    return [kind for one in items if one["period"] == "2025-12" and one["use_m3"] for kind in one["kinds"]]


def payments(door: httpx.Client, nomen: str) -> list[tuple[str, bool]]:
    """Return which lists say a customer's payments, and which of them repeat another list's."""
    items = door.get("/collections", params={"nomen": nomen}).raise_for_status().json()["items"]
    return sorted((one["source"], one["is_repeat"]) for one in items)
