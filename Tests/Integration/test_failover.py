"""Global transaction ids: where a run starts and stops by them, by time, and how it goes on when another server takes over."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import checkpoints
import servers
from connector import EXIT_CONFIG, EXIT_OK, EXIT_OUTPUT, EXIT_UNAVAILABLE, Connector
from conftest import Pool
from kill_at_call import RENAMES, killed_at, needs_strace
from layouts import CHANGES, TABLES, Layout
from live_load import LiveLoad, Mix
from output_files import Row, compare, paths, rows_in, rows_of
from proxy import Proxy
from servers import REPLICA_PASSWORD, REPLICA_USER, Position, Server, free_port
from table_files import TableRow
from table_replay import expect_same, replay
from test_partition_safety import BEFORE_THE_CHECKPOINT
from text_blocks import parse

NOWHERE = Position("", 0)
PLACE = {"from_binlog_file": None, "from_binlog_position": None}
CATCH_UP_SECONDS = 30


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "state" / "checkpoint.json"


def executed(server: Server) -> str:
    """All transactions of the server's log."""
    variable = "gtid_executed" if server.is_mysql else "gtid_binlog_pos"
    return str(server.execute(f"SELECT @@global.{variable}")[0][0]).replace("\n", "")


def ids(rows: list[Row]) -> list[bytes | None]:
    return [row.after for row in rows]


def numbers(count: range) -> list[bytes]:
    return [b'{"id":%d}' % number for number in count]


@pytest.fixture
def table(server: Server, database: str) -> str:
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)")
    return f"`{database}`.t"


def insert(server: Server, table: str, count: range, prefix: str = "") -> None:
    statements = [f"INSERT INTO {table} VALUES ({number})" for number in count]
    server.execute(*([prefix] if prefix else []), *statements)


# ---------------------------------------------------------------------------------------------------------------------
# By id


def test_start_and_stop(server: Server, connector: Connector, table: str, database: str) -> None:
    """What comes behind the one set up to the end of the other, over several files."""
    insert(server, table, range(5))
    begin = executed(server)
    insert(server, table, range(5, 10))
    server.execute("FLUSH BINARY LOGS")
    insert(server, table, range(10, 20))
    end = executed(server)
    insert(server, table, range(20, 25))
    config = connector.parquet(server, NOWHERE, gtid_set=begin, to_gtid_set=end, include=[f"{database}.*"], **PLACE)
    connector.run(config).expect(EXIT_OK)
    assert ids(rows_in(connector.output)) == numbers(range(5, 20))
    assert len(paths(connector.output)) == 2


def test_live_start(server: Server, connector: Connector, table: str, database: str, place: Path) -> None:
    """Positions and sets are kept both ways from then on."""
    begin = executed(server)
    config = connector.parquet(server, NOWHERE, gtid_set=begin, checkpoint_file=str(place), parquet_roll_rows=1,
                               include=[f"{database}.*"], **PLACE)
    with connector.start(config) as running:
        insert(server, table, range(3))
        stop = server.history()
        running.wait_until(lambda: checkpoints.has_passed(place, stop), "the checkpoint", limit=15)
        running.send(signal.SIGTERM)
        running.wait(10).expect(EXIT_OK)
    assert ids(rows_in(connector.output)) == numbers(range(3))
    checkpoint = checkpoints.read(place)
    assert checkpoint and set((gtid_set(place) or "").split(",")) == set(executed(server).replace(" ", "").split(","))


def test_dies_in_the_first_part(server: Server, connector: Connector, table: str, database: str, place: Path) -> None:
    """Files of the first part that are announced stand beside the set with which the run began, and it is kept from then on."""
    server.execute(f"CREATE TABLE `{database}`.u (id INT PRIMARY KEY)")
    start, begin = server.next_file(), executed(server)
    server.execute("BEGIN", f"INSERT INTO {table} VALUES (0)", f"INSERT INTO `{database}`.u VALUES (0)", "COMMIT")
    end = executed(server)
    blocked = connector.output / f"db={database}" / "tbl=u" / f"{start.file}-{start.offset:010}.parquet"
    blocked.mkdir(parents=True)
    fields: dict[str, Any] = {"checkpoint_file": str(place), "partition_by": "table", "include": [f"{database}.*"]}
    config = connector.write(connector.parquet(server, NOWHERE, gtid_set=begin, to_gtid_set=end, **fields, **PLACE))
    connector.run(config).expect(EXIT_OUTPUT)
    assert same_set(gtid_set(place), begin)
    blocked.rmdir()
    connector.run(config).expect(EXIT_OK)
    assert same_set(gtid_set(place), end)


def test_checkpoint_without_a_set(server: Server, connector: Connector, table: str, database: str, place: Path) -> None:
    """The server knows which transactions lie before its place."""
    start = server.next_file()
    insert(server, table, range(2))
    fields: dict[str, Any] = {"checkpoint_file": str(place), "include": [f"{database}.*"]}
    connector.run(connector.parquet(server, start, server.history(), **fields)).expect(EXIT_OK)
    document = json.loads(place.read_text())
    del document["gtid_set"]
    place.write_text(json.dumps(document))
    insert(server, table, range(2, 4))
    connector.run(connector.parquet(server, start, server.history(), **fields)).expect(EXIT_OK)
    assert same_set(gtid_set(place), executed(server))


def same_set(one: str | None, other: str) -> bool:
    """Whether two texts are the same set: its parts have no order."""
    return set((one or "").split(",")) == set(other.replace(" ", "").split(","))


def test_stop_that_is_reached_already(server: Server, connector: Connector, table: str) -> None:
    insert(server, table, range(2))
    here = executed(server)
    config = connector.parquet(server, NOWHERE, gtid_set=here, to_gtid_set=here, **PLACE)
    connector.run(config).expect(EXIT_OK)
    assert rows_in(connector.output) == []


def test_set_of_the_other_kind(server: Server, connector: Connector) -> None:
    foreign = "0-1-100" if server.is_mysql else "11111111-2222-3333-4444-555555555555:1-5"
    config = connector.parquet(server, NOWHERE, gtid_set=foreign, **PLACE)
    assert "gtid_set" in connector.run(config).expect(EXIT_CONFIG).last_line


@pytest.mark.parametrize("text", ["nonsense", "0-1", "11111111-2222-3333-4444-555555555555", "0-1-5,"])
def test_malformed_set(server: Server, connector: Connector, text: str) -> None:
    config = connector.parquet(server, NOWHERE, gtid_set=text, **PLACE)
    assert "gtid_set" in connector.run(config).expect(EXIT_CONFIG).last_line


def test_tagged(mysql: Server, connector: Connector, tmp_path: Path, place: Path) -> None:
    """MySQL's ids with tags, as a start, as a stop, and in the checkpoint."""
    mysql.execute("DROP DATABASE IF EXISTS it_tagged", "CREATE DATABASE it_tagged", "CREATE TABLE it_tagged.t (id INT)")
    insert(mysql, "it_tagged.t", range(2), "SET gtid_next = 'AUTOMATIC:blue'")
    begin = executed(mysql)
    assert ":blue:" in begin
    insert(mysql, "it_tagged.t", range(2, 4), "SET gtid_next = 'AUTOMATIC:blue'")
    insert(mysql, "it_tagged.t", range(4, 6))
    insert(mysql, "it_tagged.t", range(6, 8), "SET gtid_next = 'AUTOMATIC:red'")
    end = executed(mysql)
    insert(mysql, "it_tagged.t", range(8, 9))
    fields: dict[str, Any] = {"checkpoint_file": str(place), "include": ["it_tagged.*"], **PLACE}
    connector.run(connector.parquet(mysql, NOWHERE, gtid_set=begin, to_gtid_set=end, **fields)).expect(EXIT_OK)
    assert ids(rows_in(connector.output)) == numbers(range(2, 8))
    checkpoint = checkpoints.read(place)
    assert checkpoint and (checkpoint.gtid_set or "").replace(" ", "") == end.replace(" ", "")
    mysql.execute("DROP DATABASE it_tagged")


def test_domains(pool: Pool, connector: Connector, place: Path) -> None:
    """MariaDB's ids in several domains, whose transactions lie among each other in the log."""
    server = pool.get("mariadb-11.8")
    server.execute("DROP DATABASE IF EXISTS it_domains", "CREATE DATABASE it_domains", "CREATE TABLE it_domains.t (id INT)")
    insert(server, "it_domains.t", range(2), "SET gtid_domain_id = 7")
    begin = executed(server)
    for number in range(2, 10):
        insert(server, "it_domains.t", range(number, number + 1), f"SET gtid_domain_id = {(0, 7, 8)[number % 3]}")
    end = executed(server)
    insert(server, "it_domains.t", range(10, 12), "SET gtid_domain_id = 7")
    fields: dict[str, Any] = {"checkpoint_file": str(place), "include": ["it_domains.*"], **PLACE}
    connector.run(connector.parquet(server, NOWHERE, gtid_set=begin, to_gtid_set=end, **fields)).expect(EXIT_OK)
    assert ids(rows_in(connector.output)) == numbers(range(2, 10))
    assert set((gtid_set(place) or "").split(",")) == set(end.split(","))
    server.execute("DROP DATABASE it_domains")


# ---------------------------------------------------------------------------------------------------------------------
# By time


def test_times_part_a_history(server: Server, connector: Connector, table: str, database: str) -> None:
    """[a, b) and [b, c) are [a, c), wherever b lies, over several files; a time in between belongs to the later part."""
    times = []
    for second in range(3):
        time.sleep(1 - time.time() % 1 + 0.05)
        times.append(int(time.time()))
        insert(server, table, range(second * 10, second * 10 + 5))
        if second % 2:
            server.execute("FLUSH BINARY LOGS")
    first, last = times[0], times[-1] + 1
    time.sleep(1 - time.time() % 1 + 0.05)
    assert between(server, connector, database, last + 3600, last + 7200) == []
    whole = between(server, connector, database, first, last)
    assert len(whole) == 15
    for middle in times[1:]:
        parts = [between(server, connector, database, first, middle), between(server, connector, database, middle, last)]
        assert all(parts)
        compare(parts[0] + parts[1], whole).expect_equal()
        assert [row for part in parts for row in part] == whole


def between(server: Server, connector: Connector, database: str, start: int, stop: int) -> list[Row]:
    connector.output = connector.folder / f"parquet-{start}-{stop}-{time.monotonic_ns()}"
    config = connector.parquet(server, NOWHERE, from_timestamp=start, to_timestamp=stop, include=[f"{database}.*"], **PLACE)
    connector.run(config).expect(EXIT_OK)
    return rows_in(connector.output)


def test_text_of_a_time(server: Server, connector: Connector, table: str, database: str) -> None:
    """Seconds and ISO 8601 are two ways to say the same, and a zone is heeded."""
    insert(server, table, range(3))
    now = int(server.execute("SELECT UNIX_TIMESTAMP()")[0][0])
    time.sleep(1.1)
    zones = {"Z": now - 60, "+02:00": now - 60 + 7200}
    for zone, seconds in zones.items():
        connector.output = connector.folder / f"parquet{seconds}"
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + zone
        config = connector.parquet(server, NOWHERE, from_timestamp=text, to_timestamp=now + 1, include=[f"{database}.*"], **PLACE)
        connector.run(config).expect(EXIT_OK)
        assert ids(rows_in(connector.output)) == numbers(range(3))


# ---------------------------------------------------------------------------------------------------------------------
# Another server takes over


@dataclass(frozen=True)
class Pair:
    """A source, and a replica of it that can take its place."""

    source: Server
    replica: Server


def begin_replication(source: Server, replica: Server) -> None:
    login = f"_USER = '{REPLICA_USER}', {{0}}_PASSWORD = '{REPLICA_PASSWORD}', {{0}}_HOST = '127.0.0.1', {{0}}_PORT = {source.port}"
    if source.is_mysql:
        replica.execute("CHANGE REPLICATION SOURCE TO SOURCE" + login.format("SOURCE")
                        + ", SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1", "START REPLICA")
    else:
        replica.execute("CHANGE MASTER TO MASTER" + login.format("MASTER") + ", MASTER_USE_GTID = slave_pos", "START SLAVE")


@pytest.fixture(scope="module", params=["mariadb-11.8", "mysql-9.7"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    name, started = request.param, []
    options = () if name.startswith("mysql") else ("--log-slave-updates",)
    for instance in ("source", "replica"):
        servers.reset(name, instance)
        started.append(servers.start(name, instance, free_port(), *options))
    begin_replication(*started)
    yield Pair(*started)
    for server in started:
        servers.reset(server.name, server.instance)


def wait_for(server: Server, wanted: str) -> None:
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while executed(server) != wanted:
        assert time.monotonic() < deadline, f"the replica is at {executed(server)}, and not at {wanted}"
        time.sleep(0.1)


def kill(server: Server) -> None:
    pid = int((server.data.parent / "pid").read_text())
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}").exists() and "Z (" not in Path(f"/proc/{pid}/status").read_text():
        time.sleep(0.05)


def promote(server: Server) -> None:
    server.execute(*(("STOP REPLICA", "RESET REPLICA ALL") if server.is_mysql else ("STOP SLAVE", "RESET SLAVE ALL")))


def test_replica_that_lacks_transactions(pair: Pair, connector: Connector, place: Path) -> None:
    """Going on there would lose what it has not got: it is refused."""
    source, replica = pair.source, pair.replica
    source.execute("CREATE DATABASE it_lacks")
    wait_for(replica, executed(source))
    word = "REPLICA" if replica.is_mysql else "SLAVE"
    replica.execute(f"STOP {word}")
    source.execute("CREATE TABLE it_lacks.t (id INT)", "INSERT INTO it_lacks.t VALUES (1)")
    start = Position("binlog.000001", 4)
    connector.run(connector.parquet(source, start, source.history(), checkpoint_file=str(place))).expect(EXIT_OK)
    result = connector.run(connector.parquet(replica, start, replica.history(), checkpoint_file=str(place)))
    assert "lacks transactions" in result.expect(EXIT_CONFIG).last_line
    replica.execute(f"START {word}")
    wait_for(replica, executed(source))


def anywhere(rows: list[Any]) -> list[Any]:
    """The rows without their places, which each server has of its own."""
    return [row.anywhere if isinstance(row, TableRow) else row._replace(mark="", file="", log_pos=0, event_row_index=0) for row in rows]


def reference(connector: Connector, server: Server, stop: Position, database: str, layout: Layout = CHANGES) -> list[Any]:
    """All rows that a database ever had, from a server that has the whole history."""
    folder = connector.folder / f"whole-{layout.name}"
    fields = layout.fields | {"parquet_output_dir": str(folder), "include": [f"{database}.*"]}
    connector.run(connector.parquet(server, Position("binlog.000001", 4), stop, **fields)).expect(EXIT_OK)
    return layout.rows_in(folder)


@pytest.mark.parametrize("mode", ["parquet", pytest.param("tables", marks=pytest.mark.soak), "stdout"])
def test_another_server_at_the_same_address(pair: Pair, connector: Connector, place: Path, seed: str, mode: str,
                                            capsys: pytest.CaptureFixture[str]) -> None:
    """A live run whose address leads to the replica all of a sudden goes on there by itself, and back again.

    Text that was shown cannot be taken back, so there no transaction is so large that it is shown before its end.
    """
    source, replica = pair.source, pair.replica
    database, big_share = f"it_address_{mode}", 0 if mode == "stdout" else 0.03
    layout = TABLES if mode == "tables" else CHANGES
    source.execute(f"CREATE DATABASE {database} CHARACTER SET utf8mb4")
    fields: dict[str, Any] = layout.fields | {
        "output_mode": "stdout" if mode == "stdout" else "parquet", "checkpoint_file": str(place), "include": [f"{database}.*"],
                              "parquet_roll_rows": 50, "parquet_roll_seconds": 1, "parquet_batch_size": 50}
    with Proxy(source.host, source.port) as proxy:
        config = connector.parquet(source, source.history(), port=proxy.port, read_timeout_seconds=4, **fields)
        with connector.start(config) as running:
            with LiveLoad(source, database, seed, Mix(pause_seconds=0.01, big_bytes=300_000, big_share=big_share)):
                for server in (replica, source, replica):
                    time.sleep(1.2)
                    proxy.hold()
                    proxy.release(server.port)
                time.sleep(1)
            source.execute(f"INSERT INTO {database}.first VALUES (-1, 'the last')")
            end = executed(source)
            wait_for(replica, end)
            running.wait_until(lambda: gtid_set(place) == end.replace(" ", ""), f"the set {end}", limit=40)
            running.send(signal.SIGTERM)
            running.wait(10).expect(EXIT_OK)
    expected = anywhere(reference(connector, source, source.history(), database, layout))
    if mode == "stdout":
        images = [(block.table, block.dml, block.before, block.after) for block in parse(running.stdout().decode())]
        assert len(images) == len(expected)
        assert len({str(image) for image in images}) == len(images), "a row came twice"
        return
    rows = layout.rows_in(connector.output)
    comparison = compare(anywhere(rows), expected)
    with capsys.disabled():
        print(f"\n  {source.name}: {running.stderr().count('going on by GTID')} changes of server, {comparison.rows} rows,"
              f" {comparison.lost} lost, {comparison.duplicated} duplicated, MBC_SEED={seed}")
    comparison.expect_equal()
    if layout is TABLES:
        # The numbers go on over the servers.
        expect_same(replay(rows), source, database)


def test_a_replica_that_lags_is_waited_for(pair: Pair, connector: Connector, place: Path) -> None:
    """The address leads to a replica that has not yet applied what the run has written already."""
    source, replica = pair.source, pair.replica
    source.execute("CREATE DATABASE it_lagging", "CREATE TABLE it_lagging.t (id INT PRIMARY KEY)")
    with Proxy(source.host, source.port) as proxy:
        config = connector.parquet(source, source.history(), port=proxy.port, read_timeout_seconds=4,
                                   checkpoint_file=str(place), include=["it_lagging.*"], parquet_roll_rows=1)
        with connector.start(config) as running:
            source.execute("INSERT INTO it_lagging.t VALUES (1)")
            wait_for(replica, executed(source))
            replica.execute("STOP REPLICA SQL_THREAD")
            source.execute("INSERT INTO it_lagging.t VALUES (2)")
            end = executed(source).replace(" ", "")
            running.wait_until(lambda: gtid_set(place) == end, f"the set {end}")
            proxy.hold()
            proxy.release(replica.port)
            running.wait_until(lambda: "lacks transactions: waiting" in running.stderr(), "the wait")
            time.sleep(1)
            replica.execute("START REPLICA SQL_THREAD")
            source.execute("INSERT INTO it_lagging.t VALUES (3)")
            end = executed(source).replace(" ", "")
            running.wait_until(lambda: gtid_set(place) == end, f"the set {end}")
            running.send(signal.SIGTERM)
            running.wait(10).expect(EXIT_OK)
    assert ids(rows_in(connector.output)) == numbers(range(1, 4))


@BEFORE_THE_CHECKPOINT
def test_dies_before_the_checkpoint(pair: Pair, connector: Connector, tmp_path: Path, layout: Layout) -> None:
    """Killed on one server at each change of a name: on the other one, whose files have other names, no row comes twice."""
    needs_strace()
    source, replica = pair.source, pair.replica
    source.execute("DROP DATABASE IF EXISTS it_dies", "CREATE DATABASE it_dies", "CREATE TABLE it_dies.t (id INT PRIMARY KEY)")
    begin = executed(source)
    insert(source, "it_dies.t", range(4))
    end = executed(source)
    wait_for(replica, end)
    changes = 0
    for number in range(1, 100):
        folder = tmp_path / str(number)
        folder.mkdir()
        place, output = folder / "checkpoint.json", folder / "parquet"
        fields: dict[str, Any] = {"gtid_set": begin, "to_gtid_set": end, "checkpoint_file": str(place), "parquet_roll_rows": 2,
                                  "parquet_output_dir": str(output), "include": ["it_dies.*"], **PLACE, **layout.fields}
        command = connector.command(connector.parquet(source, NOWHERE, **fields))
        if not killed_at(RENAMES, number, command, folder):
            break
        kept = checkpoints.read(place)
        assert kept is None or kept.gtid_set, "the checkpoint has no GTID set"
        result = connector.run(connector.parquet(replica, NOWHERE, **fields)).expect(EXIT_OK)
        changes += result.stderr.count("going on by GTID")
        rows = layout.rows_in(output) if layout is TABLES else [row for path in output.rglob("*.parquet") for row in rows_of(path)]
        found = [json.loads(row.after)["id"] for row in rows]
        assert sorted(found) == [0, 1, 2, 3], f"killed at the change {number}"
    assert changes > 0


class RefusingProxy(Proxy):
    """Ends the connections with the numbers in `refused` at once."""

    refused: range = range(0)

    def _begin(self, client: socket.socket, server: socket.socket) -> None:
        if self.connections in self.refused:
            client.close()
            server.close()
        else:
            super()._begin(client, server)


def test_the_connection_to_the_next_server_fails(pair: Pair, connector: Connector, place: Path) -> None:
    """It answers once, and then not, as in the middle of a failover: that is an outage, and not the end."""
    source, replica = pair.source, pair.replica
    source.execute("CREATE DATABASE it_refusing", "CREATE TABLE it_refusing.t (id INT PRIMARY KEY)")
    with RefusingProxy(source.host, source.port) as proxy:
        config = connector.parquet(source, source.history(), port=proxy.port, read_timeout_seconds=4, lag_interval_seconds=0,
                                   checkpoint_file=str(place), include=["it_refusing.*"], parquet_roll_rows=1)
        with connector.start(config) as running:
            source.execute("INSERT INTO it_refusing.t VALUES (1)")
            end = executed(source).replace(" ", "")
            running.wait_until(lambda: gtid_set(place) == end, f"the set {end}")
            wait_for(replica, executed(source))
            proxy.hold()
            proxy.refused = range(proxy.connections + 2, proxy.connections + 5)
            proxy.release(replica.port)
            source.execute("INSERT INTO it_refusing.t VALUES (2)")
            end = executed(source).replace(" ", "")
            running.wait_until(lambda: gtid_set(place) == end, f"the set {end}", limit=40)
            assert proxy.connections >= proxy.refused.stop
            running.send(signal.SIGTERM)
            running.wait(10).expect(EXIT_OK)
    assert ids(rows_in(connector.output)) == numbers(range(1, 3))


def test_stop_while_a_replica_is_waited_for(pair: Pair, connector: Connector, place: Path) -> None:
    source, replica = pair.source, pair.replica
    source.execute("CREATE DATABASE it_waiting", "CREATE TABLE it_waiting.t (id INT PRIMARY KEY)")
    with Proxy(source.host, source.port) as proxy:
        config = connector.parquet(source, source.history(), port=proxy.port, read_timeout_seconds=4,
                                   checkpoint_file=str(place), include=["it_waiting.*"], parquet_roll_rows=1)
        with connector.start(config) as running:
            wait_for(replica, executed(source))
            replica.execute("STOP REPLICA SQL_THREAD")
            source.execute("INSERT INTO it_waiting.t VALUES (1)")
            end = executed(source).replace(" ", "")
            running.wait_until(lambda: gtid_set(place) == end, f"the set {end}")
            proxy.hold()
            proxy.release(replica.port)
            running.wait_until(lambda: "lacks transactions: waiting" in running.stderr(), "the wait")
            running.send(signal.SIGTERM)
            running.wait(10).expect(EXIT_OK)
    replica.execute("START REPLICA SQL_THREAD")


def gtid_set(place: Path) -> str | None:
    checkpoint = checkpoints.read(place)
    return (checkpoint.gtid_set or "").replace(" ", "") if checkpoint else None


@pytest.mark.timeout(300)
def test_failover(pair: Pair, connector: Connector, seed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The source dies in the middle of it all; the replica takes over, and so does the run, by its checkpoint's GTID set."""
    source, replica = pair.source, pair.replica
    source.execute("CREATE DATABASE it_failover CHARACTER SET utf8mb4")
    start = Position("binlog.000001", 4)

    def config(server: Server, layout: Layout, stop: Position | None = None, **fields: Any) -> dict[str, Any]:
        fields |= {"checkpoint_file": f"{connector.folder}/{layout.name}.json", "parquet_output_dir": f"{connector.folder}/{layout.name}",
                   "parquet_roll_rows": 100, "parquet_roll_seconds": 1, "parquet_batch_size": 50, "include": ["it_failover.*"]}
        return connector.parquet(server, start, stop, **fields, **layout.fields)

    with ExitStack() as stack:
        runs = [stack.enter_context(connector.start(config(source, layout, max_reconnect_seconds=2))) for layout in (CHANGES, TABLES)]
        with LiveLoad(source, "it_failover", seed, Mix(pause_seconds=0.01, big_bytes=300_000)):
            time.sleep(3)
        wait_for(replica, executed(source))
        kill(source)
        for running in runs:
            running.wait(20).expect(EXIT_UNAVAILABLE)
    promote(replica)
    with LiveLoad(replica, "it_failover", f"{seed}/after", Mix(first_writer=2, pause_seconds=0.02, big_bytes=300_000)):
        time.sleep(1.5)
    stop = replica.history()
    for layout in (CHANGES, TABLES):
        connector.run(config(replica, layout, stop)).expect(EXIT_OK)
        expected = reference(connector, replica, stop, "it_failover", layout)
        rows = layout.rows_in(connector.folder / layout.name)
        comparison = compare(anywhere(rows), anywhere(expected))
        files = list((connector.folder / layout.name).rglob("*.parquet"))
        marked = [path for path in files if path.stem.count("-") == 2]
        with capsys.disabled():
            print(f"\n  {source.name} {layout.name}: {len(files)} files, {len(marked)} of them of the replica,"
                  f" {comparison.rows} rows, {comparison.lost} lost, {comparison.duplicated} duplicated, MBC_SEED={seed}")
        comparison.expect_equal()
        assert 0 < len(marked) < len(files)
        # The rows of the nine columns say no order over servers; the numbers of the others do.
        expect_same(replay(expected if layout is CHANGES else rows), replica, "it_failover")
