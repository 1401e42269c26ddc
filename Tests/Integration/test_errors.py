"""Every kind of failure, provoked for real: one clear error, its exit code, no half-written file, earlier files kept."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import binlog_file
from changes import read_folder
from connector import (EXIT_DATA, EXIT_CONFIG, EXIT_NO_PERMISSION, EXIT_OK, EXIT_OUTPUT, EXIT_UNAVAILABLE, Connector,
                       Result)
from proxy import Proxy, cut_at, flip_bit_after, stall_at
from servers import REPLICA_PASSWORD, Position, Server, free_port
from workloads import Log, many_rows, orders

MARKER = b"marker-of-the-row"


@pytest.fixture
def log(server: Server, database: str) -> Log:
    return orders(server, database)


@pytest.fixture
def earlier(server: Server, connector: Connector, log: Log) -> dict[str, bytes]:
    """The files of a run that went well, before the one that fails."""
    connector.run(connector.parquet(server, log.start, log.stop)).expect(EXIT_OK)
    return contents(connector)


def contents(connector: Connector) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in connector.files()}


def check(result: Result, code: int, *words: str) -> None:
    """The promises about every failed run. The last line must name what the words say."""
    result.expect(code)
    assert REPLICA_PASSWORD not in result.stderr and REPLICA_PASSWORD.encode() not in result.stdout
    for word in words:
        assert word.lower() in result.last_line.lower(), f"no {word!r} in the last line: {result.last_line!r}"


# ---------------------------------------------------------------------------------------------------------------------
# Before the stream


def test_wrong_password(server: Server, connector: Connector, log: Log, earlier: dict[str, bytes]) -> None:
    config = connector.parquet(server, log.start, log.stop, password="quite-wrong-word")
    result = connector.run(config)
    check(result, EXIT_NO_PERMISSION, "1045")
    assert "quite-wrong-word" not in result.stderr
    assert contents(connector) == earlier


def test_password_from_the_environment(server: Server, connector: Connector, log: Log) -> None:
    config = connector.config(server, log.start, log.stop, password=None)
    connector.run(config, env={"MYSQL_PWD": REPLICA_PASSWORD}).expect(EXIT_OK)
    check(connector.run(config), EXIT_NO_PERMISSION, "1045")


def test_unknown_host(server: Server, connector: Connector, log: Log) -> None:
    check(connector.run(connector.config(server, log.start, host="no-such-host.invalid")), EXIT_UNAVAILABLE,
          "no-such-host.invalid")


def test_refused_connection(server: Server, connector: Connector, log: Log) -> None:
    port = free_port()
    check(connector.run(connector.config(server, log.start, port=port)), EXIT_UNAVAILABLE, str(port))


def test_server_that_says_nothing(server: Server, connector: Connector, log: Log) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        config = connector.config(server, log.start, port=silent.getsockname()[1], connect_timeout_seconds=2,
                                  read_timeout_seconds=2)
        check(connector.run(config, limit=20), EXIT_UNAVAILABLE)


def test_missing_privilege(server: Server, connector: Connector, log: Log, earlier: dict[str, bytes]) -> None:
    server.execute("DROP USER IF EXISTS 'plain'@'%'", f"CREATE USER 'plain'@'%' IDENTIFIED BY '{REPLICA_PASSWORD}'")
    try:
        result = connector.run(connector.parquet(server, log.start, log.stop, user="plain"))
    finally:
        server.execute("DROP USER 'plain'@'%'")
    check(result, EXIT_NO_PERMISSION, "REPLICATION SLAVE")
    assert contents(connector) == earlier


# ---------------------------------------------------------------------------------------------------------------------
# Refused by the server


@pytest.mark.parametrize("bounded", [True, False], ids=["with an end", "without an end"])
def test_unknown_binlog_file(server: Server, connector: Connector, log: Log, bounded: bool) -> None:
    """A file that was purged, or never was, is refused alike."""
    stop = Position("binlog.999998", 1000) if bounded else None
    result = connector.run(connector.parquet(server, Position("binlog.999998", 4), stop))
    assert result.code in (EXIT_DATA, EXIT_CONFIG)
    check(result, result.code, "1236", "binlog.999998", "SHOW BINARY LOGS")
    assert connector.files() == []


def purge(server: Server, file: str, later: str) -> None:
    """Purges up to `later`; a server keeps a file as long as it has not noticed that its reader went away."""
    deadline = time.monotonic() + 20
    while (server.binlog_path(file)).exists():
        assert time.monotonic() < deadline, f"{file} is still there"
        server.execute(f"PURGE BINARY LOGS TO '{later}'")
        time.sleep(0.1)


def test_purged_binlog_file(server: Server, connector: Connector, log: Log) -> None:
    later = server.next_file()
    purge(server, log.start.file, later.file)
    result = connector.run(connector.config(server, log.start, later))
    assert result.code in (EXIT_DATA, EXIT_CONFIG)
    check(result, result.code, "1236", log.start.file)


def test_position_inside_an_event(server: Server, connector: Connector, log: Log, earlier: dict[str, bytes]) -> None:
    rows = next(event for event in log.events if event.kind in binlog_file.ROWS)
    result = connector.run(connector.parquet(server, Position(log.start.file, rows.start + 7), log.stop))
    assert result.code in (EXIT_DATA, EXIT_CONFIG)
    check(result, result.code, log.start.file, str(rows.start + 7))
    assert contents(connector) == earlier


def test_position_beyond_the_end(server: Server, connector: Connector, log: Log) -> None:
    beyond = Position(log.stop.file, log.stop.offset + 10_000_000)
    result = connector.run(connector.config(server, beyond))
    assert result.code in (EXIT_DATA, EXIT_CONFIG)
    check(result, result.code, "1236", log.stop.file)


# ---------------------------------------------------------------------------------------------------------------------
# A bad stream


Transform = Callable[[int, bytes], bytes | None]


def run_through(server: Server, connector: Connector, database: str, transform: Transform, **fields: Any) -> Result:
    """Many good rows, then the one with the marker, through a proxy that damages the stream there."""
    log = many_rows(server, database, rows=100, statements=20)
    server.execute(f"INSERT INTO `{database}`.many VALUES (-1, '{MARKER.decode()}', 0, '')")
    with Proxy(server.host, server.port, transform) as proxy:
        fields = {"max_reconnect_seconds": 1, "connect_timeout_seconds": 2} | fields
        config = connector.parquet(server, log.start, server.history(), port=proxy.port, ssl_mode="disabled", **fields)
        return connector.run(config)


def test_corrupted_event(server: Server, connector: Connector, database: str, earlier: dict[str, bytes]) -> None:
    """Damage that comes again when the event is asked for again is no fault of the network."""
    result = run_through(server, connector, database, flip_bit_after(MARKER, 3))
    check(result, EXIT_DATA, "checksum", "binlog.")
    assert result.stderr.count("trying again") == 2
    assert contents(connector) == earlier


def test_cut_connection(server: Server, connector: Connector, database: str, earlier: dict[str, bytes]) -> None:
    result = run_through(server, connector, database, cut_at(MARKER))
    check(result, EXIT_UNAVAILABLE, "binlog.")
    assert contents(connector) == earlier


def test_half_dead_connection(server: Server, connector: Connector, database: str, earlier: dict[str, bytes]) -> None:
    """Neither data nor heartbeats: the read time-out ends it."""
    result = run_through(server, connector, database, stall_at(MARKER), read_timeout_seconds=2)
    check(result, EXIT_UNAVAILABLE, "binlog.")
    assert contents(connector) == earlier


def test_heartbeats_keep_a_quiet_connection(server: Server, connector: Connector, log: Log) -> None:
    """Three read time-outs without a single event are no failure."""
    config = connector.config(server, log.stop, read_timeout_seconds=2)
    with connector.start(config) as running:
        with pytest.raises(subprocess.TimeoutExpired):
            running.process.wait(7)


# ---------------------------------------------------------------------------------------------------------------------
# No place for the output


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts small file systems, and takes them away."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    mounted: list[Path] = []

    def make(options: str) -> Path:
        place = tmp_path / f"mount-{len(mounted)}"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=True)
        mounted.append(place)
        return place

    yield make
    for place in mounted:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_folder_below_a_file(server: Server, connector: Connector, log: Log) -> None:
    (connector.folder / "file").write_text("x")
    connector.output = connector.folder / "file" / "parquet"
    check(connector.run(connector.parquet(server, log.start, log.stop)), EXIT_OUTPUT, str(connector.output))


def test_read_only_file_system(server: Server, connector: Connector, log: Log, mount: Callable[[str], Path]) -> None:
    connector.output = mount("size=1m,ro") / "parquet"
    check(connector.run(connector.parquet(server, log.start, log.stop)), EXIT_OUTPUT, str(connector.output))


def test_full_disk(server: Server, connector: Connector, database: str, mount: Callable[[str], Path]) -> None:
    connector.output = mount("size=1m") / "parquet"
    first = orders(server, database)
    connector.run(connector.parquet(server, first.start, first.stop)).expect(EXIT_OK)
    kept = contents(connector)
    server.execute(f"CREATE TABLE `{database}`.noise (id INT PRIMARY KEY AUTO_INCREMENT, body BLOB)")
    start = server.next_file()
    body = ",".join(["(RANDOM_BYTES(1000))"] * 100)
    for _ in range(40):
        server.execute(f"INSERT INTO `{database}`.noise (body) VALUES {body}")
    result = connector.run(connector.parquet(server, start, server.history(), parquet_batch_size=200))
    check(result, EXIT_OUTPUT, "space", str(connector.output.parent))
    assert contents(connector) == kept


def test_full_disk_in_text_mode(server: Server, connector: Connector, log: Log) -> None:
    command = connector.command(connector.config(server, log.start, log.stop))
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60, cwd=connector.folder)
    check(Result(done.returncode, b"", done.stderr.decode(), 0), EXIT_OUTPUT, "space")


def test_failed_run_leaves_no_litter(server: Server, connector: Connector, database: str, earlier: dict[str, bytes]) -> None:
    """After a failure, and a good run over the same range, the output folder holds the finished files and nothing else."""
    run_through(server, connector, database, cut_at(MARKER))
    assert contents(connector) == earlier
    server.execute(f"DROP TABLE `{database}`.many")
    log = many_rows(server, database, rows=10, statements=3)
    connector.run(connector.parquet(server, log.start, log.stop)).expect(EXIT_OK)
    assert set(contents(connector)) == set(earlier) | {f"{log.start.file}.parquet"}
    assert {name: body for name, body in contents(connector).items() if name in earlier} == earlier
    assert len([change for change in read_folder(connector.output) if change.table_name == "many"]) == 30
