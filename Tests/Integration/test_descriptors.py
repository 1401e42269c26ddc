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
from binlog_file import XID
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


# ---------------------------------------------------------------------------------------------------------------------
# Not blocking


def read_slowly(descriptor: int) -> bytes:
    data = b""
    while piece := os.read(descriptor, 65536):
        data += piece
        time.sleep(0.001)
    return data


@pytest.mark.parametrize("kind", ["pipe", "socket"])
@pytest.mark.parametrize("command", ["stream", "inspect"])
def test_output_that_does_not_block(connector: Connector, log: Path, kind: str, command: str) -> None:
    """As a shell leaves it behind whose other programs share the pipe; the reader is slower than the run."""
    if kind == "pipe":
        read, write = os.pipe()
    else:
        ends = socket.socketpair()
        read, write = (end.detach() for end in ends)
    os.set_blocking(write, False)
    arguments = connector.command(text(log))
    if command == "inspect":
        arguments = [arguments[0], "inspect", "--events", str(log)]
    with subprocess.Popen(arguments, stdout=write, stderr=subprocess.DEVNULL, cwd=connector.folder) as process:
        os.close(write)
        time.sleep(0.2)
        data = read_slowly(read)
        os.close(read)
        assert process.wait(LIMIT_SECONDS) == EXIT_OK
    assert data.count(b"After Values") == ROWS if command == "stream" else data.count(b"  XID  ") == ROWS // 5


@pytest.mark.parametrize("blocks", [True, False])
def test_signals_when_nobody_reads(connector: Connector, log: Path, blocks: bool) -> None:
    """The first one waits for the reader, who is to get what was received; the second one ends the run."""
    read, write = os.pipe()
    os.set_blocking(write, blocks)
    with subprocess.Popen(connector.command(text(log)), stdout=write, stderr=subprocess.DEVNULL) as process:
        os.close(write)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 128 + signal.SIGTERM
    os.close(read)


# ---------------------------------------------------------------------------------------------------------------------
# Limits of the process


def random_rows(folder: Path) -> Path:
    """Rows that no codec makes smaller."""
    return crafted_file.write(folder, crafted_file.query(b"BEGIN"), *[part for number in range(4000) for part in (
        crafted_file.table_map(b"shop", b"t"), crafted_file.insert(*[os.urandom(25).hex().encode()] * 1))], crafted_file.commit())


def test_size_of_files_in_parquet_mode(connector: Connector, tmp_path: Path) -> None:
    config = parquet(connector, random_rows(tmp_path), parquet_batch_size=500, compression="none")
    done = limited(connector, config, resource.RLIMIT_FSIZE, 50_000)
    assert done.returncode == EXIT_OUTPUT
    assert "File too large" in last_line(done) and "ulimit -f" in last_line(done)
    assert connector.files() == [] and not list(connector.folder.glob(".*.staging/*.partial"))


@pytest.mark.parametrize("arguments", [[], ["inspect", "--events"]], ids=["stream", "inspect"])
def test_size_of_standard_output(connector: Connector, log: Path, arguments: list[str]) -> None:
    command = connector.command(text(log))
    if arguments:
        command = [command[0], *arguments, str(log)]
    with (connector.folder / "rows").open("wb") as output:
        done = subprocess.run(command, stdout=output, stderr=subprocess.PIPE, timeout=LIMIT_SECONDS, cwd=connector.folder,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)))
    assert done.returncode == EXIT_OUTPUT
    assert "File too large" in last_line(done) and "ulimit -f" in last_line(done)
    assert (connector.folder / "rows").stat().st_size == 50_000


def test_size_of_the_checkpoint(connector: Connector, log: Path) -> None:
    done = limited(connector, text(log, checkpoint_file="state.json"), resource.RLIMIT_FSIZE, 100)
    assert done.returncode == EXIT_OUTPUT
    assert "state.json.new" in last_line(done) and "ulimit -f" in last_line(done)


def test_size_of_the_log(connector: Connector, log: Path) -> None:
    """The log goes on at standard error, and the run to its end."""
    done = limited(connector, text(log, log_file="run.log"), resource.RLIMIT_FSIZE, 100)
    assert done.returncode == EXIT_OK and done.stdout.count(b"After Values") == ROWS
    assert b"the log goes on here" in done.stderr


def test_few_descriptors(connector: Connector, tmp_path: Path) -> None:
    """More tables than files that can be open: the files take turns."""
    log = crafted_file.write(tmp_path, *rows_of(3000, tables=600))
    config = parquet(connector, log, partition_by="table", parquet_batch_size=8)
    done = limited(connector, config, resource.RLIMIT_NOFILE, 256)
    assert done.returncode == EXIT_OK, last_line(done)
    assert len(rows_in(connector.output)) == 3000


def test_few_descriptors_within_a_transaction(connector: Connector, tmp_path: Path) -> None:
    """Files that must end before the XID comes are told of; those that can wait have it."""
    rows = [event for number in range(300)
            for event in (crafted_file.table_map(b"shop", b"t%d" % number), crafted_file.insert(b"x"))]
    end = crafted_file.event(XID, (77).to_bytes(8, "little"))
    log = crafted_file.write(tmp_path, *rows_of(500, tables=100), crafted_file.query(b"BEGIN"), *rows, end)
    config = parquet(connector, log, partition_by="table", parquet_batch_size=1, extra_columns=["xid"])
    done = limited(connector, config, resource.RLIMIT_NOFILE, 256)
    assert done.returncode == EXIT_OK, last_line(done)
    xids = [row["xid"] for path in connector.output.rglob("*.parquet") for row in pq.read_table(path, partitioning=None).to_pylist()]
    open_at_once = 256 - 64
    assert [xids.count(xid) for xid in (0, 77, None)] == [500, open_at_once, 300 - open_at_once]
    assert done.stderr.count(b"ends within a transaction") == 300 - open_at_once


@pytest.mark.parametrize("limit", [10, 20])
def test_too_few_descriptors(connector: Connector, tmp_path: Path, limit: int) -> None:
    config = parquet(connector, crafted_file.write(tmp_path, *rows_of(300, tables=60)), partition_by="table")
    done = limited(connector, config, resource.RLIMIT_NOFILE, limit)
    if done.returncode != EXIT_OK:
        assert done.returncode == EXIT_OUTPUT
        assert "ulimit -n" in last_line(done) and "permission" not in last_line(done)
    assert done.returncode == EXIT_OUTPUT or len(rows_in(connector.output)) == 300


def test_soft_limit_of_descriptors(connector: Connector, tmp_path: Path) -> None:
    """A soft limit is there to be raised."""
    log = crafted_file.write(tmp_path, *rows_of(300, tables=60))
    command = connector.command(parquet(connector, log, partition_by="table"))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    done = subprocess.run(command, cwd=connector.folder, capture_output=True, timeout=LIMIT_SECONDS,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (20, hard)))
    assert done.returncode == EXIT_OK, last_line(done)
    assert len(connector.files()) == 1 and len(rows_in(connector.output)) == 300


# ---------------------------------------------------------------------------------------------------------------------
# Memory


def test_out_of_memory(connector: Connector, tmp_path: Path) -> None:
    """One event of 100 MB in a process that may have 160."""
    statement = crafted_file.query(b"INSERT /*" + b"x" * 100_000_000)
    log = crafted_file.write(tmp_path, statement)
    for mode in ({"events": "all"}, {"output_mode": "parquet", "parquet_output_dir": str(connector.output)}):
        done = limited(connector, text(log, **mode), resource.RLIMIT_AS, 160_000_000)
        assert done.returncode == EXIT_OUTPUT
        assert "out of memory" in last_line(done) and "max_event_bytes" in last_line(done)


# ---------------------------------------------------------------------------------------------------------------------
# Pipes and folders where files are wanted


@contextmanager
def greeting_server() -> Iterator[int]:
    """A server that offers TLS, and then waits for the client to go; its port."""
    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(len(body).to_bytes(3, "little") + b"\0" + body)
            while connection.recv(4096):
                pass

    body = greeting(capabilities=CAPABILITIES | 0x0800)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def fifo(path: Path) -> Path:
    os.mkfifo(path)
    return path


def folder(path: Path) -> Path:
    path.mkdir()
    return path


KINDS: list[Callable[[Path], Path]] = [fifo, folder]


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("option", ["log_file", "password_file", "ssl_ca", "ssl_cert", "ssl_key"])
def test_no_file(connector: Connector, log: Path, tmp_path: Path, make: Callable[[Path], Path], option: str) -> None:
    """Nobody waits for the other end of a pipe, and a long path is told whole. The server, of which only the certificates matter, is a
    greeting."""
    parent = tmp_path / ("long" * 30)
    parent.mkdir()
    place = make(parent / "place")
    if option == "log_file":
        done = connector.run(text(log, log_file=str(place)), limit=10)
    else:
        with greeting_server() as port:
            fields = {"host": "127.0.0.1", "port": port, "user": "u", "from_binlog_file": "b.000001", "from_binlog_position": 4,
                      "ssl_mode": "required", option: str(place)}
            if option in ("ssl_cert", "ssl_key"):
                fields["ssl_key" if option == "ssl_cert" else "ssl_cert"] = str(place)
            done = connector.run(fields, limit=10)
    done.expect(EXIT_CONFIG)
    assert option.removesuffix("_cert").removesuffix("_key") in done.last_line and str(place) in done.last_line


def test_log_into_a_pipe(connector: Connector, log: Path, tmp_path: Path) -> None:
    place = fifo(tmp_path / "place")
    reader = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reader, 1031, 1 << 20)
    connector.run(text(log, log_file=str(place))).expect(EXIT_OK)
    assert b"info(main): total events processed" in os.read(reader, 1 << 20)
    os.close(reader)
