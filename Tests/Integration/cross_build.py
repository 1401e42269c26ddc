"""The program for aarch64, built beside the tests of the one for this machine.

It is cross-compiled by a tool that is not part of the project and is looked for beside the checkout, or where
MBC_AARCH64_TOOL says. The build takes many minutes, so it is done only where MBC_AARCH64 is set, as in CI.
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from servers import PROJECT

TOOL = Path(os.environ.get("MBC_AARCH64_TOOL") or PROJECT.parent / "shared" / "tools" / "aarch64")
BUILD_SECONDS = 3000
PRODUCT = "mysql-binlog-connector"
# The tool's compiler is built with assertions, and one of them is wrong: it misses the destruction of cursors that need
# none. Released compilers do not check it.
OPTIONS = ("--product", PRODUCT, "-Xlinker", "-s",
           "-Xswiftc", "-Xllvm", "-Xswiftc", "-dont-abort-on-memory-lifetime-errors")


def why_not() -> str:
    """Why there is no such program here; empty where there is one."""
    if not TOOL.is_file():
        return f"no cross compiler at {TOOL}: set MBC_AARCH64_TOOL"
    if not os.environ.get("MBC_AARCH64"):
        return "the cross build takes many minutes: set MBC_AARCH64=1"
    if os.geteuid() != 0:
        return "the cross compiler mounts folders: run as root"
    return ""


class CrossBuild:
    """A build that runs on its own, and only while nothing else wants the processor."""

    def __init__(self, log: Path) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(["nice", "-n", "19", str(TOOL), "build", str(PROJECT), *OPTIONS],
                                             stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)

    def program(self) -> Path:
        """The built program, as soon as it is there."""
        assert self._process.wait(BUILD_SECONDS) == 0, self._log.read_text(errors="replace")[-8000:]
        return PROJECT / ".build-aarch64" / "aarch64-unknown-linux-gnu" / "release" / PRODUCT

    def stop(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait()
