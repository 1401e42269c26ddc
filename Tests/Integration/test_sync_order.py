"""What survives a power cut: the order in which files are synced and named, as the system sees it. Needs strace."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from connector import LIMIT_SECONDS, Connector
from output_files import paths
from servers import Server
from workloads import orders

TRACED = "fsync,fdatasync,rename,renameat,renameat2,mkdir,mkdirat"
CALL = re.compile(r"^\d+ +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)")


@dataclass(frozen=True)
class Call:
    """A successful system call, and the paths that it names."""

    name: str
    paths: tuple[Path, ...]


def parse(line: str) -> Call | None:
    match = CALL.match(line)
    if not match or match["result"] != "0":
        return None
    if "sync" in match["name"]:
        return Call("sync", tuple(Path(place) for place in re.findall(r"<([^>]*)>", match["arguments"])))
    # A name may stand behind the open folder in which it is.
    places = re.findall(r'(?:<([^>]*)>, )?"([^"]*)"', match["arguments"])
    return Call(match["name"].removesuffix("at2").removesuffix("at"), tuple(Path(folder, name) for folder, name in places))


@pytest.fixture
def calls(server: Server, connector: Connector, database: str) -> list[Call]:
    """Those of a run that writes several parts and checkpoints, in folders that it has to make."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    log = orders(server, database)
    trace = connector.folder / "trace"
    config = connector.parquet(server, log.start, log.stop, checkpoint_file=str(connector.folder / "state" / "checkpoint.json"),
                               parquet_roll_rows=1)
    command = ["strace", "-f", "-qq", "-y", "-e", f"trace={TRACED}", "-o", str(trace), *connector.command(config)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_SECONDS, cwd=connector.folder)
    if b"ptrace" in done.stderr.lower():
        pytest.skip("processes cannot be traced here")
    assert done.returncode == 0, done.stderr[-2000:]
    return [call for line in trace.read_text().splitlines() if (call := parse(line))]


def synced_after(calls: list[Call], start: int, path: Path) -> int:
    """Where the first sync of a path is, from `start` on; fails if there is none."""
    for number in range(start, len(calls)):
        if calls[number] == Call("sync", (path,)):
            return number
    pytest.fail(f"{path} is not synced after {calls[start]}")


def test_files_before_the_checkpoint(calls: list[Call], connector: Connector) -> None:
    """Contents, then the name, then the folder; and only then the checkpoint that counts on them, in the same order."""
    renames = [(number, *call.paths) for number, call in enumerate(calls) if call.name == "rename"]
    parts = [rename for rename in renames if rename[2].parent == connector.output]
    checkpoints = [rename for rename in renames if rename[2].name == "checkpoint.json"]
    assert len(parts) == len(paths(connector.output)) == 6 and len(checkpoints) >= 6
    for number, source, target in parts + checkpoints:
        assert Call("sync", (source,)) in calls[:number], f"{target} got its name before its contents were safe"
    for number, _, target in parts:
        folder = synced_after(calls, number, target.parent)
        later = min(place for place, *_ in checkpoints if place > number)
        assert folder < later, f"the checkpoint came before {target} was safe"
    for number, _, target in checkpoints:
        synced_after(calls, number, target.parent)


def test_new_folders(calls: list[Call], connector: Connector) -> None:
    """A folder that was made stands in its parent, and that must be safe before the first checkpoint."""
    first = next(number for number, call in enumerate(calls) if call.name == "rename" and call.paths[1].name == "checkpoint.json")
    for number, call in enumerate(calls):
        if call.name == "mkdir" and call.paths[0] in (connector.output, connector.folder / "state"):
            assert synced_after(calls, number, call.paths[0].parent) < first
