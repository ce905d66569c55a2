"""Verdicts on register reads of before tags were stored: they are found by them, too."""

import runpy
from pathlib import Path

import psycopg
import pytest
from arus_anomaly.codec import meter as codec
from arus_anomaly.rules.meter import Judgement
from arus_anomaly.rules.meter.findings import FINDINGS
from arus_stack.testing import ServiceDatabase

pytestmark = pytest.mark.integration
MIGRATION = Path(__file__).parents[1] / "migrations/versions/0016_tags.py"


def test_the_migration_says_of_old_verdicts_what_is_stored_of_new_ones(database: ServiceDatabase) -> None:
    judged = [Judgement(24_288 + at, (finding,)) for at, finding in enumerate(FINDINGS)]
    with psycopg.connect(database.superuser_url, options="-c search_path=anomaly") as connection:
        for at, one in enumerate(judged):
            verdict = codec.reached(one, "t", f"{at}", "34")
            connection.execute(
                "insert into meter_verdicts (src_part, src_off, src_idx, tenant_id, nomen, period, rayon,"
                " kinds, judged_at, value) values (0, %s, 0, 't', %s, %s, '34', %s, now(), %s)",
                (at, f"{at}", codec.period(one.period), codec.kinds_of(one), verdict.value),
            )
        connection.execute(runpy.run_path(str(MIGRATION))["TAGGED"])
        stored = connection.execute("select tags from meter_verdicts order by src_off").fetchall()
    assert [tags for (tags,) in stored] == [codec.tags_of(one) for one in judged]
    assert {codec.tags_of(one) for one in judged} == {0, 1, 2, 4, 8, 16, 32}
