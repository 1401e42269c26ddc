"""Which server may go on behind a checkpoint: MariaDB's transactions are told by domain, server and number."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import servers
from conftest import Pool
from connector import EXIT_CONFIG, EXIT_OK, Connector
from output_files import rows_in
from servers import REPLICA_PASSWORD, REPLICA_USER, Position, Server, free_port

NOWHERE = {"from_binlog_file": None, "from_binlog_position": None}


@pytest.fixture(params=["mariadb-10.11", "mariadb-11.8"])
def mariadb(request: pytest.FixtureRequest, pool: Pool) -> Server:
    return pool.get(request.param)


@pytest.fixture
def table(mariadb: Server) -> Iterator[str]:
    mariadb.execute("DROP DATABASE IF EXISTS it_history", "CREATE DATABASE it_history", "CREATE TABLE it_history.t (id INT PRIMARY KEY)")
    yield "it_history.t"
    # Other tests look at gtid_current_pos, which is to be the whole of it again.
    mariadb.execute("SET SESSION gtid_domain_id = 9", "CREATE TABLE it_history.last (id INT)", "SET SESSION gtid_domain_id = 0",
                    "DROP DATABASE it_history")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "checkpoint.json"


def numbers(found: list[Any]) -> list[int]:
    return [int(row.after[len(b'{"id":'):-1]) for row in found]


def go_on(connector: Connector, server: Server, start: Position, place: Path) -> None:
    connector.run(connector.parquet(server, start, server.history(), checkpoint_file=str(place))).expect(EXIT_OK)


def purge_to(server: Server, file: str) -> None:
    """Again, as long as the server keeps what a dump that has just ended was reading."""
    deadline = time.monotonic() + 15
    while str(server.execute(f"PURGE BINARY LOGS TO '{file}'", "SHOW BINARY LOGS")[0][0]) != file:
        assert time.monotonic() < deadline, f"the server does not purge up to {file}"
        time.sleep(0.1)


@pytest.mark.parametrize("domain", [0, 9])
def test_transactions_of_other_numbers(mariadb: Server, table: str, connector: Connector, place: Path, domain: int) -> None:
    """The server had another server_id, as with Galera or after a restoration, and knows its transactions all the same."""
    start = mariadb.next_file()
    for number in range(3):
        mariadb.execute(f"SET SESSION server_id = 4242, gtid_domain_id = {domain}", f"INSERT INTO {table} VALUES ({2 * number})")
        go_on(connector, mariadb, start, place)
        mariadb.execute(f"INSERT INTO {table} VALUES ({2 * number + 1})")
    go_on(connector, mariadb, start, place)
    assert numbers(rows_in(connector.output)) == list(range(6))


def test_a_domain_that_was_deleted(mariadb: Server, table: str, connector: Connector, place: Path) -> None:
    """The log before the checkpoint has it, which is what counts."""
    mariadb.execute("SET SESSION gtid_domain_id = 77", f"INSERT INTO {table} VALUES (0)")
    start = mariadb.next_file()
    mariadb.execute(f"INSERT INTO {table} VALUES (1)")
    go_on(connector, mariadb, start, place)
    purge_to(mariadb, start.file)
    mariadb.execute("FLUSH BINARY LOGS DELETE_DOMAIN_ID = (77)")
    assert "77-" not in mariadb.variable("gtid_binlog_state")
    mariadb.execute(f"INSERT INTO {table} VALUES (2)")
    go_on(connector, mariadb, start, place)
    assert numbers(rows_in(connector.output)) == [1, 2]


@pytest.fixture
def quiet(pool: Pool) -> Iterator[Server]:
    """A replica of the pool's MariaDB 11.8 that does not log what it replicates."""
    source = pool.get("mariadb-11.8")
    servers.reset(source.name, "quiet")
    replica = servers.start(source.name, "quiet", free_port())
    replica.execute(
        "RESET MASTER", f"SET GLOBAL gtid_slave_pos = '{source.variable('gtid_binlog_pos')}'",
        f"CHANGE MASTER TO MASTER_USER = '{REPLICA_USER}', MASTER_PASSWORD = '{REPLICA_PASSWORD}', MASTER_HOST = '127.0.0.1',"
        f" MASTER_PORT = {source.port}, MASTER_USE_GTID = slave_pos", "START SLAVE")
    yield replica
    servers.reset(source.name, "quiet")


def test_a_replica_that_does_not_log(pool: Pool, quiet: Server, connector: Connector, place: Path) -> None:
    """Behind the checkpoint its log would lack what it replicates: it is refused, with the reason and a way out."""
    source = pool.get("mariadb-11.8")
    start = source.next_file()
    source.execute("DROP DATABASE IF EXISTS it_quiet", "CREATE DATABASE it_quiet", "CREATE TABLE it_quiet.t (id INT PRIMARY KEY)",
                   "INSERT INTO it_quiet.t VALUES (1)")
    before = source.variable("gtid_binlog_pos")
    go_on(connector, source, start, place)
    quiet.execute(f"SELECT MASTER_GTID_WAIT('{before}', 20)")
    config = connector.parquet(quiet, quiet.history(), checkpoint_file=str(place))
    message = connector.run(config).expect(EXIT_CONFIG).last_line
    assert "does not log what it replicates" in message and "log_slave_updates" in message
    source.execute("INSERT INTO it_quiet.t VALUES (2)")
    quiet.execute(f"SELECT MASTER_GTID_WAIT('{source.variable('gtid_binlog_pos')}', 20)")
    for gtids in (before, source.variable("gtid_binlog_pos")):
        message = connector.run(connector.parquet(quiet, start, gtid_set=gtids, **NOWHERE), limit=10).expect(EXIT_CONFIG).last_line
        assert "log_slave_updates" in message and "purged" not in message
    # Its own log can be read, also behind the checkpoint of it, and has what is not there only by replication.
    quiet.execute("SET gtid_domain_id = 5", "CREATE DATABASE it_own", "CREATE TABLE it_own.t (id INT)", "INSERT INTO it_own.t VALUES (1)")
    own = connector.folder / "own.json"
    fields = {"checkpoint_file": str(own), "parquet_output_dir": str(connector.folder / "own"), "include": ["it_own.*"]}
    for stop in (quiet.history(), quiet.history()):
        connector.run(connector.parquet(quiet, Position(stop.file, 4), stop, **fields)).expect(EXIT_OK)
    source.execute("DROP DATABASE it_quiet")
