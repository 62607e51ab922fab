"""`screentest run` at a terminal: progress, and whose the terminal is."""

import json
import os
import pty
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from select import select

import pytest

from contracts.kernel.habits import Severity
from mockserver.commands.run import progress_stream
from mockserver.settings import Settings
from mockserver.testing.telling import Told
from mockserver.verdict import judging
from mockserver.verdict import progress as shown
from mockserver.verdict.finding import Finding
from mockserver.verdict.progress import Counts, Progress
from mockserver.verdict.running import showing, so_far
from mockserver.verdict.verdict import Chapter
from mockserver.world import World

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20


@pytest.fixture(autouse=True)
def time(monkeypatch):
    """Time that stands still until it is moved."""
    moments = [1000.0]
    monkeypatch.setattr(shown, "real_now", lambda: moments[0])

    def move(seconds):
        moments[0] += seconds

    return move


# How far a run is


def test_a_line_is_rewritten_when_something_has_changed_and_erased_in_the_end(time):
    stream, counts = StringIO(), [Counts(1, 0, 0)]
    line = Progress(stream, lambda: counts[-1], in_title=False)
    line.show()
    line.show()
    counts.append(Counts(12, 3, 1))
    line.show()
    time(1)
    line.show()
    time(1)
    line.show()
    line.close()
    assert stream.getvalue().split("\r\x1b[2K") == [
        "",
        "screentest: 1 request, 0 tasks, 0 findings so far",
        "screentest: 12 requests, 3 tasks, 1 finding so far",
        "",
    ]


def test_a_terminal_that_goes_away_takes_nothing_but_its_progress_with_it(monkeypatch):
    monkeypatch.setattr(sys, "stderr", StringIO())  # is replaced where nobody listens
    stream = StringIO()
    with showing(stream, lambda: Counts(1, 0, 0)) as show:
        stream.close()
        show()
        went_on = True
    assert went_on


def test_where_the_command_writes_to_the_terminal_progress_is_its_title():
    stream = StringIO()
    title = Progress(stream, lambda: Counts(1, 1, 0), in_title=True)
    title.show()
    title.close()
    told = "\x1b]2;screentest: 1 request, 1 task, 0 findings so far\x07"
    assert stream.getvalue() == f"\x1b[22;2t{told}\x1b[23;2t"


def test_a_look_that_takes_long_is_rare(time):
    looks = []

    def look():
        time(2)
        looks.append(None)

    line = Progress(StringIO(), look, in_title=False)
    line.show()
    time(39)
    line.show()
    assert len(looks) == 1
    time(2)
    line.show()
    assert len(looks) == 2


def test_where_the_world_changes_under_our_eyes_nothing_is_counted_or_shown(monkeypatch):
    def chapters(_world):
        raise RuntimeError("dictionary changed size during iteration")

    monkeypatch.setattr(judging, "chapters", chapters)
    stream = StringIO()
    line = Progress(stream, lambda: so_far(None, None, ()), in_title=False)
    line.show()
    assert stream.getvalue() == ""


def test_what_tests_have_told_and_what_is_accepted_count_too(tmp_path):
    chapter = Chapter(
        name="test_it.py::test_bad",
        is_test=True,
        findings=(finding("acme/a"), finding("acme/b")),
        exchanges=(),
        tasks=(),
        would_have_cost={},
    )
    told = Told(tmp_path)
    (tmp_path / "1.jsonl").write_text(json.dumps(asdict(chapter)) + "\n{")
    world = World(Settings(seed=1))
    known = [finding("acme/a").fingerprint]
    assert so_far(world, told, known) == so_far(world, told, known) == Counts(0, 0, 1)
    assert told.look() == [chapter]


def finding(rule):
    plain = dict.fromkeys(("what", "sentence", "why", "mend", "source"), "")
    return Finding(rule=rule, severity=Severity.ERROR, provider="acme", **plain)


class Terminal(StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "ci", "quiet", "is_shown"),
    [
        (Terminal(), "", False, True),
        (Terminal(), "true", False, False),
        (Terminal(), "", True, False),
        (StringIO(), "", False, False),
    ],
    ids=["terminal", "ci", "quiet", "pipe"],
)
def test_progress_is_for_people_at_a_terminal(monkeypatch, stream, ci, quiet, is_shown):
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("CI", ci)
    assert progress_stream(quiet=quiet) == (stream if is_shown else None)


# Whose the terminal is


LEADER = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Has the run lead a session of its own."""
SHELL = """
import fcntl, os, signal, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
job = subprocess.Popen(sys.argv[1:], process_group=0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
os.tcsetpgrp(0, job.pid)
os.waitid(os.P_PID, job.pid, os.WSTOPPED)
os.tcsetpgrp(0, os.getpgrp())
os.killpg(job.pid, signal.SIGCONT)
print("in the background", flush=True)
status = job.wait()
print("mine" if os.tcgetpgrp(0) == os.getpgrp() else "taken", flush=True)
sys.stdin.readline()
sys.exit(status)
"""
"""Has the run go on in the background, as `bg` does, once it was stopped."""
NO_SHELL = "import os, sys; os.execv(sys.argv[1], sys.argv[1:])"
"""Has the run read from a terminal that is not its own."""


@contextmanager
def at_a_terminal(*command, code=LEADER, **options):
    """Run a command as a shell would, at a terminal of its own; gives process and terminal."""
    ours, its = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    process = subprocess.Popen(
        [sys.executable, "-c", code, sys.executable, "-m", "mockserver", "run", *command],
        cwd=ROOT,
        env=environment,
        stdin=its,
        stderr=its,
        stdout=options.get("stdout", its),
        start_new_session=True,
    )
    os.close(its)
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        if process.stdout:
            process.stdout.close()


def until(terminal, word):
    """Read from a terminal until a word is there."""
    read = b""
    while word not in read:
        assert select([terminal], [], [], PATIENCE)[0], read
        try:
            read += os.read(terminal, 4096)
        except OSError:  # all have left it
            pytest.fail(f"{word} is not in {read}")
    return read


def rest(terminal):
    """Read what else there is, once all have left the terminal."""
    read = b""
    with suppress(OSError):  # as Linux has it
        while more := os.read(terminal, 4096):
            read += more
    return read


def test_a_command_may_ask_and_is_interrupted_by_the_keyboard_alone():
    script = (
        "trap 'echo interrupted; exit 9' INT; echo ready; read answer; echo got $answer; read x"
    )
    with at_a_terminal("--", "sh", "-c", script) as (process, terminal):
        until(terminal, b"ready")
        os.write(terminal, b"yes\n")
        until(terminal, b"got yes")
        os.write(terminal, b"\x03")
        until(terminal, b"interrupted")
        said = rest(terminal)
        assert process.wait(PATIENCE) == 9, said


def test_a_command_that_is_stopped_at_the_keyboard_stops_the_run_until_it_goes_on():
    script = "read go; echo ready; read answer; echo got $answer"
    with at_a_terminal("--", "sh", "-c", script) as (process, terminal):
        os.write(terminal, b"go\n")
        until(terminal, b"ready")
        os.write(terminal, b"\x1a")
        seen = os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        assert seen.si_status == signal.SIGSTOP
        os.kill(process.pid, signal.SIGCONT)
        os.write(terminal, b"yes\n")
        until(terminal, b"got yes")
        assert process.wait(PATIENCE) == 0


def test_a_command_that_goes_on_in_the_background_leaves_the_terminal_alone(tmp_path):
    # it waits within the shell: one that is starting a program by vfork cannot be stopped
    os.mkfifo(tmp_path / "go")
    script = f"read go; echo ready; read on < {tmp_path}/go; exit 8"
    with at_a_terminal("--", "sh", "-c", script, code=SHELL) as (process, terminal):
        os.write(terminal, b"go\n")
        until(terminal, b"ready")
        os.write(terminal, b"\x1a")
        until(terminal, b"in the background")
        (tmp_path / "go").write_text("on\n")
        until(terminal, b"mine")
        os.write(terminal, b"\n")
        assert process.wait(PATIENCE) == 8


def test_a_command_that_wants_the_terminal_too_early_gets_it_all_the_same():
    script = "kill -TTIN $$; read answer; echo got $answer"
    with at_a_terminal("--", "sh", "-c", script) as (process, terminal):
        os.write(terminal, b"yes\n")
        until(terminal, b"got yes")
        assert process.wait(PATIENCE) == 0


def test_a_terminal_that_is_not_ours_is_read_from_all_the_same():
    script = "read answer; echo got $answer"
    with at_a_terminal("--", "sh", "-c", script, code=NO_SHELL) as (process, terminal):
        os.write(terminal, b"yes\n")
        until(terminal, b"got yes")
        assert process.wait(PATIENCE) == 0


def test_progress_is_a_line_where_the_command_writes_elsewhere():
    with at_a_terminal("--", "sh", "-c", "echo out", stdout=subprocess.PIPE) as (process, terminal):
        assert process.stdout.read() == b"out\n"
        said = rest(terminal)
        assert process.wait(PATIENCE) == 0
    assert b"\r\x1b[2K" in said


def test_progress_is_the_title_where_the_command_writes_to_the_terminal():
    script = "import time; print('out', flush=True); time.sleep(0.3)"
    with at_a_terminal("--", sys.executable, "-c", script) as (process, terminal):
        said = until(terminal, b"\x1b[23;2t")
        rest(terminal)
        assert process.wait(PATIENCE) == 0
    assert b"\x1b]2;screentest: 0 requests, 0 tasks, 0 findings so far\x07" in said
    assert b"\r\x1b[2K" not in said
