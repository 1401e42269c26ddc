"""Logs that MariaDB encrypts: the server sends them in clear, its files are refused."""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import checkpoints
import servers
from connector import EXIT_DATA, EXIT_OK, Connector
from output_files import Row, rows_in
from servers import Position, Server, free_port

ROWS = 6


@pytest.fixture(scope="module", params=["mariadb-10.11", "mariadb-11.8"])
def encrypted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    keys = tmp_path_factory.mktemp("keys") / "keys"
    keys.write_text(f"1;{secrets.token_hex(32)}\n")
    servers.reset(request.param, "encrypted")
    yield servers.start(request.param, "encrypted", free_port(), "--plugin-load-add=file_key_management",
                        f"--file-key-management-filename={keys}", "--encrypt-binlog=ON")
    servers.reset(request.param, "encrypted")


@pytest.fixture
def table(encrypted: Server, request: pytest.FixtureRequest) -> str:
    """A table of a name of its own, and a binlog file that begins behind it."""
    name = "it_" + "".join(letter if letter.isalnum() else "_" for letter in request.node.name)
    encrypted.execute(f"CREATE DATABASE {name}", f"CREATE TABLE {name}.t (id INT PRIMARY KEY)", "FLUSH BINARY LOGS")
    return f"{name}.t"


def insert(server: Server, table: str, numbers: range) -> None:
    server.execute(*(f"INSERT INTO {table} VALUES ({number})" for number in numbers))


def rows(connector: Connector, server: Server, start: Position, stop: Position, folder: Path, **fields: object) -> list[Row]:
    connector.run(connector.parquet(server, start, stop, parquet_output_dir=str(folder), **fields)).expect(EXIT_OK)
    return [row._replace(mark="") for row in rows_in(folder)]


def test_starts_in_the_middle(encrypted: Server, table: str, connector: Connector, tmp_path: Path) -> None:
    """From the beginning of every event outside of transactions on, and with the places of the whole file's rows."""
    start = encrypted.history()._replace(offset=4)
    insert(encrypted, table, range(ROWS))
    stop = encrypted.history()
    whole = rows(connector, encrypted, start, stop, tmp_path / "whole")
    assert len(whole) == ROWS
    heads = ("Start_encryption", "Gtid_list", "Binlog_checkpoint", "Gtid")
    listed = encrypted.execute(f"SHOW BINLOG EVENTS IN '{start.file}'")
    begins = [int(row[1]) for row in listed if row[2] in heads]
    assert len(begins) >= ROWS + 3
    for begin in begins:
        found = rows(connector, encrypted, start._replace(offset=begin), stop, tmp_path / str(begin))
        assert found == [row for row in whole if row.log_pos > begin], f"from {begin} on"


def test_goes_on_from_a_checkpoint(encrypted: Server, table: str, connector: Connector, tmp_path: Path) -> None:
    place = tmp_path / "checkpoint.json"
    start = encrypted.history()
    insert(encrypted, table, range(ROWS))
    middle = encrypted.history()
    insert(encrypted, table, range(ROWS, 2 * ROWS))
    stop = encrypted.history()
    for end in (middle, stop):
        rows(connector, encrypted, start, end, connector.output, checkpoint_file=str(place))
    assert [row.after for row in rows_in(connector.output)] == [b'{"id":%d}' % number for number in range(2 * ROWS)]
    kept = checkpoints.read(place)
    assert kept and kept.gtid_set == encrypted.variable("gtid_binlog_pos")


def test_goes_on_after_a_killed_dump(encrypted: Server, table: str, connector: Connector, tmp_path: Path) -> None:
    place = tmp_path / "checkpoint.json"
    config = connector.parquet(encrypted, encrypted.history(), checkpoint_file=str(place), parquet_roll_rows=1)
    with connector.start(config) as running:
        for number in range(3):
            insert(encrypted, table, range(number, number + 1))
            stop = encrypted.history()
            running.wait_until(lambda: checkpoints.has_passed(place, stop), f"the checkpoint at {stop}", limit=15)
            for (thread,) in encrypted.execute("SELECT id FROM information_schema.processlist WHERE command = 'Binlog Dump'"):
                encrypted.execute(f"KILL {thread}")
        running.send(signal.SIGTERM)
        running.wait(10).expect(EXIT_OK)
    assert [row.after for row in rows_in(connector.output)] == [b'{"id":%d}' % number for number in range(3)]


def test_starts_by_time_and_by_id(encrypted: Server, table: str, connector: Connector, tmp_path: Path) -> None:
    insert(encrypted, table, range(2))
    begin = encrypted.variable("gtid_binlog_pos")
    time.sleep(1.1)
    start = int(encrypted.execute("SELECT UNIX_TIMESTAMP()")[0][0])
    insert(encrypted, table, range(2, 4))
    nowhere = {"from_binlog_file": None, "from_binlog_position": None, "include": [table]}
    for name, fields in (("time", {"from_timestamp": start}), ("id", {"gtid_set": begin})):
        found = rows(connector, encrypted, Position("", 0), encrypted.history(), tmp_path / name, **nowhere, **fields)
        assert [row.after for row in found] == [b'{"id":2}', b'{"id":3}']


def test_its_files_are_refused(encrypted: Server, table: str, connector: Connector) -> None:
    """They hold their rows encrypted: the message says that the server has them in clear."""
    start = encrypted.history()
    insert(encrypted, table, range(1))
    path = encrypted.binlog_path(start.file)
    result = connector.run({"source": "file", "files": [str(path)]})
    assert "encrypted (MariaDB" in result.expect(EXIT_DATA).last_line
    assert "the server" in result.last_line
    assert not result.stdout
