"""What a process says of itself: JSON lines without secrets, and traces that go on."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from arus_runtime import observe
from hypothesis import given
from hypothesis import strategies as st

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def logging_put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.usefixtures("logging_put_back")
def test_every_line_is_json_whoever_wrote_it(capsys: pytest.CaptureFixture[str]) -> None:
    observe.configure_logging("shell", "info")
    structlog.get_logger("ours").info("recorded", fact="1")
    logging.getLogger("theirs").warning("a library says %s", "so")
    structlog.get_logger("ours").debug("too quiet")
    ours, theirs = lines(capsys)
    assert (ours["event"], ours["fact"], ours["level"], ours["service"]) == ("recorded", "1", "info", "shell")
    assert (theirs["event"], theirs["logger"]) == ("a library says so", "theirs")


@pytest.mark.usefixtures("logging_put_back")
def test_a_traceback_shows_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    observe.configure_logging("shell", "info")

    def log_in(password: str) -> None:
        raise ValueError(len(password))

    try:
        log_in("rahasia-sekali")
    except ValueError:
        structlog.get_logger().exception("unhandled")
        logging.getLogger("theirs").exception("unhandled")
    text = capsys.readouterr().err
    assert text.count("ValueError") >= 2
    assert "rahasia-sekali" not in text


def test_a_step_stays_in_its_trace_under_a_new_span() -> None:
    step = observe.child_of(PARENT)
    assert (step[:36], step[-3:]) == (PARENT[:36], "-01")
    assert step != PARENT


@given(st.none() | st.text())
def test_what_is_no_trace_begins_a_new_one(header: str | None) -> None:
    assert observe.child_of(header)[3:35] != PARENT[3:35]


@pytest.mark.parametrize(
    "header",
    [
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        PARENT.upper(),
        PARENT.replace("00-", "01-", 1),
        PARENT + "x",
    ],
)
def test_a_malformed_trace_is_not_taken_over(header: str) -> None:
    assert observe.child_of(header)[3:35] not in header


def test_a_trace_entered_is_the_current_one() -> None:
    step = observe.enter_trace(PARENT)
    assert observe.current_traceparent() == step
