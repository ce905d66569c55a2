"""What several routes are asked by: business dates, locations, and the language of sentences."""

import datetime as dt
from collections.abc import Collection
from typing import Annotated

from arus_runtime.auth import Principal
from arus_runtime.web import wrong
from arus_runtime.web.spans import Day
from arus_runtime.words import Language, language_of
from fastapi import Depends, Header, Query

Since = Annotated[Day | None, Query(alias="from", description="First business date, inclusive.")]
Until = Annotated[Day | None, Query(alias="to", description="Last business date, inclusive.")]


def _language(
    accept_language: Annotated[
        str | None, Header(description="id (default) or en: the language of reason.text.")
    ] = None,
) -> Language:
    return language_of(accept_language)


ReasonLanguage = Annotated[Language, Depends(_language)]


def check_range(since: dt.date | None, until: dt.date | None) -> None:
    """Refuse dates that end before they begin."""
    if since and until and since > until:
        raise wrong("to", "too_small", bound=since, value=until)


def locations(principal: Principal, asked: str | None) -> Collection[str] | None:
    """Return the locations to look at: the one asked for, or all in the caller's scope; None: no bound."""
    if asked is None:
        return principal.locations
    return [asked] if principal.sees(asked) else []
