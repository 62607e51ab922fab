"""Settings for the whole suite: how deep properties go, and that nothing leaves this machine."""

import sys
from ipaddress import ip_address

from hypothesis import HealthCheck, settings

settings.register_profile("default", max_examples=30, deadline=None)
settings.register_profile("ci", settings.get_profile("ci"), max_examples=30)
settings.register_profile(
    "thorough",
    max_examples=2000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def _stay_here(event: str, arguments: tuple[object, ...]) -> None:
    """Fail whatever tries to reach another machine."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if not isinstance(address, tuple):
        return  # a socket in the file system
    host = str(address[0])
    if host != "localhost" and not ip_address(host).is_loopback:
        raise AssertionError(f"a test tried to reach {host}; the suite stays on loopback")


sys.addaudithook(_stay_here)
