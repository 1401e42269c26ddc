"""Every shell script of the project under shellcheck."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from servers import PROJECT

SHELLCHECK = Path(sys.executable).with_name("shellcheck")


def scripts() -> list[Path]:
    """The files in git that say they are for bash."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    paths = [PROJECT / name.decode() for name in listed.split(b"\0") if name]
    return [path for path in paths if path.is_file() and path.read_bytes()[:32].startswith(
        (b"#!/usr/bin/env bash", b"# shellcheck shell=bash"))]


def test_shellcheck() -> None:
    found = scripts()
    assert PROJECT / "build-al2023.sh" in found and PROJECT / "scripts" / "test" in found
    done = subprocess.run([str(SHELLCHECK), "--external-sources", *map(str, found)], cwd=PROJECT,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
