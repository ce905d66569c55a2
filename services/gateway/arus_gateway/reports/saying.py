"""The report in words: its title, its findings, its numbers as they are shown. Pure."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml
from arus_runtime.words import Language, Templates, number, render, zone_name
from babel.dates import format_date

from arus_gateway.reports.facts import Facts, Incident, Part, Period, Use

_TENTH: Final = Decimal("0.1")
MOST_GAPS: Final = 5
STANDING: Final = ("incidents", "unanswered", "acknowledged", "confirmed", "false_positive", "subsided")
"""What incidents of a severity are counted by, in the order in which it is shown."""


@cache
def _words() -> Templates:
    return yaml.safe_load(files("arus_gateway").joinpath("reports/words.yaml").read_text("utf-8"))


def say(code: str, language: Language, **params: Any) -> str:
    """Return a sentence of the report."""
    return render(code, params, language, _words())


def litres(volume_ul: int, language: Language, places: int = 0) -> str:
    """Return a volume in litres, without its unit: 1.234,5."""
    exact = (Decimal(volume_ul) / 1_000_000).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return number(exact, language)


def change_pct(now: Use, before: Use) -> Decimal | None:
    """Return by how many percent use rose, one place; None unless both are known."""
    if not now.transactions or not before.transactions:
        return None
    change = Decimal(100 * (now.volume_ul - before.volume_ul)) / before.volume_ul
    return change.quantize(_TENTH, ROUND_HALF_UP) + 0


def signed(change: Decimal | None, language: Language) -> str:
    """Return a change as a cell shows it: +12,3%; a dash where nothing is known."""
    if change is None:
        return "–"
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return f"{sign}{number(abs(change), language)}%"


def period_name(period: Period, first: date, last: date, language: Language) -> str:
    """Return "Januari 2025", or the dates of a week."""
    if period == "month":
        return format_date(first, "MMMM y", locale=language)
    return f"{format_date(first, 'd MMM', locale=language)} – {format_date(last, 'd MMM y', locale=language)}"


def file_name(period: Period, first: date, language: Language) -> str:
    """Return what the file is called, without its ending."""
    of = first.strftime("%Y-%m") if period == "month" else first.strftime("%G-w%V")
    return say("file_name", language, of=of)


def letterhead(facts: Facts) -> list[str]:
    """Return the lines under the title: period, scope, by whom and when it was made, in which zone."""
    language = facts.language
    local = facts.made_at.astimezone(ZoneInfo(facts.timezone))
    return [
        period_name(facts.period, facts.first, facts.last, language),
        say("scope", language, scope=facts.scope or say("scope_all", language)),
        say(
            "made",
            language,
            at=_moment(local, language),
            zone=zone_name(facts.timezone),
            name=facts.made_by,
        ),
    ]


def _moment(at: datetime, language: Language) -> str:
    clock = at.strftime("%H:%M" if language == "en" else "%H.%M")
    return f"{format_date(at.date(), 'd MMMM y', locale=language)} {clock}"


def findings(facts: Facts) -> list[str]:
    """Return what the report says, most important first."""
    language, total = facts.language, facts.total
    if not total.now.transactions:
        return [say("nothing", language)]
    volume = f"{litres(total.now.volume_ul, language)} L"
    said = [say("use", language, volume=volume, transactions=total.now.transactions)]
    said += _changes(facts)
    judged = facts.normal + facts.waspada + facts.anomali
    if facts.waspada + facts.anomali:
        said.append(say("alarms", language, anomali=facts.anomali, waspada=facts.waspada, judged=judged))
    elif judged:
        said.append(say("calm", language, judged=judged))
    said += _incidents(facts)
    if len(facts.locations) > 1:
        most = max(facts.locations, key=lambda part: part.now.volume_ul)
        share = (Decimal(100 * most.now.volume_ul) / total.now.volume_ul).quantize(_TENTH, ROUND_HALF_UP)
        said.append(
            say(
                "most",
                language,
                name=most.name,
                volume=f"{litres(most.now.volume_ul, language)} L",
                pct=share,
            )
        )
    return said + _gaps(facts)


def _changes(facts: Facts) -> list[str]:
    said: list[str] = []
    for before, code in (
        (facts.total.before, f"before_{facts.period}"),
        (facts.total.last_year, "last_year"),
    ):
        change = change_pct(facts.total.now, before)
        if change:
            way = "up" if change > 0 else "down"
            volume = f"{litres(before.volume_ul, facts.language)} L"
            said.append(say(f"{way}_{code}", facts.language, pct=abs(change), volume=volume))
    return said


def _incidents(facts: Facts) -> list[str]:
    incidents = sum(one.incidents for one in facts.incidents)
    if not incidents:
        return []
    critical = sum(one.incidents for one in facts.incidents if one.severity == "critical")
    unanswered = sum(one.unanswered for one in facts.incidents)
    return [
        say("incidents", facts.language, incidents=incidents, critical=critical, unanswered=unanswered),
    ]


def answer_of(incident: Incident, language: Language) -> str:
    """Return what people said of an incident: the answer, its cause, and their note."""
    said = [say(f"answer_{incident.answer}", language)]
    if incident.cause:
        said.append(say(f"cause_{incident.cause}", language))
    return ": ".join(said) + (f". {incident.note}" if incident.note else "")


def dates_of(incident: Incident, language: Language) -> str:
    """Return the date of an incident, or its first and last one."""
    last = format_date(incident.last, "d MMM y", locale=language)
    if incident.first == incident.last:
        return last
    pattern = "d MMM" if incident.first.year == incident.last.year else "d MMM y"
    return f"{format_date(incident.first, pattern, locale=language)} – {last}"


def _gaps(facts: Facts) -> list[str]:
    most = sorted((part for part in facts.locations if part.days_without), key=_emptiness)[:MOST_GAPS]
    if not most:
        return []
    places = ", ".join(
        say("gaps_of", facts.language, name=part.name, days=part.days_without) for part in most
    )
    return [say("gaps", facts.language, places=places)]


def _emptiness(part: Part) -> tuple[int, str]:
    return -part.days_without, part.name
