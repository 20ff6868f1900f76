"""How children are started, kept running and ended."""

import os
import signal
import subprocess
import sys
import time

import pytest

from portal.core.services import supervisor as module
from portal.core.services.errors import ServiceError
from portal.core.services.process import Program, is_alive
from portal.core.services.supervisor import Stopped, Supervisor
from portal.core.services.watchdog import end, watch

pytestmark = pytest.mark.processes


def program(name, script, **options):
    return Program(name=name, argv=("sh", "-c", script), **options)


def test_children_end_in_the_opposite_order(tmp_path):
    said = tmp_path / "said"
    with Supervisor(say=print) as supervisor:
        for name in ("first", "second"):
            started = tmp_path / name
            script = f"trap 'echo {name} >> {said}; exit' TERM; touch {started}; while :; do sleep 0.02; done"
            supervisor.start(program(name, script), ready=started.exists)
    assert said.read_text().split() == ["second", "first"]


def test_a_child_that_ignores_the_signal_is_killed_after_its_grace(tmp_path):
    started = tmp_path / "started"
    with Supervisor(say=print) as supervisor:
        script = (
            f"trap '' TERM; echo $$ > {started}.new; mv {started}.new {started}; while :; do sleep 0.02; done"
        )
        supervisor.start(program("deaf", script, grace=0.2), ready=started.exists)
    assert not is_alive(int(started.read_text()))


def test_what_a_child_itself_started_ends_with_it(tmp_path):
    started = tmp_path / "started"
    with Supervisor(say=print) as supervisor:
        script = f"sleep 300 & echo $! > {started}.new; mv {started}.new {started}; wait"
        supervisor.start(program("family", script), ready=started.exists)
    deadline = time.monotonic() + 5
    while is_alive(int(started.read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_child_that_died_is_started_again(tmp_path):
    lives, said = tmp_path / "lives", []

    def say(text):
        said.append(text)

    with Supervisor(say=say, gone=lambda: lives.exists() and lives.read_text().count("x") == 2) as supervisor:
        supervisor.start(
            program("Moth", f"printf x >> {lives}; test $(wc -c < {lives}) -gt 1 && sleep 300; exit 3")
        )
        with pytest.raises(Stopped):
            supervisor.watch()
    assert said == ["Moth ended (exit code 3); starting it again in 0.5 s."]


def test_a_child_that_keeps_dying_ends_everything_with_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_LONGEST_PAUSE", 0.05)
    log, other = tmp_path / "moth.log", tmp_path / "other"
    with Supervisor(say=lambda text: None) as supervisor:
        supervisor.start(program("Other", f"echo $$ > {other}; exec sleep 300"), ready=other.exists)
        supervisor.start(program("Moth", "echo too hot; exit 3", log=log))
        with pytest.raises(ServiceError) as failure:
            supervisor.watch()
    assert str(failure.value) == (
        "Moth ended 5 times within a minute, so everything was stopped (last time by exit code 3)."
        f" The end of {log}:\n" + "\n".join(["too hot"] * 5)
    )
    assert not is_alive(int(other.read_text()))


def test_a_child_that_ends_while_it_starts_is_told():
    with pytest.raises(ServiceError) as failure, Supervisor(say=print) as supervisor:
        supervisor.start(program("Moth", "exit 3"), ready=lambda: False)
    assert str(failure.value) == "Moth ended while it was starting (last time by exit code 3)."


def test_a_child_that_never_gets_ready_is_told():
    with pytest.raises(ServiceError) as failure, Supervisor(say=print) as supervisor:
        supervisor.start(program("Sloth", "exec sleep 300"), ready=lambda: False, within=0.1)
    assert str(failure.value) == "Sloth was not ready after 0 seconds."


def test_a_program_that_is_not_there_is_told():
    with (
        pytest.raises(ServiceError, match=r"Ghost can't be started: .*No such file or directory"),
        Supervisor(say=print) as supervisor,
    ):
        supervisor.start(Program(name="Ghost", argv=("/nowhere/ghost",)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_parent_ends_the_run(number, tmp_path):
    before, started = signal.getsignal(number), tmp_path / "started"
    with Supervisor(say=print) as supervisor:
        supervisor.start(program("Long", f"echo $$ > {started}; exec sleep 300"), ready=started.exists)
        os.kill(os.getpid(), number)
        with pytest.raises(Stopped):
            supervisor.watch()
    assert not is_alive(int(started.read_text()))
    assert signal.getsignal(number) is before


def test_the_watchdog_ends_what_a_killed_parent_left():
    child = subprocess.Popen(["sleep", "300"], start_new_session=True)
    done = subprocess.Popen(["true"])
    done.wait()
    lines = [f"+{child.pid} {int(signal.SIGTERM)}\n", f"+{done.pid} 15\n", f"-{done.pid}\n"]
    left = watch(lines)
    assert left == {child.pid: signal.SIGTERM}
    killer = subprocess.Popen(
        [sys.executable, "-m", "portal.core.services.watchdog"], stdin=subprocess.PIPE, text=True
    )
    killer.stdin.writelines(lines)
    killer.stdin.close()
    assert child.wait(10) == -signal.SIGTERM
    assert killer.wait(10) == 0
    end({})
