"""Output files in folders that say what is in them: db=…/tbl=…/dt=…/FILE-START.parquet."""

from __future__ import annotations

import datetime
import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from output_files import Row, rows_of

_NAME = re.compile(r"(?P<file>.+\.\d+)-(?P<start>\d{10,})(?:-(?P<number>\d+))?\.parquet")
_KEYS = {"db": "schema", "tbl": "table", "dt": "date"}


@dataclass(frozen=True)
class PartitionFile:
    """One file, and what its path says."""

    path: Path
    file: str
    start: int
    number: int
    schema: str | None
    table: str | None
    date: str | None

    @property
    def order(self) -> tuple[int, int, str]:
        return int(self.file.rsplit(".", 1)[1]), self.start, str(self.path)

    @property
    def rows(self) -> list[Row]:
        return rows_of(self.path, self.file)

    def check(self) -> None:
        """Fails unless every row is one that the folders promise."""
        table = pq.read_table(self.path, partitioning=None, columns=["timestamp", "database", "table_name"])
        for timestamp, schema, name in zip(*(column.to_pylist() for column in table.columns), strict=True):
            day = datetime.datetime.fromtimestamp(timestamp, datetime.timezone.utc).date().isoformat()
            assert self.schema in (None, schema) and self.table in (None, name) and self.date in (None, day), self.path


def files(folder: Path) -> list[PartitionFile]:
    """The files below a folder in the order of the log. Any other file is a failure."""
    return sorted(_walk(folder), key=lambda file: file.order)


def _walk(folder: Path) -> Iterator[PartitionFile]:
    for path in folder.rglob("*"):
        if path.is_dir():
            continue
        match = _NAME.fullmatch(path.name)
        assert match, f"{path} is no name of an output file"
        values = {_KEYS[key]: urllib.parse.unquote(value) for key, value in
                  (part.split("=", 1) for part in path.relative_to(folder).parts[:-1])}
        yield PartitionFile(path, match["file"], int(match["start"]), int(match["number"] or 1), values.get("schema"),
                            values.get("table"), values.get("date"))


def rows_in(folder: Path) -> list[Row]:
    """All rows of all files, in the order of the log."""
    return sorted((row for file in files(folder) for row in file.rows), key=lambda row: row.order)
