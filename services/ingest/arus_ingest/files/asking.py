"""What has to be asked about a table, and what a person answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from arus_ingest.files.results import Question


class Asking:
    """The questions about one table, in the order in which they come up.

    given: answers of people, by the questions' keys.
    """

    def __init__(self, given: Mapping[str, str], questions: Iterable[Question] = ()) -> None:
        self._given = given
        self._asked = list(questions)

    @property
    def open(self) -> tuple[Question, ...]:
        """Return what is still to be answered."""
        return tuple(one for one in self._asked if not one.answer)

    @property
    def answered(self) -> tuple[Question, ...]:
        """Return what was answered, with the answers."""
        return tuple(one for one in self._asked if one.answer)

    def add(self, questions: Iterable[Question]) -> None:
        """Ask more."""
        self._asked += questions

    def has(self, key: str) -> bool:
        """Tell whether a question was asked."""
        return any(one.key == key for one in self._asked)

    def given(self, key: str) -> str:
        """Return what was answered under a key, whether it is asked or not; "" without an answer."""
        return self._given.get(key, "")

    def answer(self, asked: Question) -> str:
        """Ask, and return the answer that a person gave; "" without one of those that are possible."""
        answer = self.given(asked.key)
        self._asked.append(replace(asked, answer=answer if answer in asked.options else ""))
        return self._asked[-1].answer

    def way(self, about: str, header: str, ways: Sequence[str]) -> str:
        """Return the one way to read a column, the one a person chose, or ask and return the likeliest."""
        if len(ways) == 1:
            return ways[0]
        asked = Question(f"{about}:{header}", f"question_{about}", tuple(ways), {"column": header})
        return self.answer(asked) or ways[0]

    def signs(self, header: str, ways: Iterable[Sequence[str]]) -> tuple[str, ...]:
        """Return which signs of a column mean minus; ways: the sets of signs that may."""
        chosen = self.way("sign", header, ["+".join(way) or "none" for way in ways])
        return tuple(sign for sign in chosen.split("+") if sign != "none")
