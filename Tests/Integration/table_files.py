"""Typed datasets as the connector writes them: `<db>/<table>/[dt=…/]FILE-START[-N].parquet`, read as changes with images.

A typed value becomes the JSON that the nine columns would hold, by the type in SQL that the file's footer names: so that whatever
judges those images judges typed columns.
"""

from __future__ import annotations

import datetime
import json
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq

from changes import Change, in_order
from oracle_values import shortest_digits, to_single
from strict_json import Json, Number, parse

NAME = re.compile(r"(?P<file>.+\.\d+)-(?P<start>\d{10,})(?:-(?P<number>\d+))?(?:-(?P<mark>[^-.]*[^-.\d][^-.]*))?\.parquet")
CHANGE_COLUMNS = ["_cdc_op", "_cdc_seq", "_cdc_time", "_cdc_file", "_cdc_pos", "_cdc_row", "_cdc_gtid", "_cdc_xid", "_cdc_thread_id"]
LAST_COLUMNS = ["_cdc_before", "_cdc_absent", "_cdc_raw"]
SUFFIX = re.compile(r"__(boolean|bigint|decimal_\d+_\d+|float|double|date|datetime|timestamp|string|binary|floats)_*$")
Image = dict[str, Json]


def _integer(value: Any) -> Json:
    return Number(str(int(value)))


def _shortest(single: bool) -> Callable[[Any], Json]:
    def spell(value: Any) -> Json:
        value = to_single(value) if single else value
        return Number(f"{value:.{shortest_digits(value, single) - 1}e}")
    return spell


def _decimal(value: Any) -> Json:
    return format(value, "f") if isinstance(value, Decimal) else value


def _temporal(separator: str, ending: str) -> Callable[[Any, int], Json]:
    def text(value: Any, digits: int) -> Json:
        if isinstance(value, str):
            return value.replace(" ", separator) + ending
        whole = value.replace(tzinfo=None, microsecond=0).isoformat(separator)
        return whole + (f".{value.microsecond:06d}"[:digits + 1] if digits else "") + ending
    return text


def _number_or_label(value: Any) -> Json:
    return Number(value) if value.isdigit() else value


def _geometry(value: bytes) -> Json:
    """The server's own form of (E)WKB: the SRID first."""
    assert value[0] == 1
    kind = struct.unpack_from("<I", value, 1)[0]
    srid, start = (struct.unpack_from("<I", value, 5)[0], 9) if kind & 0x20000000 else (0, 5)
    return "0x" + (struct.pack("<IBI", srid, 1, kind & ~0x20000000) + value[start:]).hex()


GEOMETRIES = {"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection"}
INTEGERS = {"tinyint", "smallint", "mediumint", "int", "bigint", "year", "bit"}


def as_json(sql_type: str, value: Any) -> Json:
    """A typed value of a column of `sql_type`, or its text in `_cdc_raw`, as the nine columns spell it."""
    if value is None:
        return None
    base = re.split(r"[ (]", sql_type)[0]
    digits = int(sql_type.split("(")[1].rstrip(")")) if base in ("datetime", "timestamp") and "(" in sql_type else 0
    if base in INTEGERS:
        return _integer(value)
    if base in GEOMETRIES and isinstance(value, bytes):
        return _geometry(value)
    if base in ("enum", "set") and "(" not in sql_type:
        return _number_or_label(value)
    match base:
        case "float" | "double": return _shortest(base == "float")(value)
        case "decimal": return _decimal(value)
        case "date": return value if isinstance(value, str) else value.isoformat()
        case "datetime": return _temporal(" ", "")(value, digits)
        case "timestamp": return _temporal("T", "Z")(value, digits)
        case "json": return parse(value)
        case "vector" if isinstance(value, list): return [_shortest(True)(item) for item in value]
    return "0x" + value.hex() if isinstance(value, bytes) else value


@dataclass(frozen=True)
class TableFile:
    """One file of a dataset."""

    path: Path

    @cached_property
    def footer(self) -> pq.FileMetaData:
        return pq.read_metadata(self.path)

    @cached_property
    def metadata(self) -> dict[str, str]:
        return {key.decode(): value.decode() for key, value in (self.footer.metadata or {}).items()}

    @cached_property
    def sql_types(self) -> dict[str, str]:
        """The table's columns in their order, by their names in the file."""
        return dict(json.loads(self.metadata["mysql_types"]))

    @property
    def table(self) -> tuple[str, str]:
        return self.metadata["database"], self.metadata["table"]

    @property
    def order(self) -> int:
        return int(self.metadata.get("first_seq", 0))

    def rows(self) -> list[dict[str, Any]]:
        table = pq.read_table(self.path, partitioning=None)
        assert table.column_names == [*CHANGE_COLUMNS, *self.columns, *LAST_COLUMNS], self.path
        rows = table.to_pylist()
        numbers = [row["_cdc_seq"] for row in rows]
        assert numbers == sorted(set(numbers)), f"{self.path}: numbers of rows do not rise"
        assert [numbers[0], numbers[-1]] == [int(self.metadata[key]) for key in ("first_seq", "last_seq")]
        return rows

    @cached_property
    def columns(self) -> list[str]:
        names = [name for name in pq.read_schema(self.path).names if name not in CHANGE_COLUMNS + LAST_COLUMNS]
        assert list(self.sql_types) in (names, []), self.path
        return names

    def image(self, row: dict[str, Any]) -> Image:
        """The values of a row that are not absent, under the table's names."""
        absent = set(json.loads(row["_cdc_absent"] or "[]"))
        raw = json.loads(row["_cdc_raw"] or "{}")
        image: Image = {}
        for name, sql_type in self.sql_types.items():
            assert row.get(name) is None or name not in raw.keys() | absent, f"{name} of {row}"
            if name not in absent:
                image[SUFFIX.sub("", name)] = as_json(sql_type, raw.get(name, row[name]))
        return image

    def spelled(self, name: str, value: Json) -> Json:
        """A number in the spelling of `as_json`, where there are several."""
        if isinstance(value, list):
            return [self.spelled(name, item) for item in value] if self.sql_types[name].startswith("vector") else value
        is_float = re.match("float|double|vector", self.sql_types[name])
        return _shortest(not self.sql_types[name].startswith("double"))(float(value.text)) if is_float and isinstance(value, Number) else value

    def changes(self, full_images: bool) -> Iterator[Change]:
        """With full images, what an update leaves as it is stands in its before image too."""
        gone: dict[str, Any] | None = None
        for row in self.rows():
            match row["_cdc_op"]:
                case "t":
                    assert all(row[name] is None for name in self.columns)
                case "c" if gone and _place(gone) == _place(row):
                    # A key that changed.
                    yield self.change(row, "UPDATE", self.image(gone), self.image(row))
                    gone = None
                    continue
                case "c":
                    yield self.change(row, "INSERT", None, self.image(row))
                case "u":
                    yield self.change(row, "UPDATE", self.before(row, full_images), self.image(row))
            if gone:
                yield self.change(gone, "DELETE", self.image(gone), None)
            gone = row if row["_cdc_op"] == "d" else None
        if gone:
            yield self.change(gone, "DELETE", self.image(gone), None)

    def before(self, row: dict[str, Any], full_images: bool) -> Image:
        old = {SUFFIX.sub("", name): self.spelled(name, value) for name, value in parse(row["_cdc_before"]).items()}
        image = self.image(row)
        key = next(iter(image))
        return {name: old.get(name, value) for name, value in image.items()} if full_images else {key: image[key]} | old

    def change(self, row: dict[str, Any], kind: str, before: Image | None, after: Image | None) -> Change:
        return Change(
            file=row["_cdc_file"], timestamp=int(row["_cdc_time"].timestamp()), server_id=0, log_pos=row["_cdc_pos"],
            event_row_index=row["_cdc_row"], database=self.table[0], table_name=self.table[1], dml_type=kind, before=before, after=after)


def _place(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["_cdc_file"], row["_cdc_pos"], row["_cdc_row"]


def files(folder: Path) -> list[TableFile]:
    """The files of all datasets below a folder. Whatever else lies there is a failure, but for descriptions and for objects without
    rows, which only hold a name."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or path.relative_to(folder).parts[0] == "_schemas":
            continue
        assert NAME.fullmatch(path.name), f"{path} is no name of an output file"
        found.append(TableFile(path))
    return sorted((file for file in found if file.footer.num_rows > 0), key=lambda file: file.order)


class TableRow(NamedTuple):
    """One row with all of its columns, which count when rows are compared; and as a change of the nine columns, to be replayed."""

    database: str
    table: str
    seq: int
    columns: tuple[tuple[str, Any], ...]

    @property
    def order(self) -> int:
        return self.seq

    @property
    def dml_type(self) -> str:
        return {"c": "INSERT", "u": "UPDATE", "d": "DELETE", "t": "TRUNCATE"}[self._value("_cdc_op")]

    @property
    def before(self) -> bytes | None:
        old = {"INSERT": None, "TRUNCATE": None, "DELETE": "{}", "UPDATE": self._value("_cdc_before")}[self.dml_type]
        return None if old is None else json.dumps(self._image() | json.loads(old)).encode()

    @property
    def after(self) -> bytes | None:
        return json.dumps(self._image()).encode() if self.dml_type in ("INSERT", "UPDATE") else None

    @property
    def anywhere(self) -> TableRow:
        """The row without what each server has of its own: its place, time, and number."""
        kept = tuple(column for column in self.columns if column[0] not in CHANGE_COLUMNS[1:])
        return self._replace(seq=0, columns=kept)

    def _value(self, name: str) -> Any:
        return next(value for column, value in self.columns if column == name)

    def _image(self) -> dict[str, Any]:
        return {name: value for name, value in self.columns if not name.startswith("_cdc_")}


def rows_in(folder: Path) -> list[TableRow]:
    """All rows of all datasets."""
    return [TableRow(*file.table, row["_cdc_seq"], tuple(row.items())) for file in files(folder) for row in file.rows()]


def read_datasets(folder: Path, full_images: bool) -> list[Change]:
    """The changes of all tables, in the order of the log."""
    changes = [change for file in files(folder) for change in file.changes(full_images)]
    return in_order(sorted(changes, key=lambda change: (int(change.file.rsplit(".", 1)[1]), *change.key[1:])))


def newest_by_duckdb(found: list[TableFile], key: str) -> dict[int, Image]:
    """The newest row of each key of a dataset."""
    paths = [str(file.path) for file in found]
    query = f"""
        WITH changes AS (SELECT * FROM read_parquet($paths, union_by_name = true, filename = true, hive_partitioning = false)),
             live AS (SELECT * FROM changes WHERE _cdc_op <> 't' AND _cdc_seq > coalesce(
                          (SELECT max(_cdc_seq) FROM changes WHERE _cdc_op = 't'), 0))
        SELECT * FROM (SELECT * FROM live QUALIFY row_number() OVER (PARTITION BY "{key}" ORDER BY _cdc_seq DESC) = 1)
        WHERE _cdc_op <> 'd'"""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return _images(connection.sql(query, params={"paths": paths}).to_arrow_table(), "filename", key)


def newest_by_polars(found: list[TableFile], key: str) -> dict[int, Image]:
    """The newest row of each key of a dataset."""
    frames = [polars.scan_parquet(file.path, include_file_paths="filename", hive_partitioning=False) for file in found]
    changes = polars.concat(frames, how="diagonal").collect()
    truncated = changes.filter(polars.col("_cdc_op") == "t")["_cdc_seq"].max() or 0
    live = changes.filter((polars.col("_cdc_op") != "t") & (polars.col("_cdc_seq") > truncated))
    newest = live.sort("_cdc_seq").unique(subset=[key], keep="last").filter(polars.col("_cdc_op") != "d")
    return _images(newest.to_arrow(), "filename", key)


def _images(table: pa.Table, path_column: str, key: str) -> dict[int, Image]:
    known: dict[str, TableFile] = {}
    images = {}
    for row in table.to_pylist():
        file = known.setdefault(row[path_column], TableFile(Path(row[path_column])))
        images[int(row[key])] = file.image(row)
    return images
