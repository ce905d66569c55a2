"""What the tests of notify talk about: an organisation's people, and counterparts that answer as told."""

import asyncio
import email
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import jwt
import psycopg
from aiohttp import web
from arus.anomaly.v1.events_pb2 import Cause, IncidentChange, IncidentChanged, Severity, Status
from arus.identity.v1.api_pb2 import ListRecipientsRequest, ListRecipientsResponse, Recipient
from arus.identity.v1.api_pb2_grpc import PeopleServiceServicer
from arus_notify import handlers
from arus_notify.__main__ import SERVICE
from arus_notify.planning import DELIVER, DIGEST
from arus_notify.state import Told
from arus_runtime.auth import NotAuthenticatedError
from arus_runtime.context import Context
from arus_runtime.ids import new_ulid
from arus_runtime.jobs import Jobs
from arus_runtime.testing import meta
from arus_runtime.worker import Upsert
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typing_extensions import override

KEY = Ed25519PrivateKey.generate()
SECRET = "a-secret-of-the-house-that-nobody-guesses"
DEADLINE_S = 60
LITRE = 1_000_000


def token(tenant: str, person: str, role: str = "owner", **claims: Any) -> str:
    body = {"iss": "arus", "aud": "arus", "sub": person, "org": tenant, "roles": [role]}
    return jwt.encode(body | {"exp": int(time.time()) + 86_400} | claims, KEY, "EdDSA", {"kid": "test"})


@dataclass
class Town(PeopleServiceServicer):
    """Stands in for the gateway: knows who the people of each organisation are."""

    people: dict[str, list[Recipient]] = field(default_factory=dict[str, list[Recipient]])
    address: str = ""
    asked: int = 0
    away: bool = False

    def person(
        self,
        tenant: str,
        name: str = "Siti",
        *,
        places: Sequence[str] | None = None,
        language: str = "id",
        proved: bool = True,
    ) -> str:
        person_id = new_ulid()
        self.people.setdefault(tenant, []).append(
            Recipient(
                user_id=person_id,
                email=f"{name.lower()}@example.com" if proved else "",
                name=name,
                language=language,
                role="viewer",
                everywhere=places is None,
                location_ids=places or (),
            )
        )
        return person_id

    @override
    async def ListRecipients(self, request: ListRecipientsRequest, context: Any) -> ListRecipientsResponse:
        self.asked += 1
        if dict(context.invocation_metadata())["authorization"] != f"Bearer {SECRET}":
            raise NotAuthenticatedError("not notify")
        if self.away:
            raise RuntimeError("away")
        assert request.resource == "incidents"
        found = self.people.get(request.tenant_id, [])
        return ListRecipientsResponse(organisation_name="PT Uji", recipients=found)


@dataclass
class Mailbox:
    """An SMTP server. refuses: what it answers to RCPT, by address."""

    url: str = ""
    mails: list[EmailMessage] = field(default_factory=list[EmailMessage])
    refuses: dict[str, str] = field(default_factory=dict[str, str])

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        mail = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@dataclass(frozen=True)
class Seen:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Counterpart:
    """An HTTP server that keeps every request.

    answers: the next ones to give, then 200; None: hang up. silent: give none until the test is over.
    """

    seen: list[Seen] = field(default_factory=list[Seen])
    answers: list[web.Response | None] = field(default_factory=list[web.Response | None])
    usual: Mapping[str, Any] = field(default_factory=dict[str, Any])
    url: str = ""
    silent: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(Seen(request.method, request.path, dict(request.headers), await request.read()))
        if self.silent:
            await self.over.wait()
        answer = self.answers.pop(0) if self.answers else web.json_response(dict(self.usual))
        if answer is None:  # hang up without a word
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return answer


def said(tenant: str, location: str, product: str, **more: Any) -> IncidentChanged:
    """Return the golden incident: 520 L, 173 % of the usual 300 L."""
    values: dict[str, Any] = {
        "tenant_id": tenant,
        "location_id": location,
        "product_id": product,
        "incident_id": new_ulid(),
        "domain": "fuel",
        "change": IncidentChange.INCIDENT_CHANGE_OPENED,
        "severity": Severity.SEVERITY_CRITICAL,
        "first_date": "2025-01-10",
        "last_date": "2025-01-10",
        "facts": 1,
        "fact_id": new_ulid(),
        "volume_ul": 520 * LITRE,
        "status": Status.STATUS_ANOMALI,
        "risk_score": "173.3333",
        "history_sum_ul": 900 * LITRE,
        "history_count": 3,
        "history_needed": 3,
        "reason_code": "FUEL_ANOMALI",
        "expected_ul": 305 * LITRE,
        "cause": Cause.CAUSE_PENYALAHGUNAAN,
    }
    return IncidentChanged(**values | more)


@dataclass
class Desk:
    """An organisation of the test's own, and the service's jobs, done one by one when it says so."""

    context: Context
    superuser_url: str
    town: Town
    tenant: str = field(default_factory=new_ulid)
    location: str = field(default_factory=new_ulid)
    product: str = field(default_factory=new_ulid)

    async def happens(self, **more: Any) -> IncidentChanged:
        """Let an alert be asked for as the worker does, without telling it yet."""
        event = said(self.tenant, self.location, self.product, **more)
        key = f"{event.tenant_id}:{event.location_id}:{event.product_id}"
        at = datetime.now(UTC)
        told = handlers.changed(Told(), event, meta(key, tenant=self.tenant, at=at))
        _, effects = cast("tuple[Told, Sequence[Upsert]]", told)
        async with self.context.worker_db.system() as tx:
            for effect in effects:
                names = [column.name for column in effect.table.columns]
                columns, places = ", ".join(names), ", ".join(["%s"] * len(names))
                await tx.execute(
                    f"insert into {effect.table.name} ({columns}) values ({places})"
                    f" on conflict ({', '.join(effect.table.key)}) do nothing".encode(),
                    effect.values,
                )
        return event

    async def names(
        self, location: str = "Gudang A", product: str = "Solar", zone: str = "Asia/Jakarta"
    ) -> None:
        async with self.context.worker_db.system() as tx:
            await tx.execute(
                "insert into locations values (%s, %s, %s, %s)", (self.tenant, self.location, location, zone)
            )
            await tx.execute("insert into products values (%s, %s, %s)", (self.tenant, self.product, product))

    async def work(self, *kinds: str) -> int:
        """Do every job of these kinds (all) that is due, one attempt each, and return how many there were."""
        wanted = {job.kind: job for job in SERVICE.jobs if not kinds or job.kind in kinds}
        runner, done = Jobs(wanted, self.context), 0
        while (work := await runner.claim()) is not None:
            await runner.attempt(work, asyncio.Event())
            done += 1
        return done

    async def now_due(self, kind: str = DELIVER) -> None:
        """Let the pause before the next attempt be over."""
        async with self.context.worker_db.system() as tx:
            await tx.execute(
                "update jobs set run_after = now() where tenant_id = %s and kind = %s and state = 'waiting'",
                (self.tenant, kind),
            )

    async def digest(self) -> None:
        """Let the time of every digest come."""
        await self.now_due(DIGEST)
        await self.work()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read as the superuser; %s is the tenant."""
        with psycopg.connect(self.superuser_url, options="-c search_path=notify") as connection:
            return connection.execute(query.encode(), (self.tenant,)).fetchall()

    def deliveries(self) -> list[tuple[Any, ...]]:
        """Return channel, state, reason and attempts of each delivery."""
        return self.rows(
            "select channel, state, reason, attempts from deliveries where tenant_id = %s"
            " order by channel, created_at"
        )

    def wait_s(self) -> list[float]:
        """Return how long each waiting job of deliveries still waits."""
        query = f"""select extract(epoch from run_after - now())::float8 from jobs
                    where tenant_id = %s and kind = '{DELIVER}' and state = 'waiting'"""
        return [seconds for (seconds,) in self.rows(query)]
