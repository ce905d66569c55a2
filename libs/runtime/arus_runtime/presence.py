"""How a process proves to who started it that it is the one that answers on its port."""

import hmac
from typing import Final

ASKED: Final = "x-arus-presence"
"""Header of a question: what has to be signed."""
PROVEN: Final = "x-arus-presence-proof"
"""Header of the answer."""


def proof(key: str, asked: str) -> str:
    """Return the answer that only who holds the key can give."""
    return hmac.digest(key.encode(), asked.encode(), "sha256").hex()


def is_proven(key: str, asked: str, answer: str) -> bool:
    """Tell whether an answer is of who holds the key."""
    return hmac.compare_digest(proof(key, asked).encode(), answer.encode())
