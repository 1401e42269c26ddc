"""Further connections, which a proxy or a moved name may lead elsewhere, and dumps that somebody ends in the middle."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

import checkpoints
from conftest import Pool
from connector import EXIT_OK, EXIT_UNAVAILABLE, Connector
from output_files import rows_in
from proxy import Proxy
from servers import REPLICA_PASSWORD, REPLICA_USER, Position, Server

# More than the sockets on the way hold.
BIG_ROWS = 12
NOWHERE = {"from_binlog_file": None, "from_binlog_position": None}


@pytest.fixture
def table(server: Server, database: str) -> str:
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, filler LONGTEXT)")
    return f"`{database}`.t"


@pytest.fixture
def other(server: Server, pool: Pool) -> Server:
    """Another server, of the same kind where there is one."""
    return pool.get("mariadb-10.11" if server.name == "mariadb-11.8" else "mariadb-11.8")


class Misleading(Proxy):
    """Leads the connections with the numbers in `misled` to another server; tells every client the same connection id."""

    def __init__(self, server: Server, other: Server, misled: range, connection_id: int | None = None) -> None:
        self._other, self._misled, self._id = other, misled, connection_id
        super().__init__(server.host, server.port, self._renumber if connection_id else None)

    def _renumber(self, offset: int, data: bytes) -> bytes:
        if offset:
            return data
        start = data.index(b"\0", 5) + 1
        return data[:start] + int(self._id or 0).to_bytes(4, "little") + data[start + 4:]

    def _begin(self, client: socket.socket, server: socket.socket) -> None:
        if self.connections in self._misled:
            server.close()
            server = socket.create_connection((self._other.host, self._other.port))
            self._sockets.append(server)
        super()._begin(client, server)


def dump_threads(server: Server) -> set[int]:
    rows = server.execute("SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'")
    return {int(row[0]) for row in rows}


def fill(server: Server, table: str, first: int = 0) -> None:
    for number in range(first, first + BIG_ROWS):
        server.execute(f"INSERT INTO {table} VALUES ({number}, REPEAT('x', 1000000))")


def ids(connector: Connector) -> list[int]:
    return [int(bytes(row.after or b"").split(b":", 1)[1].split(b",", 1)[0]) for row in rows_in(connector.output)]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["a proxy's number", "another server"])
def test_a_stranger_is_not_killed(server: Server, other: Server, table: str, connector: Connector, elsewhere: bool) -> None:
    """A session of the same account has the number that the greeting gave to the run."""
    start = server.history()
    server.execute(f"INSERT INTO {table} VALUES (-1, '')")
    stop = server.history()
    fill(server, table)
    before = dump_threads(server)
    victim = (other if elsewhere else server).connect(user=REPLICA_USER, password=REPLICA_PASSWORD)
    misled = range(2, 99) if elsewhere else range(0)
    try:
        with Misleading(server, other, misled, victim.thread_id()) as proxy:
            connector.run(connector.parquet(server, start, stop, port=proxy.port)).expect(EXIT_OK)
            assert proxy.connections == 2, "the run ends its dump over a second connection"
            if not elsewhere:
                deadline = time.monotonic() + 2
                while dump_threads(server) - before:
                    assert time.monotonic() < deadline, "the run's own dump goes on"
                    time.sleep(0.02)
        with victim.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        try:
            victim.close()
        except pymysql.Error:
            pass


def test_another_server_does_not_decide_the_start(server: Server, other: Server, table: str, connector: Connector) -> None:
    """The look for a time would find its place in another server's log. When the way is clear again, the run begins."""
    server.execute(f"INSERT INTO {table} VALUES (1, '')")
    time.sleep(1.1)
    since = int(server.execute("SELECT UNIX_TIMESTAMP()")[0][0])
    server.execute(f"INSERT INTO {table} VALUES (2, '')")
    stop = server.history()
    fields = {"from_timestamp": since, "include": [table.replace("`", "")], **NOWHERE}
    with Misleading(server, other, range(2, 3)) as proxy:
        config = connector.parquet(server, Position("", 0), stop, port=proxy.port, **fields)
        assert "another server answers" in connector.run(config).expect(EXIT_OK).stderr
    assert ids(connector) == [2]
    with Misleading(server, other, range(2, 99)) as proxy:
        config = connector.parquet(server, Position("", 0), stop, port=proxy.port, max_reconnect_seconds=1, **fields)
        assert "another server answers" in connector.run(config).expect(EXIT_UNAVAILABLE).last_line


def test_names_of_another_server(server: Server, other: Server, table: str, connector: Connector) -> None:
    """A table of the same name there has other columns: ordinals are no lie."""
    start = server.history()
    server.execute(f"INSERT INTO {table} VALUES (1, '')")
    database = table.split("`")[1]
    other.execute(f"DROP DATABASE IF EXISTS `{database}`", f"CREATE DATABASE `{database}`",
                  f"CREATE TABLE {table} (wrong INT PRIMARY KEY, name LONGTEXT)")
    try:
        with server.settings({"binlog_row_metadata": "MINIMAL"}), Misleading(server, other, range(2, 99)) as proxy:
            server.execute(f"UPDATE {table} SET id = 2")
            config = connector.parquet(server, start, server.history(), port=proxy.port, column_names="lookup")
            result = connector.run(config).expect(EXIT_OK)
        assert "another server answers" in result.stderr
        assert b"wrong" not in b"".join(bytes(row.after or b"") for row in rows_in(connector.output))
    finally:
        other.execute(f"DROP DATABASE `{database}`")


class Slow(Proxy):
    """Passes large answers on slowly, as long as `is_slow`."""

    def __init__(self, server: Server) -> None:
        self.is_slow = True
        super().__init__(server.host, server.port, self._pass)

    def _pass(self, offset: int, data: bytes) -> bytes:
        if self.is_slow and offset > 20_000:
            time.sleep(0.02)
        return data


def end_dump(server: Server, proxy: Slow, how: str, earlier: set[int]) -> None:
    """Ends the first dump that begins, in the middle of it."""
    deadline = time.monotonic() + 40
    found: set[int] = set()
    # A look at the head of a file is over soon.
    while not (found := found & dump_threads(server)):
        assert time.monotonic() < deadline, "there is no dump"
        found = dump_threads(server) - earlier
        time.sleep(0.1)
    for thread in found:
        server.execute(f"{how} {thread}")
    proxy.is_slow = False


@pytest.fixture
def ended(server: Server, request: pytest.FixtureRequest) -> Iterator[Slow]:
    """A slow proxy behind which somebody ends the dump as the test's parameter says."""
    earlier = dump_threads(server)
    with Slow(server) as proxy:
        thread = threading.Thread(target=end_dump, args=(server, proxy, request.param, earlier))
        thread.start()
        yield proxy
        thread.join()


@pytest.mark.parametrize("ended", ["KILL QUERY"], indirect=True)
def test_a_dump_that_is_ended_within_its_range(server: Server, table: str, connector: Connector, ended: Slow) -> None:
    """A server ends a dump that does not wait in the same way when it is at its end and when it is told to stop."""
    start = server.history()
    fill(server, table)
    result = connector.run(connector.parquet(server, start, server.history(), port=ended.port)).expect(EXIT_OK)
    assert ids(connector) == list(range(BIG_ROWS))
    assert "trying again" in result.stderr


@pytest.mark.parametrize("ended", ["KILL", "KILL QUERY"], indirect=True)
def test_a_look_at_the_log_that_is_ended(server: Server, table: str, connector: Connector, ended: Slow, tmp_path: Path) -> None:
    """MySQL's for the ids before a position, MariaDB's for a time."""
    server.next_file()
    place = tmp_path / "checkpoint.json"
    fill(server, table)
    start = server.history()
    time.sleep(1.1)
    since = int(server.execute("SELECT UNIX_TIMESTAMP()")[0][0])
    server.execute(f"INSERT INTO {table} VALUES (-1, '')")
    fields = {} if server.is_mysql else {"from_timestamp": since, **NOWHERE}
    config = connector.parquet(server, start, server.history(), port=ended.port, checkpoint_file=str(place),
                               include=[table.replace("`", "")], **fields)
    result = connector.run(config).expect(EXIT_OK)
    assert ids(connector) == [-1]
    assert "trying again" in result.stderr
    kept = checkpoints.read(place)
    variable = "gtid_executed" if server.is_mysql else "gtid_binlog_pos"
    assert kept and (kept.gtid_set or "").replace(" ", "") == str(server.variable(variable)).replace("\n", "").replace(" ", "")
