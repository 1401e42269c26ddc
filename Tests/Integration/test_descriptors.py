"""Descriptors that are closed, do not block, or come to a limit; and memory that is not to be had."""

from __future__ import annotations

import fcntl
import os
import resource
import shlex
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import crafted_file
from connector import CRASH, EXIT_CONFIG, EXIT_OK, EXIT_OUTPUT, LIMIT_SECONDS, Connector
from hostile_server import CAPABILITIES, greeting
from partition_files import rows_in
from servers import Server
from workloads import orders

ROWS = 10_000


def rows_of(count: int, tables: int = 1) -> list[bytes]:
    """Transactions of five rows each, on so many tables in turn."""
    found = []
    for number in range(count // 5):
        found += [crafted_file.query(b"BEGIN"), crafted_file.table_map(b"shop", b"t%d" % (number % tables)),
                  crafted_file.insert(*[b"row %d" % number] * 5), crafted_file.commit()]
    return found


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return crafted_file.write(tmp_path, *rows_of(ROWS))


def text(log: Path, **fields: Any) -> dict[str, Any]:
    return {"source": "file", "files": [str(log)]} | fields


def parquet(connector: Connector, log: Path, **fields: Any) -> dict[str, Any]:
    return text(log, output_mode="parquet", parquet_output_dir=str(connector.output)) | fields


def shell(connector: Connector, config: dict[str, Any], script: str) -> subprocess.CompletedProcess[bytes]:
    """Runs a script in which "$RUN" is the program with its configuration."""
    command = shlex.join(connector.command(config))
    return subprocess.run(["bash", "-c", script.replace('"$RUN"', command)], cwd=connector.folder, capture_output=True,
                          timeout=LIMIT_SECONDS)


def limited(connector: Connector, config: dict[str, Any], what: int, limit: int) -> subprocess.CompletedProcess[bytes]:
    """Runs the program under a limit that it cannot raise."""
    return subprocess.run(connector.command(config), cwd=connector.folder, capture_output=True, timeout=LIMIT_SECONDS,
                          preexec_fn=lambda: resource.setrlimit(what, (limit, limit)))


def last_line(done: subprocess.CompletedProcess[bytes]) -> str:
    words = done.stderr.decode()
    assert not CRASH.search(words), words[-2000:]
    return words.strip().splitlines()[-1]


# ---------------------------------------------------------------------------------------------------------------------
# Closed


@pytest.mark.parametrize("closed", ["2>&-", "<&- 2>&-", "<&- >&- 2>&-", ">&- 2>&-", "<&-"])
def test_closed_in_parquet_mode(server: Server, connector: Connector, database: str, closed: str) -> None:
    """Log lines must not end in the pipe that stops a run, nor in a file or a connection."""
    log = orders(server, database)
    config = connector.parquet(server, log.start, log.stop, checkpoint_file=str(connector.folder / "state.json"))
    assert shell(connector, config, f'"$RUN" {closed}').returncode == EXIT_OK
    assert [pq.read_metadata(path).num_rows for path in connector.files()] == [11]


@pytest.mark.parametrize("closed", ["2>&-", "<&- 2>&-", "<&-"])
def test_text_with_others_closed(server: Server, connector: Connector, database: str, closed: str) -> None:
    log = orders(server, database)
    done = shell(connector, connector.config(server, log.start, log.stop), f'"$RUN" {closed}')
    assert (done.returncode, done.stdout.count(b"=== DML Event")) == (EXIT_OK, 11)


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_rows_for_a_closed_output(connector: Connector, log: Path, closed: str) -> None:
    """Rows that nobody can have are not written."""
    assert shell(connector, text(log), f'"$RUN" {closed}').returncode == EXIT_OUTPUT


def test_help_that_cannot_be_written(connector: Connector) -> None:
    with open("/dev/full", "wb") as full:
        command = [connector.command("{}")[0], "--help"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=LIMIT_SECONDS)
    assert done.returncode == EXIT_OUTPUT and "space" in last_line(done)
