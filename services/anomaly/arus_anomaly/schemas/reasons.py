"""Why something is said, as it travels over REST."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Self

from arus_contracts import reading
from arus_runtime.words import Language, render
from pydantic import BaseModel


class Reason(BaseModel):
    """Why: a stable code, the numbers of its sentence, and the sentence in the reader's language."""

    code: str
    params: dict[str, str | int]
    text: str

    @classmethod
    def of(cls, code: str, params: Mapping[str, Decimal | int], language: Language) -> Self:
        """Return a reason as it is shown."""
        return cls(code=code, params=reading.shown(params), text=render(code, params, language))
