"""Who asks for a worker to be woken never waits for the broker."""

import threading
import time
from collections.abc import Iterator

import pytest

from portal.core import waking
from portal.core.waking import _Messenger


class Broker:
    """Takes a name only when it is let."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.asked: list[str] = []

    def __call__(self, task: str) -> None:
        self.asked.append(task)
        self.answers.wait(10)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    broker = Broker()
    monkeypatch.setattr(waking, "send", broker)
    yield broker
    broker.answers.set()


def _wait_for(broker: Broker, count: int) -> None:
    deadline = time.monotonic() + 10
    while len(broker.asked) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_broker_that_is_silent_holds_up_nobody_and_gets_each_name_once(broker: Broker) -> None:
    messenger = _Messenger()
    started = time.monotonic()
    messenger.hand_over("first")
    _wait_for(broker, 1)
    for _ in range(1000):
        messenger.hand_over("first")
        messenger.hand_over("second")
    assert time.monotonic() - started < 5
    assert broker.asked == ["first"]
    broker.answers.set()
    _wait_for(broker, 3)
    time.sleep(0.05)
    assert broker.asked == ["first", "first", "second"]


def test_a_forked_process_gets_a_messenger_of_its_own() -> None:
    before = waking._messenger
    waking._start_afresh()
    assert waking._messenger is not before
    assert waking._messenger._thread is None
