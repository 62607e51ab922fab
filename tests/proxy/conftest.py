"""One proxy in a background loop, for clients in processes of their own."""

import os
import subprocess
from contextlib import closing

import pytest

from mockserver.app import create_app
from mockserver.intercept.home import Home
from mockserver.proxy.door import ProxyDoor
from mockserver.settings import Settings

PATIENCE = 30


@pytest.fixture(scope="session")
def shared_app():
    return create_app(Settings(seed=1, clock="poll"))


@pytest.fixture(scope="session")
def hosts(shared_app):
    return sorted(host for one in shared_app.state.providers.values() for host in one.hosts)


@pytest.fixture(scope="session")
def proxy(shared_app, hosts):
    with closing(Home()) as home:
        door = ProxyDoor(shared_app, hosts)
        home.run(door.start())
        yield door
        home.run(door.close())


@pytest.fixture(scope="session")
def bare():
    """What this process has in its environment, without anything about proxies and certificates."""
    words = ("proxy", "cert", "_ca", "node_", "pythonpath")
    return {
        name: value
        for name, value in os.environ.items()
        if not any(word in name.lower() for word in words)
    }


@pytest.fixture(scope="session")
def run(proxy, bare):
    """Run a program that is led through the proxy; gives what became of it."""

    def running(*command, tenant="", **options):
        environment = bare | proxy.environment(tenant, **options)
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    return running
