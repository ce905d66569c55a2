"""Who may do what: the table of the contracts, and keys that are fetched when they are needed."""

import json
import time
from pathlib import Path

import pytest
from arus_runtime import auth
from arus_runtime.auth import FixedKeys, JwksKeys, KeysUnavailableError, NotAuthenticatedError, Verifier
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from .conftest import KID, Token


@pytest.mark.parametrize(
    ("role", "resource", "actions"),
    [
        ("owner", "anything", "crud"),
        ("admin", "members", "crud"),
        ("operator", "fuel.transactions", "c"),
        ("operator", "anomalies", "r"),
        ("operator", "members", ""),
        ("sppg_head", "menu", "crud"),
        ("sppg_head", "inventory", "ru"),
        ("nutritionist", "nutrition", "cru"),
        ("reporter", "anything", "r"),
        ("reporter", "reports", "cr"),
        ("nobody", "locations", ""),
    ],
)
def test_a_role_may_do_exactly_what_the_table_says(role: str, resource: str, actions: str) -> None:
    assert (
        "".join(action for action in "crud" if auth.allowed(frozenset((role,)), resource, action)) == actions
    )


def test_roles_add_up() -> None:
    held = frozenset(("operator", "analyst"))
    assert auth.permissions(held)["fuel.transactions"] == "cr"
    assert auth.permissions(frozenset(("owner",))) == {"*": "crud"}


async def test_a_token_names_its_holder_and_scope(verifier: Verifier, token: Token) -> None:
    principal = await verifier.verify(token("t", "u", "operator", locations=["L1"], lang="en"))
    assert (principal.tenant_id, principal.user_id, principal.language) == ("t", "u", "en")
    assert principal.sees("L1")
    assert not principal.sees("L2")
    assert (await verifier.verify(token())).sees("L2")


@pytest.mark.parametrize(
    "claims", [{"sub": 5}, {"org": ""}, {"org": None}, {"roles": "owner"}, {"locations": "L1"}, {"exp": None}]
)
async def test_a_token_of_the_wrong_shape_is_refused(
    verifier: Verifier, token: Token, claims: dict[str, object]
) -> None:
    with pytest.raises(NotAuthenticatedError):
        await verifier.verify(token(**claims))


async def test_a_token_is_checked_once_and_trusted_until_it_expires(
    signing_key: Ed25519PrivateKey, token: Token
) -> None:
    keys, clock = {KID: signing_key.public_key()}, Clock()
    verifier = Verifier(FixedKeys(keys), clock)
    bearer = token(exp=int(time.time()) + 60)
    first = await verifier.verify(bearer)
    keys.clear()
    assert await verifier.verify(bearer) is first
    clock.now = time.time() + 60
    with pytest.raises(NotAuthenticatedError):
        await verifier.verify(bearer)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def publish(path: Path, *names: str, key: Ed25519PrivateKey) -> None:
    entry = json.loads(OKPAlgorithm.to_jwk(key.public_key()))
    path.write_text(json.dumps({"keys": [entry | {"kid": name} for name in names]}))


async def test_a_new_key_is_fetched_once_and_a_strangers_guesses_are_not(
    tmp_path: Path, signing_key: Ed25519PrivateKey
) -> None:
    path, clock = tmp_path / "jwks.json", Clock()
    keys = JwksKeys(path.as_uri(), clock)
    publish(path, KID, key=signing_key)
    assert await keys.key(KID) is not None
    publish(path, KID, "rotated", key=signing_key)
    assert await keys.key("rotated") is None, "fetched moments ago: a guess costs nothing"
    clock.now += auth.REFRESH_AT_MOST_EVERY_S
    assert await keys.key("rotated") is not None


async def test_known_keys_outlive_their_publisher_and_unknown_ones_are_nobodys_fault(
    tmp_path: Path, signing_key: Ed25519PrivateKey
) -> None:
    path, clock = tmp_path / "jwks.json", Clock()
    keys = JwksKeys(path.as_uri(), clock)
    publish(path, KID, key=signing_key)
    await keys.key(KID)
    path.unlink()
    clock.now += auth.REFRESH_AT_MOST_EVERY_S
    assert await keys.key(KID) is not None
    with pytest.raises(KeysUnavailableError):
        await keys.key("other")
