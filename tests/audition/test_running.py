"""Commands that are run out of sight."""

import os
import sys
from pathlib import Path
from threading import Event, Timer

import pytest

from mockserver.audition.running import KEPT, Stopped, run


def python(code, *, timeout=20.0, stop=None, **others):
    command = (sys.executable, "-c", code)
    return run(command, os.environ, timeout=timeout, stop=stop or Event(), **others)


def has_ended(pid):
    """Wait until a process is gone, or all that is left of it is its status."""
    for _ in range(500):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        Event().wait(0.01)
    return False


def test_what_it_writes_is_kept_and_its_status_given():
    done = python("import sys; print('a'); print('b', file=sys.stderr); sys.exit(7)")
    assert (done.status, sorted(done.output.split())) == (7, ["a", "b"])


def test_of_a_long_output_the_end_is_kept():
    done = python("print('x' * 1_000_000 + 'end')")
    assert len(done.output) == KEPT
    assert done.output.endswith("xend\n")


def test_a_command_that_was_killed_has_the_status_a_shell_would_give_it():
    assert python("import os; os.kill(os.getpid(), 9)").status == 137


def test_it_reads_nothing():
    assert python("import sys; sys.exit(len(sys.stdin.read()))").status == 0


def test_what_takes_too_long_is_ended_though_it_will_not_hear():
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True)\n"
    done = python(f"{code}while True: time.sleep(1)", timeout=0.5)
    assert (done.status, done.output) == (None, "deaf\n")


def test_what_it_left_behind_ends_with_it():
    code = "import subprocess as s, sys; print(s.Popen(['sleep', '60']).pid)"
    assert has_ended(int(python(code).output))


def test_someone_who_got_away_with_its_output_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("mockserver.audition.running.GRACE", 0.05)
    code = "import subprocess as s; print(s.Popen(['sleep', '0.3'], start_new_session=True).pid)"
    assert python(code).status == 0


def test_it_is_stopped_when_nobody_wants_it_any_more():
    stop = Event()
    Timer(0.1, stop.set).start()
    with pytest.raises(Stopped):
        python("import time; time.sleep(60)", stop=stop)


def test_meanwhile_something_else_is_done():
    seen = []
    python("import time; time.sleep(0.1)", meanwhile=lambda: seen.append(1))
    assert seen


def test_a_command_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="cannot run there-is-none: No such file"):
        run(("there-is-none",), os.environ, timeout=1, stop=Event())
