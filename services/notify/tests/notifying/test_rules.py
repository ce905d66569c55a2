"""Who is told, when, and by which way, as one would say it aloud."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from arus_notify import rules
from arus_notify.state import Alert, Channel, Held, Preferences, Severity, Told
from hypothesis import given
from hypothesis import strategies as st

ALL = frozenset((Channel.EMAIL, Channel.WHATSAPP))
NOON = datetime(2025, 1, 10, 12, tzinfo=ZoneInfo("Asia/Jakarta"))
NIGHT = NOON.replace(hour=23)
SEVERITIES = st.sampled_from([Severity.INFO, Severity.WARNING, Severity.CRITICAL])
TIMES = st.times()


def test_an_incident_is_told_once_and_again_when_it_becomes_worse() -> None:
    first = rules.told(Told(), "i", Severity.WARNING)
    assert first is not None
    assert rules.told(first, "i", Severity.WARNING) is None
    assert rules.told(first, "i", Severity.INFO) is None
    worse = rules.told(first, "i", Severity.CRITICAL)
    assert worse is not None
    assert worse.severities == {"i": Severity.CRITICAL}
    assert rules.told(worse, "another", Severity.INFO) is not None


@given(st.lists(st.tuples(st.sampled_from("abc"), SEVERITIES), max_size=40))
def test_people_are_told_of_each_incident_in_rising_severity_only(
    changes: list[tuple[str, Severity]],
) -> None:
    known, heard = Told(), dict[str, list[Severity]]()
    for incident, severity in changes:
        if after := rules.told(known, incident, severity):
            known = after
            heard.setdefault(incident, []).append(severity)
    assert all(said == sorted(set(said)) for said in heard.values())
    assert len(known.severities) <= rules.REMEMBERED


def test_by_default_a_warning_is_listed_and_mailed_and_an_info_only_listed() -> None:
    prefs = Preferences()
    assert rules.plan(prefs, Severity.WARNING, NOON, 0, ALL) == (True, [Channel.EMAIL], None)
    assert rules.plan(prefs, Severity.INFO, NOON, 0, ALL) == (True, (), None)


def test_who_switched_everything_off_hears_nothing() -> None:
    silent = Preferences(in_app=Severity.OFF, email=Severity.OFF)
    assert rules.plan(silent, Severity.CRITICAL, NOON, 0, ALL) is None


def test_a_channel_that_is_not_set_up_is_not_used() -> None:
    prefs = Preferences(whatsapp=Severity.INFO)
    assert rules.plan(prefs, Severity.WARNING, NOON, 0, {Channel.EMAIL}) == (True, [Channel.EMAIL], None)


def test_quiet_hours_hold_what_comes_and_let_the_critical_pass_if_the_person_says_so() -> None:
    asleep = Preferences(quiet_from=time(22), quiet_to=time(5, 30))
    assert rules.plan(asleep, Severity.CRITICAL, NIGHT, 0, ALL) == (True, [Channel.EMAIL], Held.QUIET)
    on_call = Preferences(quiet_from=time(22), quiet_to=time(5, 30), critical_passes=True)
    assert rules.plan(on_call, Severity.CRITICAL, NIGHT, 0, ALL) == (True, [Channel.EMAIL], None)
    assert rules.plan(on_call, Severity.WARNING, NIGHT, 0, ALL) == (True, [Channel.EMAIL], Held.QUIET)
    assert rules.plan(asleep, Severity.WARNING, NOON, 0, ALL) == (True, [Channel.EMAIL], None)


@pytest.mark.parametrize(
    ("at", "quiet"),
    [(time(21, 59), False), (time(22), True), (time(0), True), (time(5, 29), True), (time(5, 30), False)],
)
def test_quiet_hours_run_over_midnight_and_end_on_the_minute(at: time, quiet: bool) -> None:
    assert rules.is_quiet(Preferences(quiet_from=time(22), quiet_to=time(5, 30)), at) is quiet


@given(TIMES, TIMES, TIMES)
def test_quiet_hours_and_the_hours_between_their_end_and_start_share_no_minute(
    start: time, end: time, at: time
) -> None:
    if start != end:
        there = rules.is_quiet(Preferences(quiet_from=start, quiet_to=end), at)
        back = rules.is_quiet(Preferences(quiet_from=end, quiet_to=start), at)
        assert there is not back


def test_what_comes_after_the_alarms_of_a_day_waits() -> None:
    prefs = Preferences(alarms_per_day=20)
    assert rules.plan(prefs, Severity.CRITICAL, NOON, 19, ALL) == (True, [Channel.EMAIL], None)
    assert rules.plan(prefs, Severity.CRITICAL, NOON, 20, ALL) == (True, [Channel.EMAIL], Held.BUDGET)


def test_a_digest_comes_at_the_persons_hour_today_or_tomorrow() -> None:
    prefs = Preferences(digest_at=time(7))
    early = datetime(2025, 1, 9, 23, 30, tzinfo=UTC)  # 06.30 in Jakarta
    due = rules.digest_due(prefs, "Asia/Jakarta", early)
    assert due is not None
    assert due == datetime(2025, 1, 10, 0, 0, tzinfo=UTC)
    assert rules.digest_due(prefs, "Asia/Jakarta", due) == due + timedelta(days=1)
    assert rules.digest_due(prefs, "Asia/Jayapura", early) == datetime(2025, 1, 10, 22, 0, tzinfo=UTC)
    assert rules.digest_due(Preferences(digest_at=None), "Asia/Jakarta", early) is None


@given(TIMES, st.datetimes(timezones=st.just(UTC)).filter(lambda now: 1970 < now.year < 2100))
def test_the_next_digest_lies_within_a_day(at: time, now: datetime) -> None:
    due = rules.digest_due(Preferences(digest_at=at), "Asia/Makassar", now)
    assert due is not None
    assert timedelta() < due - now <= timedelta(days=1)


@pytest.mark.parametrize(
    ("held", "at", "due"),
    [
        (Held.QUIET, "2025-01-10T23:00", "2025-01-11T05:30"),
        (Held.QUIET, "2025-01-10T04:00", "2025-01-10T05:30"),
        (Held.BUDGET, "2025-01-10T15:00", "2025-01-11T05:30"),
        (None, "2025-01-10T23:00", None),
    ],
)
def test_who_gets_no_digest_is_told_what_was_held_when_what_held_it_is_over(
    held: Held | None, at: str, due: str | None
) -> None:
    zone = ZoneInfo("Asia/Jakarta")
    now = datetime.fromisoformat(at).replace(tzinfo=zone)
    expected = due and datetime.fromisoformat(due).replace(tzinfo=zone)
    quiet = Preferences(quiet_from=time(22), quiet_to=time(5, 30), whatsapp=Severity.CRITICAL)
    for prefs in (replace(quiet, email=Severity.OFF), replace(quiet, digest_at=None)):
        assert rules.later(prefs, "Asia/Jakarta", now, held) == expected
    midnight = datetime(2025, 1, 11, tzinfo=zone)
    loud = Preferences(email=Severity.OFF)
    assert rules.later(loud, "Asia/Jakarta", now.replace(day=10), Held.BUDGET) == midnight
    assert rules.later(quiet, "Asia/Jakarta", now, held) == rules.digest_due(quiet, "Asia/Jakarta", now)


def alert(incident: str, severity: Severity, location: str = "a") -> Alert:
    return Alert("t", incident, severity, location, "g", NOON, b"")


def test_a_summary_counts_each_incident_once_and_only_where_the_reader_may_look() -> None:
    alerts = [
        alert("1", Severity.WARNING),
        alert("1", Severity.CRITICAL),
        alert("2", Severity.INFO),
        alert("3", Severity.CRITICAL, "b"),
    ]
    assert rules.counted(alerts, None) == (3, 2, Severity.CRITICAL)
    assert rules.counted(alerts, {"a"}) == (2, 1, Severity.CRITICAL)
    assert rules.counted(alerts[2:3], {"a"}) == (1, 0, Severity.INFO)
    assert rules.counted(alerts, {"c"}) is None


def test_the_log_shows_no_address_in_full() -> None:
    assert rules.masked_email("siti@example.com") == "s…@example.com"
