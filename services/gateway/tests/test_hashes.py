"""Password hashes that came from another system."""

import bcrypt
import pytest
from argon2 import PasswordHasher
from arus_gateway import hashes, passwords
from werkzeug.security import generate_password_hash

PASSWORD = "kopi-pagi-di-gudang"
BCRYPT = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()


@pytest.mark.parametrize(
    "kept",
    [
        BCRYPT,
        BCRYPT.replace("$2b$", "$2y$"),
        generate_password_hash(PASSWORD, "pbkdf2:sha256:1000"),
        generate_password_hash(PASSWORD, "pbkdf2:sha512:1000"),
        generate_password_hash(PASSWORD, "scrypt:1024:8:1"),
        PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD),
    ],
    ids=["bcrypt", "bcrypt of PHP", "pbkdf2 sha256", "pbkdf2 sha512", "scrypt", "argon2"],
)
async def test_a_password_fits_the_hash_that_another_system_made_of_it(kept: str):
    assert await passwords.Passwords().matches(kept, PASSWORD)
    assert not await passwords.Passwords().matches(kept, PASSWORD + "!")
    assert passwords.is_outdated(kept)


async def test_bcrypt_looks_at_72_bytes_as_it_always_did():
    long = "x" * 72
    kept = bcrypt.hashpw(long.encode(), bcrypt.gensalt(4)).decode()
    assert await passwords.Passwords().matches(kept, long + " and more")


@pytest.mark.parametrize(
    ("kept", "cost", "value", "bound"),
    [
        (BCRYPT.replace("$04$", "$31$"), "bcrypt cost", 31, 13),
        (f"pbkdf2:sha256:9999999999$salt${'0' * 64}", "pbkdf2 rounds", 9_999_999_999, 2_000_000),
        (f"scrypt:1048576:8:1$salt${'0' * 128}", "scrypt KiB", 1_048_576, 65_536),
        (f"scrypt:1024:8:99$salt${'0' * 128}", "scrypt lanes", 99, 4),
        ("$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo", "argon2 KiB", 4_194_304, 65_536),
        ("$argon2id$v=19$m=1024,t=999,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo", "argon2 passes", 999, 10),
    ],
    ids=["bcrypt", "pbkdf2", "scrypt memory", "scrypt lanes", "argon2 memory", "argon2 passes"],
)
async def test_a_hash_that_asks_for_too_much_is_never_computed(kept: str, cost: str, value: int, bound: int):
    with pytest.raises(hashes.CostlyHashError) as refused:
        hashes.reading(kept)
    assert (refused.value.cost, refused.value.value, refused.value.bound) == (cost, value, bound)
    assert not await passwords.Passwords().matches(kept, PASSWORD)


@pytest.mark.parametrize(
    "kept",
    [
        "",
        PASSWORD,
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "$argon2id$",
        "$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXN\u00e9",
        "$2b$04$short",
        f"pbkdf2:md5:1000$salt${'0' * 32}",
        f"scrypt:1000:8:1$salt${'0' * 128}",
    ],
    ids=[
        "empty",
        "plain",
        "md5",
        "argon2 cut off",
        "argon2 with an accent",
        "bcrypt cut off",
        "pbkdf2 of md5",
        "scrypt of no power",
    ],
)
async def test_what_is_no_hash_of_a_known_kind_fits_nothing(kept: str):
    with pytest.raises(hashes.UnknownHashError):
        hashes.reading(kept)
    assert not await passwords.Passwords().matches(kept, PASSWORD)
