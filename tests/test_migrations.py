"""Migrations only add: what the services of the version before still use stays until a later version.

A migration that takes something away names the version since which nobody uses it: `UNUSED_SINCE = "v1.2.0"`.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MIGRATIONS = {
    f"{path.parents[2].name}/{path.stem}": path.read_text("utf-8")
    for path in sorted(ROOT.glob("services/*/migrations/versions/*.py"))
}
BEFORE_THE_FIRST_RELEASE = {"anomaly/0002_named_by_fact"}
TAKES_AWAY = re.compile(
    r"\bdrop\s+(?:column|table|schema|type)\b|\brename\b|\bset\s+not\s+null\b"
    r"|\balter\s+column\s+\w+\s+(?:set\s+data\s+)?type\b"
    r"|\badd\s+column\s+(?:if\s+not\s+exists\s+)?\w+\s+(?![^,;]*\bdefault\b|[^,;]*\bgenerated\b)[^,;]*\bnot\s+null\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", sorted(set(MIGRATIONS) - BEFORE_THE_FIRST_RELEASE))
def test_a_migration_takes_nothing_away_that_the_version_before_uses(name: str) -> None:
    text = MIGRATIONS[name]
    if not re.search(r'^UNUSED_SINCE = "v\d+\.\d+\.\d+"', text, re.MULTILINE):
        assert TAKES_AWAY.findall(text) == []


@pytest.mark.parametrize(
    ("statement", "takes_away"),
    [
        ("alter table t drop column a", True),
        ("alter table t rename a to b", True),
        ("alter table t alter column a set not null", True),
        ("alter table t alter column a type bigint", True),
        ("alter table t add column a text not null", True),
        ("alter table t add column a text not null default ''", False),
        ("alter table t add column a text", False),
        ("create table t (a text not null)", False),
        ("drop index i", False),
    ],
)
def test_what_takes_away_is_told_from_what_adds(statement: str, *, takes_away: bool) -> None:
    assert bool(TAKES_AWAY.search(statement)) is takes_away
