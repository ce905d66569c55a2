"""What can go wrong while the stack starts or works, and what to do about it.

StackError
├── DownloadFailed     a jar or package could not be fetched
├── IntegrityFailed    a fetched jar is not the one we pinned
├── ServerFailed       a server of ours ended or never became ready
├── PortTaken          a port that was asked for, or chosen a moment ago, is in use
├── AlreadyRunning     another supervisor holds this home
├── NotRunning         the command needs a running stack
└── Refused            the request makes no sense as given
"""

# ruff: noqa: N818 - a name that says what happened needs no suffix

from collections.abc import Mapping
from types import MappingProxyType


class StackError(Exception):
    """A failure with the one sentence that helps, and what a program may want to know beside it."""

    def __init__(
        self, problem: str, first_aid: str = "", facts: Mapping[str, object] = MappingProxyType({})
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.first_aid = first_aid
        self.facts = facts


class DownloadFailed(StackError):
    """A jar or package could not be fetched."""


class IntegrityFailed(StackError):
    """A fetched file is not the one we pinned."""


class ServerFailed(StackError):
    """A server of ours ended or never became ready."""


class PortTaken(StackError):
    """A port that was asked for, or chosen a moment ago, is in use."""


class AlreadyRunning(StackError):
    """Another supervisor holds this home."""


class NotRunning(StackError):
    """The command needs a running stack."""


class Refused(StackError):
    """The request makes no sense as given."""
