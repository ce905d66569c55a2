"""Of the services' own rules and handlers."""

from __future__ import annotations

from .mutation import OPINIONS, TELLING, Mutation

MUTATIONS = [
    Mutation(
        "a late fact is judged as if it had come in time",
        "handlers/learned.py", "if watch.change is None and watch.follows(fact):", "if True:",
        OPINIONS, "a_late_fact_is_judged", package="arus_anomaly",
    ),
    Mutation(
        "a corrected alarm takes its incident back",
        "rules/alarms.py", "            yield Turn.WITHDRAWN, incident\n", "            pass\n",
        OPINIONS, "takes_its_incident_back", package="arus_anomaly",
    ),
    Mutation(
        "a voided fact keeps no opinion",
        "handlers/learned.py", "        effects += _taken_back(fact_id, key)\n", "        pass\n",
        OPINIONS, "a_voided_fact", package="arus_anomaly",
    ),
    Mutation(
        "what was said before is superseded",
        "handlers/learned.py",
        "effects.append(Supersede(OPINIONS, [_entity(key, one.fact.id) for one in said]))", "pass",
        OPINIONS, "a_late_fact_is_judged", package="arus_anomaly",
    ),
    Mutation(
        "a false alarm raises the bar",
        "handlers/learned.py", "return Basis(side, cut, since, ", "return Basis(side, 0.0, 0, ",
        OPINIONS, "a_false_alarm_raises", package="arus_anomaly",
    ),
    Mutation(
        "a confirmed anomaly is left out of what is learned",
        "rules/opinions.py", "    here = basis.confirmed & ids\n", "    here = NOTHING\n",
        OPINIONS, "a_confirmed_anomaly", package="arus_anomaly",
    ),
    Mutation(
        "a verdict under another's key is parked",
        "handlers/learned.py", "key, fact = codec.key_of(event, meta.key), wire.seen(event)",
        "key, fact = codec.key(meta.key), wire.seen(event)",
        OPINIONS, "under_another_key", package="arus_anomaly",
    ),
    Mutation(
        "a calibration says how often honest facts of each history surprise",
        "rules/learned/calibration.py", "bisect_right(HISTORY_BUCKETS, facts) - 1", "0",
        "services/anomaly/tests/test_learned_properties.py", "the_same_bits", package="arus_anomaly",
    ),
    Mutation(
        "learning keys alarm nobody",
        "rules/learned/detector.py", "    if facts < side.profile.learning_facts:\n", "    if False:\n",
        "services/anomaly/tests/test_learned.py", "twenty_facts_alarm_nobody", package="arus_anomaly",
    ),
    Mutation(
        "people are told of an incident once for each severity",
        "rules.py", ">= severity:\n        return None", "> severity:\n        return None",
        "services/notify/tests/notifying/test_rules.py", "once_and_again", package="arus_notify",
    ),
    Mutation(
        "an import is told in one summary",
        "handlers.py", 'named_id(f"{SUMMARISE}/{alert.group_id}")',
        'named_id(f"{SUMMARISE}/{alert.incident_id}")',
        TELLING, "one_summary", package="arus_notify",
    ),
    Mutation(
        "a summary waits until its import is through",
        "handlers.py", "alert.occurred_at + rules.SETTLES_AFTER", "alert.occurred_at",
        TELLING, "one_summary", package="arus_notify",
    ),
    Mutation(
        "an incident under another's key is parked",
        "codec.py", "if key != meta.key or not event.incident_id", "if not event.incident_id",
        TELLING, "under_anothers_key", package="arus_notify",
    ),
]  # fmt: skip
