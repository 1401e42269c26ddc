"""Binlog files as the source: the same rows as from the server, clear errors, and what `inspect` says of them."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path
from typing import Any

import binlog_file
import pytest

from changes import read_folder
from connector import EXIT_CONFIG, EXIT_DATA, EXIT_OK, Connector, Result
from servers import Position, Server
from text_blocks import parse
from workloads import Log, many_rows, orders


@pytest.fixture
def log(server: Server, database: str) -> Log:
    return orders(server, database)


@pytest.fixture
def copy(server: Server, log: Log, tmp_path: Path) -> Path:
    """The server's file up to the end of the workload, as it would be copied from a running server."""
    folder = tmp_path / "logs"
    folder.mkdir()
    path = folder / log.start.file
    path.write_bytes(server.binlog_path(log.start.file).read_bytes()[:log.stop.offset])
    return path


def config(*files: Path | str, **fields: Any) -> dict[str, Any]:
    return {"source": "file", "files": [str(file) for file in files]} | fields


def parquet(connector: Connector, *files: Path | str, **fields: Any) -> dict[str, Any]:
    return config(*files, output_mode="parquet", parquet_output_dir=str(connector.output), **fields)


def between(start: Position, stop: Position) -> dict[str, Any]:
    return {"from_binlog_file": start.file, "from_binlog_position": start.offset,
            "to_binlog_file": stop.file, "to_binlog_position": stop.offset}


def test_text_equals_the_stream(server: Server, connector: Connector, log: Log, copy: Path) -> None:
    live = connector.run(connector.config(server, log.start, log.stop)).expect(EXIT_OK)
    from_file = connector.run(config(copy)).expect(EXIT_OK)
    assert len(parse(live.text)) == 11
    assert from_file.text == live.text


def test_every_event_equals_the_stream(server: Server, connector: Connector, log: Log, copy: Path) -> None:
    """With a start behind the file's head, the stream begins with its format, as from the server."""
    def blocks(result: Result) -> list[str]:
        found = result.expect(EXIT_OK).text.split("\n\n")
        return [block for block in found if "(ROTATE)" not in block and "(FORMAT_DESCRIPTION)" not in block]

    live = connector.run(connector.config(server, log.start, log.stop, events="all"))
    from_file = connector.run(config(copy, events="all", **between(log.start, log.stop)))
    assert blocks(from_file) == blocks(live)


@pytest.mark.smoke
def test_parquet_equals_the_stream(server: Server, connector: Connector, log: Log, copy: Path) -> None:
    connector.run(connector.parquet(server, log.start, log.stop)).expect(EXIT_OK)
    live = read_folder(connector.output)
    shutil.rmtree(connector.output)
    connector.run(parquet(connector, copy)).expect(EXIT_OK)
    assert read_folder(connector.output) == live


def test_ranges(server: Server, connector: Connector, log: Log, copy: Path) -> None:
    for event in log.events[::3]:
        stop = Position(log.stop.file, event.end)
        live = connector.run(connector.config(server, log.start, stop)).expect(EXIT_OK)
        assert connector.run(config(copy, **between(log.start, stop))).expect(EXIT_OK).text == live.text, f"to {stop}"
        start = Position(log.start.file, event.start)
        live = connector.run(connector.config(server, start, log.stop))
        from_file = connector.run(config(copy, **between(start, log.stop)))
        assert (from_file.code, from_file.text) == (live.code, live.text), f"from {start}"


def test_start_within_an_event(connector: Connector, log: Log, copy: Path) -> None:
    event = log.events[2]
    result = connector.run(config(copy, from_binlog_position=event.start + 1)).expect(EXIT_DATA)
    assert f"the nearest ones are at {event.start} and {event.end}" in result.last_line
    result = connector.run(config(copy, from_binlog_position=log.stop.offset + 100)).expect(EXIT_DATA)
    assert f"has only {log.stop.offset} bytes" in result.last_line


def test_patterns_order_and_filters(server: Server, connector: Connector, database: str, log: Log, copy: Path) -> None:
    """Files are read by number, each once, whatever the order of the patterns."""
    second = many_rows(server, database, 50, 4)
    shutil.copy(server.binlog_path(second.start.file), copy.parent)
    pattern = f"{copy.parent}/*.0*"
    both = connector.run(config(copy.parent / second.start.file, pattern)).expect(EXIT_OK)
    assert [block.table.split(".")[1] for block in parse(both.text)][10:12] == ["orders", "many"]
    assert len(parse(both.text)) == 11 + 200
    only = connector.run(config(pattern, include=[f"{database}.many"])).expect(EXIT_OK)
    assert len(parse(only.text)) == 200
    first = connector.run(config(pattern, to_binlog_file=copy.name)).expect(EXIT_OK)
    assert len(parse(first.text)) == 11
    connector.run(parquet(connector, pattern)).expect(EXIT_OK)
    assert [path.stem for path in connector.files()] == sorted([copy.name, second.start.file])


def test_cut_in_the_last_event(connector: Connector, log: Log, copy: Path) -> None:
    """A file still in use may end within an event; a closed one, or one before the last, may not."""
    whole = copy.read_bytes()
    last = log.events[-1]
    flags = struct.unpack_from("<H", whole, 4 + 17)[0]
    for cut in (last.start + 1, last.start + 18, last.start + 19, last.end - 1):
        copy.write_bytes(whole[:4 + 17] + struct.pack("<H", flags | 1) + whole[4 + 19:cut])
        result = connector.run(config(copy)).expect(EXIT_OK)
        assert f"{copy.name}:{last.start}: the file ends after" in result.stderr
        assert len(parse(result.text)) == 10, "rows of a transaction whose end is cut off"
        copy.write_bytes(whole[:4 + 17] + struct.pack("<H", flags & ~1) + whole[4 + 19:cut])
        result = connector.run(parquet(connector, copy)).expect(EXIT_DATA)
        assert f"{copy.name}:{last.start}: the file ends after" in result.last_line
        assert connector.files() == []


@pytest.mark.parametrize("start, reason", [
    (b"", "no binlog file"), (b"\xfeb", "no binlog file"), (b"PAR1" * 20, "no binlog file"),
    (b"\xfe\xfe\x0d\x01" + bytes(508), "InnoDB binlog of MariaDB"),
    (b"\xfdbin" + bytes(512), "encrypted"),
])
def test_other_files(connector: Connector, tmp_path: Path, start: bytes, reason: str) -> None:
    path = tmp_path / "binlog.000001"
    path.write_bytes(start)
    assert reason in connector.run(config(path)).expect(EXIT_DATA).last_line
    assert reason in connector.run_arguments("inspect", str(path)).expect(EXIT_DATA).last_line


@pytest.mark.parametrize("fields, problem", [
    ({}, "InvalidValue: files is missing"),
    ({"files": []}, "InvalidValue: files must name at least one file"),
    ({"files": ["missing.000001"]}, 'FileNotFound: files: "missing.000001": No such file or directory'),
    ({"files": ["missing.*"]}, 'FileNotFound: files: "missing.*": no file fits the pattern'),
    ({"files": ["."]}, 'FileNotFound: files: ".": Is a directory'),
    ({"files": "x"}, "InvalidValue: files must be a list of strings"),
    ({"source": "files"}, 'InvalidValue: source must be one of "server", "file"'),
])
def test_wrong_configuration(connector: Connector, fields: dict[str, Any], problem: str) -> None:
    assert problem in connector.run({"source": "file"} | fields).expect(EXIT_CONFIG).stderr


def test_range_names_a_file_of_the_list(connector: Connector, copy: Path) -> None:
    result = connector.run(config(copy, from_binlog_file="other.000009")).expect(EXIT_CONFIG)
    assert "InvalidBinlogFile: from_binlog_file is none of the files" in result.stderr


@pytest.mark.smoke
def test_inspect(connector: Connector, server: Server, database: str, log: Log, copy: Path) -> None:
    result = connector.run_arguments("inspect", "--json", "--verify", str(copy)).expect(EXIT_OK)
    found = json.loads(result.text)
    events = binlog_file.events(copy)
    assert found["read_to"] == log.stop.offset == found["size"]
    assert sum(kind["count"] for kind in found["events"]) == len(events)
    assert sum(kind["bytes"] for kind in found["events"]) == log.stop.offset - 4
    assert {table["table"]: (table["inserted"], table["updated"], table["deleted"]) for table in found["tables"]} == {
        f"{database}.orders": (5, 2, 2), f"{database}.audit": (2, 0, 0)}
    assert server.version.split("-")[0] in found["server_version"]
    assert found["start_time"] <= found["end_time"]
    rows = sorted(transaction["rows"] for transaction in found["largest_transactions"])
    assert rows[-1] == 3 and found["transactions"] >= 6
    text = connector.run_arguments("inspect", "--verify", str(copy)).expect(EXIT_OK).text
    assert f"{database}.orders" in text and "checksums match" in text


def test_inspect_lists_events(connector: Connector, copy: Path) -> None:
    result = connector.run_arguments("inspect", "--events", "--json", str(copy)).expect(EXIT_OK)
    listed = [json.loads(line) for line in result.text.splitlines()]
    events = binlog_file.events(copy)
    assert [(event["offset"], event["end"], event["type_code"], event["timestamp"]) for event in listed] == [
        (event.start, event.end, event.kind, event.timestamp) for event in events]
    queries = [event["fields"]["query"] for event in listed if event["type"] == "QUERY"]
    assert any(query.startswith("CREATE TABLE") for query in queries)
    text = connector.run_arguments("inspect", "--events", str(copy)).expect(EXIT_OK).text
    assert len(text.splitlines()) == len(events)


def test_inspect_stops_at_the_first_corruption(connector: Connector, log: Log, copy: Path) -> None:
    data = bytearray(copy.read_bytes())
    damaged = [event for event in log.events if event.kind in binlog_file.ROWS][2]
    data[damaged.end - 6] ^= 1
    copy.write_bytes(data)
    result = connector.run_arguments("inspect", "--json", str(copy)).expect(EXIT_DATA)
    found = json.loads(result.text)
    assert found["read_to"] == damaged.start and "checksum" in found["error"]
    assert f"{copy.name}:{damaged.start}: " in result.last_line
