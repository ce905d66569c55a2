"""A register read that a person corrects is judged again, and as before once that is taken back."""

import time
from collections.abc import Callable
from secrets import token_hex
from typing import Any

import pytest
from arus_stack.strangers import Stranger
from arus_stack.testing import RunningStack

pytestmark = pytest.mark.integration

DEADLINE_S = 60
NOT_YET: dict[str, Any] = {"kinds": None, "use_m3": None, "remarks": []}
HEAD = "NOMEN;NAMA;ALAMAT;RAYON;STAND AWAL;STAND AKHIR;VOLUME;METODE;STATUS SKIP;PETUGAS;TGL BACA;PERIODE"
ROWS = {
    "202511": "{nomen};SITI AMINAH;JL AGUNG NIAGA 7;34;980;1000;20;ACTUAL;;JOKO;10/11/2025;202511",
    "202512": "{nomen};SITI AMINAH;JL AGUNG NIAGA 7;34;1000;1400;400;ACTUAL;;JOKO;10/12/2025;202512",
}


def test_an_edit_changes_the_judgement_and_keeps_its_import_until_it_is_taken_back(
    stack: RunningStack,
) -> None:
    nomen = f"34{token_hex(3)}"
    with Stranger(stack.gateway) as clerk:
        imports = [
            imported(clerk, f"SBRS {period}.csv", row.format(nomen=nomen)) for period, row in ROWS.items()
        ]
        first = judged(clerk, nomen, lambda said: said["kinds"] == ["extreme"])
        path = f"/meters/{nomen}/reads/2025-12"
        why = {"reason": "Angka terbaca keliru"}
        edited = clerk.http.patch(path, json={"stand_m3": "1040", **why}).raise_for_status()
        corrected = judged(clerk, nomen, lambda said: said["kinds"] == [])
        assert (corrected["use_m3"], first["use_m3"]) == ("40", "400")

        asked = clerk.http.get(f"{imports[1]}/undo").raise_for_status().json()
        assert (asked["possible"], asked["dependants_in_all"], asked["missing"]) == (False, 1, [])
        clerk.http.post(f"{imports[1]}/undo").raise_for_status()
        kept = settled(clerk, imports[1], "completed")
        assert [block["code"] for block in kept["blocks"]] == ["depends_read_edit"]
        assert f"{nomen} 2025-12" in kept["blocks"][0]["message"]
        assert [one["message"] for one in asked["dependants"]] == [kept["blocks"][0]["message"]]

        tag = {"If-Match": edited.headers["etag"]}
        clerk.http.post(f"{path}/revert", headers=tag).raise_for_status()
        again = judged(clerk, nomen, lambda said: said["kinds"] == ["extreme"])
        assert without_time(again) == without_time(first)
        free = clerk.http.get(f"{imports[1]}/undo").raise_for_status().json()
        assert (free["possible"], free["dependants"]) == (True, [])
        clerk.http.post(f"{imports[1]}/undo").raise_for_status()
        settled(clerk, imports[1], "undone")
        assert clerk.http.get(path).status_code == 404


def test_a_period_that_nobody_read_is_estimated_and_judged_until_a_file_says_it(stack: RunningStack) -> None:
    nomen = f"34{token_hex(3)}"
    row = f"{nomen};SITI AMINAH;JL AGUNG NIAGA 7;34;{{}};{{}};;ACTUAL;;JOKO;10/{{:02}}/2025;2025{{:02}}"
    reads = {8: (980, 1000), 9: (1000, 1020), 11: (1020, 1060)}
    with Stranger(stack.gateway) as clerk:
        for month, stands in reads.items():
            imported(clerk, f"SBRS 2025{month:02}.csv", row.format(*stands, month, month))
        judged(clerk, nomen, lambda said: said["use_m3"] == "40", period="2025-11")
        made = clerk.make(f"/meters/{nomen}/reads", period="2025-10", reason="Rumah terkunci")
        assert made["validated"]["stand_m3"] == "1039"
        judged(clerk, nomen, lambda said: said["kinds"] == ["estimasi"], period="2025-10")
        behind = judged(clerk, nomen, is_spread_over_the_estimate, period="2025-11")
        assert (behind["kinds"], behind["use_m3"], behind["days"]) == ([], "40", 61)

        # A file about it comes after all: as another version of the same read.
        imported(clerk, "SBRS 202510.csv", row.format(1020, 1041, 10, 10))
        read = judged(clerk, nomen, lambda said: said["kinds"] == [], period="2025-10")
        assert read["use_m3"] == "21"
        path = f"/meters/{nomen}/reads/2025-10"
        assert [one["method"] for one in clerk.http.get(path).json()["versions"]] == ["ESTIMATED", "RAW"]
        assert clerk.http.post(f"{path}/revert").raise_for_status().json()["method"] == "RAW"


def is_spread_over_the_estimate(said: dict[str, Any]) -> bool:
    return [remark["code"] for remark in said["remarks"]] == ["METER_SUSULAN"]


def imported(someone: Stranger, name: str, row: str) -> str:
    """Return where an import of one row is, once it is in the books."""
    file = (name, f"{HEAD}\n{row}\n".encode())
    sent = someone.http.post("/imports", files=[("files", file)]).raise_for_status().json()
    path = f"/imports/{sent['items'][0]['id']}"
    preview = settled(someone, path, "preview")["preview"]
    someone.http.post(f"{path}/commit", json={"preview": preview}).raise_for_status()
    settled(someone, path, "completed")
    return path


def settled(someone: Stranger, path: str, state: str) -> dict[str, Any]:
    """Return an import once it is in a state."""
    return until(
        lambda: someone.http.get(path).raise_for_status().json(), lambda seen: seen["state"] == state
    )


def judged(
    someone: Stranger, nomen: str, as_expected: Callable[[dict[str, Any]], bool], period: str = "2025-12"
) -> dict[str, Any]:
    """Return what is said of a period of a customer, once that is as expected."""

    def said() -> dict[str, Any]:
        items = someone.http.get(f"/anomalies/meter/{nomen}").json().get("items", [])
        return next((one for one in items if one["period"] == period), NOT_YET)

    return until(said, as_expected)


def until(ask: Callable[[], dict[str, Any]], enough: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return an answer once it is good enough."""
    deadline = time.monotonic() + DEADLINE_S
    while not enough(seen := ask()):
        assert time.monotonic() < deadline, seen
        time.sleep(0.1)
    return seen


def without_time(said: dict[str, Any]) -> dict[str, Any]:
    """Return a judgement without when it was reached."""
    return {name: value for name, value in said.items() if name != "judged_at"}
