"""Organisations, who belongs to them, as what, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from arus_runtime import auth
from arus_runtime.ids import new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.web import FieldProblem, IfMatchHeader, Problem, wrong
from arus_runtime.words import DEFAULT_LANGUAGE, Language

from arus_gateway import hashes, letters, rules, tokens
from arus_gateway.callers import Caller
from arus_gateway.commands.people import check_password, check_still, now, recognise, taken
from arus_gateway.door import Door
from arus_gateway.letters import Letter
from arus_gateway.quotas import count_mail
from arus_gateway.store import audit, organisations, people, sessions
from arus_gateway.store.acting import acting, become, enter
from arus_gateway.store.audit import Deed
from arus_gateway.store.organisations import AlreadyMemberError, Invitation, Member, Organisation
from arus_gateway.store.people import Person


def check_scope(caller: Caller, location_ids: Sequence[str] | None) -> None:
    """Return when the caller may give these locations, else raise the 403."""
    if not rules.lies_within(caller.grant.locations, location_ids):
        raise Problem(403, "scope_not_yours_to_give")


def check_role(caller: Caller, role: str, field: str = "role") -> None:
    """Return when the caller may give the role, else raise the 422 or 403."""
    if role not in auth.roles():
        raise wrong(field, "unknown_role", value=role)
    if not rules.may_grant(frozenset((caller.grant.role,)), role):
        raise Problem(403, "role_not_yours_to_give")
    if not caller.principal.covers(role):
        raise Problem(403, "role_beyond_yours")


def check_person(caller: Caller, role: str) -> None:
    """Return when the caller may give the role to a person, else raise the 422 or 403."""
    if role not in rules.persons():
        raise wrong("role", "not_one_of", expected=", ".join(rules.persons()), value=role)
    check_role(caller, role)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who shall have an account and belong."""

    email: str
    name: str
    password_hash: str
    role: str
    location_ids: Sequence[str] | None
    language: Language


def given(role: str, location_ids: Sequence[str] | None) -> dict[str, Any]:
    """Return what the audit log says of rights that were given: the role, and where, if not everywhere."""
    return {"role": role} | ({} if location_ids is None else {"location_ids": [*location_ids]})


async def newcomer(
    door: Door,
    caller: Caller,
    *,
    email: str,
    name: str,
    password: str | None,
    password_hash: str | None,
    role: str,
    location_ids: Sequence[str] | None,
    language: Language,
) -> Newcomer:
    """Return who may be let in by the caller; hashing takes its time, so before any transaction.

    password_hash: what another system kept of their password, in place of a first one.
    """
    check_person(caller, role)
    check_scope(caller, location_ids)
    if password is not None and password_hash is None:
        password_hash = await _new_hash(door, password, email)
    elif password is None and password_hash is not None:
        _check_hash(password_hash)
    else:
        raise wrong("password", "password_or_hash")
    return Newcomer(email, name, password_hash, role, location_ids, language)


async def add(tx: Tx, door: Door, caller: Caller, new: Newcomer, address: str) -> tuple[Member, Letter]:
    """Make an account for somebody and let it into the caller's organisation; returns the letter to them.

    Only for addresses without an account: nobody sets another person's password, so those are invited.
    """
    person_id, secret, tenant_id = new_ulid(), tokens.new_secret(), caller.grant.tenant_id
    await become(tx, person=person_id)
    try:
        person = Person(person_id, new.email, new.name, new.language, email_verified=False)
        await people.add(tx, person, new.password_hash)
    except people.EmailTakenError as error:
        raise taken("email_taken", new.email) from error
    await organisations.add_member(tx, tenant_id, person_id, new.role, new.location_ids)
    await people.add_mail_proof(
        tx, tokens.digest(secret), person_id, "verify", now() + rules.VERIFICATION_LIFE
    )
    what = given(new.role, new.location_ids)
    await _record(tx, caller, "member.added", "person", person_id, address=address, **what)
    await count_mail(tx, new.email)
    member, url = await _member(tx, tenant_id, person_id), door.settings.public_url
    return member, letters.verification(new.email, new.language, url, secret, name=new.name)


async def change(
    tx: Tx,
    caller: Caller,
    person_id: str,
    *,
    if_match: IfMatchHeader,
    role: str | None,
    location_ids: Sequence[str] | None,
    keeps_locations: bool,
    is_active: bool | None,
    address: str,
) -> Member:
    """Change what a member is, where, and whether they still belong; None keeps what is."""
    tenant_id = caller.grant.tenant_id
    owners = await organisations.owners(tx, tenant_id)
    member = await _member(tx, tenant_id, person_id)
    becomes = role or member.role
    active = member.is_active if is_active is None else is_active
    check_role(caller, member.role)
    if becomes != member.role:
        check_person(caller, becomes)
    scope = member.location_ids if keeps_locations else location_ids
    check_scope(caller, member.location_ids)
    check_scope(caller, scope)
    if_match.check(member.version)
    if member.is_active and rules.loses_last_owner(
        was=member.role, becomes=becomes if active else None, owners=owners
    ):
        raise Problem(409, "last_owner")
    await organisations.change_member(tx, tenant_id, person_id, becomes, scope, is_active=active)
    if not active:
        await sessions.end_of_member(tx, tenant_id, person_id, now())
    action = "member.changed" if active else "member.deactivated"
    await _record(tx, caller, action, "person", person_id, address=address, **given(becomes, scope))
    return await _member(tx, tenant_id, person_id)


async def leave(tx: Tx, caller: Caller, tenant_id: str, address: str) -> None:
    """Leave an organisation; the caller's sessions there end."""
    person_id = caller.grant.subject
    await become(tx, person=person_id)
    if all(home.id != tenant_id for home in await organisations.of_person(tx, person_id)):
        raise Problem(404, "not_found")
    await enter(tx, tenant_id)
    owners = await organisations.owners(tx, tenant_id)
    member = await _member(tx, tenant_id, person_id)
    if rules.loses_last_owner(was=member.role, becomes=None, owners=owners):
        raise Problem(409, "last_owner")
    await organisations.change_member(
        tx, tenant_id, person_id, member.role, member.location_ids, is_active=False
    )
    await sessions.end_of_member(tx, tenant_id, person_id, now())
    await audit.record(tx, tenant_id, Deed("member.left", person_id, "person", person_id, address))
    await enter(tx, caller.grant.tenant_id)


async def found(tx: Tx, caller: Caller, name: str, address: str) -> Organisation:
    """Make another organisation, owned by the caller."""
    person_id, tenant_id = caller.grant.subject, new_ulid()
    await become(tx, person=person_id)
    await enter(tx, tenant_id)
    await organisations.add(tx, tenant_id, name)
    await organisations.add_member(tx, tenant_id, person_id, rules.OWNER, None)
    deed = Deed("organisation.created", person_id, "organisation", tenant_id, address)
    await audit.record(tx, tenant_id, deed)
    await enter(tx, caller.grant.tenant_id)
    return Organisation(tenant_id, name, rules.OWNER, None)


async def rename(
    tx: Tx, caller: Caller, tenant_id: str, *, if_match: IfMatchHeader, name: str, address: str
) -> Organisation:
    """Give the organisation the caller acts in another name."""
    if tenant_id != caller.grant.tenant_id:
        raise Problem(404, "not_found")
    standing, version = await organisations.hold(tx, tenant_id)
    if_match.check(version)
    if name != standing:
        await organisations.rename(tx, tenant_id, name)
        await _record(
            tx, caller, "organisation.renamed", "organisation", tenant_id, address=address, name=name
        )
        version += 1
    return Organisation(tenant_id, name, caller.grant.role, caller.grant.locations, version)


async def invite(
    tx: Tx,
    door: Door,
    caller: Caller,
    *,
    email: str,
    role: str,
    location_ids: Sequence[str] | None,
    language: Language,
    address: str,
) -> tuple[Invitation, Letter]:
    """Invite somebody, and return the letter to them; only people whose own address is proven may."""
    check_person(caller, role)
    check_scope(caller, location_ids)
    secret, at, grant = tokens.new_secret(), now(), caller.grant
    await become(tx, person=grant.subject)
    inviter = await people.by_id(tx, grant.subject)
    if inviter is None or not inviter.email_verified:
        raise Problem(403, "email_unverified")
    if await organisations.has_member(tx, grant.tenant_id, email):
        raise Problem(409, "already_member", errors=[FieldProblem("email", "already_member")])
    organisation = await organisations.name(tx, grant.tenant_id)
    older = await organisations.invitation_to(tx, grant.tenant_id, email)
    if older is not None and older.expires_at > at:
        _check_theirs(caller, older)
    invitation = Invitation(
        id=new_ulid(),
        tenant_id=grant.tenant_id,
        email=email,
        role=role,
        location_ids=None if location_ids is None else tuple(location_ids),
        invited_by=grant.subject,
        created_at=at,
        expires_at=at + rules.INVITATION_LIFE,
    )
    await organisations.invite(tx, invitation, tokens.digest(secret))
    what = given(role, location_ids)
    await _record(tx, caller, "invitation.sent", "invitation", invitation.id, address=address, **what)
    await count_mail(tx, email)
    url = door.settings.public_url
    return invitation, letters.invitation(
        email, language, url, secret, name=inviter.name, organisation=organisation
    )


async def withdraw(tx: Tx, caller: Caller, invitation_id: str, address: str) -> None:
    """Take an invitation back."""
    tenant_id = caller.grant.tenant_id
    invitation = await organisations.waiting(tx, tenant_id, invitation_id)
    if invitation is None:
        raise Problem(404, "not_found")
    _check_theirs(caller, invitation)
    await organisations.withdraw_invitation(tx, tenant_id, invitation_id)
    await _record(tx, caller, "invitation.withdrawn", "invitation", invitation_id, address=address)


async def accept_as_member(door: Door, caller: Caller, secret: str, address: str) -> Organisation:
    """Join the inviting organisation as the person at the door, to whose address the invitation went."""
    person_id = caller.grant.subject
    async with acting(door.db, person=person_id) as tx:
        person = await people.by_id(tx, person_id)
        invitation = await _opened(tx, secret, person_id)
        if person is None or person.email != invitation.email:
            raise Problem(403, "wrong_person")
        return await _join(tx, invitation, person_id, address)


async def accept_as_newcomer(
    door: Door, secret: str, *, name: str | None, password: str, language: Language, address: str
) -> Organisation:
    """Join without a session: with the password of the invited address's account, or with a new account."""
    digest = tokens.digest(secret)
    async with acting(door.db, proof=digest) as tx:
        invitation = await organisations.invitation_of(tx, digest, now())
    if invitation is None:
        raise Problem(422, "token_invalid")
    async with acting(door.db, proof=invitation.email) as tx:
        person = await people.by_email(tx, invitation.email)
    kept = None
    if person:
        _, kept = await recognise(door, email=invitation.email, password=password, address=address)
    person_id = person.id if person else new_ulid()
    password_hash = "" if person else await _new_hash(door, password, invitation.email)
    async with acting(door.db, person=person_id) as tx:
        if kept is not None:
            await check_still(tx, person_id, kept)
        invitation = await _opened(tx, secret, person_id)
        if person is None:
            try:
                newcomer = Person(
                    person_id, invitation.email, name or invitation.email, language, email_verified=False
                )
                await people.add(tx, newcomer, password_hash)
            except people.EmailTakenError as error:
                raise taken("email_registered", invitation.email) from error
        return await _join(tx, invitation, person_id, address)


def _check_theirs(caller: Caller, invitation: Invitation) -> None:
    """Return when the caller could have sent the invitation, so may take it back too, else raise the 403."""
    check_role(caller, invitation.role)
    check_scope(caller, invitation.location_ids)


async def _stands(tx: Tx, invitation: Invitation) -> bool:
    """Say whether who invited still belongs and may still give what they promised."""
    inviter = await organisations.member(tx, invitation.tenant_id, invitation.invited_by)
    if inviter is None or not inviter.is_active:
        return False
    held = frozenset((inviter.role,))
    principal = auth.Principal(inviter.id, invitation.tenant_id, held, None, DEFAULT_LANGUAGE, "")
    return (
        principal.may("users", "c")
        and invitation.role in rules.persons()
        and rules.may_grant(held, invitation.role)
        and principal.covers(invitation.role)
        and rules.lies_within(inviter.location_ids, invitation.location_ids)
    )


def _check_hash(kept: str) -> None:
    try:
        hashes.reading(kept)
    except hashes.UnknownHashError as error:
        raise wrong("password_hash", "hash_unknown") from error
    except hashes.CostlyHashError as error:
        costly = {"cost": error.cost, "value": error.value, "bound": error.bound}
        raise wrong("password_hash", "hash_costly", **costly) from error


async def _new_hash(door: Door, password: str, email: str) -> str:
    check_password(password, email)
    return await door.passwords.hash(password)


async def _opened(tx: Tx, secret: str, person_id: str) -> Invitation:
    digest = tokens.digest(secret)
    await become(tx, person=person_id, proof=digest)
    invitation = await organisations.invitation_of(tx, digest, now())
    if invitation is None:
        raise Problem(422, "token_invalid")
    return invitation


async def _join(tx: Tx, invitation: Invitation, person_id: str, address: str) -> Organisation:
    tenant_id = invitation.tenant_id
    await enter(tx, tenant_id)
    if not await _stands(tx, invitation):
        raise Problem(422, "token_invalid")
    if not await organisations.accept_invitation(tx, tenant_id, invitation.id, now()):
        raise Problem(422, "token_invalid")
    try:
        await organisations.add_member(tx, tenant_id, person_id, invitation.role, invitation.location_ids)
    except AlreadyMemberError as error:
        raise Problem(409, "already_member") from error
    # The token went to the mailbox, so whoever shows it reads mail there.
    await people.verify_email(tx, person_id)
    deed = Deed(
        "invitation.accepted", person_id, "invitation", invitation.id, address, {"role": invitation.role}
    )
    await audit.record(tx, tenant_id, deed)
    return next(home for home in await organisations.of_person(tx, person_id) if home.id == tenant_id)


async def _member(tx: Tx, tenant_id: str, person_id: str) -> Member:
    member = await organisations.member(tx, tenant_id, person_id)
    if member is None:
        raise Problem(404, "not_found")
    return member


async def _record(
    tx: Tx, caller: Caller, action: str, resource_type: str, resource_id: str, *, address: str, **detail: Any
) -> None:
    grant = caller.grant
    await audit.record(
        tx, grant.tenant_id, Deed(action, grant.subject, resource_type, resource_id, address, detail)
    )
