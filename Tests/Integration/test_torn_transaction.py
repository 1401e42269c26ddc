"""A transaction whose end is not in the log, because the server died while it wrote it, leaves no rows."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import servers
from binlog_file import XID, events
from connector import EXIT_OK, Connector
from layouts import CHANGES, TABLES
from servers import Position, Server


@pytest.fixture
def torn() -> Iterator[Server]:
    """A MariaDB server that was killed in the middle of its last transaction: MySQL cuts such a log at its next start."""
    name, instance = "mariadb-11.8", "torn"
    servers.reset(name, instance)
    server = servers.start(name, instance, servers.free_port())
    server.execute("CREATE DATABASE torn", "CREATE TABLE torn.t (id INT PRIMARY KEY, body VARCHAR(2000))",
                   "INSERT INTO torn.t VALUES (1, 'whole')")
    big = ", ".join(f"({number}, REPEAT('x', 2000))" for number in range(100, 300))
    server.execute("BEGIN", f"INSERT INTO torn.t VALUES {big}", "COMMIT")
    end = server.history()
    os.kill(int((server.data.parent / "pid").read_text()), signal.SIGKILL)
    cut(server.binlog_path(end.file))
    server = servers.start(name, instance, server.port)
    server.execute("INSERT INTO torn.t VALUES (2, 'after')")
    yield server
    servers.stop(server)
    servers.reset(name, instance)


def cut(log: Path) -> None:
    """Cuts the log behind the rows of its last transaction, before its XID."""
    end = [event.start for event in events(log) if event.kind == XID][-1]
    os.truncate(log, end)


def test_no_row_of_it_is_visible(torn: Server, connector: Connector) -> None:
    start = Position(str(torn.execute("SHOW BINARY LOGS")[0][0]), 4)
    for layout in (CHANGES, TABLES):
        connector.output = connector.folder / layout.name
        done = connector.run(connector.parquet(torn, start, torn.history(), include=["torn.*"], **layout.fields)).expect(EXIT_OK)
        assert "has no end" in done.stderr
        assert [json.loads(row.after)["id"] for row in layout.rows_in(connector.output)] == [1, 2]
