"""Parts of words that a search for any part of a name, number or address finds them by."""

from collections.abc import Iterable
from typing import Final

SHORTEST: Final = 2
LONGEST: Final = 3
"""As the index has them: its function ``parts`` says which."""


def plain(words: Iterable[str]) -> str:
    """Return words as they are searched: in small letters, one blank between them."""
    return " ".join(" ".join(words).lower().split())


def asked(text: str) -> list[str]:
    """Return the runs that whatever contains a plain text must have; none when it is too short to tell."""
    if len(text) < SHORTEST:
        return []
    size = min(len(text), LONGEST)
    return sorted({text[at : at + size] for at in range(len(text) - size + 1)})
