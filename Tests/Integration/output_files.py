"""What the output folder holds: the names of its files, and their rows as they are stored, for comparing many of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

_NAME = re.compile(r"(?P<file>.+\.\d+)(?:-(?P<start>\d{10,}))?(?:-(?P<mark>[^-.]{1,8}))?\.parquet")
_COLUMNS = ("log_pos", "event_row_index", "database", "table_name", "dml_type", "before_values", "after_values")


@dataclass(frozen=True)
class Part:
    """What the name of an output file says: the binlog file, where its part starts in it, and after a failover of which server."""

    file: str
    start: int
    mark: str

    @property
    def order(self) -> tuple[str, int, int]:
        return self.mark, int(self.file.rsplit(".", 1)[1]), self.start


def part_of(path: Path) -> Part:
    """Fails for a name that is none of an output file."""
    match = _NAME.fullmatch(path.name)
    assert match, f"{path.name} is no name of an output file"
    return Part(match["file"], int(match["start"] or 4), match["mark"] or "")


class Row(NamedTuple):
    """One row as it is stored."""

    mark: str
    file: str
    log_pos: int
    event_row_index: int
    database: str
    table: str
    dml_type: str
    before: bytes | None
    after: bytes | None

    @property
    def order(self) -> tuple[str, int, int, int]:
        return self.mark, int(self.file.rsplit(".", 1)[1]), self.log_pos, self.event_row_index


def paths(folder: Path) -> list[Path]:
    """The files of a folder in the order of the log. Whatever else lies there is a failure."""
    return sorted(folder.iterdir(), key=lambda path: part_of(path).order) if folder.is_dir() else []


def rows_of(path: Path, file: str | None = None) -> list[Row]:
    """All rows of one file, the images as bytes. The binlog file is the one that the name says, unless it is given."""
    part = Part(file, 0, "") if file else part_of(path)
    table = pq.read_table(path, partitioning=None, columns=list(_COLUMNS))
    columns = []
    for name in _COLUMNS:
        column = table.column(name)
        columns.append((column.cast(pa.binary()) if name.endswith("_values") else column).to_pylist())
    return [Row(part.mark, part.file, *values) for values in zip(*columns, strict=True)]


def rows_in(folder: Path) -> list[Row]:
    """All rows of all files, in the order of the log."""
    return [row for path in paths(folder) for row in rows_of(path)]


def key_values(path: Path) -> dict[str, str]:
    """The metadata that the connector adds to a file."""
    return {key.decode(): value.decode() for key, value in (pq.read_metadata(path).metadata or {}).items()}


@dataclass(frozen=True)
class Comparison:
    """Rows found against rows that there must be."""

    rows: int
    lost: int
    duplicated: int
    strange: int

    def expect_equal(self) -> Comparison:
        assert (self.lost, self.duplicated, self.strange) == (0, 0, 0), str(self)
        return self


def compare(found: Iterable[Hashable], expected: Sequence[Hashable]) -> Comparison:
    have, want = Counter(found), Counter(expected)
    assert max(want.values(), default=1) == 1, "the expected rows are not unique themselves"
    return Comparison(rows=have.total(), lost=(want - have).total(), duplicated=have.total() - len(have),
                      strange=len(have.keys() - want.keys()))
