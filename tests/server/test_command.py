"""The command line, as a user runs it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mockserver import __version__
from mockserver.cli import main, screentest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "mockserver"]


@contextmanager
def running(*options: str) -> Iterator[tuple[subprocess.Popen, str, str]]:
    """Run the command until its banner is there; gives process, origin and banner."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *options],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        banner = process.stdout.readline()
        while not banner.endswith("\n\n"):
            banner += process.stdout.readline()
        origin = re.search(r"http://[\d.]+:\d+", banner)[0]
        yield process, origin, banner
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)


def test_every_curl_line_of_the_banner_works_when_it_is_pasted():
    with running("--seed", "5") as (_, _, banner):
        lines = [line for line in banner.splitlines() if line.startswith("  curl ")]
        assert len(lines) == 4
        for line in lines:
            done = subprocess.run(
                ["/bin/sh", "-c", line], capture_output=True, text=True, check=True, env=clean()
            )
            assert re.search('"(task_id|queue_id)":', done.stdout), done.stdout
        assert "seed 5" in banner


def clean() -> dict[str, str]:
    """The environment without proxies."""
    return {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}


def test_it_ends_when_it_is_interrupted_even_with_a_call_open():
    with running("--speed", "1") as (process, origin, _):
        host, port = origin.removeprefix("http://").split(":")
        body = json.dumps(
            {"model": "doubao-seedance-1-0-pro-250528", "content": [{"type": "text", "text": "x"}]}
        )
        with socket.create_connection((host, int(port))) as line:
            head = (
                "POST /seedance/videos HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer k\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            line.sendall((head + body).encode())
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=5) is not None


def test_refusals_are_logged_on_standard_error_with_time_rule_and_source():
    with running() as (process, origin, _):
        request = urllib.request.Request(f"{origin}/v1/video/create", b"{}", method="POST")
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request)
        line = process.stderr.readline()
    assert re.match(r"\d\d:\d\d:\d\d refused senseaudio create 401 senseaudio/no-key: ", line)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["serve", "--prot", "1"], "No such option '--prot'"),
        (["serve", "--speed", "0"], "speed must be a number from 0.001 to 1e+09, not 0.0"),
        (["serve", "--speed", "nan"], "speed must be a number from 0.001 to 1e+09, not nan"),
        (["serve", "--speed", "fast"], "Invalid value for '--speed'"),
        (["serve", "--port", "x"], "Invalid value for '--port'"),
        (["srve"], "No such command 'srve'"),
        (["serve", "--contract", "x"], "no contract 'x'"),
        (["serve", "--models", "x"], "Invalid value for '--models'"),
        (["serve", "--host", "256.1.1.1"], "cannot listen on 256.1.1.1:8600"),
    ],
)
def test_misuse_is_one_line_and_exit_status_two(arguments, message, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    (line,) = capsys.readouterr().err.splitlines()
    assert stopped.value.code == 2
    assert line.startswith(f"screentest: {message}")


def test_a_busy_port_is_one_line_and_exit_status_two(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as stopped:
            main(["serve", "--port", str(port)])
    (line,) = capsys.readouterr().err.splitlines()
    assert stopped.value.code == 2
    assert line.startswith(f"screentest: cannot listen on 127.0.0.1:{port}: Address already in use")


def test_without_a_command_it_shows_what_there_is(capsys):
    with pytest.raises(SystemExit) as stopped:
        main([])
    assert stopped.value.code == 2
    assert "serve" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["serve", "check", "rules", "contract", "openapi"])
def test_help_names_every_command_without_loading_any(command):
    code = (
        "import sys; from mockserver.cli import main; main(['--help']);"
        "print([one for one in sys.modules if one.split('.')[0] in {'pydantic', 'starlette'}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert f"  {command} " in done.stdout
    assert done.stdout.endswith("[]\n")


def test_a_revision_and_lenience_can_be_chosen():
    with running("--contract", "latest", "--models", "lenient") as (_, _, banner):
        assert "(2026-10)" in banner
        assert ", lenient about models)" in banner


def test_it_tells_its_version(capsys):
    main(["--version"])
    assert capsys.readouterr().out == f"screentest, version {__version__}\n"


def test_an_interruption_is_no_error_of_ours(monkeypatch):
    def interrupted(*_arguments, **_settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(screentest, "main", interrupted)
    with pytest.raises(SystemExit) as ended:
        main(["contract", "list"])
    assert ended.value.code == 130
