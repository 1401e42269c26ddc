"""What a row costs, in instructions: they depend on no other process and on no clock, so a small change is seen.

The figures that hold are in Benchmarks/instructions.json, with the compiler and the processor's architecture for which they were taken;
elsewhere the test is skipped. MBC_INSTRUCTIONS=write takes them anew.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from servers import PROJECT, Server

THRESHOLDS = PROJECT / "Benchmarks" / "instructions.json"
WORKLOAD = PROJECT / "Benchmarks" / "shop_orders.sql"
ORDERS = 5_000
ROWS = ORDERS + ORDERS // 5 + ORDERS // 10
TOLERANCE = 0.05
LIMIT_SECONDS = 120
PARQUET = {"output_mode": "parquet"}
TABLES = PARQUET | {"parquet_layout": "tables"}
MODES: dict[str, dict[str, Any]] = {
    "text": {}, "json": {"output_mode": "json"}, "parquet": PARQUET | {"compression": "none"}, "parquet, gzip": PARQUET | {"compression": "gzip"},
    "parquet, zstd": PARQUET | {"compression": "zstd"}, "tables": TABLES | {"compression": "none"},
    "tables, zstd": TABLES | {"compression": "zstd"}, "filtered out": PARQUET | {"exclude": ["shop.*"]}}


def machine() -> dict[str, str]:
    version = subprocess.run(["swift", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"Swift version (\S+)", version)
    assert found, version
    return {"swift": found[1], "architecture": platform.machine()}


@pytest.fixture(scope="module")
def logs(mysql: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference workload, a hundredth of it, three times under names that follow one another, as no log does."""
    lines = (line for line in WORKLOAD.read_text().splitlines() if not line.startswith("--"))
    script = "\n".join(lines).replace("n < 500000", f"n < {ORDERS}")
    start = mysql.next_file()
    mysql.execute("DROP DATABASE IF EXISTS shop", *(text for text in script.split(";") if text.strip()))
    stop = mysql.history()
    mysql.execute("FLUSH BINARY LOGS", "DROP DATABASE shop")
    assert start.file == stop.file
    folder = tmp_path_factory.mktemp("logs")
    for number in (1, 2, 3):
        shutil.copyfile(mysql.binlog_path(stop.file), folder / f"binlog.{number:06}")
    return folder


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The program without its debugging information, which valgrind cannot read."""
    if not shutil.which("valgrind"):
        pytest.skip("valgrind is not installed")
    path = tmp_path_factory.mktemp("program") / "mysql-binlog-connector"
    binary = os.environ.get("MBC_BINARY", PROJECT / ".build/release/mysql-binlog-connector")
    subprocess.run(["strip", "--strip-debug", "-o", path, binary], check=True)
    yield path


@pytest.fixture(scope="module")
def thresholds() -> Iterator[dict[str, Any]]:
    here = machine()
    if os.environ.get("MBC_INSTRUCTIONS") == "write":
        taken: dict[str, Any] = here | {"instructions_per_row": {}}
        yield taken
        THRESHOLDS.write_text(json.dumps(taken, indent=2) + "\n")
        return
    known = json.loads(THRESHOLDS.read_text())
    if any(known[key] != here[key] for key in here):
        pytest.skip(f"the figures are for Swift {known['swift']} on {known['architecture']}, and this is {here}")
    yield known


def instructions(program: Path, config: Path) -> int:
    """All that one run executes, whatever the number of its threads."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(program), str(config)]
    run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=LIMIT_SECONDS)
    assert run.returncode == 0, run.stderr
    found = re.search(r"Collected : (\d+)", run.stderr)
    assert found, run.stderr
    return int(found[1])


@pytest.mark.soak("text")
@pytest.mark.parametrize("mode", MODES)
def test_instructions_per_row(mode: str, logs: Path, program: Path, thresholds: dict[str, Any], tmp_path: Path,
                              capsys: pytest.CaptureFixture[str]) -> None:
    """Two more logs cost what two logs cost: the start of the program falls out."""
    counts = []
    for count in (1, 3):
        files = [str(logs / f"binlog.{number:06}") for number in range(1, count + 1)]
        config = tmp_path / f"config-{count}.json"
        config.write_text(json.dumps({"source": "file", "files": files, "log_level": "warn", "allow_gaps": True,
                                      "parquet_output_dir": str(tmp_path / f"out-{count}")} | MODES[mode]))
        counts.append(instructions(program, config))
    found = (counts[1] - counts[0]) / (2 * ROWS)
    known = thresholds["instructions_per_row"].setdefault(mode, round(found))
    with capsys.disabled():
        print(f"\n  {mode}: {found:.0f} instructions a row, {known} known")
    assert found < known * (1 + TOLERANCE), "slower: find out why, or write the figures anew with MBC_INSTRUCTIONS=write"
    assert found > known * (1 - TOLERANCE), "faster: keep it, and write the figures anew with MBC_INSTRUCTIONS=write"
