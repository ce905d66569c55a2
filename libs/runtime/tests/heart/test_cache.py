"""Which states stay in memory."""

from arus_runtime.fold import Origin


def test_the_oldest_states_go_and_those_not_committed_yet_stay() -> None:
    def kept(*limits: int) -> list[str]:
        origin = Origin(states={f"k{number}": number for number in range(10)})
        origin.keep([("k9", "", b"x" * 8), ("k9", "2025", b"x" * 2)], *limits)
        return list(origin.states)

    assert kept(100, 1_000, 0) == [f"k{number}" for number in range(10)]
    assert kept(4, 1_000, 0) == ["k6", "k7", "k8", "k9"]
    assert kept(100, 25, 0) == ["k8", "k9"], "a key takes 10 bytes with its page"
    assert kept(100, 25, 3) == ["k7", "k8", "k9"]
