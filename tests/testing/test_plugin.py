"""The pytest plugin, in suites of users."""

import json
import re
import subprocess
import sys

import pytest

CLIENT = """
    import asyncio, os, subprocess, sys
    import anyio, httpx, pytest

    ASKED = {"model": "seedance-2-0-text-to-video", "prompt": "a cat", "duration": "5s"}
    KEY = {"authorization": "Bearer any"}
    REAL = "https://api.venice.ai/api/v1"

    def submit(client, root=REAL, **fields):
        return client.post(f"{root}/video/queue", json=ASKED | fields, headers=KEY)
"""


def test_sync_and_async_tests_meet_the_mock_at_the_real_host(suite):
    run = suite(
        test_mine=CLIENT
        + """
    @pytest.fixture
    def anyio_backend():
        return "asyncio"

    def test_sync(screentest):
        answer = submit(httpx)
        assert answer.status_code == 200
        task = screentest.task(answer.json()["queue_id"])
        assert (task.state, len(screentest.requests())) == ("waiting", 1)

    @pytest.mark.anyio
    async def test_async(screentest):
        async with httpx.AsyncClient() as client:
            assert (await submit(client)).status_code == 200
        assert len(screentest.requests()) == 1
        await screentest.aadvance(600)
        with pytest.raises(RuntimeError, match="aadvance"):
            screentest.advance(600)

    @pytest.mark.anyio
    async def test_sync_client_in_an_async_test(screentest):
        assert submit(httpx).status_code == 200

    def test_each_test_is_alone(screentest):
        assert screentest.requests() == []
        assert screentest.tasks == []

    def test_nothing_is_answered_without_the_fixture():
        import socket
        connect, socket.socket.connect = socket.socket.connect, None
        try:
            with pytest.raises(Exception):
                submit(httpx)
        finally:
            socket.socket.connect = connect
    """
    )
    assert run.counts() == {"passed": 5}, run.text


def test_the_marker_says_how_the_mock_is_to_be(suite):
    run = suite(
        ini="""
        screentest_contract = venice@2026-10
        screentest_balance = 100
        """,
        test_mine=CLIENT
        + """
    def revision(screentest):
        return screentest.world.providers["venice"].revision

    def test_from_the_configuration(screentest):
        assert revision(screentest) == "2026-10"
        assert screentest.clock.policy == "poll"

    @pytest.mark.screentest(contract="seeds", speed=5)
    class TestClass:
        def test_from_the_class(self, screentest):
            assert revision(screentest) == "2026-06"
            assert (screentest.clock.policy, screentest.clock.speed) == ("wall", 5)

        @pytest.mark.screentest(clock="manual", scenario="fail")
        def test_the_closest_wins(self, screentest):
            assert revision(screentest) == "2026-06"
            assert screentest.clock.policy == "manual"

    MINE = {"name": "mine", "do": {"latency": 0.01}}

    @pytest.mark.screentest(contract="seeds", balance=0, scenario=["stuck", MINE])
    def test_scenarios(screentest):
        assert [one.name for one in screentest.world.scenarios.list(screentest.key)][-1] == "mine"
    """,
    )
    assert run.counts() == {"passed": 4}, run.text


def test_the_server_answers_on_a_socket_and_keeps_tests_apart(suite):
    run = suite(
        test_mine=CLIENT
        + """
    def test_by_path_with_any_key(screentest_server):
        root = screentest_server.base_url("venice")
        assert root.startswith("http://127.0.0.1:")
        assert submit(httpx, root).status_code == 200
        assert len(screentest_server.tasks) == 1

    def test_by_key(screentest_server):
        root = f"{screentest_server.origin}/api/v1"
        own = {"authorization": f"Bearer {screentest_server.key}"}
        httpx.post(f"{root}/video/queue", json=ASKED, headers=own)
        submit(httpx, root)
        assert len(screentest_server.tasks) == 1

    def test_both_doors_lead_to_the_same_place(screentest, screentest_server):
        assert submit(httpx).status_code == 200
        assert submit(httpx, screentest.base_url("venice")).status_code == 200
        assert len(screentest.tasks) == 2

    @pytest.fixture(scope="module")
    def own(screentest_server_factory):
        with screentest_server_factory(contract="venice@2026-10", speed=300) as server:
            yield server

    def test_a_server_of_ones_own(own, screentest_server):
        assert own.origin != screentest_server.origin
        assert own.clock.speed == 300
        submit(httpx, own.base_url("venice"))
        assert len(own.requests()) == 1
        assert screentest_server.requests() == []

    def test_a_server_of_ones_own_outlives_a_test(own):
        assert len(own.requests()) == 1
    """
    )
    assert run.counts() == {"passed": 5}, run.text


def test_a_client_in_another_process_needs_the_environment_alone(suite):
    run = suite(
        test_mine=CLIENT
        + """
    def run(code, env):
        command = [sys.executable, "-c", "import httpx, os; " + code]
        return subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True).stdout.decode()

    def ask(env):
        call = f"httpx.post('{REAL}/video/queue', json={ASKED}, headers={KEY})"
        return run(f"print({call}.json()['queue_id'])", env)

    def test_through_the_proxy(screentest_env, screentest_server):
        task = screentest_server.task(ask(screentest_env).strip())
        assert task.state == "waiting"

    def test_what_is_refused_there_fails_the_test(screentest_env):
        code = "try: httpx.get('https://elsewhere.example/')\\nexcept httpx.HTTPError: pass"
        subprocess.run([sys.executable, "-c", "import httpx\\n" + code], env=screentest_env)

    @pytest.mark.screentest(allow_hosts=["elsewhere.example"])
    def test_what_is_allowed_goes_past_the_proxy(screentest_env):
        assert "elsewhere.example" in screentest_env["NO_PROXY"].split(",")

    def test_it_can_be_told_where_to_go(screentest_env, screentest_server):
        call = "httpx.get(os.environ['SCREENTEST_URL'] + '/api/v1/models')"
        assert run(f"print({call}.status_code)", screentest_env).strip() == "200"
        assert len(screentest_server.requests()) == 1
    """
    )
    assert run.counts() == {"passed": 4, "error": 1}, run.text
    assert "elsewhere.example:443" in run.text


def test_what_is_refused_fails_a_test_that_did_not_notice(suite):
    run = suite(
        test_mine=CLIENT
        + """
    def test_swallowed(screentest):
        try:
            httpx.get("https://elsewhere.example/telemetry")
        except Exception:
            pass

    def test_raised(screentest):
        httpx.get("https://elsewhere.example/")

    def test_meant(screentest):
        with pytest.raises(AssertionError, match="GET https://elsewhere.example/"):
            httpx.get("https://elsewhere.example/")
        screentest.refused.clear()
    """
    )
    assert run.counts() == {"failed": 1, "passed": 2, "error": 1}, run.text
    assert "GET https://elsewhere.example/telemetry" in run.text
    assert "allow_hosts" in run.text


WRONG = {
    "contrakt='x'": "no option 'contrakt'; did you mean contract?",
    "contract='venise@2026-06'": "no contract 'venise@2026-06'; did you mean venice@2026-06?",
    "'venice'": "takes keywords only, not 'venice'",
    "clock='pol'": "no clock 'pol'; did you mean poll?",
    "speed='fast'": "speed must be a number, not 'fast'",
    "speed=0": "speed must be a number from",
    "scenario='stuk'": "no scenario 'stuk'; did you mean stuck?",
    "scenario={'name': 'x', 'wen': {}}": "no key 'wen'; did you mean when?",
    "faces='all'": "faces must be 'marker' or",
}


def test_what_makes_no_sense_is_said_in_a_line(suite):
    tests = "".join(
        f"""
    @pytest.mark.screentest({marker})
    def test_{number}(screentest):
        raise NotImplementedError
    """
        for number, marker in enumerate(WRONG)
    )
    run = suite(test_mine=f"\n    import pytest\n{tests}")
    assert run.counts() == {"error": len(WRONG)}, run.text
    assert [said for said in WRONG.values() if said not in run.text] == []
    assert "Traceback" not in run.text


def test_the_leak_guard_fails_whatever_turns_to_a_provider(suite):
    run = suite(
        "--screentest-leak-guard",
        test_mine=CLIENT
        + """
    def test_swallowed():
        try:
            submit(httpx)
        except Exception:
            pass

    def test_answered(screentest):
        assert submit(httpx).status_code == 200

    def test_elsewhere():
        with pytest.raises(httpx.ConnectError):
            httpx.get("http://127.0.0.1:9/", timeout=1)

    def test_noticed():
        submit(httpx)
    """,
    )
    assert run.counts() == {"failed": 1, "passed": 3, "error": 1}, run.text
    assert run.text.count("something tried to reach api.venice.ai, a real provider") >= 2
    assert "from  test_mine.py:" in run.text
    assert "ERROR test_mine.py::test_swallowed" in run.text


@pytest.mark.parametrize("options", [[], ["-n1"]], ids=["alone", "in-a-worker"])
def test_a_leak_outside_of_any_test_fails_the_run(suite, options):
    run = suite(
        *options,
        ini="screentest_leak_guard = true",
        test_mine="""
        import socket
        try:
            socket.getaddrinfo("api.venice.ai", 443)
        except AssertionError:
            pass

        def test_nothing():
            pass
        """,
    )
    assert run.status == pytest.ExitCode.TESTS_FAILED, run.text
    assert "screentest: outside of any test" in run.text
    assert run.text.count("something tried to reach api.venice.ai") == 1
    assert "from  test_mine.py:4" in run.text


def test_the_report_tells_what_each_test_asked_for_also_from_workers(suite, tmp_path):
    files = {
        "test_mine": CLIENT
        + """
    @pytest.mark.parametrize("number", range(3))
    def test_paid(screentest, number):
        submit(httpx)
        submit(httpx, duration="60s")

    def test_other(screentest):
        pass
    """
    }
    quiet = ["-p", "no:schemathesis", "-p", "no:asyncio", "-p", "no:cacheprovider"]
    report = ["--screentest-report", "--screentest-report-json=report.json"]
    run = suite("-n2", *report, quiet=quiet, **files)
    assert run.counts() == {"passed": 4}, run.text
    assert "   2 requests   1 tasks   1 refused" in run.text
    assert "4 tests: 6 requests, 3 tasks, 3 refused; would have cost" in run.text
    assert "refused    3 x venice/queue-duration" in run.text
    told = json.loads((tmp_path / "report.json").read_text())
    assert len({one["key"] for one in told["tests"]}) == 4
    assert told["refused"] == {"venice/queue-duration": 3}


def test_the_command_line_goes_before_the_configuration(suite):
    run = suite(
        "--screentest-contract=venice@2026-10",
        "--screentest-report-json=report.json",
        ini="screentest_contract = seeds",
        test_mine="""
    def test_any(screentest):
        assert screentest.world.providers["venice"].revision == "2026-10"
    """,
    )
    assert run.counts() == {"passed": 1}, run.text
    assert "requests" not in run.text


def test_it_works_beside_pytest_asyncio_and_a_respx_of_the_users_own(suite):
    quiet = ["-p", "no:schemathesis", "-p", "no:anyio", "-p", "no:cacheprovider"]
    run = suite(
        quiet=quiet,
        ini="asyncio_mode = auto\nasyncio_default_fixture_loop_scope = function",
        test_mine=CLIENT
        + """
    import respx

    async def test_asyncio(screentest):
        async with httpx.AsyncClient() as client:
            assert (await submit(client)).status_code == 200
        with screentest.time_travel():
            await asyncio.sleep(600)
        assert screentest.tasks[0].state == "succeeded"

    def test_a_stub_of_ones_own(screentest, respx_mock):
        respx_mock.get("https://elsewhere.example/").respond(204)
        assert httpx.get("https://elsewhere.example/").status_code == 204
        assert submit(httpx).status_code == 200

    def test_a_stub_of_ones_own_wins(screentest):
        with respx.mock:
            respx.post(f"{REAL}/video/queue").respond(418)
            assert submit(httpx).status_code == 418
        assert submit(httpx).status_code == 200
    """,
    )
    assert run.counts() == {"passed": 3}, run.text


def test_a_package_that_hides_ours_is_named(suite, tmp_path):
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts/__init__.py").write_text("")
    run = suite(test_mine="def test_any(screentest): pass")
    assert run.counts() == {"error": 1}, run.text
    assert "another package called `contracts` stands before the one of Screentest" in run.text


def test_the_plugin_loads_nothing_until_a_fixture_is_used():
    code = (
        "import pytest, sys; had = set(sys.modules); import mockserver.pytest_plugin;"
        "print(sorted(set(sys.modules) - had))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/"
    )
    assert done.stdout.strip() == "['mockserver', 'mockserver.pytest_plugin']"


def test_every_fixture_says_what_it_is(suite):
    run, marked = suite("--fixtures"), suite("--markers")
    for name in ("screentest", "screentest_server", "screentest_server_factory", "screentest_env"):
        assert re.search(rf"^{name}( \[session scope\])? --", run.text, re.MULTILINE), run.text
    assert "@pytest.mark.screentest(contract=..., clock=..." in marked.text
