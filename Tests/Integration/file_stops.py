"""Random ranges of binlog files: where they begin, where they stop, and the rows that belong to them."""

from __future__ import annotations

import os
import re
import struct
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq

import binlog_file
from connector import EXIT_CONFIG, EXIT_DATA, EXIT_OK, Connector, Result

LOG_POS = re.compile(rb"^Log Pos:   (\d+)$", re.MULTILINE)
MODES = ("stdout", "parquet")

Place = tuple[int, int]
"""The index of a file, and bytes from its start."""


@dataclass(frozen=True)
class Files:
    """Binlog files in the order of the log, and of each of their rows the place where its event ends."""

    paths: tuple[Path, ...]
    rows: tuple[Place, ...] = ()
    exit: int = EXIT_OK

    @cached_property
    def events(self) -> list[list[binlog_file.Event]]:
        return [binlog_file.whole_events(path.read_bytes()) for path in self.paths]

    @cached_property
    def starts(self) -> dict[Place, Place]:
        """Of each event's end, its start."""
        return {(file, event.end): (file, event.start) for file, events in enumerate(self.events) for event in events}

    @cached_property
    def times(self) -> list[int]:
        """All times of events, and one before and behind them."""
        found = sorted({event.timestamp for events in self.events for event in events if event.timestamp}) or [1]
        return [max(found[0] - 1, 0), *found, min(found[-1] + 1, 2**32 - 1)]

    def place(self, time: int) -> Place:
        """The first transaction of this time or later; behind all files if there is none. None is older than an hour."""
        for file, (path, events) in enumerate(zip(self.paths, self.events, strict=True)):
            data = path.read_bytes()
            for event in events:
                if event.kind in binlog_file.TRANSACTION_BEGINS and transaction_time(data, event) >= time:
                    return (file, event.start)
        return (len(self.paths), 0)

    def config(self, **fields: Any) -> dict[str, Any]:
        return {"source": "file", "files": [str(path) for path in self.paths], "column_names": "ordinal",
                "log_level": "warn"} | fields

    def between(self, start: Place, stop: Place | None) -> list[Place]:
        """The rows of the events that start at or after the one place and end at or before the other."""
        return [row for row in self.rows if self.starts[row] >= start and (stop is None or row <= stop)]


def transaction_time(data: bytes, event: binlog_file.Event) -> int:
    """When MySQL committed it; in MariaDB the event's own time."""
    if event.kind not in (binlog_file.GTID, binlog_file.ANONYMOUS_GTID):
        return event.timestamp
    at = event.start + binlog_file.HEADER.size + 42
    return (int.from_bytes(data[at:at + 7], "little") & (1 << 55) - 1) // 1_000_000


def read(connector: Connector, *paths: Path) -> Files:
    """The files, with the rows that a run without any range finds in each of them."""
    rows: list[Place] = []
    code = EXIT_OK
    for file, path in enumerate(paths):
        result = connector.run(Files((path,)).config())
        assert result.code in (EXIT_OK, EXIT_DATA), result.stderr
        code = code or result.code
        rows += [(file, int(end)) for end in LOG_POS.findall(result.stdout)]
    return Files(paths, tuple(rows), code)


@dataclass(frozen=True)
class Range:
    """A range that was drawn."""

    start: Place
    stop: Place | None
    time: int | None

    def fields(self, files: Files) -> dict[str, Any]:
        found: dict[str, Any] = {"from_binlog_file": files.paths[self.start[0]].name, "from_binlog_position": self.start[1]}
        if self.stop:
            found |= {"to_binlog_file": files.paths[self.stop[0]].name, "to_binlog_position": self.stop[1]}
        return found | ({} if self.time is None else {"to_timestamp": self.time})


def draw(random: Random, files: Files) -> Range:
    """A start where an event begins, rarely elsewhere; a stop at any byte, at any time, at both or at none."""
    first = random.randrange(len(files.paths))
    last = random.randrange(first, len(files.paths)) if random.random() < 0.95 else random.randrange(len(files.paths))
    offset = random.choice([4] + [event.start for event in files.events[first]])
    if random.random() < 0.05:
        offset += random.randrange(1, 40)
    size = files.paths[last].stat().st_size
    near = size - random.randrange(40)
    stop = (last, max(random.choice([random.randint(4, size + 100), near]), 4))
    kind = random.random()
    time = random.choice(files.times) + random.choice([-1, 0, 1])
    return Range((first, offset), stop if kind < 0.75 else None, min(max(time, 0), 2**32 - 1) if kind > 0.5 else None)


def check(connector: Connector, files: Files, drawn: Range, mode: str, stop_at_time: Place | None) -> None:
    """Runs the range: an ending that is documented, and exactly its rows.

    `stop_at_time` is where the range's time is in the log; without it only the beginning of the rows is compared.
    """
    for path in connector.files():
        path.unlink()
    result = connector.run(files.config(output_mode=mode, parquet_output_dir=str(connector.output), **drawn.fields(files)))
    what = f"{drawn} of {[path.name for path in files.paths]}, {mode}: {result.code}, {result.last_line}"
    found = ends(connector, result, files, mode)
    wanted = files.between(drawn.start, drawn.stop)
    if stop_at_time:
        wanted = [row for row in wanted if row <= stop_at_time]
    if drawn.stop and drawn.stop <= drawn.start:
        result.expect(EXIT_CONFIG)
    elif stop_at_time and stop_at_time <= drawn.start:
        result.expect(EXIT_OK)
        assert not found, what
    elif files.exit != EXIT_OK:
        # The file cannot be read to its end.
        assert result.code in (EXIT_OK, EXIT_DATA) and found == [end for _, end in wanted[:len(found)]], what
    elif drawn.time is not None and not stop_at_time and result.code == EXIT_OK and not found:
        # The place of the time may lie before the start, wherever that is.
        result.expect(EXIT_OK)
    elif drawn.start not in files.starts.values():
        assert result.expect(EXIT_DATA).stdout == b"" and not connector.files(), what
        assert re.search(r"the nearest ones are at|has only \d+ bytes|no event|file ends after|size", result.last_line), what
    elif result.code == EXIT_DATA and "TABLE_MAP" in result.last_line:
        # The range begins between a table's description and its rows.
        result.expect(EXIT_DATA)
        assert drawn.start[1] > 4 and found == [end for _, end in wanted[:len(found)]], what
        assert mode == "stdout" or not found, what
    else:
        result.expect(EXIT_OK)
        exact = drawn.time is None or stop_at_time
        assert found == [end for _, end in (wanted if exact else wanted[:len(found)])], what


def ends(connector: Connector, result: Result, files: Files, mode: str) -> list[int]:
    """Where the events of the rows end that came out, in order."""
    if mode == "stdout":
        return [int(end) for end in LOG_POS.findall(result.stdout)]
    names = [path.name for path in files.paths]
    found = sorted(connector.files(), key=lambda path: names.index(path.name.removesuffix(".parquet")))
    return [end for path in found for end in pq.read_table(path, columns=["log_pos"], partitioning=None)["log_pos"].to_pylist()]


def cut(folder: Path, path: Path, count: int) -> Path:
    """The beginning of a file, as it is copied while the server writes it."""
    data = path.read_bytes()[:count]
    flags = struct.unpack_from("<H", data, 4 + 17)[0] if len(data) >= 23 else 0
    if len(data) >= 23:
        data = data[:21] + struct.pack("<H", flags | 1) + data[23:]
    copy = folder / path.name
    copy.write_bytes(data)
    return copy
