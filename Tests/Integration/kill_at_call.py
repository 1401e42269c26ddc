"""Runs that are killed at a system call, so that whatever stands on the disk then is the same each time. Needs strace."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from connector import LIMIT_SECONDS

RENAMES = "rename,renameat,renameat2"


def needs_strace() -> None:
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")


def killed_at(calls: str, number: int, command: list[str], folder: Path) -> bool:
    """Runs a command and kills it at a call; whether there was one."""
    inject = ["-e", f"trace={calls}", "-e", f"inject={calls}:signal=SIGKILL:when={number}"]
    done = subprocess.run(["strace", "-f", "-qq", "-o", str(folder / "trace"), *inject, *command], cwd=folder,
                          capture_output=True, timeout=LIMIT_SECONDS)
    if b"ptrace" in done.stderr.lower():
        pytest.skip("processes cannot be traced here")
    assert done.returncode in (0, -signal.SIGKILL), done.stderr[-2000:]
    return done.returncode != 0
