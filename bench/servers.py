"""Starting and stopping the servers, and what the system says about them."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, socket
from subprocess import STDOUT, Popen, TimeoutExpired
from tempfile import TemporaryFile
from time import perf_counter, sleep
from typing import IO

from bench.messages import Message, call

ROOT = Path(__file__).parent.parent
PATIENCE = 20.0
"""Seconds a server may take to answer, or to stop."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    process: Popen[bytes]
    port: int
    started: float
    """When it was spawned, on the clock of `perf_counter`."""

    def memory(self) -> float:
        """Give its resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def cpu(self) -> float:
        """Give the seconds of processor time it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def mock() -> Iterator[Server]:
    """Run the mock exactly as a user does; its log goes to a file."""
    port = free_port()
    with running(["-m", "mockserver", "serve", "--port", str(port)], port) as server:
        yield server


@contextmanager
def bare(file_size: int = 0) -> Iterator[Server]:
    """Run the baseline; its `/file` has that many bytes."""
    port = free_port()
    with running(["-m", "bench.bare", str(port), str(file_size)], port) as server:
        yield server


@contextmanager
def running(arguments: list[str], port: int) -> Iterator[Server]:
    """Run a Python program on the server's core until the block ends."""
    with TemporaryFile() as log:
        started = perf_counter()
        process = Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": ""},  # an installed package has bytecode
            stdout=log,
            stderr=STDOUT,
        )
        pin(process.pid, 0)
        try:
            yield Server(process, port, started)
        except Exception as error:
            error.add_note(f"the end of the server's log:\n{tail(log)}")
            raise
        finally:
            stop(process)


def first_answer(server: Server, message: Message) -> float:
    """Wait for the first answer, and give the seconds since the server was spawned."""
    while True:
        try:
            call(server.port, message)
        except (OSError, HTTPException):
            if server.process.poll() is not None or perf_counter() - server.started > PATIENCE:
                raise
            sleep(0.001)
        else:
            return perf_counter() - server.started


def stop(process: Popen[bytes]) -> None:
    """End a server, kindly at first."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except TimeoutExpired:
        process.kill()
        process.wait()


def tail(log: IO[bytes], size: int = 2000) -> str:
    """Give the end of a log."""
    log.seek(max(0, log.seek(0, os.SEEK_END) - size))
    return log.read().decode(errors="replace")


def pin(pid: int, core: int) -> None:
    """Keep a process on one of the cores we may use, where the system can; -1 is the last."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(pid, {CORES[core]})


CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]


def free_port() -> int:
    """Find a port that no one listens on."""
    with socket(AF_INET, SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
