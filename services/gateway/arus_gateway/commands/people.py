"""Registering, signing in and out, and proving an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from arus_runtime.ids import new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.web import FieldProblem, Problem, wrong
from arus_runtime.words import Language

from arus_gateway import letters, passwords, rules, tokens
from arus_gateway.callers import Caller, grant_of
from arus_gateway.door import Door
from arus_gateway.quotas import count_mail, too_many
from arus_gateway.store import attempts, audit, organisations, people, preferences, sessions
from arus_gateway.store.acting import acting, become, enter
from arus_gateway.store.audit import Deed
from arus_gateway.store.organisations import Organisation
from arus_gateway.store.people import Password, Person

_log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has just begun or gone on. secret: what continues it, shown once."""

    person: Person
    organisation: Organisation
    access_token: str
    secret: str
    access_ends: datetime
    session_ends: datetime


def now() -> datetime:
    """Return the present, aware, in UTC."""
    return datetime.now(UTC)


def check_password(password: str, email: str, field: str = "password") -> None:
    """Return when the password may be chosen, else raise the 422."""
    if fault := rules.password_fault(password, email):
        length = len(password)
        raise wrong(field, fault, min_length=rules.PASSWORD_MIN, max_length=rules.PASSWORD_MAX, length=length)


def taken(code: str, email: str) -> Problem:
    """Return the 409 of an address that has an account already."""
    return Problem(409, code, errors=[FieldProblem("email", "address_taken", {"value": email})])


async def register(
    door: Door,
    *,
    email: str,
    password: str,
    name: str,
    organisation: str | None,
    language: Language,
    address: str,
) -> tuple[Person, Organisation]:
    """Make a person with an organisation of their own and mail them a proof of their address."""
    check_password(password, email)
    password_hash = await door.passwords.hash(password)
    person_id, tenant_id, secret = new_ulid(), new_ulid(), tokens.new_secret()
    person = Person(person_id, email, name, language, email_verified=False)
    async with acting(door.db, tenant=tenant_id, person=person_id) as tx:
        try:
            await people.add(tx, person, password_hash)
        except people.EmailTakenError as error:
            raise taken("email_registered", email) from error
        await organisations.add(tx, tenant_id, organisation or name)
        await organisations.add_member(tx, tenant_id, person_id, rules.OWNER, None)
        await people.add_mail_proof(
            tx, tokens.digest(secret), person_id, "verify", now() + rules.VERIFICATION_LIFE
        )
        await audit.record(tx, tenant_id, Deed("person.registered", person_id, "person", person_id, address))
    door.postbox.post(letters.verification(email, language, door.settings.public_url, secret, name=name))
    return person, Organisation(tenant_id, organisation or name, rules.OWNER, None)


async def recognise(door: Door, *, email: str, password: str, address: str) -> tuple[Person, Password]:
    """Return whose address and password these are, with what is kept; raises the 401 or a guesser's 429.

    Time has passed since it was read, so whatever follows asks ``check_still`` in its own transaction.
    """
    account, at = tokens.digest(email), now()
    async with acting(door.db, proof=account) as tx:
        try:
            attempt = await attempts.begin(tx, account, rules.neighbourhood(address), at)
        except attempts.TooManyError as error:
            raise too_many(error.wait_s, "too_many_guesses") from error
        await become(tx, person="", proof=email)
        person = await people.by_email(tx, email)
        person_id = person.id if person else ""
        await become(tx, person=person_id)
        kept = await people.password(tx, person_id)
    # No transaction is held while the hash is computed: a flood of guesses must not take the pool.
    matches = await door.passwords.matches(kept and kept.hash, password)
    if person is None or kept is None or not matches:
        door.afterwards.do(_note_refusal(door, person, address))
        raise Problem(401, "invalid_credentials")
    async with acting(door.db, proof=account) as tx:
        await attempts.succeeded(tx, attempt, now())
    return person, kept


async def check_still(tx: Tx, person_id: str, kept: Password) -> None:
    """Return when nobody has chosen another password since, or will before tx ends, else raise the 401."""
    held = await people.hold_password(tx, person_id)
    if held is None or held.changed_at != kept.changed_at:
        raise Problem(401, "invalid_credentials")


async def log_in(door: Door, *, email: str, password: str, kind: sessions.Kind, address: str) -> SignedIn:
    """Begin a session. An unknown address and a wrong password get the same answer after the same work."""
    person, kept = await recognise(door, email=email, password=password, address=address)
    renewed = await door.passwords.hash(password) if passwords.is_outdated(kept.hash) else None
    async with acting(door.db, person=person.id) as tx:
        await check_still(tx, person.id, kept)
        homes = await organisations.of_person(tx, person.id)
        if not homes:
            raise Problem(403, "no_organisation")
        if renewed is not None:
            await people.hash_anew(tx, person.id, renewed)
        return await _begin(door, tx, person, homes[0], kind=kind, address=address, action="session.opened")


async def refresh(door: Door, secret: str, address: str) -> SignedIn:
    """Exchange a refresh token for a new one; shown a second time it ends its whole family."""
    digest, at = tokens.digest(secret), now()
    async with acting(door.db, proof=digest) as tx:
        shown = await sessions.shown(tx, digest)
        if shown is None:
            raise Problem(401, "session_ended")
        await become(tx, person=shown.person_id)
        live = await sessions.live(tx, shown.session_id, at)
        if shown.used:
            if live is not None:
                await enter(tx, live.tenant_id)
                await sessions.end(tx, live.id, at)
                deed = Deed("session.reuse_detected", live.person_id, "session", live.id, address)
                await audit.record(tx, live.tenant_id, deed)
        elif live is not None and live.kind == "bearer":
            await become(tx, person=shown.person_id, proof=digest)
            await sessions.use_up(tx, digest, at)
            fresh = tokens.new_secret()
            await sessions.add_secret(tx, live.id, live.person_id, tokens.digest(fresh))
            return await _continue(door, tx, live, fresh, at)
    # Raised after the commit, so that the end of a stolen family stays.
    door.callers.forget()
    raise Problem(401, "session_ended")


async def prolong(door: Door, secret: str) -> SignedIn:
    """Let a cookie session go on for its full life again; its secret stays."""
    digest, at = tokens.digest(secret), now()
    async with acting(door.db, proof=digest) as tx:
        shown = await sessions.shown(tx, digest)
        if shown is None:
            raise Problem(401, "session_ended")
        await become(tx, person=shown.person_id)
        live = await sessions.live(tx, shown.session_id, at)
        if live is None or live.kind != "cookie":
            raise Problem(401, "session_ended")
        return await _continue(door, tx, live, secret, at)


async def log_out(door: Door, caller: Caller, address: str) -> None:
    """End the caller's session: its tokens and secrets stop working."""
    grant = caller.grant
    async with acting(door.db, tenant=grant.tenant_id, person=grant.subject) as tx:
        await sessions.end(tx, grant.session, now())
        deed = Deed("session.closed", grant.subject, "session", grant.session, address)
        await audit.record(tx, grant.tenant_id, deed)
    door.callers.forget()


async def switch(door: Door, caller: Caller, tenant_id: str, address: str) -> SignedIn:
    """Act in another organisation from now on: a cookie session moves, a bearer gets a new one there.

    The session goes on by another secret: by the former one a replica may know it where it was for CACHED_S.
    """
    grant = caller.grant
    async with acting(door.db, person=grant.subject) as tx:
        # Whoever chooses another password ends every session: none must come of one that has ended.
        await people.hold_password(tx, grant.subject)
        live = await sessions.live(tx, grant.session, now())
        person = await people.by_id(tx, grant.subject)
        homes = await organisations.of_person(tx, grant.subject)
        there = next((home for home in homes if home.id == tenant_id), None)
        if live is None:
            raise Problem(401, "session_ended")
        if person is None or there is None:
            raise wrong("organisation_id", "unknown_reference", value=tenant_id)
        if caller.via != "cookie":
            return await _begin(
                door, tx, person, there, kind="bearer", address=address, action="session.switched"
            )
        await enter(tx, there.id)
        await sessions.move(tx, grant.session, there.id)
        deed = Deed("session.switched", person.id, "session", grant.session, address)
        await audit.record(tx, there.id, deed)
        live = await sessions.live(tx, grant.session, now())
        if live is None:
            raise Problem(401, "session_ended")
        fresh = tokens.new_secret()
        await sessions.add_secret(tx, live.id, live.person_id, tokens.digest(fresh))
        moved = await _continue(door, tx, live, fresh, now())
    door.callers.forget()
    return moved


async def me(
    door: Door, caller: Caller
) -> tuple[Person, Organisation, list[Organisation], Mapping[str, Any]]:
    """Return the person at the door, where they act, where else they could, and how they like to read."""
    grant = caller.grant
    async with acting(door.db, tenant=grant.tenant_id, person=grant.subject) as tx:
        person = await people.by_id(tx, grant.subject)
        homes = await organisations.of_person(tx, grant.subject)
        chosen = await preferences.of(tx, grant.tenant_id, grant.subject)
    here = next((home for home in homes if home.id == grant.tenant_id), None)
    if person is None or here is None:
        raise Problem(401, "session_ended")
    return person, here, homes, chosen


async def change_me(
    door: Door,
    caller: Caller,
    name: str | None,
    language: Language | None,
    change: Mapping[str, Any] | None,
) -> None:
    """Change how the person at the door is called and spoken to, and how they like to read; None keeps."""
    grant = caller.grant
    async with acting(door.db, tenant=grant.tenant_id, person=grant.subject) as tx:
        await people.change(tx, grant.subject, name, language)
        if change is not None:
            known = await preferences.hold(tx, grant.tenant_id, grant.subject)
            chosen = rules.chosen(known, change)
            for field, entries in chosen.items():
                if (length := len(entries)) > rules.CHOSEN_MOST:
                    raise wrong(
                        f"preferences_change.{field}",
                        "too_many",
                        max_length=rules.CHOSEN_MOST,
                        length=length,
                    )
            await preferences.keep(tx, grant.tenant_id, grant.subject, chosen)
    door.callers.forget()


async def change_password(door: Door, caller: Caller, current: str, chosen: str, address: str) -> None:
    """Choose another password; every other session of the person ends."""
    grant = caller.grant
    async with acting(door.db, person=grant.subject) as tx:
        person = await people.by_id(tx, grant.subject)
    if person is None:
        raise Problem(401, "session_ended")
    # Whoever found an open session must not be able to try passwords either.
    _, kept = await recognise(door, email=person.email, password=current, address=address)
    check_password(chosen, person.email)
    password_hash = await door.passwords.hash(chosen)
    async with acting(door.db, tenant=grant.tenant_id, person=grant.subject) as tx:
        await check_still(tx, grant.subject, kept)
        await people.set_password(tx, grant.subject, password_hash)
        await sessions.end_of_person(tx, grant.subject, now(), but=grant.session)
        deed = Deed("password.changed", grant.subject, "person", grant.subject, address)
        await audit.record(tx, grant.tenant_id, deed)
    door.callers.forget()


async def send_verification(door: Door, caller: Caller) -> None:
    """Mail the proof of address again; nothing for a person who has shown it."""
    secret, person_id = tokens.new_secret(), caller.grant.subject
    async with acting(door.db, person=person_id) as tx:
        person = await people.by_id(tx, person_id)
    if person is None or person.email_verified:
        return
    async with acting(door.db, person=person_id) as tx:
        await count_mail(tx, person.email)
        await people.add_mail_proof(
            tx, tokens.digest(secret), person_id, "verify", now() + rules.VERIFICATION_LIFE
        )
    url = door.settings.public_url
    door.postbox.post(letters.verification(person.email, person.language, url, secret, name=person.name))


async def verify_email(door: Door, secret: str, address: str) -> None:
    """Note that the address is the person's, as the mailed token shows."""
    person_id = await _take(door, secret, "verify")
    async with acting(door.db, person=person_id) as tx:
        await people.verify_email(tx, person_id)
        await _audit_everywhere(tx, person_id, "email.verified", address)


async def send_reset(door: Door, email: str) -> None:
    """Mail a password reset if the address has an account; the caller cannot tell."""
    if not await door.quotas.admits_mail(email):
        return
    secret = tokens.new_secret()
    async with acting(door.db, proof=email) as tx:
        person = await people.by_email(tx, email)
        if person is None:
            return
        await become(tx, person=person.id)
        await people.add_mail_proof(tx, tokens.digest(secret), person.id, "reset", now() + rules.RESET_LIFE)
    url = door.settings.public_url
    door.postbox.post(letters.password_reset(person.email, person.language, url, secret, name=person.name))


async def reset_password(door: Door, secret: str, password: str, address: str) -> None:
    """Choose a new password with a mailed token; every session of the person ends."""
    check_password(password, "")
    password_hash = await door.passwords.hash(password)
    person_id = await _take(door, secret, "reset")
    async with acting(door.db, person=person_id) as tx:
        await people.set_password(tx, person_id, password_hash)
        # Whoever reads the mailbox owns the address.
        await people.verify_email(tx, person_id)
        await sessions.end_of_person(tx, person_id, now())
        await _audit_everywhere(tx, person_id, "password.reset", address)
        person = await people.by_id(tx, person_id)
        if person:
            # Guessers elsewhere do not keep out whoever reads the mailbox.
            account = tokens.digest(person.email)
            await become(tx, person=person_id, proof=account)
            await attempts.welcome(tx, account, rules.neighbourhood(address), now())
    door.callers.forget()


async def ensure_first_admin(door: Door) -> None:
    """Make the first administrator of the settings, once; their address counts as verified."""
    email = door.settings.admin_email.strip().lower()
    password = door.settings.admin_password.get_secret_value()
    if not email:
        return
    async with acting(door.db, proof=email) as tx:
        if await people.by_email(tx, email):
            return
    if not password:
        _log.warning("no first administrator", reason="ARUS_ADMIN_EMAIL is set without ARUS_ADMIN_PASSWORD")
        return
    password_hash = await door.passwords.hash(password)
    person_id, tenant_id = new_ulid(), new_ulid()
    try:
        async with acting(door.db, tenant=tenant_id, person=person_id) as tx:
            person = Person(person_id, email, "Administrator", "id", email_verified=False)
            await people.add(tx, person, password_hash)
            await people.verify_email(tx, person_id)
            await organisations.add(tx, tenant_id, door.settings.admin_organisation)
            await organisations.add_member(tx, tenant_id, person_id, rules.OWNER, None)
            await audit.record(tx, tenant_id, Deed("person.registered", person_id, "person", person_id))
    except people.EmailTakenError:
        # Another replica starting at the same moment was faster.
        return
    _log.info("first administrator made", person_id=person_id)


async def _take(door: Door, secret: str, purpose: people.Purpose) -> str:
    digest = tokens.digest(secret)
    async with acting(door.db, proof=digest) as tx:
        person_id = await people.take_mail_proof(tx, digest, purpose, now())
    if person_id is None:
        raise Problem(422, "token_invalid")
    return person_id


async def _audit_everywhere(tx: Tx, person_id: str, action: str, address: str) -> None:
    """Tell every organisation of the acting person."""
    for home in await organisations.of_person(tx, person_id):
        await enter(tx, home.id)
        await audit.record(tx, home.id, Deed(action, person_id, "person", person_id, address))


async def _note_refusal(door: Door, person: Person | None, address: str) -> None:
    _log.info("sign-in refused", known=person is not None, address=address)
    if person is None:
        return
    async with acting(door.db, person=person.id) as tx:
        await _audit_everywhere(tx, person.id, "session.refused", address)


async def _begin(
    door: Door,
    tx: Tx,
    person: Person,
    home: Organisation,
    *,
    kind: sessions.Kind,
    address: str,
    action: str,
) -> SignedIn:
    session_id, secret, at = new_ulid(), tokens.new_secret(), now()
    ends = at + rules.SESSION_LIFE
    await enter(tx, home.id)
    session = sessions.NewSession(session_id, home.id, person.id, kind, ends)
    await sessions.start(tx, session, tokens.digest(secret))
    await audit.record(tx, home.id, Deed(action, person.id, "session", session_id, address, {"kind": kind}))
    grant = tokens.Grant(person.id, home.id, home.role, home.location_ids, person.language, session_id)
    life = timedelta(minutes=door.settings.access_token_minutes)
    return SignedIn(person, home, door.signer.sign(grant, now=at, life=life), secret, at + life, ends)


async def _continue(door: Door, tx: Tx, live: sessions.Live, secret: str, at: datetime) -> SignedIn:
    ends = at + rules.SESSION_LIFE
    await sessions.prolong(tx, live.id, ends)
    person = await people.by_id(tx, live.person_id)
    homes = await organisations.of_person(tx, live.person_id)
    home = next(home for home in homes if home.id == live.tenant_id)
    if person is None:
        raise Problem(401, "session_ended")
    life = timedelta(minutes=door.settings.access_token_minutes)
    token = door.signer.sign(grant_of(live), now=at, life=life)
    return SignedIn(person, home, token, secret, at + life, ends)
