"""A small file takes little memory and time, whatever it says: each of these took many times as much."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import crafted_file
from connector import EXIT_DATA, EXIT_OK, Connector
from crafted_file import HEADER, lenenc
from measure import Measured, measure, measure_arguments
from servers import Server

MEGABYTE = 1 << 20
LIMIT_SECONDS = 15.0
# The program itself, its queues, and the pages of its text.
BASE_MEGABYTES = 40.0
ROWS_QUERY, TABLE_MAP, ANNOTATE_ROWS, PREVIOUS_GTIDS, GTID, GTID_LIST = 29, 19, 160, 35, 33, 163
CONTROL, LETTER = b"\x01", "é".encode()


def long_event(kind: int, *parts: bytes) -> Iterator[bytes]:
    yield HEADER.pack(1_700_000_000, kind, 1, HEADER.size + sum(map(len, parts)), 0, 0)
    yield from parts


def rows_query(megabytes: int, text: bytes) -> Iterator[bytes]:
    return long_event(ROWS_QUERY, b"\xff", *[text * (MEGABYTE // len(text))] * megabytes)


def run(connector: Connector, path: Path, way: str, **fields: Any) -> Measured:
    """Reads the file in one of the ways in which events are shown."""
    if way.startswith("inspect"):
        return measure_arguments(connector, *way.split(), str(path), limit=LIMIT_SECONDS * 2)
    output = {"output_mode": "json", "events": "all"} if way == "json" else {"events": way}
    config = {"source": "file", "files": [str(path)]} | output | fields
    return measure(connector, config, LIMIT_SECONDS * 2)


EVERY_EVENT = pytest.mark.parametrize("way", ["all", "inspect --events", "inspect --events --json"])


@EVERY_EVENT
def test_a_long_statement_in_a_payload(connector: Connector, tmp_path: Path, way: str) -> None:
    """Six characters stand for each of its bytes. 3 KB of file took 1.2 to 1.9 GB."""
    path = crafted_file.write(tmp_path, crafted_file.payload(rows_query(48, CONTROL)))
    assert path.stat().st_size < 10_000
    measured = run(connector, path, way)
    measured.result.expect(EXIT_OK)
    assert measured.result.stdout.count(b"\\u0001") == 48 * MEGABYTE
    assert measured.megabytes < 2 * 48 + BASE_MEGABYTES


@pytest.mark.parametrize("way", ["all", "json", "inspect --events", "inspect --events --json"])
def test_long_statements_one_after_the_other(connector: Connector, tmp_path: Path, way: str) -> None:
    """Reader and decoder each hold one; the one between them is not a third."""
    path = crafted_file.write(tmp_path, *[crafted_file.query(LETTER * (15 * MEGABYTE))] * 4)
    measured = run(connector, path, way)
    measured.result.expect(EXIT_OK)
    assert measured.result.stdout.count(LETTER) == 60 * MEGABYTE
    assert measured.megabytes < 2.5 * 30 + BASE_MEGABYTES


def test_a_long_statement_of_a_server(server: Server, connector: Connector, database: str) -> None:
    start = server.next_file()
    with server.session(database=database) as cursor:
        cursor.execute("SET SESSION binlog_annotate_row_events = 1" if server.is_mariadb else
                       "SET SESSION binlog_rows_query_log_events = 1")
        cursor.execute("CREATE TABLE t (id INT PRIMARY KEY)")
        cursor.execute("INSERT INTO t VALUES (1) /* " + "\x01" * (12 * MEGABYTE) + " */")
        cursor.execute("FLUSH BINARY LOGS")
    config = connector.config(server, start, server.history(), events="all", max_event_bytes=16 * MEGABYTE)
    measured = measure(connector, config, LIMIT_SECONDS * 2)
    measured.result.expect(EXIT_OK)
    assert measured.result.stdout.count(b"\\u0001") == 12 * MEGABYTE
    assert measured.megabytes < 3 * 16 + BASE_MEGABYTES


@pytest.mark.parametrize("offset", range(5))
def test_pieces_of_a_statement(connector: Connector, tmp_path: Path, offset: int) -> None:
    """Wherever a piece ends, no character is cut, and what is no text becomes as many U+FFFD as in one piece."""
    text = b"x" * offset + "aé€😀\x7f\u0085\"\n".encode() * 5000 + b"\x80" * 20_000 + b"\xf0\x9f" * 10_000 + b"end\xe2\x82"
    path = crafted_file.write(tmp_path, crafted_file.query(text))
    result = run(connector, path, "all").result.expect(EXIT_OK)
    line = next(line for line in result.text.split("\n") if line.startswith("Query:"))
    assert len(line) < 300_000 and line.count("\ufffd") == 20_000 + 10_000 + 1
    assert line.count("é€😀\\u007f\\u0085\\\"\\n") == 5000 and line.endswith("end\ufffd\"")


@EVERY_EVENT
def test_many_intervals_in_a_payload(connector: Connector, tmp_path: Path, way: str) -> None:
    count = 2 * MEGABYTE
    intervals = [b"".join(struct.pack("<QQ", 2 * n + 1, 2 * n + 2) for n in range(start, start + 65536))
                 for start in range(0, count, 65536)]
    head = struct.pack("<Q", 1) + bytes(16) + struct.pack("<Q", count)
    path = crafted_file.write(tmp_path, crafted_file.payload(long_event(PREVIOUS_GTIDS, head, *intervals)))
    measured = run(connector, path, way)
    text = measured.result.expect(EXIT_OK).text
    assert f"{bytes(4).hex()}-0000-0000-0000-{bytes(6).hex()}:1:3:5:" in text and f":{2 * count - 1}" in text
    assert measured.megabytes < 2 * 32 + BASE_MEGABYTES


# ---------------------------------------------------------------------------------------------------------------------
# Lists that were kept in order one entry after the other


@pytest.mark.parametrize("way", ["rows", "inspect"])
def test_a_list_of_many_domains(connector: Connector, tmp_path: Path, way: str) -> None:
    count = 250_000
    entries = b"".join(struct.pack("<IIQ", domain, 1, 7) for domain in range(count, 0, -1))
    path = crafted_file.write(tmp_path, crafted_file.event(GTID_LIST, struct.pack("<I", count) + entries))
    fields = {"checkpoint_file": str(tmp_path / "checkpoint.json")} if way == "rows" else {}
    measured = run(connector, path, way, **fields)
    measured.result.expect(EXIT_OK)
    assert measured.result.seconds < LIMIT_SECONDS


def test_ids_of_many_sources(connector: Connector, tmp_path: Path) -> None:
    transactions = [crafted_file.event(GTID, b"\0" + struct.pack(">QQ", n, n) + struct.pack("<Q", 1) + b"\x02" + bytes(16))
                    + crafted_file.commit() for n in range(1, 40_001)]
    path = crafted_file.write(tmp_path, b"".join(transactions))
    measured = run(connector, path, "inspect --json")
    assert measured.result.expect(EXIT_OK).text.count('"first"') == 40_000
    assert measured.result.seconds < LIMIT_SECONDS


# ---------------------------------------------------------------------------------------------------------------------
# Table maps


def table_map(number: int, columns: int = 1, metadata: bytes = b"") -> bytes:
    names = b"\x01s\0\x01t\0"
    types = lenenc(columns) + b"\x03" * columns + b"\0" + b"\xff" * ((columns + 7) // 8)
    return crafted_file.event(TABLE_MAP, number.to_bytes(6, "little") + b"\x01\0" + names + types + metadata)


def metadata(kind: int, value: bytes) -> bytes:
    return bytes([kind]) + lenenc(len(value)) + value


MUCH = 15 * MEGABYTE


@pytest.mark.parametrize("kind, value", [
    (3, b"\1" * MUCH), (4, bytes(MUCH)), (5, bytes(MUCH)), (6, lenenc(MUCH) + bytes(MUCH)), (8, b"\1" * MUCH),
    (4, lenenc(MUCH) + bytes(MUCH)), (11, b"\1" * MUCH),
], ids=["collations", "names", "empty sets", "labels", "key", "a name", "label collations"])
def test_metadata_of_no_table(connector: Connector, tmp_path: Path, kind: int, value: bytes) -> None:
    """One byte of it took up to sixty bytes of memory."""
    path = crafted_file.write(tmp_path, crafted_file.payload([table_map(1, metadata=metadata(kind, value))]))
    measured = run(connector, path, "rows")
    assert "TABLE_MAP: too large" in measured.result.expect(EXIT_DATA).last_line
    assert measured.megabytes < 30 + BASE_MEGABYTES


def test_tables_without_end(connector: Connector, tmp_path: Path) -> None:
    """Table maps of ever new numbers, none of which any rows follow."""
    path = crafted_file.write(tmp_path, crafted_file.payload(table_map(number) for number in range(1_000_000)))
    measured = run(connector, path, "rows")
    assert "TABLE_MAP events of a statement" in measured.result.expect(EXIT_DATA).last_line
    assert measured.megabytes < 256 + BASE_MEGABYTES


# ---------------------------------------------------------------------------------------------------------------------
# Changes to JSON documents


def partial_update(document: bytes, diffs: bytes) -> list[bytes]:
    """A row with one JSON column, which `diffs` change."""
    names = b"\x01s\0\x01t\0"
    table = crafted_file.event(TABLE_MAP, crafted_file.TABLE_ID + b"\x01\0" + names + b"\x01\xf5\x01\x04\x01")
    before = b"\0" + struct.pack("<I", len(document)) + document
    after = b"\x01\x01\0" + struct.pack("<I", len(diffs)) + diffs
    rows = crafted_file.event(39, crafted_file.TABLE_ID + b"\x01\0\x02\0\x01\x01\x01" + before + after)
    return [crafted_file.query(b"BEGIN"), table, rows, crafted_file.commit()]


COUNT = 150_000
CELLS = b"\x03" + struct.pack("<II", COUNT, 8 + 5 * COUNT) + b"\x04\0\0\0\0" * COUNT
NAMES = [b"\x08$.%06d" % number for number in range(100_000, 200_000)]


@pytest.mark.parametrize("document, diffs, result", [
    (CELLS, b"\x02\x04$[0]" * (COUNT - 1), "[null]"),
    (b"\x02\0\0\x04\0", b"\x01\x04$[0]\x02\x04\0" * 2 * COUNT, "[null,null"),
    (b"\0\0\0\x04\0", b"".join(b"\x01" + name + b"\x02\x04\0" for name in reversed(NAMES))
     + b"".join(b"\x02" + name for name in NAMES[1:]), '{"100000":null}'),
], ids=["cells removed", "cells inserted", "members inserted and removed"])
def test_many_changes_to_a_document(connector: Connector, tmp_path: Path, document: bytes, diffs: bytes, result: str) -> None:
    """Each change moved half of the others' places."""
    path = crafted_file.write(tmp_path, *partial_update(document, diffs))
    measured = run(connector, path, "rows")
    assert result in measured.result.expect(EXIT_OK).text.split("After Values")[1]
    assert measured.result.seconds < LIMIT_SECONDS
