"""SIGINT and SIGTERM: everything received is written, the file is finished, exit 0. A second one ends the run at once."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from connector import EXIT_OK, Connector, Running
from layouts import Layout, over_layouts
from servers import Server
from text_blocks import parse
from workloads import Log, many_rows

STOPPING = [signal.SIGINT, signal.SIGTERM]
SETTLE_SECONDS = 1.0


@pytest.fixture
def log(server: Server, database: str) -> Log:
    return many_rows(server, database, rows=50, statements=10)


def wait_until_all_is_sent(server: Server, running: Running) -> None:
    """The server says when its dump thread has nothing left to send; then the client gets a moment to read it."""

    def idle() -> bool:
        return any("has sent all binlog" in str(row[6]) for row in server.execute("SHOW FULL PROCESSLIST"))

    running.wait_until(idle, "all events sent")
    time.sleep(SETTLE_SECONDS)


@over_layouts("mariadb-11.8")
@pytest.mark.parametrize("number", STOPPING)
def test_file_is_finished(server: Server, connector: Connector, database: str, log: Log, number: signal.Signals, layout: Layout) -> None:
    with connector.start(connector.parquet(server, log.start, **layout.fields)) as running:
        wait_until_all_is_sent(server, running)
        server.execute(f"INSERT INTO `{database}`.many VALUES (-1, 'live', 0, '')")
        wait_until_all_is_sent(server, running)
        assert not list(connector.output.rglob("*.parquet")), "an unfinished file is visible"
        running.send(number)
        running.wait(10).expect(EXIT_OK)
    found = layout.rows_in(connector.output)
    assert len(found) == 501 and b'"live"' in found[-1].after


@pytest.mark.parametrize("number", STOPPING)
def test_text_is_flushed(server: Server, connector: Connector, log: Log, number: signal.Signals) -> None:
    with connector.start(connector.config(server, log.start)) as running:
        wait_until_all_is_sent(server, running)
        running.send(number)
        result = running.wait(10).expect(EXIT_OK)
    assert len(parse(result.text)) == 500


def test_rotation_finishes_files_on_the_way(server: Server, connector: Connector, log: Log) -> None:
    """In a run without an end, the file of a binlog file that is over becomes visible without waiting for the end."""
    path = connector.output / f"{log.start.file}.parquet"
    with connector.start(connector.parquet(server, log.start)) as running:
        server.next_file()
        running.wait_until(path.exists, "the finished file")
        assert pq.read_metadata(path).num_rows == 500
        running.send(signal.SIGTERM)
        running.wait(10).expect(EXIT_OK)


def test_signal_while_nothing_came(server: Server, connector: Connector) -> None:
    with connector.start(connector.parquet(server, server.history())) as running:
        wait_until_all_is_sent(server, running)
        running.send(signal.SIGTERM)
        running.wait(10).expect(EXIT_OK)


def readable(paths: list[Path]) -> None:
    for path in paths:
        pq.read_table(path)


@over_layouts("mariadb-11.8-0.1")
@pytest.mark.parametrize("pause", [0.0, 0.01, 0.1, 0.5])
def test_second_signal(server: Server, connector: Connector, database: str, pause: float, layout: Layout) -> None:
    """Whatever the moment, it ends soon and leaves nothing half-written under a final name."""
    log = many_rows(server, database, rows=1000, statements=40)
    config = connector.parquet(server, log.start, parquet_batch_size=1_000_000, compression="gzip", compression_level=9,
                               **layout.fields)
    with connector.start(config) as running:
        time.sleep(0.5)
        running.send(signal.SIGINT)
        time.sleep(pause)
        if running.process.poll() is None:
            running.send(signal.SIGINT)
        result = running.wait(5)
    assert result.code in (EXIT_OK, -signal.SIGINT, 128 + signal.SIGINT)
    readable(list(connector.output.rglob("*.parquet")))
