"""The program for aarch64, built beside the tests of the one for this machine.

It is cross-compiled by a tool that is not part of the project and is looked for beside the checkout, or where
MBC_AARCH64_TOOL says. The build takes many minutes, so it is done only where MBC_AARCH64 is set, as in CI.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
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
    """A build that runs only while nothing else wants the processor: one process begins it, any may wait for it."""

    def __init__(self, folder: Path) -> None:
        self._log, self._group, self._status = (folder / f"cross-build.{name}" for name in ("log", "group", "status"))

    def begin(self) -> None:
        """Starts the build, unless another process has."""
        command = '"$@"; echo $? >"$0.new"; mv "$0.new" "$0"'
        with suppress(FileExistsError), self._log.open("xb") as output:
            process = subprocess.Popen(
                ["nice", "-n", "19", "sh", "-c", command, str(self._status), str(TOOL), "build", str(PROJECT), *OPTIONS],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
            self._group.write_text(str(process.pid))

    def program(self) -> Path:
        """The built program, as soon as it is there."""
        deadline = time.monotonic() + BUILD_SECONDS
        while not self._status.exists():
            assert time.monotonic() < deadline, f"no end in {BUILD_SECONDS} s\n{self._tail()}"
            time.sleep(0.5)
        assert self._status.read_text() == "0\n", self._tail()
        return PROJECT / ".build-aarch64" / "aarch64-unknown-linux-gnu" / "release" / PRODUCT

    def _tail(self) -> str:
        return self._log.read_text(errors="replace")[-8000:]

    def stop(self) -> None:
        """Ends a build that nobody waits for any more."""
        if self._group.exists() and not self._status.exists():
            with suppress(ProcessLookupError):
                os.killpg(int(self._group.read_text()), signal.SIGTERM)
