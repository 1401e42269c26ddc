"""The half-open range rule, at every event boundary of a small log, in both output modes."""

from __future__ import annotations

from collections.abc import Sequence

import binlog_file
import pytest

from binlog_file import Event
from changes import read_folder
from connector import EXIT_CONFIG, EXIT_DATA, EXIT_OK, Connector, Result
from servers import Position, Server
from text_blocks import parse
from workloads import Log, orders

MODES = ("stdout", "parquet")


@pytest.fixture
def log(server: Server, database: str) -> Log:
    return orders(server, database)


def run(connector: Connector, server: Server, start: Position, stop: Position, mode: str) -> Result:
    if mode == "parquet":
        for path in connector.files():
            path.unlink()
        return connector.run(connector.parquet(server, start, stop))
    return connector.run(connector.config(server, start, stop))


def row_ends(connector: Connector, result: Result, mode: str) -> list[int]:
    """The end positions of the row events that came out, each once."""
    found = [change.log_pos for change in read_folder(connector.output)] if mode == "parquet" else [
        block.log_pos for block in parse(result.text)]
    return sorted(set(found))


def inside(events: Sequence[Event], start: int, stop: int) -> list[int]:
    return [event.end for event in events if event.kind in binlog_file.ROWS and start <= event.start and event.end <= stop]


def lacks_table_map(events: Sequence[Event], start: int) -> bool:
    """True when the first row event from here on stands before any TABLE_MAP."""
    for event in events:
        if event.start >= start and event.kind in binlog_file.ROWS | {binlog_file.TABLE_MAP}:
            return event.kind in binlog_file.ROWS
    return False


@pytest.mark.parametrize("mode", MODES)
def test_every_stop(server: Server, connector: Connector, log: Log, mode: str) -> None:
    for event in log.events:
        stop = Position(log.stop.file, event.end)
        result = run(connector, server, log.start, stop, mode).expect(EXIT_OK)
        assert row_ends(connector, result, mode) == inside(log.events, log.start.offset, event.end), f"to {stop}"


@pytest.mark.parametrize("mode", MODES)
def test_every_start(server: Server, connector: Connector, log: Log, mode: str) -> None:
    for event in log.events:
        start = Position(log.start.file, event.start)
        result = run(connector, server, start, log.stop, mode)
        if lacks_table_map(log.events, event.start):
            result.expect(EXIT_DATA)
            assert f"{start.file}:" in result.last_line and "TABLE_MAP" in result.last_line, result.last_line
            assert connector.files() == []
        else:
            result.expect(EXIT_OK)
            assert row_ends(connector, result, mode) == inside(log.events, event.start, log.stop.offset), f"from {start}"


@pytest.mark.parametrize("mode", MODES)
def test_single_events(server: Server, connector: Connector, log: Log, mode: str) -> None:
    """From the table map of a row event to its end: exactly that event."""
    maps = [event for event in log.events if event.kind == binlog_file.TABLE_MAP]
    for table_map in maps:
        rows = next(event for event in log.events if event.start == table_map.end)
        result = run(connector, server, Position(log.start.file, table_map.start), Position(log.stop.file, rows.end), mode)
        assert row_ends(connector, result.expect(EXIT_OK), mode) == [rows.end]


@pytest.mark.parametrize("mode", MODES)
def test_empty_range(server: Server, connector: Connector, log: Log, mode: str) -> None:
    """Nothing can lie in such a range, so it is a slip in the configuration."""
    result = run(connector, server, log.start, log.start, mode).expect(EXIT_CONFIG)
    assert "InvalidBinlogPosition" in result.last_line


def test_stop_inside_an_event_leaves_it_out(server: Server, connector: Connector, log: Log) -> None:
    rows = next(event for event in log.events if event.kind in binlog_file.ROWS)
    result = run(connector, server, log.start, Position(log.stop.file, rows.end - 1), "stdout").expect(EXIT_OK)
    assert result.stdout == b""


def test_end_of_log_before_stop_warns(server: Server, connector: Connector, log: Log) -> None:
    beyond = Position(log.stop.file, log.stop.offset + 100_000)
    result = run(connector, server, log.start, beyond, "stdout").expect(EXIT_OK)
    assert len(parse(result.text)) == 11
    warnings = [line for line in result.stderr.splitlines() if line.startswith("warn")]
    assert any(f"{log.stop.file}:{log.stop.offset}" in line for line in warnings), result.stderr


def test_stop_file_without_position_is_its_end(server: Server, connector: Connector, log: Log) -> None:
    server.next_file()
    config = connector.config(server, log.start, log.stop, to_binlog_position=None)
    assert len(parse(connector.run(config).expect(EXIT_OK).text)) == 11


def test_range_over_files(server: Server, connector: Connector, database: str, log: Log) -> None:
    """Only the rows of the first file's end and the second file's beginning, in order."""
    second = server.next_file()
    server.execute(f"INSERT INTO `{database}`.audit VALUES (7, 'second file')")
    stop = server.history()
    server.execute(f"INSERT INTO `{database}`.audit VALUES (8, 'too late')")
    last = [event for event in log.events if event.kind == binlog_file.TABLE_MAP][-1]
    config = connector.parquet(server, Position(log.start.file, last.start), stop)
    connector.run(config).expect(EXIT_OK)
    assert [change.dml_type for change in read_folder(connector.output)] == ["DELETE", "INSERT"]
    assert [path.stem for path in connector.files()] == [log.start.file, second.file]


def test_rows_of_filtered_tables_are_skipped_in_silence(server: Server, connector: Connector, database: str, log: Log) -> None:
    """A filter that keeps nothing still reads the whole range without complaint."""
    config = connector.config(server, log.start, log.stop, include=["nowhere.*"])
    assert connector.run(config).expect(EXIT_OK).stdout == b""
