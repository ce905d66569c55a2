"""Whom to tell: the gateway owns people, so it is asked each time, with half a minute of memory."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import grpc
from arus.identity.v1.api_pb2 import ListRecipientsRequest
from arus.identity.v1.api_pb2_grpc import PeopleServiceStub
from arus_runtime import rpc
from arus_runtime.auth import Principal
from arus_runtime.context import Context
from arus_runtime.jobs import Away
from arus_runtime.web import Problem, UnavailableError
from arus_runtime.words import Language, language_of

from arus_notify.settings import settings_of

REMEMBERED_S: Final = 30.0
REMEMBERED_MOST: Final = 1_000
ASK_TIMEOUT_S: Final = 5.0
TOLD_OF: Final = "incidents"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person who may be told. locations None means everywhere; email "": not proved, so not written to."""

    id: str
    email: str
    name: str
    language: Language
    locations: frozenset[str] | None

    def sees(self, location_id: str) -> bool:
        """Say whether the person may know of what lies at the location; "": at none, so for those of all."""
        return self.locations is None or location_id in self.locations


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation and its people who may be told, by id."""

    name: str
    people: Mapping[str, Recipient]


@dataclass(slots=True)
class People:
    """Asks the gateway for the people of an organisation."""

    context: Context
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[Organisation, float]] = field(
        default_factory=dict[str, tuple[Organisation, float]], init=False
    )

    async def of(self, tenant_id: str, *, among: Collection[str] = ()) -> Organisation:
        """Return an organisation as it was half a minute ago at most.

        Raises Away whenever the gateway does not say: an alert outlives its absence and a wrong secret.

        among: ids of people who should be in it; when memory lacks one, who may just have come, it asks.
        """
        known = self._known.get(tenant_id)
        if known and known[1] > self.clock() and known[0].people.keys() >= set(among):
            return known[0]
        secret = settings_of(self.context).people_secret.get_secret_value()
        caller = Principal("notify", tenant_id, frozenset(), None, "id", secret)
        stub = PeopleServiceStub(self.context.peers.channel("gateway"))
        request = ListRecipientsRequest(tenant_id=tenant_id, resource=TOLD_OF)
        try:
            answer = await rpc.call(stub.ListRecipients, request, caller, timeout_s=ASK_TIMEOUT_S)
        except (UnavailableError, Problem, grpc.RpcError) as error:
            raise Away(f"the gateway names nobody: {error}") from error
        found = [
            Recipient(
                id=person.user_id,
                email=person.email,
                name=person.name,
                language=language_of(person.language),
                locations=None if person.everywhere else frozenset(person.location_ids),
            )
            for person in answer.recipients
        ]
        organisation = Organisation(answer.organisation_name, {person.id: person for person in found})
        if len(self._known) >= REMEMBERED_MOST:
            self._known.clear()
        self._known[tenant_id] = (organisation, self.clock() + REMEMBERED_S)
        return organisation


def people_of(context: Context) -> People:
    """Return the memory of people that this process shares."""
    return context.own.get("people") or context.own.setdefault("people", People(context))
