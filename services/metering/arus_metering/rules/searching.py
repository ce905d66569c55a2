"""Parts of words that a search for any part of a name, number or address finds them by."""

from collections.abc import Iterable
from typing import Final

SHORTEST: Final = 2
LONGEST: Final = 3


def plain(words: Iterable[str]) -> str:
    """Return words as they are searched: in small letters, one blank between them."""
    return " ".join(" ".join(words).lower().split())


def grams(text: str) -> list[str]:
    """Return every run of two and three characters of a plain text, each once."""
    return sorted(
        {text[at : at + size] for size in range(SHORTEST, LONGEST + 1) for at in range(len(text) - size + 1)}
    )


def asked(text: str) -> list[str]:
    """Return the runs that whatever contains a plain text must have; none when it is too short to tell."""
    if len(text) < SHORTEST:
        return []
    size = min(len(text), LONGEST)
    return sorted({text[at : at + size] for at in range(len(text) - size + 1)})
