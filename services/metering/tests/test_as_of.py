"""Figures say of when they are: of the last import, and of what a person last changed."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from .conftest import Caller, Imports
from .test_books import customer

pytestmark = pytest.mark.integration
PAID = {"nomen": "1", "payment_date": "2025-12-02", "amount": "100"}
CHANGED = {"nomen": "1", "replaced_on": "2025-12-10", "new_serial": "B"}
READ = "/meters/1/reads/2025-12"


async def test_whatever_a_person_changes_moves_it_and_what_is_refused_does_not(
    files: Imports, owner: httpx.AsyncClient, caller: Caller
) -> None:
    files.take(files.file("MC", "2025-12", customer("1", target_mc="1000")))
    files.take(files.file("SBRS", "2025-12", {"nomen": "1", "stand_akhir": "100", "read_date": "2025-12-14"}))

    async def as_of() -> str:
        return (await owner.get("/kpi/data")).json()["data_as_of"]

    async def moved(send: Callable[[], Awaitable[httpx.Response]]) -> tuple[bool, httpx.Response]:
        before = await as_of()
        answer = await send()
        return await as_of() > before, answer

    def in_turn(*answers: tuple[bool, httpx.Response]) -> list[tuple[bool, bool]]:
        return [(has_moved, answer.is_success) for has_moved, answer in answers]

    has_moved, made = await moved(lambda: owner.post("/collections", json=PAID))
    paid = f"/collections/{made.json()['id']}"
    assert has_moved
    has_moved, made = await moved(lambda: owner.post("/meters/replacements", json=CHANGED))
    changed = f"/meters/replacements/{made.json()['id']}"
    assert has_moved
    edit = {"stand_m3": "90", "reason": "Dibaca ulang"}
    assert (
        in_turn(
            await moved(lambda: owner.patch(paid, json={"amount": "90"})),
            await moved(lambda: owner.delete(paid)),
            await moved(lambda: owner.delete(changed)),
            await moved(lambda: owner.patch(READ, json=edit)),
            await moved(lambda: owner.post(f"{READ}/revert")),
            await moved(lambda: owner.patch("/customers/1", json={"name": "Ani"})),
        )
        == [(True, True)] * 6
    )
    assert in_turn(
        await moved(lambda: owner.delete(paid)),
        await moved(lambda: owner.patch("/customers/1", json={"name": "Ani"})),
        await moved(lambda: caller("tenant-b").post("/customers", json=customer("1"))),
    ) == [(False, False), (False, True), (False, True)]
