"""`screentest proxy` and `screentest env`, as a user runs them, and the guide word for word."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from mockserver.cli import main
from mockserver.commands import proxy as command
from mockserver.proxy import certificates
from mockserver.proxy.environment import JAVA, NAMES, NODE, PYTHON, TRUST, shimmed

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/proxy.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
EXPECTED = (
    '"task_id"',
    "as before",
    '"error"',
    '"tenant":"anna"',
    "shims/python/sitecustomize.py",
    "HTTPS_PROXY",
)
"""What each block shows, in order."""


@pytest.fixture(scope="session")
def running(bare):
    """The command in a process, and what it printed at first."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mockserver", "proxy", "--port", "0", "--mock-port", "0"],
        cwd=ROOT,
        env=bare,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    banner = process.stdout.readline()
    while banner and not banner.endswith("\n\n"):
        banner += process.stdout.readline()
    yield process, banner
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)


@pytest.fixture
def shell(running, bare, tmp_path):
    """Run lines as the guide has them, with the addresses of the running command."""
    mock, proxy = re.findall(r" on (http://\S+)", running[1])
    screentest = tmp_path / "screentest"
    screentest.write_text(f'#!/bin/sh\nexec {sys.executable} -m mockserver "$@"\n')
    screentest.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{bare['PATH']}"
    there = {"PATH": path, "SCREENTEST_PROXY": proxy, "TMPDIR": str(tmp_path)}

    def run(script):
        script = script.replace("http://127.0.0.1:8600", mock)
        script = script.replace("http://127.0.0.1:8601", proxy)
        return subprocess.run(
            ["/bin/sh", "-euc", script],
            cwd=ROOT,
            env=bare | there,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    return run


@pytest.mark.parametrize(("script", "expected"), [*zip(BLOCKS, EXPECTED, strict=True)])
def test_what_the_guide_does_works(script, expected, shell):
    assert expected in shell(script)


def test_the_banner_says_where_all_is(running):
    banner = running[1]
    assert re.match(r"Screentest \S+ on http://127.0.0.1:\d+ \(speed 75, seed", banner)
    assert re.search(r"\nProxy on (\S+) for .*\n.*\n  eval .*screentest env --proxy \1\)", banner)
    assert Path(re.search(r"certificate to trust: (\S+)", banner)[1]).is_file()


def test_at_the_usual_port_it_need_not_be_named(proxy, monkeypatch):
    assert "--proxy" in command.told(proxy)
    monkeypatch.setattr(proxy, "port", command.PORT)
    assert command.told(proxy).endswith('eval "$(screentest env)"')


def test_it_takes_its_directory_away_when_it_is_told_to_stop(bare):
    process = subprocess.Popen(
        [sys.executable, "-m", "mockserver", "proxy", "--port", "0", "--mock-port", "0"],
        cwd=ROOT,
        env=bare,
        text=True,
        stdout=subprocess.PIPE,
    )
    banner = "".join(process.stdout.readline() for _ in range(3))
    origin = re.search(r"Proxy on http://127.0.0.1:(\d+)", banner)
    folder = Path(re.search(r"certificate to trust: (\S+)", banner)[1]).parent
    there = folder.is_dir()
    with closing(socket.create_connection(("127.0.0.1", int(origin[1])))):
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    assert (there, folder.exists()) == (True, False)


@pytest.mark.parametrize("taken", ["--port", "--mock-port"])
def test_a_busy_port_is_one_line_and_exit_status_two(taken, capsys):
    other = ({"--port", "--mock-port"} - {taken}).pop()
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(SystemExit) as stopped:
            main(["proxy", taken, str(port), other, "0"])
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert error == f"screentest: cannot listen on 127.0.0.1:{port}: Address already in use\n"


def test_without_the_library_it_says_what_to_install(capsys, monkeypatch):
    def missing():
        raise ValueError(certificates.MISSING)

    monkeypatch.setattr(certificates, "authority", missing)
    with pytest.raises(SystemExit) as stopped:
        main(["proxy", "--port", "0", "--mock-port", "0"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err == f"screentest: {certificates.MISSING}\n"


# The variables


@pytest.fixture
def told(proxy, capsys):
    """Run `screentest env` in this process; gives what it prints as JSON."""

    def run(*options):
        main(["env", "--proxy", proxy.origin, "--format", "json", *options])
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture(autouse=True)
def _nothing_there(monkeypatch):
    for name in ("PYTHONPATH", "NODE_OPTIONS", JAVA):
        monkeypatch.delenv(name, raising=False)


def test_it_prints_what_the_fixture_gives(told, proxy):
    assert told("--tenant", "anna") == proxy.environment("anna", shims=True)


def test_shims_stand_before_what_the_shell_has(told, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "mine")
    assert told()["PYTHONPATH"] == os.pathsep.join([PYTHON, "mine"])


def test_shims_are_left_out_for_who_wants_none(told, proxy):
    assert told("--no-shims") == proxy.environment()


def test_java_gets_its_options_and_no_tenant(told, proxy):
    given = told("--java", "--tenant", "anna")
    assert given[JAVA] == proxy.environment(java=True)[JAVA]


def test_the_certificate_is_written_where_it_is_asked_for(told, proxy, tmp_path):
    given = told("--ca", str(tmp_path / "there.pem"), "--java")
    assert {given[name] for name in TRUST} == {str(tmp_path / "there.pem")}
    assert (tmp_path / "there.pem").read_bytes() == proxy.ca_file.read_bytes()
    assert f"trustStore={tmp_path / 'there.p12'} " in given[JAVA]
    assert (tmp_path / "there.p12").stat().st_size > 100


def test_what_was_set_is_taken_away_and_nothing_else(told, monkeypatch):
    monkeypatch.setenv("NODE_OPTIONS", f"{NODE} --mine")
    monkeypatch.setenv("PYTHONPATH", shimmed({})["PYTHONPATH"])
    expected = dict.fromkeys(NAMES) | {"NODE_OPTIONS": "--mine", "PYTHONPATH": None}
    assert told("--unset") == expected


class Other(BaseHTTPRequestHandler):
    """Something else that listens where a proxy should."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.says)

    def log_message(self, *_):
        pass


@pytest.fixture(params=[b"hello", b"{}", b"[]"])
def other(request):
    with HTTPServer(("127.0.0.1", 0), Other) as server:
        server.says = request.param
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def problem(capsys, *arguments):
    with pytest.raises(SystemExit) as stopped:
        main(["env", *arguments])
    assert stopped.value.code == 2
    return capsys.readouterr().err


def test_where_no_proxy_answers_it_says_how_to_start_one(capsys):
    with closing(socket.socket()) as line:
        line.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{line.getsockname()[1]}"
        error = problem(capsys, "--proxy", origin)
    assert error == f"screentest: no proxy answers at {origin}; start one: screentest proxy\n"


def test_where_something_else_answers_it_says_so_too(capsys, other):
    error = problem(capsys, "--proxy", other)
    assert error == f"screentest: no proxy answers at {other}; start one: screentest proxy\n"


def test_a_tenant_that_cannot_be_is_refused_by_the_proxy(capsys, proxy):
    error = problem(capsys, "--proxy", proxy.origin, "--tenant", "a:b")
    assert error == "screentest: a tenant's name has no colon and can be printed, not 'a:b'\n"


def test_a_certificate_that_is_elsewhere_has_to_be_fetched(capsys, proxy, monkeypatch, tmp_path):
    monkeypatch.setattr(proxy, "ca_file", tmp_path / "none" / "ca.pem")
    monkeypatch.setattr(proxy, "_java_store", lambda: ("", ""))
    error = problem(capsys, "--proxy", proxy.origin)
    assert error == "screentest: the proxy runs on another machine; say where to write its --ca\n"
