"""Binlog files made event by event, for what no server can be brought to write."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

import pyarrow

from binlog_file import FORMAT_DESCRIPTION, HEADER, MAGIC, QUERY, TABLE_MAP, V2_WRITE, XID

VARCHAR, UTF8MB4 = 15, 255
DEFAULT_CHARSET = 2
TRANSACTION_PAYLOAD = 40
TABLE_ID = bytes([7, 0, 0, 0, 0, 0])


def event(kind: int, body: bytes = b"", flags: int = 0) -> bytes:
    """An event without a checksum and with no position of its own."""
    return HEADER.pack(1_700_000_000, kind, 1, HEADER.size + len(body), 0, flags) + body


def format_description(version: bytes = b"8.0.40") -> bytes:
    lengths = bytes([8] * 41)
    return event(FORMAT_DESCRIPTION, b"\x04\0" + version.ljust(50, b"\0") + bytes(4) + b"\x13" + lengths + bytes(5))


def query(statement: bytes, schema: bytes = b"shop") -> bytes:
    return event(QUERY, struct.pack("<IIBHH", 1, 0, len(schema), 0, 0) + schema + b"\0" + statement)


def table_map(schema: bytes, table: bytes) -> bytes:
    """A table with one column: VARCHAR(50) in utf8mb4."""
    names = bytes([len(schema)]) + schema + b"\0" + bytes([len(table)]) + table + b"\0"
    column = bytes([1, VARCHAR, 2]) + struct.pack("<H", 200) + b"\x01"
    return event(TABLE_MAP, TABLE_ID + b"\x01\0" + names + column + bytes([DEFAULT_CHARSET, 3, 0xFC, UTF8MB4, 0]))


def insert(*values: bytes) -> bytes:
    rows = b"".join(b"\0" + bytes([len(value)]) + value for value in values)
    return event(V2_WRITE, TABLE_ID + b"\x01\0\x02\0\x01\x01" + rows)


def commit() -> bytes:
    return event(XID, bytes(8))


def lenenc(number: int) -> bytes:
    for first, width in ((b"", 1), (b"\xfc", 2), (b"\xfd", 3)):
        if number < (251 if width == 1 else 1 << 8 * width):
            return first + number.to_bytes(width, "little")
    return b"\xfe" + number.to_bytes(8, "little")


def payload(parts: Iterable[bytes]) -> bytes:
    """A TRANSACTION_PAYLOAD of events, whose bytes come in any parts."""
    packed = pyarrow.BufferOutputStream()
    with pyarrow.CompressedOutputStream(packed, "zstd") as stream:
        for part in parts:
            stream.write(part)
    return event(TRANSACTION_PAYLOAD, b"\x02\x01\0\0" + packed.getvalue().to_pybytes())


def write(folder: Path, *events: bytes) -> Path:
    """A file of these events behind a FORMAT_DESCRIPTION; each of them ends where it says it does."""
    data = MAGIC
    for one in (format_description(), *events):
        data += one[:13] + struct.pack("<I", len(data) + len(one)) + one[17:]
    path = folder / "crafted.000001"
    path.write_bytes(data)
    return path
