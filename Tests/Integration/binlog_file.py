"""Walks the events of a binlog file on disk.

SHOW BINLOG EVENTS is no help for exact positions: newer MariaDB servers write 0 for the end of an event inside a
transaction. Only sizes are read here, so this says nothing about how the connector decodes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

HEADER = struct.Struct("<IBIIIH")
MAGIC = b"\xfebin"

QUERY, ROTATE, FORMAT_DESCRIPTION, XID, TABLE_MAP = 2, 4, 15, 16, 19
V1_WRITE, V1_UPDATE, V1_DELETE = 23, 24, 25
V2_WRITE, V2_UPDATE, V2_DELETE = 30, 31, 32
INSERTS, UPDATES, DELETES = {V1_WRITE, V2_WRITE}, {V1_UPDATE, V2_UPDATE}, {V1_DELETE, V2_DELETE}
ROWS = INSERTS | UPDATES | DELETES
STOP, PREVIOUS_GTIDS, MARIADB_CHECKPOINT, MARIADB_GTID_LIST, START_ENCRYPTION = 3, 35, 161, 163, 164
# Every transaction begins with one of these: GTID, ANONYMOUS_GTID and GTID_TAGGED of MySQL, GTID of MariaDB.
TRANSACTION_BEGINS = {33, 34, 42, 162}
GTID, ANONYMOUS_GTID = 33, 34
OUTSIDE_OF_TRANSACTIONS = {STOP, ROTATE, FORMAT_DESCRIPTION, PREVIOUS_GTIDS, MARIADB_CHECKPOINT, MARIADB_GTID_LIST}


@dataclass(frozen=True)
class Event:
    """One event: where it starts, where it ends, its type code, and for rows the flags that follow the table id."""

    start: int
    end: int
    kind: int
    timestamp: int
    server_id: int
    flags: int
    row_flags: int


def events(path: Path) -> list[Event]:
    """All events of a file, in order."""
    data = path.read_bytes()
    assert data.startswith(MAGIC), f"{path} is no binlog"
    found, at = [], len(MAGIC)
    while at < len(data):
        timestamp, kind, server_id, size, _, flags = HEADER.unpack_from(data, at)
        assert size >= HEADER.size, f"{path}: an event of {size} bytes at {at}"
        row_flags = int.from_bytes(data[at + 25:at + 27], "little") if kind in ROWS else 0
        found.append(Event(at, at + size, kind, timestamp, server_id, flags, row_flags))
        at += size
    return found


def whole_events(data: bytes) -> list[Event]:
    """The events of a file that may end within one, or be damaged from one on."""
    found, at = [], len(MAGIC)
    while at + HEADER.size <= len(data):
        timestamp, kind, server_id, size, _, flags = HEADER.unpack_from(data, at)
        if size < HEADER.size or at + size > len(data):
            break
        found.append(Event(at, at + size, kind, timestamp, server_id, flags, 0))
        at += size
    return found


def checksum(path: Path) -> int:
    """The checksum algorithm that the file's first event names: 0 for none, 1 for CRC-32."""
    first = events(path)[0]
    assert first.kind == FORMAT_DESCRIPTION, f"{path} begins with an event of type {first.kind}"
    return path.read_bytes()[first.end - 5]


def is_encrypted(path: Path) -> bool:
    """Whether MariaDB's START_ENCRYPTION follows the format."""
    data = path.read_bytes()
    first = HEADER.unpack_from(data, len(MAGIC))
    return HEADER.unpack_from(data, len(MAGIC) + first[3])[1] == START_ENCRYPTION


def boundaries(path: Path) -> set[int]:
    """All positions of a file at which no transaction is open."""
    found = events(path)
    starts = {event.start for event in found if event.kind in TRANSACTION_BEGINS | OUTSIDE_OF_TRANSACTIONS}
    return starts | {found[-1].end}
