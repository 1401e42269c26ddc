"""Files cut in time: at each limit, at the end of a transaction, named after their start, and never seen unfinished."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow.parquet as pq
import pytest

from binlog_file import boundaries
from connector import EXIT_OK, Connector
from layouts import CHANGES, Layout, over_layouts
from live_load import LiveLoad, Mix
from output_files import Row, compare, key_values, part_of, paths, rows_in, rows_of
from servers import Server
from workloads import Log, many_rows, orders


def whole(server: Server, connector: Connector, log: Log) -> list[Row]:
    """The rows of a log in one file."""
    folder = connector.folder / "whole"
    connector.run(connector.parquet(server, log.start, log.stop, parquet_output_dir=str(folder))).expect(EXIT_OK)
    return rows_in(folder)


def rolled(server: Server, connector: Connector, log: Log, **fields: Any) -> list[int]:
    """Runs with a roll key, checks what holds for each of them, and returns the rows of the parts."""
    connector.run(connector.parquet(server, log.start, log.stop, **fields)).expect(EXIT_OK)
    compare(rows_in(connector.output), whole(server, connector, log)).expect_equal()
    check_parts(server, connector.output)
    return [len(rows_of(path)) for path in paths(connector.output)]


def check_parts(server: Server, folder: Path) -> None:
    """Each part starts where its name says, and holds whole transactions from there to where its metadata says."""
    last: dict[str, int] = {}
    for path in paths(folder):
        part, tags = part_of(path), key_values(path)
        assert path.name == f"{part.file}-{part.start:010}.parquet"
        first, end = int(tags["first_position"]), int(tags["last_position"])
        assert tags["binlog_file"] == part.file and first == part.start
        assert {first, end} <= boundaries(server.binlog_path(part.file)), f"{path.name} ends inside a transaction, at {end}"
        assert last.get(part.file, 0) <= first, f"{path.name} overlaps the part before it"
        assert all(first < row.log_pos <= end for row in rows_of(path))
        last[part.file] = end


def test_rows(server: Server, connector: Connector, database: str) -> None:
    """Statements of 50 rows: the limit of 120 is reached by every third of them."""
    log = many_rows(server, database, rows=50, statements=20)
    assert rolled(server, connector, log, parquet_roll_rows=120) == [150] * 6 + [100]


def test_one_row(server: Server, connector: Connector, database: str) -> None:
    """The smallest limit: a file for each transaction, named after the place where the last one ended."""
    log = orders(server, database)
    assert rolled(server, connector, log, parquet_roll_rows=1) == [3, 1, 2, 3, 1, 1]


def test_bytes(server: Server, connector: Connector, database: str) -> None:
    """No part but the last is smaller. How much larger they are depends on what was on its way to the file."""
    log = many_rows(server, database, rows=100, statements=60)
    found = rolled(server, connector, log, parquet_roll_bytes=20_000, parquet_batch_size=100, compression="none")
    assert len(found) >= 2 and sum(found) == 6000
    sizes = [path.stat().st_size for path in paths(connector.output)]
    assert all(size >= 20_000 for size in sizes[:-1]), sizes


def test_transaction_stays_whole(server: Server, connector: Connector, database: str) -> None:
    """Larger than every limit, and than a batch, and than what is read at once."""
    start = many_rows(server, database, rows=10, statements=2).start
    with server.session() as cursor:
        cursor.execute("BEGIN")
        for number in range(8):
            values = ",".join(f"({1000 + number * 100 + n}, 'big', 0, REPEAT('x', 100))" for n in range(100))
            cursor.execute(f"INSERT INTO `{database}`.many VALUES {values}")
        cursor.execute("COMMIT")
    server.execute(f"INSERT INTO `{database}`.many VALUES (-1, 'last', 0, '')")
    log = Log(start, server.history(), ())
    found = rolled(server, connector, log, parquet_roll_rows=5, parquet_roll_bytes=1, parquet_batch_size=30)
    assert found == [10, 10, 800, 1]


def test_seconds(server: Server, connector: Connector, database: str) -> None:
    """In a run in which nothing more happens, the rows become visible by themselves, and only then."""
    log = many_rows(server, database, rows=5, statements=1)
    with connector.start(connector.parquet(server, log.start, parquet_roll_seconds=2)) as running:
        running.wait_until(lambda: "binlog stream opened" in running.stderr(), "the stream")
        time.sleep(1.2)
        assert paths(connector.output) == []
        running.wait_until(lambda: len(paths(connector.output)) == 1, "the first part", limit=3)
        server.execute(f"INSERT INTO `{database}`.many VALUES (-1, 'second', 0, '')")
        running.wait_until(lambda: len(paths(connector.output)) == 2, "the second part", limit=4)
        time.sleep(2.2)
        assert len(paths(connector.output)) == 2, "a part without rows"
        check_parts(server, connector.output)
        running.send(signal.SIGTERM)
        running.wait(10).expect(EXIT_OK)
    assert [len(rows_of(path)) for path in paths(connector.output)] == [5, 1]


@over_layouts("mariadb-11.8")
def test_replay_overwrites(server: Server, connector: Connector, database: str, layout: Layout) -> None:
    """The same range again gives the same files, byte for byte as long as nothing but the range decides."""
    log = many_rows(server, database, rows=50, statements=10)
    config = connector.write(connector.parquet(server, log.start, log.stop, parquet_roll_rows=100, **layout.fields))
    connector.run(config).expect(EXIT_OK)
    first = {path: path.read_bytes() for path in connector.output.rglob("*.*")}
    connector.run(config).expect(EXIT_OK)
    assert {path: path.read_bytes() for path in connector.output.rglob("*.*")} == first


def test_without_rows(server: Server, connector: Connector, database: str) -> None:
    log = orders(server, database)
    connector.run(connector.parquet(server, log.start, log.stop, parquet_roll_rows=1, include=["nowhere.*"])).expect(EXIT_OK)
    assert paths(connector.output) == []


class Scanner:
    """A reader of the folder that never rests. A file must be whole as soon as it is there, and never change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._scan, daemon=True)
        self._known: dict[Path, tuple[int, int]] = {}
        self.error: Exception | None = None
        self.scans = 0

    def _scan(self) -> None:
        while not self._ended.is_set():
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 - whatever it is, the test must hear of it
                self.error = error
                return
            self.scans += 1
            time.sleep(0.005)

    def _look(self) -> None:
        for path in self._folder.rglob("*.parquet"):
            seen = path.stat().st_ino, path.stat().st_size
            if path not in self._known:
                assert pq.read_table(path, partitioning=None).num_rows > 0
                self._known[path] = seen
            assert self._known[path] == seen, f"{path.name} has changed"

    def __enter__(self) -> Scanner:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()
        if self.error and not error:
            raise self.error


@over_layouts("mariadb-11.8")
def test_readers_see_whole_files(server: Server, connector: Connector, database: str, seed: str, layout: Layout,
                                 capsys: pytest.CaptureFixture[str]) -> None:
    start = server.next_file()
    config = connector.parquet(server, start, parquet_roll_rows=50, parquet_roll_seconds=1, include=[f"{database}.*"], **layout.fields)
    mix = Mix(pause_seconds=0.005, big_bytes=500_000, flush_share=0.02)
    with Scanner(connector.output) as scanner, connector.start(config) as running:
        with LiveLoad(server, database, f"{seed}/{server.name}", mix):
            time.sleep(2)
        stop = server.history()
        time.sleep(1.5)
        running.send(signal.SIGTERM)
        running.wait(10).expect(EXIT_OK)
    if layout is CHANGES:
        check_parts(server, connector.output)
    folder = connector.folder / "whole"
    connector.run(connector.parquet(server, start, stop, parquet_output_dir=str(folder), include=[f"{database}.*"], **layout.fields))
    result = compare(layout.rows_in(connector.output), layout.rows_in(folder)).expect_equal()
    with capsys.disabled():
        print(f"\n  {server.name}: {scanner.scans} scans, {len(list(connector.output.rglob('*.parquet')))} files, {result.rows} rows,"
              f" {result.lost} lost, {result.duplicated} duplicated, MBC_SEED={seed}")
