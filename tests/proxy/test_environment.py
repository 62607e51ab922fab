"""Variables, and how shells are told of them."""

import json
import os
import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.proxy import environment
from mockserver.proxy.environment import (
    JAVA,
    NODE,
    PYTHON,
    bare_java,
    java_options,
    shimmed,
    unshimmed,
    variables,
)
from mockserver.proxy.shells import FORMATS

ORIGIN = "http://127.0.0.1:8601"
NASTY = 'it\'s "$HOME" `x` \\ *'


def test_a_tenant_is_the_user_of_the_proxy():
    given = variables(ORIGIN, "ca.pem", "a test/1")
    assert given["HTTPS_PROXY"] == given["https_proxy"] == "http://a%20test%2F1:x@127.0.0.1:8601"


def test_without_a_tenant_the_proxy_has_no_user():
    assert variables(ORIGIN, "ca.pem")["HTTPS_PROXY"] == ORIGIN


@pytest.mark.parametrize("tenant", ["a:b", "a\nb"])
def test_a_tenant_that_is_no_user_is_refused(tenant):
    with pytest.raises(ValueError, match="no colon and can be printed"):
        variables(ORIGIN, "ca.pem", tenant)


def test_shims_stand_before_what_is_there_and_only_once():
    there = {"PYTHONPATH": f"a{os.pathsep}b", "NODE_OPTIONS": "--trace-warnings"}
    once = shimmed(there)
    assert once["PYTHONPATH"] == os.pathsep.join([PYTHON, "a", "b"])
    assert once["NODE_OPTIONS"] == f"{NODE} --trace-warnings"
    assert shimmed(once) == once
    assert unshimmed(once) == there


def test_shims_alone_leave_nothing_behind():
    assert unshimmed(shimmed({})) == {"PYTHONPATH": "", "NODE_OPTIONS": ""}


@pytest.mark.parametrize("store", ["/folder/ca.p12", "/a folder/ca.p12"])
def test_options_of_java_stand_behind_what_is_there_and_only_once(store):
    once = java_options({JAVA: "-Xmx1g"}, "http://anna:x@127.0.0.1:8601", store, "word")
    assert once[JAVA].startswith("-Xmx1g -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=8601 ")
    assert f"-Djavax.net.ssl.trustStore={store}" in shlex.split(once[JAVA])
    assert java_options(once, ORIGIN, store, "word") == once
    assert bare_java(once) == "-Xmx1g"


@settings(max_examples=10)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30))
def test_a_shell_reads_what_was_meant(value):
    script = f'{FORMATS["sh"]({"IT": value, "HOME": None})}printf %s "$IT${{HOME-unset}}"'
    done = subprocess.run(["/bin/sh", "-euc", script], capture_output=True, check=True)
    assert done.stdout.decode() == f"{value}unset"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("sh", "export IT='it'\"'\"'s \"$HOME\" `x` \\ *'\nunset NOT\n"),
        ("fish", "set -gx IT 'it\\'s \"$HOME\" `x` \\\\ *';\nset -e NOT;\n"),
        (
            "powershell",
            (
                "$Env:IT = 'it''s \"$HOME\" `x` \\ *'\n"
                "Remove-Item Env:NOT -ErrorAction SilentlyContinue\n"
            ),
        ),
        ("json", json.dumps({"IT": NASTY, "NOT": None}, indent=2) + "\n"),
    ],
)
def test_every_language_quotes_in_its_own_way(language, expected):
    assert FORMATS[language]({"IT": NASTY, "NOT": None}) == expected


def test_a_file_of_variables_quotes_nothing():
    assert FORMATS["dotenv"]({"A": "1", "B": NASTY}) == f"A=1\nB={NASTY}\n"


def test_a_file_of_variables_takes_nothing_away():
    with pytest.raises(ValueError, match="cannot take a variable away"):
        FORMATS["dotenv"]({"A": None})


def test_what_the_variables_name_is_shipped():
    assert (environment.SHIMS / "python" / "sitecustomize.py").is_file()
    assert (environment.SHIMS / "node" / "proxy.cjs").is_file()
