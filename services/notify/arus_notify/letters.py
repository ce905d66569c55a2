"""Writes what people and machines are told: each message in the reader's language, with a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml
from arus.anomaly.v1.events_pb2 import CaseChanged, IncidentChanged
from arus_runtime.envelope import timestamp
from arus_runtime.words import Language, Month, Templates, render

from arus_notify import codec
from arus_notify.channels.port import Letter
from arus_notify.state import Severity
from arus_notify.store.notifications import Shown

LISTED_MOST: Final = 50
IMPORT: Final = "/import/"


@cache
def _words() -> Templates:
    return yaml.safe_load(files("arus_notify").joinpath("letters.yaml").read_text("utf-8"))


def say(code: str, language: Language, **params: Any) -> str:
    """Return one sentence; names that people typed stay on one line."""
    flat = {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in params.items()
    }
    return render(code, flat, language, _words())


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the letter of one delivery. at: when what it tells of came to be."""

    id: str
    language: Language
    organisation: str
    public_url: str
    at: datetime

    def incident(self, event: IncidentChanged, severity: Severity, names: Mapping[str, str]) -> Letter:
        """Return the letter of one alert."""
        lines = tuple(self.why(event))
        link = f"{self.public_url}/app/incidents?id={event.incident_id}"
        headline = headline_of(event, severity, names, self.language)
        data = {
            "incident_id": event.incident_id,
            "severity": severity.name.lower(),
            "domain": event.domain,
            "location": {"id": event.location_id, "name": names.get(event.location_id)},
            "product": {"id": event.product_id, "name": names.get(event.product_id)},
            "first_date": event.first_date,
            "last_date": event.last_date,
            "facts": event.facts,
            "fact_id": event.fact_id,
            "volume_l": codec.litres(event.volume_ul),
            "expected_l": codec.litres(event.expected_ul),
            "risk_score": event.risk_score or None,
            "status": codec.status(event),
            "cause": codec.cause(event),
            "reason": {"code": event.reason_code, "text": codec.reason(event, self.language)},
            "milder": [
                {
                    "status": one.status,
                    "at_least_l": None if one.at_least_ul == 1 else codec.litres(one.at_least_ul),
                    "at_most_l": codec.litres(one.at_most_ul),
                    "text": render(one.code, one.params, self.language),
                }
                for one in codec.milder(event)
            ],
            "url": link,
        }
        return self._letter(headline, lines, link, f"incident.{codec.change(event)}", data)

    def case(self, event: CaseChanged, what: str, severity: Severity, names: Mapping[str, str]) -> Letter:
        """Return the letter of what happened to a case."""
        link = f"{self.public_url}/app/cases?id={event.case_id}"
        lines = tuple(case_lines(event, names, self.language))
        data = {
            "case_id": event.case_id,
            "number": event.number,
            "severity": severity.name.lower(),
            "domain": event.domain,
            "kind": event.type,
            "status": codec.case_status(event),
            "priority": codec.case_priority(event),
            "assignee_id": event.assignee_id or None,
            "due_date": event.due_date or None,
            "location": _named(event.location_id, names),
            "product": _named(event.product_id, names),
            "nomen": event.nomen or None,
            "period": event.period or None,
            "incident_id": event.incident_id or None,
            "fact_id": event.fact_id or None,
            "url": link,
        }
        return self._letter(case_headline(event, what, self.language), lines, link, f"case.{what}", data)

    def summary(self, group_id: str, severity: Severity, incidents: int, critical: int) -> Letter:
        """Return the letter that tells of old records at once."""
        link = f"{self.public_url}/app/incidents"
        data = {
            "severity": severity.name.lower(),
            "incidents": incidents,
            "critical": critical,
            "import_id": import_of(group_id),
            "url": link,
        }
        headline = summary_headline(group_id, incidents, critical, self.language)
        why = (say("summary_why", self.language),)
        return self._letter(headline, why, link, "incidents.summarised", data)

    def digest(self, told: Sequence[Shown], names: Mapping[str, str], alarms_per_day: int) -> Letter:
        """Return the letter that tells what did not go out at once, worst first."""
        incidents = sum(entry.incidents for entry in told)
        critical = sum(entry.critical for entry in told)
        lines = [entry_line(entry, names, self.language) for entry in told[:LISTED_MOST]]
        if (more := len(told) - LISTED_MOST) > 0:
            lines.append(say("digest_more", self.language, more=more))
        if held := sum(entry.held == "budget" for entry in told):
            lines.append(say("digest_budget", self.language, held=held, bound=alarms_per_day))
        if held := sum(entry.held == "quiet" for entry in told):
            lines.append(say("digest_quiet", self.language, held=held))
        cases = sum(entry.case_said is not None for entry in told)
        code = "digest_cases" if cases else "digest"
        headline = say(code, self.language, incidents=incidents, critical=critical, cases=cases)
        return self._letter(headline, tuple(lines), f"{self.public_url}/app/notifications", "digest", {})

    def test(self) -> Letter:
        """Return a letter that tells nothing but that it arrived."""
        link = f"{self.public_url}/app/notifications"
        return self._letter(
            say("test", self.language), (say("test_why", self.language),), link, "webhook.test", {"url": link}
        )

    def why(self, event: IncidentChanged) -> Sequence[str]:
        """Return why people are told, first the most telling sentence."""
        lines = [codec.reason(event, self.language)]
        if flips := codec.milder(event):
            text = " ".join(render(one.code, one.params, self.language) for one in flips)
            lines.append(say("milder", self.language, text=text))
        if event.expected_ul:
            expected = Decimal(event.expected_ul) / 1_000_000
            lines.append(say("expected", self.language, expected_l=expected.quantize(Decimal("0.01"))))
        if cause := codec.cause(event):
            lines.append(say("cause", self.language, cause=say(f"cause_{cause}", self.language)))
        first, last = _day(event.first_date), _day(event.last_date)
        several = event.facts > 1 and first != last
        params = {"first": first, "last": last, "facts": event.facts}
        lines.append(say("dates" if several else "date", self.language, **params))
        return lines

    def _letter(
        self, headline: str, lines: tuple[str, ...], link: str, kind: str, data: Mapping[str, Any]
    ) -> Letter:
        footer = say("footer", self.language, organisation=self.organisation or "Arus")
        event = {"type": kind, "timestamp": timestamp(self.at), "data": data}
        return Letter(self.id, self.language, headline, lines, link, footer, event)


def headline_of(
    event: IncidentChanged, severity: Severity, names: Mapping[str, str], language: Language
) -> str:
    """Return what an alert says in one line."""
    return say(
        codec.change(event),
        language,
        severity=severity_word(severity, language),
        location=names.get(event.location_id, event.location_id),
        product=names.get(event.product_id, event.product_id),
    )


def case_headline(event: CaseChanged, what: str, language: Language) -> str:
    """Return what happened to a case in one line."""
    return say(f"case_{what}", language, number=event.number, about=say(f"case_type_{event.type}", language))


def case_lines(event: CaseChanged, names: Mapping[str, str], language: Language) -> Sequence[str]:
    """Return what a case is about and until when, a line each."""
    if event.nomen:
        code = "case_of_period" if event.period else "case_of_customer"
        period = {"period": Month(event.period)} if event.period else {}
        subject = say(code, language, nomen=event.nomen, rayon=event.rayon or "-", **period)
    else:
        place, goods = (names.get(one, one) for one in (event.location_id, event.product_id))
        subject = say("case_of_place", language, location=place, product=goods)
    due = [say("case_due", language, date=_day(event.due_date))] if event.due_date else []
    return [subject, *due]


def summary_headline(group_id: str, incidents: int, critical: int, language: Language) -> str:
    """Return what a summary says in one line."""
    code = "summary_import" if IMPORT in group_id else "summary_late"
    return say(code, language, incidents=incidents, critical=critical)


def entry_headline(entry: Shown, names: Mapping[str, str], language: Language) -> str:
    """Return what an entry of the list says in one line."""
    if entry.case_said is not None:
        return case_headline(codec.case(entry.case_said), entry.case_what or "", language)
    if entry.said is None:
        return summary_headline(entry.group_id or "", entry.incidents, entry.critical, language)
    return headline_of(codec.incident(entry.said), Severity(entry.severity), names, language)


def entry_line(entry: Shown, names: Mapping[str, str], language: Language) -> str:
    """Return what an entry says and why, in one line."""
    return f"{entry_headline(entry, names, language)}. {entry_text(entry, names, language)}"


def entry_text(entry: Shown, names: Mapping[str, str], language: Language) -> str:
    """Return why an entry is told."""
    if entry.case_said is not None:
        return " ".join(case_lines(codec.case(entry.case_said), names, language))
    if entry.said is None:
        return say("summary_why", language)
    return codec.reason(codec.incident(entry.said), language)


def severity_word(severity: Severity, language: Language) -> str:
    """Return how bad, in words."""
    return say(f"severity_{int(severity)}", language)


def import_of(group_id: str) -> str | None:
    """Return the import that a group of alerts comes from."""
    _, is_import, import_id = group_id.partition(IMPORT)
    return import_id if is_import else None


def _named(id_: str, names: Mapping[str, str]) -> Mapping[str, str | None] | None:
    return {"id": id_, "name": names.get(id_)} if id_ else None


def _day(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
