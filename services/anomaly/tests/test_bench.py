"""The measures of the bench: hand-computed cases, and the command's work on small data."""

import csv
import re
from collections.abc import Sequence
from importlib import import_module
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from arus_anomaly.bench import keyed, measures, meter, nab, peers, streams
from arus_anomaly.bench.series import UnreadableData, folder, labelled
from hypothesis import given, settings
from hypothesis import strategies as st

SILENT = nab.File(1000, [nab.Window(400, 499), nab.Window(800, 899)])


def sigmoid(position: float) -> float:
    return 2 / (1 + exp(5 * position)) - 1


def test_silence_scores_0_and_the_first_value_of_every_window_100() -> None:
    assert nab.standard([SILENT], [[]]) == 0.0
    assert nab.standard([SILENT], [[400, 800]]) == pytest.approx(100.0)


def test_a_false_alarm_before_any_window_costs_its_whole_weight() -> None:
    assert SILENT.raw([300]) == pytest.approx(-2 - 0.11)
    assert nab.standard([SILENT], [[300]]) == pytest.approx(100 * -0.11 / 4)


def test_a_detection_late_in_its_window_earns_little() -> None:
    # the last place of a window of 100: relative position −1/100
    assert SILENT.raw([499]) == pytest.approx(-1 + sigmoid(-0.01) / sigmoid(-1.0))
    assert SILENT.raw([450]) == pytest.approx(-1 + sigmoid(-0.5) / sigmoid(-1.0))


def test_only_the_first_detection_of_a_window_counts() -> None:
    assert SILENT.raw([420, 430, 440]) == SILENT.raw([420])


def test_a_false_alarm_right_behind_a_window_costs_little_and_far_behind_all() -> None:
    assert nab.worth(500, SILENT.windows) == (None, pytest.approx(0.11 * sigmoid(1 / 99)))
    assert nab.worth(797, SILENT.windows) == (None, pytest.approx(-0.11, abs=1e-6))
    assert nab.worth(510, SILENT.windows)[1] > nab.worth(530, SILENT.windows)[1]


def test_detections_while_learning_do_not_count() -> None:
    assert nab.probation(1000) == 150
    assert nab.probation(20_000) == 750
    assert SILENT.raw([0, 149]) == SILENT.raw([])
    assert SILENT.raw([150]) < SILENT.raw([])


def test_windows_are_the_runs_of_labels() -> None:
    is_anomaly = np.array([1, 1, 0, 1, 0, 0, 1], np.bool_)
    assert nab.runs(is_anomaly) == [nab.Window(0, 1), nab.Window(3, 3), nab.Window(6, 6)]


def test_a_corpus_without_windows_has_no_score() -> None:
    with pytest.raises(ValueError, match="windows must be >= 1, got 0"):
        nab.standard([nab.File(10, [])], [[]])


def test_the_sweep_finds_the_threshold_that_scores_best() -> None:
    scores = np.zeros(1000)
    scores[[400, 800]] = 5.0
    scores[[200, 300, 600, 700]] = 3.0
    best, threshold = nab.swept([SILENT], [scores], streams.alarms, most_share=0.01)
    assert best == pytest.approx(100.0)
    assert 3.0 < threshold <= 5.0


def test_average_precision_of_a_ranking_by_hand() -> None:
    is_anomaly = np.array([True, False, True, False])
    assert measures.average_precision(is_anomaly, np.array([4.0, 3.0, 2.0, 1.0])) == pytest.approx(
        (1 + 2 / 3) / 2
    )
    assert measures.average_precision(is_anomaly, np.zeros(4)) == pytest.approx(0.5), "ties are one step"
    assert measures.average_precision(np.zeros(4, np.bool_), np.arange(4.0)) is None


def sklearn_metrics() -> Any:
    return import_module("sklearn.metrics")  # its own types are partial


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=40))
def test_average_precision_agrees_with_scikit_learn(rows: list[tuple[bool, int]]) -> None:

    is_anomaly, scores = np.array([row[0] for row in rows]), np.array([float(row[1]) for row in rows])
    if is_anomaly.any():
        theirs = sklearn_metrics().average_precision_score(is_anomaly, scores)
        assert measures.average_precision(is_anomaly, scores) == pytest.approx(theirs)


def test_a_cut_lets_a_twentieth_of_the_key_months_alarm() -> None:
    assert measures.cut_at(np.arange(100.0), months=40.0) == 97.0  # 98 and 99 are above it


def test_the_ratio_rule_looks_back_only() -> None:
    assert peers.ratio(np.array([300.0, 300.0, 300.0, 520.0])).tolist() == [0, 0, 0, pytest.approx(173.3333)]


@pytest.mark.parametrize("peer", peers.KEYED_PEERS)
def test_no_peer_looks_ahead(peer: str) -> None:
    values = np.random.default_rng(3).lognormal(6, 0.2, 120)
    changed = values.copy()
    changed[100:] *= 9
    scores, again = (peers.KEYED_PEERS[peer](one) for one in (values, changed))
    if peer != "river_half_space_trees":  # its window length follows from the number of values, here the same
        assert scores[:100].tolist() == again[:100].tolist()
    assert scores[:50].tolist() == again[:50].tolist()


def written(path: Path, header: str, rows: Sequence[tuple[object, ...]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path


def keys(seed: int, *, spoiled: bool, count: int = 12) -> list[tuple[object, ...]]:
    chance = np.random.default_rng(seed)
    rows: list[tuple[object, ...]] = []
    for key in range(count):
        values = chance.lognormal(6, 0.15, 200)
        labels = np.zeros(200, int)
        if spoiled:
            values[150], labels[150] = values[150] * 10, 1
        days = np.datetime64("2025-05-01") + np.arange(200)
        rows += [(f"k{key}", days[at], f"{values[at]:.1f}", labels[at], "") for at in range(200)]
    return rows


def test_a_file_of_keys_is_measured(tmp_path: Path) -> None:
    header = "key,timestamp,value,label,kind"
    dirty = written(tmp_path / "dirty.csv", header, keys(1, spoiled=True))
    clean = written(tmp_path / "clean.csv", header, keys(2, spoiled=False))
    heard: list[str] = []
    found = keyed.measured(dirty, "fuel", clean, heard.append)
    assert (found["ap"], found["recall"]) == (1.0, 1.0)
    assert found["false_alarms_per_key_month"] <= 0.05
    assert (found["keys"], found["facts"], found["anomalies"]) == (12, 2400, 12)
    assert set(found["peers"]) == {*peers.KEYED_PEERS, "ratio_rule_150"}
    assert found["calibrated_on"] == "--clean"
    assert len(heard) == 1 + len(peers.KEYED_PEERS)
    alone = keyed.measured(dirty, "fuel", None, heard.append)
    assert (alone["ap"], alone["calibrated_on"]) == (1.0, "the other nine tenths of the keys")
    at = found["calibration"]["0.05"], found["calibration_interval_95"]["0.05"]
    assert all(at[1][bucket][0] <= ratio <= at[1][bucket][1] for bucket, ratio in at[0].items())


def test_few_facts_are_judged_with_the_shipped_calibration(tmp_path: Path) -> None:
    few = written(tmp_path / "few.csv", "key,timestamp,value,label,kind", keys(1, spoiled=True, count=4))
    found = keyed.measured(few, "fuel", None, lambda _: None)
    assert found["calibrated_on"] == "simulations: too few honest facts"
    assert found["ap"] == found["shipped"]["ap"] == 1.0


def test_a_folder_of_streams_is_measured(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    for name in ("a__one", "b__two"):
        values = chance.normal(20, 1, 1200)
        values[900:905] += 40
        at = np.datetime64("2025-05-01T00:00:00") + 300 * np.arange(1200)
        rows: list[tuple[object, ...]] = [
            (str(at[n]).replace("T", " "), values[n], int(890 <= n < 920)) for n in range(1200)
        ]
        written(tmp_path / f"{name}.csv", "timestamp,value,label", rows)
    found = streams.measured(tmp_path, lambda _: None)
    assert found["nab_standard"] > 80
    assert (found["files"], found["windows"]) == (2, 2)
    assert set(found["peers"]) == set(peers.STREAM_PEERS)


def test_sensors_are_judged_by_the_minute(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    rows: list[tuple[object, ...]] = [
        ("t", np.datetime64("2025-05-01T00:00:00") + 10 * at, 20 + chance.normal() + 30 * (3000 <= at < 3012),
         int(3000 <= at < 3012), "")
        for at in range(3600)
    ]  # fmt: skip
    found = keyed.measured(
        written(tmp_path / "s.csv", "key,timestamp,value,label,kind", rows), "sensor", None, print
    )
    assert found["recall"] > 0.4


def test_register_reads_are_facts_of_use(tmp_path: Path) -> None:
    header = "key,serial,read_date,quality,reason,stand,expected,usage,comment"
    rows: list[tuple[object, ...]] = [
        ("M1", "A", "2024-01-25", "ACTUAL", "REGULAR", 100, "FIRST_READING", "", ""),
        ("M1", "A", "2024-02-24", "ACTUAL", "REGULAR", 118, "", 18, ""),
        ("M1", "A", "2024-03-25", "ACTUAL", "REGULAR", 455, "EXTREME_USAGE", 337, ""),
    ]
    rows.append(("M1", "A", "2024-05-24", "ESTIMATED", "REGULAR", 467, "ESTIMATED_READING", 12, ""))
    (one,) = meter.uses(written(tmp_path / "m.csv", header, rows))
    assert (one.values.tolist(), one.is_anomaly.tolist()) == ([18.0, 337.0], [False, True])


def test_facts_of_a_key_are_put_in_order_and_streams_stay_as_written(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [("k", "2025-05-02", 2, 1, ""), ("k", "2025-05-01", 1, 0, "")]
    (one,) = labelled(written(tmp_path / "k.csv", "key,timestamp,value,label,kind", rows))
    assert (one.values.tolist(), one.is_anomaly.tolist()) == ([1.0, 2.0], [False, True])
    written(tmp_path / "a__b.csv", "timestamp,value,label", [row[1:4] for row in rows])
    assert folder(tmp_path)[0].values.tolist() == [2.0, 1.0]


def test_what_is_no_labelled_data_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableData, match=r"must hold files named <category>__<name>\.csv, found none"):
        folder(tmp_path)
    with pytest.raises(UnreadableData, match=r"x\.csv must have the columns .*, lacks key, label, "):
        labelled(written(tmp_path / "x.csv", "a,b", [(1, 2)]))


@pytest.mark.parametrize(
    ("value", "label", "says"),
    [
        ("much", 0, "value must be a number, got 'much'"),
        ("inf", 0, "value must be >= 0, got inf"),
        (-1, 0, "value must be >= 0, got -1"),
        (1, "ya", "label must be a number, got 'ya'"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(tmp_path: Path, value: object, label: object, says: str) -> None:
    file = written(tmp_path / "y.csv", "key,timestamp,value,label", [("k", "2025-05-01", value, label)])
    with pytest.raises(UnreadableData, match=re.escape(f"y.csv, line 2: {says}")):
        labelled(file)


def test_peers_cannot_be_measured_where_every_fact_is_an_anomaly(tmp_path: Path) -> None:
    rows = [("k", f"2025-05-{day:02}", 100 + day, 1) for day in range(1, 29)]
    file = written(tmp_path / "y.csv", "key,timestamp,value,label", rows)
    with pytest.raises(UnreadableData, match="some facts must be labelled as none"):
        keyed.measured(file, "fuel", None, print)


def test_a_file_of_register_reads_is_judged_by_the_rules_too(tmp_path: Path) -> None:
    header = "key,serial,read_date,quality,reason,stand,expected,usage,comment"
    stands = (100, 118, 136, 154, 454, 472, 472, 440, 458, 463, 481)
    labels = (
        "FIRST_READING",
        "",
        "",
        "",
        "EXTREME_USAGE",
        "",
        "ZERO_USAGE",
        "NEGATIVE_STAND",
        "",
        "DROP_GT_50",
        "",
    )
    rows: list[tuple[object, ...]] = [
        ("M1", "A", np.datetime64("2024-01-25") + 30 * at, "ACTUAL", "REGULAR", stand, label, "", "")
        for at, (stand, label) in enumerate(zip(stands, labels, strict=True))
    ]
    rows.append(("M1", "B", np.datetime64("2025-01-25"), "ACTUAL", "METER_REPLACED", 4, "REPLACED", "", ""))
    rows.append(
        ("M1", "B", np.datetime64("2025-02-25"), "ESTIMATED", "REGULAR", 22, "ESTIMATED_READING", "", "")
    )
    found = meter.measured(written(tmp_path / "m.csv", header, rows))
    assert found["all"] == {"planted": 5, "found": 5, "precision": 1.0, "recall": 1.0}
    assert list(found["kinds"]) == ["extreme", "turun", "zero", "negative", "estimasi"]
    assert found["kinds_without_label"] == {}


READS = "key,serial,read_date,quality,reason,stand,expected"


def test_reads_of_one_period_are_judged_together(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [
        ("M1", "A", "2024-01-25", "ACTUAL", "", 100, "FIRST_READING"),
        ("M1", "A", "2024-02-24", "ACTUAL", "", 118, ""),
        ("M1", "A", "2024-02-24", "ACTUAL", "", 118, ""),
        ("M1", "A", "2024-03-25", "actual ", "", 136, ""),
        ("M1", "A", "2024-03-27", "ACTUAL", "", 142, "SALAH_CATAT"),
        ("M1", "B", "2024-04-25", "ACTUAL", " meter_replaced", 3, "REPLACED"),
        ("M1", "B", "2024-05-25", "ACTUAL", "", 20, "MISTERI"),
    ]
    found = meter.measured(written(tmp_path / "m.csv", READS, rows))
    assert found["all"] == {"planted": 1, "found": 1, "precision": 1.0, "recall": 1.0}
    assert found["kinds_without_label"] == {}
    assert found["labels_without_kind"] == {"MISTERI": 1}


def test_reads_without_a_column_of_quality_are_actual(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [("M1", "2024-01-25", 1, ""), ("M1", "2024-02-25", 1, "ZERO_USAGE")]
    found = meter.measured(written(tmp_path / "m.csv", "key,read_date,stand,expected", rows))
    assert (found["all"]["recall"], found["kinds_without_label"]) == (1.0, {})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "m.csv must have the columns expected, key, read_date, stand, with commas between them, lacks"),
        ("key;read_date;stand;expected\nM;2024-01-25;1;\n", "m.csv must have the columns"),
        (f"{READS}\n", "m.csv must hold facts to judge by, found none"),
        (f"{READS}\nM,A,2024-01-25\n", "m.csv must hold facts to judge by, found none"),
        (
            f"{READS}\nM,A,25/01/2024,ACTUAL,,1,\n",
            "line 2: read_date must be a date as 2025-01-31, got '25/01/2024'",
        ),
        (f"{READS}\nM\n", "m.csv, line 2: read_date must be a date as 2025-01-31, got ''"),
        (f"{READS}\nM,A,2024-01-25,ACTUAL,,inf,\n", "m.csv, line 2: stand must be finite, got inf"),
        (f"{READS},dials\nM,A,2024-01-25,ACTUAL,,1,,4.5\n", "line 2: dials must be a whole number, got 4.5"),
        (f"{READS},dials\nM,A,2024-01-25,ACTUAL,,1,,-5\n", "line 2: dials must be >= 0, got -5"),
        (f"{READS},multiplier\nM,A,2024-01-25,ACTUAL,,1,,0\n", "line 2: multiplier must be >= 1, got 0"),
    ],
)
def test_what_are_no_reads_says_so(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "m.csv"
    file.write_text(content, "utf-8")
    with pytest.raises(UnreadableData, match=re.escape(says)):
        keyed.measured(file, "meter", None, print)


def test_a_file_in_another_encoding_says_so_and_a_mark_of_utf_8_is_no_letter(tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    file.write_bytes(f"{READS}\nM\u00e9,A,2024-01-25,ACTUAL,,1,\n".encode("latin-1"))
    with pytest.raises(UnreadableData, match=r"m\.csv must be UTF-8, byte \d+ is not"):
        keyed.measured(file, "meter", None, print)
    file.write_text(f"{READS}\nM,A,2024-01-25,ACTUAL,,1,\n", "utf-8-sig")
    assert meter.is_register_reads(file)
