"""Connections that are lost, in every way, under a live write load: the run goes on, and its output is that of one without.

MBC_FAULT_SECONDS says for how long faults come down on each run.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import checkpoints
import servers
from connector import EXIT_CONFIG, EXIT_DATA, EXIT_NO_PERMISSION, EXIT_OK, EXIT_UNAVAILABLE, Connector, Result, Running
from fault_proxy import FaultProxy, reset
from layouts import CHANGES, TABLES
from live_load import LiveLoad, Mix
from output_files import compare, rows_in
from proxy import Proxy, Transform, stall_at
from servers import REPLICA_PASSWORD, Position, Server, free_port
from table_replay import expect_same, replay

SECONDS = float(os.environ.get("MBC_FAULT_SECONDS", "2"))
MIX = Mix(pause_seconds=0.003, big_bytes=120_000, big_share=0.02)
QUICK = {"read_timeout_seconds": 1, "connect_timeout_seconds": 1, "log_level": "info"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "state" / "checkpoint.json"


class Comparison:
    """A live run in one output mode, to be compared with a run over the same range that nothing disturbed."""

    def __init__(self, server: Server, connector: Connector, database: str, place: Path, mode: str, **fields: Any) -> None:
        self._server, self._connector, self._database, self._place = server, connector, database, place
        self._mode = mode
        self.start = server.next_file()
        self.layout = TABLES if mode == "tables" else CHANGES
        self.fields = {"output_mode": "stdout" if mode == "stdout" else "parquet", "include": [f"{database}.*"]}
        if mode != "stdout":
            self.fields |= self.layout.fields | {"parquet_output_dir": str(connector.output), "parquet_roll_seconds": 1, "parquet_roll_rows": 300}
        self.config = connector.config(server, self.start, checkpoint_file=str(place), **self.fields, **QUICK, **fields)

    def finish(self, running: Running) -> tuple[int, int, int]:
        """Writes a last row, waits until the run has it, stops the run, and compares: rows, lost, duplicated."""
        self._server.execute(f"INSERT INTO `{self._database}`.first VALUES (-1, 'the last row')")
        stop = self._server.history()
        running.wait_until(lambda: checkpoints.has_passed(self._place, stop), f"the checkpoint at {stop}", limit=30)
        running.send(signal.SIGTERM)
        running.wait(10).expect(EXIT_OK)
        return self._compare_text(running, stop) if self._mode == "stdout" else self._compare_rows(stop)

    def _compare_text(self, running: Running, stop: Position) -> tuple[int, int, int]:
        calm = self._connector.run(self._connector.config(self._server, self.start, stop, **self.fields)).expect(EXIT_OK)
        assert running.stdout() == calm.stdout
        return calm.stdout.count(b"=== DML Event"), 0, 0

    def _compare_rows(self, stop: Position) -> tuple[int, int, int]:
        folder = self._connector.folder / "calm"
        config = self._connector.parquet(self._server, self.start, stop, parquet_output_dir=str(folder),
                                         include=self.fields["include"], **self.layout.fields)
        self._connector.run(config).expect(EXIT_OK)
        found = self.layout.rows_in(self._connector.output)
        result = compare(found, self.layout.rows_in(folder)).expect_equal()
        expect_same(replay(found), self._server, self._database)
        return result.rows, result.lost, result.duplicated


def under_load(run: Comparison, running: Running, server: Server, database: str, seed: str, trouble: Callable[[], None]) -> str:
    """Makes trouble while the server is written to, and then compares. Returns the figures."""
    with LiveLoad(server, database, f"{seed}/{server.name}", MIX) as load:
        trouble()
    rows, lost, duplicated = run.finish(running)
    return f"{load.transactions} transactions, {rows} rows, {lost} lost, {duplicated} duplicated, MBC_SEED={seed}"


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("mode", "ssl_mode"), [
    ("parquet", "disabled"), pytest.param("tables", "disabled", marks=pytest.mark.soak("mariadb-11.8")), ("stdout", "required")])
def test_faults(server: Server, connector: Connector, database: str, place: Path, seed: str, mode: str, ssl_mode: str,
                capsys: pytest.CaptureFixture[str]) -> None:
    """Every kind of fault, at random."""
    chance = random.Random(f"{seed}/{server.name}/{mode}/{ssl_mode}")
    with FaultProxy(server.host, server.port, chance, mean_bytes=120_000) as proxy:
        run = Comparison(server, connector, database, place, mode, port=proxy.port, ssl_mode=ssl_mode)

        def trouble() -> None:
            with_faults_until = time.monotonic() + SECONDS
            running.wait_until(lambda: time.monotonic() > with_faults_until, "the end of the faults", limit=SECONDS + 1)
            proxy.calm()

        with connector.start(run.config) as running:
            figures = under_load(run, running, server, database, seed, trouble)
    with capsys.disabled():
        print(f"\n  {server.name} {mode} ssl_mode {ssl_mode}: {sum(proxy.faults.values())} faults {dict(proxy.faults)},"
              f" {proxy.connections} connections, {figures}")
    assert sum(proxy.faults.values()) > 0


def dump_threads(server: Server) -> list[int]:
    rows = server.execute("SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'")
    return [int(row[0]) for row in rows]


def test_killed_dump_thread(server: Server, connector: Connector, database: str, place: Path, seed: str,
                            capsys: pytest.CaptureFixture[str]) -> None:
    run = Comparison(server, connector, database, place, "parquet")
    kills = 0

    def trouble() -> None:
        nonlocal kills
        for _ in range(8):
            time.sleep(0.15)
            for number in dump_threads(server):
                server.execute(f"KILL {number}")
                kills += 1

    with connector.start(run.config) as running:
        running.wait_until(lambda: bool(dump_threads(server)), "the dump thread")
        figures = under_load(run, running, server, database, seed, trouble)
    with capsys.disabled():
        print(f"\n  {server.name}: {kills} killed dump threads, {figures}")
    assert kills >= 5


# ---------------------------------------------------------------------------------------------------------------------
# A server of our own, which may be stopped


@pytest.fixture(scope="module")
def own(server: Server) -> Iterator[list[Server]]:
    """The one instance of the tests below, in a list, because each start gives a new one."""
    started = servers.start(server.name, "restart", free_port())
    holder = [started]
    yield holder
    servers.stop(holder[0])


def own_database(server: Server) -> str:
    server.execute("DROP DATABASE IF EXISTS it_restart", "CREATE DATABASE it_restart CHARACTER SET utf8mb4")
    return "it_restart"


def crash(server: Server) -> None:
    """What `servers.stop` does not do: no goodbye, and the log has no end."""
    number = process_of(server)
    os.kill(number, signal.SIGKILL)
    while Path(f"/proc/{number}/fd").exists() and any(Path(f"/proc/{number}/fd").iterdir()):
        time.sleep(0.02)
    # MySQL believes it while the dead process has not been waited for.
    server.socket_path.with_name(server.socket_path.name + ".lock").unlink(missing_ok=True)


@pytest.mark.parametrize("end", [servers.stop, crash])
def test_restarted_server(own: list[Server], connector: Connector, place: Path, seed: str, end: Callable[[Server], None],
                          capsys: pytest.CaptureFixture[str]) -> None:
    server = own[0]
    database = own_database(server)
    run = Comparison(server, connector, database, place, "parquet")

    def trouble() -> None:
        time.sleep(0.5)
        end(server)
        own[0] = servers.start(server.name, "restart", server.port)
        time.sleep(1)

    with connector.start(run.config) as running:
        figures = under_load(run, running, server, database, seed, trouble)
        assert "reconnected" in running.stderr()
    with capsys.disabled():
        print(f"\n  {server.name}: one restart after {end.__name__}, {figures}")


def process_of(server: Server) -> int:
    return int((server.data.parent / "pid").read_text())


def test_frozen_server(own: list[Server], connector: Connector, place: Path, seed: str,
                       capsys: pytest.CaptureFixture[str]) -> None:
    """It neither answers nor closes for longer than the read time-out, and then goes on as if nothing had been."""
    server = own[0]
    database = own_database(server)
    run = Comparison(server, connector, database, place, "parquet")

    def trouble() -> None:
        time.sleep(0.5)
        os.kill(process_of(server), signal.SIGSTOP)
        try:
            running.wait_until(lambda: "trying again" in running.stderr(), "a reconnection", limit=10)
            time.sleep(1)
        finally:
            os.kill(process_of(server), signal.SIGCONT)
        time.sleep(0.5)

    with connector.start(run.config) as running:
        figures = under_load(run, running, server, database, seed, trouble)
    with capsys.disabled():
        print(f"\n  {server.name}: one freeze, {figures}")


def test_log_begun_anew(own: list[Server], connector: Connector) -> None:
    """The server lost its log in the outage, and the place lies beyond the end of the new one: no loop, and not its rows."""
    server = own[0]
    database = own_database(server)
    server.execute(RESET[server.is_mysql], f"CREATE TABLE `{database}`.t (id INT)")
    server.execute(*[f"INSERT INTO `{database}`.t VALUES ({number})" for number in range(30)])
    with outage(server, connector, server.history()) as (proxy, running):
        server.execute(RESET[server.is_mysql])
        proxy.release()
        check(running.wait(20), EXIT_DATA, "1236", "binlog.000001")


@pytest.mark.parametrize("mode", ["parquet with a checkpoint", "parquet", "stdout"])
def test_log_begun_anew_with_our_place(own: list[Server], connector: Connector, place: Path, mode: str) -> None:
    """The new log has an event just where the run wants to go on. What lies before it there must not be skipped in silence,
    and what came of the old log, which nobody will see again, is written."""
    server = own[0]
    database = own_database(server)
    rows = f"INSERT INTO `{database}`.t VALUES "
    server.execute(f"CREATE TABLE `{database}`.t (id INT)", RESET[server.is_mysql], rows + "(11), (12), (13)")
    end = server.history()
    fields: dict[str, Any] = {"include": [f"{database}.*"], "ssl_mode": "disabled", "log_level": "debug"}
    if mode == "parquet with a checkpoint":
        fields |= {"checkpoint_file": str(place)}
    with Proxy(server.host, server.port) as proxy:
        kind = connector.config if mode == "stdout" else connector.parquet
        config = kind(server, Position("binlog.000001", 4), port=proxy.port, **QUICK | fields)
        with connector.start(config) as running:
            running.wait_until(lambda: f"up to {end.file}:{end.offset}" in running.stderr(), "all rows")
            proxy.hold()
            running.wait_until(lambda: "trying again" in running.stderr(), "an attempt")
            # Times in the log have seconds.
            time.sleep(1.1)
            server.execute(RESET[server.is_mysql], rows + "(21), (22), (23)")
            assert server.history() == end
            server.execute(rows + "(31)")
            proxy.release()
            result = running.wait(20)
    check(result, EXIT_DATA, "log was reset", "binlog.000001", f"up to {end.file}:{end.offset}, is written", "checkpoint")
    if mode == "stdout":
        assert [number for number in (11, 12, 13, 21, 22, 23, 31) if f"= {number}\n".encode() in result.stdout] == [11, 12, 13]
    else:
        assert [row.after for row in rows_in(connector.output)] == [b'{"id":%d}' % number for number in (11, 12, 13)]
    if mode == "parquet with a checkpoint":
        assert checkpoints.has_passed(place, end)
        refused = connector.run(config | {"port": server.port})
        assert "log was reset" in refused.expect(EXIT_CONFIG).last_line


@pytest.mark.parametrize("rows", [5, 10, 12], ids=["shorter", "as long", "longer"])
def test_checkpoint_of_a_log_begun_anew(own: list[Server], connector: Connector, place: Path, rows: int) -> None:
    """The same server, the same file, even a place that is there: but not that log any more. Its rows must not be skipped."""
    server = own[0]
    database = own_database(server)
    statements = [f"INSERT INTO `{database}`.t VALUES ({number})" for number in range(rows)]
    server.execute(f"CREATE TABLE `{database}`.t (id INT)", RESET[server.is_mysql], *statements[:10])
    start = Position("binlog.000001", 4)
    connector.run(connector.parquet(server, start, server.history(), checkpoint_file=str(place))).expect(EXIT_OK)
    # Times in the log have seconds.
    time.sleep(1.1)
    server.execute(RESET[server.is_mysql], *statements)
    result = connector.run(connector.parquet(server, start, server.history(), checkpoint_file=str(place)))
    assert result.code in (EXIT_CONFIG, EXIT_DATA), f"{result.code}: {result.stderr[-1500:]}"
    assert "checkpoint" in result.last_line, result.last_line


RESET = {True: "RESET BINARY LOGS AND GTIDS", False: "RESET MASTER"}


# ---------------------------------------------------------------------------------------------------------------------
# What ends a run


@contextmanager
def outage(server: Server, connector: Connector, start: Position, **fields: Any) -> Iterator[tuple[Proxy, Running]]:
    """A live run whose connection is gone, and that finds no way back until the proxy is released."""
    with Proxy(server.host, server.port) as proxy:
        config = connector.parquet(server, start, port=proxy.port, **QUICK, **fields)
        with connector.start(config) as running:
            running.wait_until(lambda: "binlog stream opened" in running.stderr(), "the stream")
            time.sleep(0.3)
            proxy.hold()
            running.wait_until(lambda: "trying again" in running.stderr(), "an attempt")
            yield proxy, running


def check(result: Result, code: int, *words: str) -> None:
    """The end of a run that had to end: what it was, in the last line."""
    result.expect(code)
    assert REPLICA_PASSWORD not in result.stderr
    for word in words:
        assert word in result.last_line, f"no {word!r} in {result.last_line!r}"


def test_outage_that_lasts_too_long(server: Server, connector: Connector) -> None:
    with outage(server, connector, server.history(), max_reconnect_seconds=2) as (_, running):
        began = time.monotonic()
        result = running.wait(15)
    check(result, EXIT_UNAVAILABLE, "binlog.")
    assert 1 < time.monotonic() - began < 8
    assert 3 <= result.stderr.count("trying again") <= 12, "attempts without growing waits"


def test_outage_of_a_silent_server(server: Server, connector: Connector, database: str) -> None:
    """It connects, and says nothing: that is no progress, however often."""
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.t (id INT, what VARCHAR(40))",
                   f"INSERT INTO `{database}`.t VALUES (1, 'the silent marker')")
    with Proxy(server.host, server.port, stall_at(b"the silent marker")) as proxy:
        config = connector.parquet(server, start, port=proxy.port, ssl_mode="disabled", max_reconnect_seconds=2, **QUICK)
        with connector.start(config) as running:
            check(running.wait(20), EXIT_UNAVAILABLE, "binlog.")


def test_stop_in_an_outage(server: Server, connector: Connector) -> None:
    """A stop signal does not wait for the network."""
    with outage(server, connector, server.history()) as (_, running):
        time.sleep(1)
        running.send(signal.SIGTERM)
        running.wait(3).expect(EXIT_OK)


class DyingProxy(Proxy):
    """Passes so many bytes of a connection on, and is held from then on, without being told."""

    def __init__(self, server: Server, byte_count: int) -> None:
        self._byte_count = byte_count
        super().__init__(server.host, server.port, self._die)

    def _die(self, offset: int, data: bytes) -> bytes | None:
        self._is_held = self._is_held or offset + len(data) > self._byte_count
        return data[:self._byte_count - offset] if offset < self._byte_count else None

    def _pump(self, source: socket.socket, sink: socket.socket, transform: Transform | None) -> None:
        """A server that is about to write more must learn of the end: it would keep the dump, and its file, for a minute."""
        super()._pump(source, sink, transform)
        try:
            reset(source if transform == self._die else sink)
        except OSError:
            pass


# The first of them lies in the first row of the large transaction, which the pipeline need not have then.
@pytest.mark.parametrize("byte_count", [20_000, 600_000], ids=["at its beginning", "far behind it"])
@pytest.mark.parametrize("mode", ["parquet with a checkpoint", "parquet", "stdout"])
def test_stop_in_an_outage_within_a_transaction(server: Server, connector: Connector, database: str, place: Path,
                                                mode: str, byte_count: int) -> None:
    """The signal does not wait for the network, and what is complete is written, or comes again with the next run."""
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.t (id INT, body LONGBLOB)", f"INSERT INTO `{database}`.t VALUES (1, 'whole')")
    big = ", ".join(f"({number}, REPEAT('x', 30000))" for number in range(2, 62))
    server.execute(f"INSERT INTO `{database}`.t VALUES {big}")
    fields: dict[str, Any] = {"include": [f"{database}.*"], "ssl_mode": "disabled"}
    if mode == "parquet with a checkpoint":
        fields |= {"checkpoint_file": str(place)}
    with DyingProxy(server, byte_count) as proxy:
        kind = connector.config if mode == "stdout" else connector.parquet
        config = kind(server, start, port=proxy.port, **QUICK | fields)
        with connector.start(config) as running:
            running.wait_until(lambda: "trying again" in running.stderr(), "an attempt")
            running.send(signal.SIGTERM)
            result = running.wait(10)
    if mode == "stdout":
        result.expect(EXIT_OK)
        assert b"= 1\n" in result.stdout, "the transaction that was complete"
        return
    if mode == "parquet" and result.code != EXIT_OK:
        check(result, EXIT_UNAVAILABLE, "not written", start.file, "checkpoint_file")
        assert rows_in(connector.output) == []
        return
    result.expect(EXIT_OK)
    assert len(rows_in(connector.output)) <= 1, "rows of a transaction whose end has not come"
    if mode == "parquet":
        # A part of it is in the output only where the log tells before its end that it cannot be rolled back.
        assert len(rows_in(connector.output)) == 1 and (byte_count == 20_000 or server.is_mariadb)
        return
    stop = server.history()
    connector.run(config | {"port": server.port, "to_binlog_file": stop.file, "to_binlog_position": stop.offset}).expect(EXIT_OK)
    ids = [int((row.after or b"").split(b":")[1].split(b",")[0]) for row in rows_in(connector.output)]
    assert sorted(ids) == list(range(1, 62))


class LoginDamage(Proxy):
    """Damages what the server says behind its greeting on the next `count` connections."""

    def __init__(self, server: Server, place: int) -> None:
        self.count = 0
        self._place = place
        super().__init__(server.host, server.port)

    def _begin(self, client: socket.socket, server: socket.socket) -> None:
        self._transform = self._damage if self.count > 0 else None
        self.count -= 1
        super()._begin(client, server)

    def _damage(self, offset: int, data: bytes) -> bytes:
        if offset == 0 or len(data) <= self._place:
            return data
        return data[:self._place] + bytes([data[self._place] ^ 0x41]) + data[self._place + 1:]


@pytest.mark.parametrize(("count", "goes_on"), [(1, True), (100, False)], ids=["once", "for ever"])
@pytest.mark.parametrize(("ssl_mode", "byte", "code"), [
    pytest.param("required", 5, EXIT_NO_PERMISSION, id="TLS handshake"), pytest.param("disabled", 3, EXIT_DATA, id="login")])
def test_damaged_login(server: Server, connector: Connector, database: str, ssl_mode: str, byte: int, code: int, count: int,
                       goes_on: bool) -> None:
    """Damage on the way is tried again in a login too, twice."""
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.t (id INT)")
    with LoginDamage(server, byte) as proxy:
        config = connector.parquet(server, start, port=proxy.port, ssl_mode=ssl_mode, include=[f"{database}.*"],
                                   lag_interval_seconds=0, **QUICK)
        with connector.start(config) as running:
            running.wait_until(lambda: "binlog stream opened" in running.stderr(), "the stream")
            proxy.count = count
            proxy.cut()
            if not goes_on:
                result = running.wait(20).expect(code)
                assert 2 <= result.stderr.count("trying again") <= 3
                return
            running.wait_until(lambda: "reconnected" in running.stderr(), "the stream", limit=20)
            server.execute(f"INSERT INTO `{database}`.t VALUES (7)")
            time.sleep(1)
            running.send(signal.SIGTERM)
            running.wait(10).expect(EXIT_OK)
    assert [row.after for row in rows_in(connector.output)] == [b'{"id":7}']


@pytest.fixture
def account(server: Server) -> Iterator[str]:
    name = "outage"
    server.execute(f"DROP USER IF EXISTS '{name}'@'%'", f"CREATE USER '{name}'@'%' IDENTIFIED BY '{REPLICA_PASSWORD}'",
                   f"GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO '{name}'@'%'")
    yield name
    server.execute(f"DROP USER '{name}'@'%'")


def test_changed_password(server: Server, connector: Connector, account: str) -> None:
    with outage(server, connector, server.history(), user=account) as (proxy, running):
        server.execute(f"ALTER USER '{account}'@'%' IDENTIFIED BY 'another-secret'")
        proxy.release()
        check(running.wait(15), EXIT_NO_PERMISSION, "1045", "password")


def test_lost_privilege(server: Server, connector: Connector, account: str) -> None:
    with outage(server, connector, server.history(), user=account) as (proxy, running):
        server.execute(f"REVOKE REPLICATION SLAVE ON *.* FROM '{account}'@'%'")
        proxy.release()
        check(running.wait(15), EXIT_NO_PERMISSION, "REPLICATION SLAVE")


def test_purged_meanwhile(server: Server, connector: Connector) -> None:
    """The server kept its log for too short a time: the message says from where on it still has one."""
    start = server.next_file()
    with outage(server, connector, start) as (proxy, running):
        server.execute("FLUSH BINARY LOGS")
        later = server.next_file()
        deadline = time.monotonic() + 20
        while server.binlog_path(start.file).exists() and time.monotonic() < deadline:
            server.execute(f"PURGE BINARY LOGS TO '{later.file}'")
            time.sleep(0.1)
        proxy.release()
        check(running.wait(15), EXIT_DATA, "1236", start.file, f"first binlog that the server still has is {later.file}")


def test_what_was_received_of_a_purged_log_is_written(server: Server, connector: Connector, database: str) -> None:
    """No other run will see it."""
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.t (id INT)", f"INSERT INTO `{database}`.t VALUES (1)")
    end = server.history()
    with Proxy(server.host, server.port) as proxy:
        config = connector.parquet(server, start, port=proxy.port, include=[f"{database}.*"],
                                   **QUICK | {"log_level": "debug"})
        with connector.start(config) as running:
            running.wait_until(lambda: f"up to {end.file}:{end.offset}" in running.stderr(), "all rows")
            proxy.hold()
            running.wait_until(lambda: "trying again" in running.stderr(), "an attempt")
            later = server.next_file()
            deadline = time.monotonic() + 20
            while server.binlog_path(start.file).exists() and time.monotonic() < deadline:
                server.execute(f"PURGE BINARY LOGS TO '{later.file}'")
                time.sleep(0.1)
            proxy.release()
            check(running.wait(15), EXIT_DATA, "1236", start.file)
    assert [row.after for row in rows_in(connector.output)] == [b'{"id":1}']


def test_same_server_id(server: Server, connector: Connector) -> None:
    """MariaDB throws the first of two replicas with one id out. MySQL tells them apart by their UUIDs."""
    config = connector.parquet(server, server.history(), server_id=4_000_000_001, log_level="info")
    with connector.start(config) as first:
        first.wait_until(lambda: "binlog stream opened" in first.stderr(), "the first stream")
        time.sleep(0.5)
        with connector.start(config) as second:
            second.wait_until(lambda: "binlog stream opened" in second.stderr(), "the second stream")
            if server.is_mariadb:
                check(first.wait(10), EXIT_CONFIG, "server_id")
            else:
                time.sleep(1)
                assert first.process.poll() is None and "trying again" not in first.stderr()
            time.sleep(0.5)
            assert "trying again" not in second.stderr()
            second.send(signal.SIGTERM)
            second.wait(10).expect(EXIT_OK)
