"""What a file says of itself: the dates and filters it was asked for, when it was made, its name."""

from collections.abc import Iterable
from datetime import date, datetime

from arus_runtime.words import HOME_ZONE, Language, format_moment, render

Dates = tuple[date | None, date | None]


def about(
    language: Language,
    at: datetime,
    filters: Iterable[tuple[str, str | None]],
    dates: Dates | None = None,
    timezone: str = HOME_ZONE,
) -> list[str]:
    """Return what a file holds and when it was made, a line each.

    filters: what narrows it, by the column's name; nothing under a name leaves it out. at: with its
    zone. dates: from and to, where it can be asked for by dates. timezone: whose clock it shows.
    """
    narrowed = [f"{name}: {value}" for name, value in filters if value]
    made = render("export_made", {"at": format_moment(at, language, timezone)}, language)
    return [*([_between(language, *dates)] if dates else []), *narrowed, made]


def _between(language: Language, first: date | None, last: date | None) -> str:
    said = [
        render(code, {"date": day}, language)
        for code, day in (("export_from", first), ("export_to", last))
        if day
    ]
    return " ".join(said) or render("export_all_dates", {}, language)


def file_name(name: str, first: date | None, last: date | None) -> str:
    """Return what a file is called, the dates it was asked for included."""
    return "-".join((name, *(day.isoformat() for day in (first, last) if day)))
