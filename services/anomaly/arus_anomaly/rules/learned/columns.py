"""The memories of many keys, and what is said of many facts, as columns."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from arus_anomaly.rules.learned.detector import Assessment, Stage
from arus_anomaly.rules.learned.incidents import Incident
from arus_anomaly.rules.learned.severity import Severity
from arus_anomaly.state.memory import HOLIDAYS, LEVEL_VALUES, PHASES, Memory

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Memories(NamedTuple):
    """The memories of many keys, a row each; the fields are those of `Memory`."""

    values: Floats
    """Newest last; what is not there yet is infinite."""
    sizes: Ints
    factors: Floats
    factor_facts: Ints
    holiday_factors: Floats
    holiday_facts: Ints
    deviation: Floats
    deviation_facts: Ints
    excess: Floats
    run: Ints
    zero_share: Floats
    previous: Floats
    facts: Ints
    quiet: Ints
    worst: Ints
    cut: Floats
    cut_day: Ints

    @staticmethod
    def new(keys: int) -> "Memories":
        """Return the memories of so many keys that have no past."""
        return Memories.of([Memory()] * keys)

    @staticmethod
    def of(memories: Sequence[Memory]) -> "Memories":
        """Return memories as columns."""
        size = len(memories)
        table = Memories(
            values=np.full((size, LEVEL_VALUES), np.inf),
            sizes=np.zeros(size, np.int64),
            factors=np.zeros((size, PHASES)),
            factor_facts=np.zeros((size, PHASES), np.int64),
            holiday_factors=np.zeros((size, HOLIDAYS)),
            holiday_facts=np.zeros((size, HOLIDAYS), np.int64),
            deviation=np.zeros(size),
            deviation_facts=np.zeros(size, np.int64),
            excess=np.zeros(size),
            run=np.zeros(size, np.int64),
            zero_share=np.zeros(size),
            previous=np.zeros(size),
            facts=np.zeros(size, np.int64),
            quiet=np.zeros(size, np.int64),
            worst=np.zeros(size, np.int64),
            cut=np.zeros(size),
            cut_day=np.zeros(size, np.int64),
        )
        for row, memory in enumerate(memories):
            table.put(row, memory)
        return table

    def row(self, at: int) -> Memory:
        """Return the memory of one key."""
        return Memory(
            tuple(self.values[at, LEVEL_VALUES - self.sizes[at] :].tolist()),
            tuple(self.factors[at].tolist()),
            tuple(self.factor_facts[at].tolist()),
            tuple(self.holiday_factors[at].tolist()),
            tuple(self.holiday_facts[at].tolist()),
            self.deviation[at].item(),
            self.deviation_facts[at].item(),
            self.excess[at].item(),
            self.run[at].item(),
            self.zero_share[at].item(),
            self.previous[at].item(),
            self.facts[at].item(),
            self.quiet[at].item(),
            self.worst[at].item(),
            self.cut[at].item(),
            self.cut_day[at].item(),
        )

    def put(self, at: int, memory: Memory) -> None:
        """Write the memory of one key."""
        self.values[at] = np.inf
        self.values[at, LEVEL_VALUES - len(memory.values) :] = memory.values
        self.sizes[at] = len(memory.values)
        for column, value in zip(self[2:], memory[1:], strict=True):
            column[at] = value

    def copy(self) -> "Memories":
        """Return the same memories in columns of their own."""
        return Memories._make(column.copy() for column in self)


class Assessments(NamedTuple):
    """What is said of many facts, a row each; the fields are those of `Assessment`."""

    stage: Ints
    expected: Floats
    low: Floats
    high: Floats
    z: Floats
    decades: Floats
    severity: Ints
    incident: Ints
    shift: Floats

    @staticmethod
    def new(size: int) -> "Assessments":
        """Return rows of which nothing is said yet."""
        floats = [np.zeros(size) for _ in range(6)]
        stage, severity, incident = (np.zeros(size, np.int64) for _ in range(3))
        expected, low, high, z, decades, shift = floats
        return Assessments(stage, expected, low, high, z, decades, severity, incident, shift)

    def row(self, at: int) -> Assessment:
        """Return what is said of one fact."""
        return Assessment(
            Stage(self.stage[at]),
            self.expected[at].item(),
            self.low[at].item(),
            self.high[at].item(),
            self.z[at].item(),
            self.decades[at].item(),
            Severity(self.severity[at]),
            Incident(self.incident[at]),
            self.shift[at].item(),
        )

    def put(self, rows: Ints | int, said: "Assessments | Assessment") -> None:
        """Write what is said of some facts."""
        for column, value in zip(self, said, strict=True):
            column[rows] = value
