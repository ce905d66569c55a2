"""Whom notify may tell, asked with the secret of the house and by nobody else; whom people may give work."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from arus.identity.v1.api_pb2 import ListChangersRequest, ListRecipientsRequest, ListRecipientsResponse
from arus.identity.v1.api_pb2_grpc import MemberServiceStub, PeopleServiceStub
from arus_gateway import rules
from arus_gateway.service import SERVICE
from arus_runtime import rpc
from arus_runtime.auth import roles

from .world import Gateway, Opening

SECRET = "a-secret-of-the-house-that-nobody-guesses"
HERE = "01JGJ4M3Z8Q0T7C1V5X2B9N6KD"


@dataclass
class Asking:
    """A gateway whose gRPC is asked with a secret, a token or a key."""

    gateway: Gateway
    stub: Any  # generated for calls that block; grpc.aio's are awaited

    async def recipients(self, tenant: str, credential: str = SECRET) -> ListRecipientsResponse:
        request = ListRecipientsRequest(tenant_id=tenant, resource="incidents")
        metadata = (("authorization", f"Bearer {credential}"),)
        return await self.stub.ListRecipients(request, metadata=metadata)


@pytest.fixture
async def asking(opening: Opening) -> AsyncIterator[Asking]:
    async with opening(people_secret=SECRET) as gateway:
        server, port = await rpc.serve(SERVICE.rpc, gateway.context, SERVICE.words)
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Asking(gateway, PeopleServiceStub(channel))
        await server.stop(None)


async def test_active_members_who_look_after_notifications_are_told(asking: Asking) -> None:
    owner = await asking.gateway.register()
    viewer = await asking.gateway.colleague(owner, "viewer", location_ids=[HERE])
    await asking.gateway.colleague(owner, "operator")
    reporter = await asking.gateway.colleague(owner, "reporter")
    gone = await asking.gateway.colleague(owner, "analyst")
    await asking.gateway.prove(owner)
    await owner.http.patch(f"/users/{gone.id}", json={"is_active": False})
    answer = await asking.recipients(owner.organisation)
    told = {person.user_id: person for person in answer.recipients}
    assert told.keys() == {owner.id, viewer.id, reporter.id}
    assert told[viewer.id].email == "", "nobody has proved that it is theirs"
    assert (told[owner.id].email, told[owner.id].language, told[owner.id].everywhere) == (
        owner.email,
        "en",
        True,
    )
    assert (told[viewer.id].everywhere, list(told[viewer.id].location_ids)) == (False, [HERE])


async def test_nobody_but_notify_may_ask_not_even_an_owner_about_their_own(asking: Asking) -> None:
    owner = await asking.gateway.register()
    key = (await owner.http.post("/keys", json={"name": "k", "role": "admin"})).json()["secret"]
    for credential, refusal in (
        (owner.tokens["access_token"], grpc.StatusCode.PERMISSION_DENIED),
        (key, grpc.StatusCode.PERMISSION_DENIED),
        ("wrong", grpc.StatusCode.UNAUTHENTICATED),
        ("", grpc.StatusCode.UNAUTHENTICATED),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await asking.recipients(owner.organisation, credential)
        assert refused.value.code() is refusal, credential


async def test_the_secret_opens_nothing_else(asking: Asking) -> None:
    client = asking.gateway.connect(Authorization=f"Bearer {SECRET}")
    for path in ("/auth/me", "/users", "/organisations", "/views/overview"):
        assert (await client.get(path)).status_code == 401, path


async def test_without_a_secret_in_the_settings_nobody_may_ask(opening: Opening) -> None:
    async with opening() as gateway:
        server, port = await rpc.serve(SERVICE.rpc, gateway.context, SERVICE.words)
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await Asking(gateway, PeopleServiceStub(channel)).recipients("t", "")
        await server.stop(None)
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_a_role_is_told_of_what_it_may_read_if_it_may_switch_the_telling_off() -> None:
    told = {role for role in roles() if rules.may_be_told(role, "incidents")}
    assert told == {"owner", "admin", "analyst", "viewer", "reporter"}


async def test_work_is_given_to_active_members_who_may_change_it_within_ones_own_organisation(
    opening: Opening,
) -> None:
    async with opening() as gateway:
        owner, stranger = await gateway.register(), await gateway.register()
        analyst = await gateway.colleague(owner, "analyst", location_ids=[HERE])
        viewer = await gateway.colleague(owner, "viewer")
        gone = await gateway.colleague(owner, "analyst")
        await owner.http.patch(f"/users/{gone.id}", json={"is_active": False})
        server, port = await rpc.serve(SERVICE.rpc, gateway.context, SERVICE.words)
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub: Any = MemberServiceStub(channel)

            async def changers(who: Any, resource: str = "cases") -> dict[str, list[str]]:
                metadata = (("authorization", f"Bearer {who.tokens['access_token']}"),)
                answer = await stub.ListChangers(ListChangersRequest(resource=resource), metadata=metadata)
                return {one.user_id: list(one.location_ids) for one in answer.changers}

            assert await changers(owner) == await changers(viewer) == {owner.id: [], analyst.id: [HERE]}
            assert (await changers(stranger)).keys() == {stranger.id}
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await changers(viewer, "users")
        await server.stop(None)
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED
