"""Work that was given up is shown with its reason, and runs again when asked, in a running stack."""

import json

import psycopg
import pytest
from arus_runtime.ids import new_ulid
from arus_stack.testing import RunningStack

pytestmark = pytest.mark.integration


def test_a_job_that_was_given_up_is_listed_and_runs_again_once(stack: RunningStack) -> None:
    tenant, job = new_ulid(), new_ulid()
    with psycopg.connect(stack.postgres, autocommit=True) as connection:
        connection.execute(
            """insert into anomaly.jobs (tenant_id, id, kind, params, state, failures, ended_at, error)
               values (%s, %s, 'nothing.does.this', '{}', 'failed', 3, now(), 'no tea')""",
            (tenant, job),
        )
        listed = stack.arus("jobs", "list", "anomaly", "--json")
        [shown] = [row for row in json.loads(listed.stdout)["jobs"] if row["id"] == job]
        assert (shown["tenant_id"], shown["kind"], shown["error"]) == (tenant, "nothing.does.this", "no tea")

        again = stack.arus("jobs", "retry", "anomaly", job, "--json")
        assert [row["id"] for row in json.loads(again.stdout)["jobs"]] == [job], again.stderr
        row = connection.execute(
            "select state, failures, ended_at from anomaly.jobs where tenant_id = %s and id = %s",
            (tenant, job),
        ).fetchone()
        connection.execute("delete from anomaly.jobs where tenant_id = %s", (tenant,))
    assert row == ("waiting", 0, None)
    refused = stack.arus("jobs", "retry", "anomaly", job, "--json")
    assert (refused.returncode, json.loads(refused.stdout)["error"]) == (1, f"anomaly gave up no job {job}")


def test_a_service_that_is_none_has_no_jobs(stack: RunningStack) -> None:
    said = stack.arus("jobs", "list", "weather", "--json")
    assert said.returncode == 1
    assert json.loads(said.stdout)["error"] == "there is no service weather with jobs"
