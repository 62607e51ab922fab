"""`python -m bench` measures the mock beside a bare Starlette application, in one run."""

import argparse
import os
import platform

from bench import fixtures, intercepting, memory, startup, throughput, validating
from bench.plan import QUICK, THOROUGH
from bench.servers import CORES, pin


def main() -> None:
    """Measure everything and print it; a missed target is a result, not an error."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only show that it works")
    plan = QUICK if parser.parse_args().quick else THOROUGH
    pin(os.getpid(), -1)
    print(f"Python {platform.python_version()}, cores {CORES[0]} (server) and {CORES[-1]} (load)")
    print("a quick run: it works or not, its numbers mean nothing\n" if plan is QUICK else "")
    validating.measure(plan)
    intercepting.measure(plan)
    fixtures.measure(plan)
    throughput.measure(plan)
    startup.measure(plan)
    memory.measure(plan)


if __name__ == "__main__":
    main()
