"""What a run costs: its time, and its memory at the peak."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from connector import Config, Connector, Result, Running, binary


def peak(process: subprocess.Popen[bytes]) -> float:
    """The peak so far in megabytes. What `wait4` tells counts the memory of the test process before its exec, too."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except FileNotFoundError:
        return 0
    return max((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:")), default=0)


@dataclass(frozen=True)
class Measured:
    """A finished run and its peak in megabytes."""

    result: Result
    megabytes: float


def measure(connector: Connector, config: Config, limit: float) -> Measured:
    """Runs to the end, and looks at the peak every few milliseconds."""
    return watch(connector.start(config), limit)


def measure_arguments(connector: Connector, *arguments: str, limit: float) -> Measured:
    """The same without a config file of ours."""
    return watch(connector.start_command([str(binary()), *arguments]), limit)


def watch(running: Running, limit: float) -> Measured:
    """Waits for the end, and looks at the peak every few milliseconds."""
    deadline = time.monotonic() + limit
    megabytes = 0.0
    with running:
        while running.process.poll() is None and time.monotonic() < deadline:
            megabytes = max(megabytes, peak(running.process))
            time.sleep(0.005)
        return Measured(running.wait(max(0.1, deadline - time.monotonic())), megabytes)
