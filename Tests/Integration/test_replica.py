"""A run as the server and its administrator see it: a replica that shows itself, says how far behind it is, and goes when it ends."""

from __future__ import annotations

import re
import signal
import subprocess
import time

import pytest

from connector import EXIT_OK, Connector, Running
from servers import Position, Server
from workloads import Log, orders

SERVER_ID = 3_999_000_111
GONE_SECONDS = 2.0
LAG = re.compile(r"lag: (?P<seconds>\d+) s, (?P<bytes>\d+) bytes, at (?P<file>\S+):(?P<offset>\d+)")


@pytest.fixture
def log(server: Server, database: str) -> Log:
    return orders(server, database)


def replicas(server: Server) -> dict[int, str]:
    """What the server lists: the id and the host of each of its replicas."""
    return {int(row[0]): str(row[1]) for row in server.execute("SHOW REPLICAS" if server.is_mysql else "SHOW SLAVE HOSTS")}


def dump_threads(server: Server) -> set[int]:
    rows = server.execute("SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'")
    return {int(row[0]) for row in rows}


@pytest.fixture
def earlier(server: Server) -> set[int]:
    """Threads of runs that other tests have killed: the server notices that when it has something to send."""
    return dump_threads(server)


def expect_gone(server: Server, earlier: set[int]) -> None:
    """No thread of the run may be left to hold the server's log, which a quiet server would not notice by itself."""
    deadline = time.monotonic() + GONE_SECONDS
    while left := dump_threads(server) - earlier:
        assert time.monotonic() < deadline, f"dump threads {left} are left after {GONE_SECONDS} s"
        time.sleep(0.02)


def wait_for_stream(running: Running, server: Server, earlier: set[int]) -> None:
    running.wait_until(lambda: bool(dump_threads(server) - earlier), "the dump thread")
    time.sleep(0.3)


def test_shows_itself(server: Server, connector: Connector, earlier: set[int]) -> None:
    with connector.start(connector.parquet(server, server.history(), server_id=SERVER_ID)) as running:
        running.wait_until(lambda: SERVER_ID in replicas(server), "the entry in the list of replicas", limit=10)
        assert replicas(server)[SERVER_ID]
        running.send(signal.SIGTERM)
        running.wait(10).expect(EXIT_OK)
    expect_gone(server, earlier)
    assert SERVER_ID not in replicas(server)


@pytest.mark.parametrize(("number", "ssl_mode"), [(signal.SIGTERM, "disabled"), (signal.SIGINT, "required")])
def test_nothing_is_left_after_a_stop(server: Server, connector: Connector, earlier: set[int], log: Log,
                                      number: signal.Signals, ssl_mode: str) -> None:
    with connector.start(connector.parquet(server, log.start, ssl_mode=ssl_mode)) as running:
        wait_for_stream(running, server, earlier)
        running.send(number)
        running.wait(10).expect(EXIT_OK)
    expect_gone(server, earlier)


def test_nothing_is_left_after_a_range(server: Server, connector: Connector, earlier: set[int], log: Log) -> None:
    """The stop lies in the middle of what the server would send."""
    middle = Position(log.start.file, log.events[len(log.events) // 2].end)
    connector.run(connector.parquet(server, log.start, middle)).expect(EXIT_OK)
    expect_gone(server, earlier)


def test_ids_differ(server: Server, connector: Connector, earlier: set[int]) -> None:
    """Without a server_id each run takes one of its own: two at once are no trouble."""
    config = connector.write(connector.config(server, server.history()))
    before = set(replicas(server))
    with connector.start(config) as first, connector.start(config) as second:
        first.wait_until(lambda: len(set(replicas(server)) - before) == 2, "both in the list", limit=10)
        for running in (first, second):
            running.send(signal.SIGTERM)
            running.wait(10).expect(EXIT_OK)
    expect_gone(server, earlier)


def lags(running: Running) -> list[re.Match[str]]:
    return list(LAG.finditer(running.stderr()))


def test_lag(server: Server, connector: Connector, database: str, log: Log) -> None:
    """Each interval a line; none behind and no bytes when all has come; the place is that of the server."""
    with connector.start(connector.parquet(server, log.start, lag_interval_seconds=1)) as running:
        running.wait_until(lambda: len(lags(running)) >= 2, "two lines", limit=10)
        line = lags(running)[-1]
        assert (line["seconds"], line["bytes"]) == ("0", "0"), line[0]
        server.execute(f"INSERT INTO `{database}`.audit VALUES (99, 'later')")
        end = server.history()
        running.wait_until(lambda: f"0 s, 0 bytes, at {end.file}:{end.offset}" in running.stderr(), "the new place", limit=5)


def test_lag_can_be_silenced(server: Server, connector: Connector, earlier: set[int], log: Log) -> None:
    with connector.start(connector.parquet(server, log.start, lag_interval_seconds=0)) as running:
        wait_for_stream(running, server, earlier)
        time.sleep(1.5)
        assert "lag:" not in running.stderr()


def test_lag_of_a_run_that_hangs_behind(server: Server, connector: Connector, database: str) -> None:
    """Text that nobody reads holds the run back: it knows how far it is behind, and warns when the log may be purged under it."""
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY AUTO_INCREMENT, body LONGTEXT)")
    start = server.next_file()
    purge_to(server, start)
    insert = f"INSERT INTO `{database}`.t (body) VALUES (REPEAT('x', 1000000))"
    server.execute(*[insert] * 40, "FLUSH BINARY LOGS", insert, "FLUSH BINARY LOGS", insert)
    with Unread(connector, connector.command(connector.config(server, start, lag_interval_seconds=1))) as unread:
        deadline = time.monotonic() + 15
        while "oldest" not in unread.stderr() and time.monotonic() < deadline:
            time.sleep(0.05)
        text = unread.stderr()
    found = list(LAG.finditer(text))
    assert found and int(found[-1]["bytes"]) > 1_000_000, text[-2000:]
    warnings = [line for line in text.splitlines() if line.startswith("warn") and "oldest" in line]
    assert warnings and start.file in warnings[0] and "binlog_expire_logs_seconds" in warnings[0], text[-2000:]


def purge_to(server: Server, place: Position) -> None:
    """Makes a file the oldest one. A server keeps files until it has noticed that their readers went away."""
    deadline = time.monotonic() + 10
    while str(server.execute("SHOW BINARY LOGS")[0][0]) != place.file:
        assert time.monotonic() < deadline, f"{place.file} is not the oldest"
        server.execute(f"PURGE BINARY LOGS TO '{place.file}'")
        time.sleep(0.1)


class Unread:
    """A run whose standard output is a pipe that nobody reads."""

    def __init__(self, connector: Connector, command: list[str]) -> None:
        self._path = connector.folder / "unread.err"
        self._command = command

    def stderr(self) -> str:
        return self._path.read_text()

    def __enter__(self) -> Unread:
        with self._path.open("wb") as errors:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()
