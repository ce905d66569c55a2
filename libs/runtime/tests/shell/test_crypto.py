"""A field decrypts where it was stored, under keys that may change, and nowhere else."""

import base64

import pytest
from arus_runtime.crypto import FieldKeys, UndecryptableError, new_key
from hypothesis import given
from hypothesis import strategies as st

OLD = f"k1:{new_key()}"
NEW = f"k2:{new_key()}"
KEYS = FieldKeys.parse(OLD)


@given(st.text(st.characters(exclude_categories=("Cs",))), st.text(st.characters(exclude_categories=("Cs",))))
def test_what_was_encrypted_comes_back(plain: str, context: str) -> None:
    assert KEYS.decrypt(KEYS.encrypt(plain, context), context) == plain


def test_the_same_text_never_looks_the_same() -> None:
    assert KEYS.encrypt("0812", "phone") != KEYS.encrypt("0812", "phone")


def test_a_value_moved_elsewhere_does_not_decrypt() -> None:
    with pytest.raises(UndecryptableError):
        KEYS.decrypt(KEYS.encrypt("0812", "people.phone/a/1"), "people.phone/b/1")


def test_every_changed_byte_is_noticed() -> None:
    head, _, encoded = KEYS.encrypt("0812", "phone").rpartition(".")
    raw = base64.urlsafe_b64decode(encoded)
    for at in range(len(raw)):
        changed = raw[:at] + bytes((raw[at] ^ 1,)) + raw[at + 1 :]
        with pytest.raises(UndecryptableError):
            KEYS.decrypt(f"{head}.{base64.urlsafe_b64encode(changed).decode()}", "phone")


@pytest.mark.parametrize(
    "stored", ["", "v1", "v1.k1.", "v1.k1.%%%", "v2.k1.AAAA", "v1.k9.AAAA", "plain text"]
)
def test_what_is_not_ours_is_refused(stored: str) -> None:
    with pytest.raises(UndecryptableError):
        KEYS.decrypt(stored, "phone")


def test_keys_rotate_without_losing_old_values() -> None:
    stored = KEYS.encrypt("0812", "phone")
    rotated = FieldKeys.parse(f"{NEW},{OLD}")
    assert rotated.decrypt(stored, "phone") == "0812"
    assert not rotated.is_current(stored)
    again = rotated.encrypt("0812", "phone")
    assert rotated.is_current(again)
    assert FieldKeys.parse(NEW).decrypt(again, "phone") == "0812"


@pytest.mark.parametrize(
    "text",
    ["", "k1", "k1:AAAA", f"{OLD},{OLD}", f"a.b:{new_key()}", "k1:not base64"],
    ids=["empty", "no key", "short key", "one id twice", "dot in the id", "not base64"],
)
def test_bad_keys_are_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — any of them: base64's own or ours
        FieldKeys.parse(text)
