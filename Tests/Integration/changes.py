"""The rows of a Parquet file of the connector, or of its lines of JSON, as Python objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from output_files import part_of, paths
from servers import Position
from strict_json import Json, parse

COLUMNS = ("timestamp", "server_id", "log_pos", "event_row_index", "database", "table_name", "dml_type",
           "before_values", "after_values")


@dataclass(frozen=True)
class Change:
    """One row of the output, its images parsed strictly."""

    file: str
    timestamp: int
    server_id: int
    log_pos: int
    event_row_index: int
    database: str | None
    table_name: str | None
    dml_type: str
    before: dict[str, Json] | None
    after: dict[str, Json] | None

    @property
    def end(self) -> Position:
        return Position(self.file, self.log_pos)

    @property
    def key(self) -> tuple[str, int, int]:
        """Unique by the format's own promise."""
        return (self.file, self.log_pos, self.event_row_index)


def _image(document: bytes | None) -> dict[str, Json] | None:
    if document is None:
        return None
    image = parse(document)
    assert isinstance(image, dict), f"an image is an object, not {document[:200]!r}"
    return image


def _change(file: str, row: dict[str, Any]) -> Change:
    before, after = _image(row["before_values"]), _image(row["after_values"])
    expected = {"INSERT": (False, True), "UPDATE": (True, True), "DELETE": (True, False)}[row["dml_type"]]
    assert (before is not None, after is not None) == expected, f"{row['dml_type']} with wrong images at {row['log_pos']}"
    return Change(file=file, before=before, after=after, **{key: row[key] for key in COLUMNS[:7]})


def read_file(path: Path) -> list[Change]:
    """All rows in file order. The images are read as bytes, so that bad UTF-8 fails here and not in a reader."""
    table = pq.read_table(path, partitioning=None)
    assert tuple(table.column_names) == COLUMNS
    for name in ("before_values", "after_values"):
        index = table.column_names.index(name)
        table = table.set_column(index, name, table.column(name).cast(pa.binary()))
    return [_change(part_of(path).file, row) for row in table.to_pylist()]


def read_folder(folder: Path) -> list[Change]:
    """The rows of all files, in the order of their binlog files."""
    return read_folders([folder])


def read_folders(folders: Sequence[Path]) -> list[Change]:
    """The rows of all files of runs, one behind the other, each of which goes on where the one before it ended."""
    return in_order([change for folder in folders for path in paths(folder) for change in read_file(path)])


def in_order(found: list[Change]) -> list[Change]:
    """The same, once they are known to be in the order of the log."""
    keys = [change.key for change in found]
    assert len(set(keys)) == len(keys), "(file, log_pos, event_row_index) is not unique"
    assert keys == sorted(keys, key=lambda key: (int(key[0].rsplit(".", 1)[1]), *key[1:])), "rows are out of order"
    return found


OPERATIONS = {"c": "INSERT", "u": "UPDATE", "d": "DELETE"}


def read_lines(text: bytes) -> list[Change]:
    """The rows of lines of JSON. Their numbers rise, and so do those of TRUNCATE and DROP TABLE."""
    found, last = [], 0
    for line in text.splitlines():
        row = parse(line)
        source = row["source"]
        number = int(source["seq"].text)
        assert number > last, f"{number} behind {last}"
        last = number
        if row["op"] == "t":
            continue
        found.append(Change(
            file=source["file"], timestamp=int(source["ts_us"].text) // 1_000_000, server_id=int(source["server_id"].text),
            log_pos=int(source["pos"].text), event_row_index=int(source["row"].text) + 1, database=source["db"],
            table_name=source["table"], dml_type=OPERATIONS[row["op"]], before=row["before"], after=row["after"]))
    return in_order(found)
