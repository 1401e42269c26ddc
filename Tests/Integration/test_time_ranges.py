"""Ranges by time that share a bound share no row and miss none, whatever the times in the log are."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from connector import EXIT_OK, Connector
from servers import Position, Server
from text_blocks import parse

NOWHERE = Position("", 4)
LAST = 2**32 - 1
HOUR, DAY = 3600, 86400


class Play:
    """Puts numbered rows into a log, one transaction for each, at times of all kinds."""

    def __init__(self, server: Server, database: str) -> None:
        self.server, self.database, self.count = server, database, 0
        server.execute(f"CREATE TABLE `{database}`.t (id INT)")
        self.start = server.next_file()

    def row(self, *before: str) -> None:
        self.server.execute(*before, self.insert(str(self.number())))

    def at(self, shift: int, *behind: str) -> None:
        """A row from a session whose clock is wrong, as one that replays old changes has it."""
        self.server.execute(f"SET TIMESTAMP = {int(time.time()) + shift}", self.insert(str(self.number())), *behind)

    def number(self) -> int:
        self.count += 1
        return self.count

    def insert(self, value: str) -> str:
        return f"INSERT INTO `{self.database}`.t SELECT {value}"

    @contextmanager
    def slow(self, seconds: float, *behind: str) -> Iterator[None]:
        """A statement that begins before what is done within, and is logged behind it."""
        statement = self.insert(f"{100 + self.count} + 0 * SLEEP({seconds})")
        thread = threading.Thread(target=self.server.execute, args=(statement, *behind))
        thread.start()
        next_second()
        try:
            yield
        finally:
            thread.join()


def next_second() -> None:
    time.sleep(1.02 - time.time() % 1)


@pytest.fixture
def play(server: Server, database: str) -> Iterator[Play]:
    """A log in which no other test has dated anything ahead; what these tests date so goes with their files."""
    yield Play(server, database)
    purge(server)


def purge(server: Server) -> None:
    """Removes all files but a new one; the server keeps those that the dump of a run that has just ended still holds."""
    last = server.next_file().file
    deadline = time.monotonic() + 20
    while str(server.execute(f"PURGE BINARY LOGS TO '{last}'", "SHOW BINARY LOGS")[0][0]) != last:
        assert time.monotonic() < deadline, f"files before {last} are in use"
        time.sleep(0.1)


def ids(text: str) -> list[int]:
    return [int(block.after[0][1]) for block in parse(text) if block.after]


class Source:
    """The server, or copies of its files."""

    def __init__(self, connector: Connector, play: Play, folder: Path | None) -> None:
        self.connector, self.play, self.folder = connector, play, folder
        if folder:
            folder.mkdir()
            for path in play.server.binlog_paths(play.start, play.server.history()):
                shutil.copy(path, folder)

    def rows(self, start: int | None, stop: int | None) -> list[int]:
        fields: dict[str, Any] = {"include": [f"{self.play.database}.t"], "column_names": "ordinal"}
        fields |= {} if stop is None else {"to_timestamp": stop}
        if self.folder:
            config = {"source": "file", "files": [f"{self.folder}/*"]} | fields
            config |= {} if start is None else {"from_timestamp": start}
        elif start is None:
            config = self.connector.config(self.play.server, self.play.start, **fields)
        else:
            place = {"from_binlog_file": None, "from_binlog_position": None}
            config = self.connector.config(self.play.server, NOWHERE, from_timestamp=start, **place, **fields)
        return ids(self.connector.run(config).expect(EXIT_OK).text)


def check_tiles(source: Source, bounds: list[int]) -> None:
    """Each bound parts the log in two, and all of them part it in many."""
    whole = source.rows(None, LAST)
    assert len(whole) == len(set(whole)) == source.play.count + 2
    parts = [source.rows(a, b) for a, b in zip([1, *bounds], [*bounds, LAST])]
    assert [row for part in parts for row in part] == whole, parts
    for bound in bounds[::3]:
        assert source.rows(1, bound) + source.rows(bound, LAST) == whole, bound
        # From a place in the log the same time is the same end.
        assert source.rows(None, bound) == source.rows(1, bound)


@pytest.mark.parametrize("kind", ["server", "files"])
def test_ranges_tile(server: Server, connector: Connector, play: Play, tmp_path: Path, kind: str) -> None:
    begun = int(time.time())
    play.row()
    with play.slow(1.8):
        play.row()
        play.row("FLUSH BINARY LOGS")
    play.row()
    with play.slow(1.8, "FLUSH BINARY LOGS"):
        play.row()
    play.at(-30 * DAY, "FLUSH BINARY LOGS")
    play.row()
    play.at(+30 * DAY, "FLUSH BINARY LOGS")
    play.row()
    play.at(-2 * HOUR)
    play.at(+2 * HOUR)
    play.row("FLUSH BINARY LOGS")
    play.row()
    end = int(time.time())
    bounds = [begun - 30 * DAY, begun - 1, *range(begun, end + 2), begun + 2 * HOUR, end + 30 * DAY + 1]
    check_tiles(Source(connector, play, tmp_path / "logs" if kind == "files" else None), bounds)


def test_a_slow_statement_belongs_to_the_later_range(connector: Connector, play: Play, server: Server) -> None:
    """In MariaDB it has the time of its start, and is logged behind a later one; MySQL also logs when it was committed."""
    play.row()
    next_second()
    with play.slow(1.5):
        second = int(time.time())
        play.row()
    source = Source(connector, play, None)
    assert source.rows(1, second) == [1]
    assert source.rows(second, LAST) == [2, 101]


def test_a_place_stays_where_it_is(connector: Connector, play: Play, server: Server) -> None:
    """What comes into the log when a range has been read belongs to the next one, with the time of before too."""
    play.row()
    next_second()
    with play.slow(2.5, "FLUSH BINARY LOGS"):
        bound = int(time.time())
        play.row("FLUSH BINARY LOGS")
        source = Source(connector, play, None)
        before = source.rows(1, bound)
    play.row()
    assert before + source.rows(bound, LAST) == [1, 2, 101, 3]
    server.execute(f"PURGE BINARY LOGS TO '{play.start.file}'")
    assert source.rows(bound, LAST) == [2, 101, 3]


def test_a_future_time_hides_nothing(connector: Connector, play: Play, server: Server) -> None:
    """Rows behind a transaction that is dated ahead are in a later range, and in one only."""
    play.row()
    begun = int(time.time())
    play.at(+HOUR // 2)
    play.row()
    next_second()
    play.row()
    source = Source(connector, play, None)
    bounds = [1, begun, begun + 1, begun + HOUR, LAST]
    parts = [source.rows(a, b) for a, b in zip(bounds, bounds[1:])]
    assert [row for part in parts for row in part] == [1, 2, 3, 4], parts


def test_a_time_that_has_not_come(connector: Connector, play: Play, server: Server) -> None:
    """The log's end is no place of a time: a transaction that began before it may come still."""
    play.row()
    next_second()
    source = {"include": [f"{play.database}.t"], "to_timestamp": int(time.time())}
    result = connector.run(connector.config(server, play.start, **source)).expect(EXIT_OK)
    assert ids(result.text) == [1] and "the log ended at" in result.stderr
    play.row()
    result = connector.run(connector.config(server, play.start, **source)).expect(EXIT_OK)
    assert ids(result.text) == [1] and "the log ended at" not in result.stderr


def test_nothing_is_left_before_the_start(connector: Connector, play: Play, server: Server) -> None:
    """The place of a time does not depend on where the run begins, in the same file behind it or in a later one."""
    play.row()
    next_second()
    bound = int(time.time())
    play.row()
    behind = server.history()
    play.at(-DAY)
    config = connector.config(server, behind, include=[f"{play.database}.t"], to_timestamp=bound)
    result = connector.run(config).expect(EXIT_OK)
    if server.is_mariadb:
        assert "there is nothing to do" in result.stderr
    assert result.stdout == b""
