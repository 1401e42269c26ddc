"""Every shell script of the project under shellcheck, and the build for Lambda on a machine that has only Docker."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from servers import PROJECT

SHELLCHECK = Path(sys.executable).with_name("shellcheck")


def scripts() -> list[Path]:
    """The files in git that say they are for bash."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    paths = [PROJECT / name.decode() for name in listed.split(b"\0") if name]
    return [path for path in paths if path.is_file() and path.read_bytes()[:32].startswith(
        (b"#!/usr/bin/env bash", b"# shellcheck shell=bash"))]


# What every machine with a bash has.
TOOLS = ("bash", "env", "dirname", "sed", "ls", "mv", "mkdir", "cp")
# Does what `docker build --output` does, after it was asked for it.
DOCKER = """#!/usr/bin/env bash
printf '%s\\n' "$@" >>asked
mkdir -p .build-al2023
for name in mysql-binlog-connector function.zip Package.resolved; do echo "$name" >".build-al2023/$name"; done
"""


@pytest.mark.parametrize("options", ["", "--build-arg SWIFT_VERSION=6.3.3"])
def test_build_needs_docker_alone(tmp_path: Path, options: str) -> None:
    """Neither readelf nor zip is there, nor what only GNU's tools know."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name) or name)
    (tools / "docker").write_text(DOCKER)
    (tools / "docker").chmod(0o755)
    source = tmp_path / "source"
    shutil.copytree(PROJECT / "scripts", source / "scripts")
    shutil.copy(PROJECT / "build-al2023.sh", source)
    done = subprocess.run(["./build-al2023.sh"], cwd=source, capture_output=True, text=True,
                          env={"PATH": str(tools), "DOCKER_BUILD_OPTIONS": options})
    assert done.returncode == 0, done.stderr
    assert (source / "function.zip").read_text() == "function.zip\n"
    assert (source / ".build-al2023" / "mysql-binlog-connector").exists()
    asked = (source / "asked").read_text().split("\n")
    assert asked[:5] == ["build", "--file", "Dockerfile.al2023", "--output", "type=local,dest=.build-al2023"]
    assert asked[5:-2] == options.split() and asked[-2] == "."


def test_zip_leaves_the_image() -> None:
    """What build-al2023.sh takes out of it is put there."""
    text = (PROJECT / "Dockerfile.al2023").read_text()
    assert "/source/function.zip" in text.splitlines()[-1] and "/source/.build-al2023/mysql-binlog-connector" in text


def test_the_readme_names_every_folder_of_the_sources() -> None:
    text = (PROJECT / "README.md").read_text()
    tree = text[text.index("\nSources/\n"):text.index("\nTests/")]
    folders = {path.name for path in (PROJECT / "Sources").iterdir() if path.is_dir()}
    assert {word.rstrip("/") for line in tree.splitlines() for word in line.split() if word.endswith("/")} == folders | {"Sources"}


@pytest.mark.smoke
def test_shellcheck() -> None:
    found = scripts()
    assert PROJECT / "build-al2023.sh" in found and PROJECT / "scripts" / "test" in found
    done = subprocess.run([str(SHELLCHECK), "--external-sources", *map(str, found)], cwd=PROJECT,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
