"""The files of one typed dataset from before and after changes of its table, read together by name in engines without a view of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastparquet
import pandas
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from conftest import Pool
from connector import EXIT_OK, Connector
from parquet_engines import Answer, ask, needs_spark

DATABASE = "it_schema_versions"
# Changes of the table `(id INT PRIMARY KEY, a INT, amount DECIMAL(10,2), born DATE)`, each followed by a row of it.
STEPS = [
    (None, {"id": 1, "a": -5, "amount": "1.50", "born": "2024-02-29"}),
    ("ADD note VARCHAR(9) AFTER id", {"id": 2, "note": "é", "a": 7, "amount": "-2.25", "born": None}),
    ("MODIFY a BIGINT, MODIFY amount DECIMAL(14,2)", {"id": 3, "note": None, "a": 2**40, "amount": "99999999999.99", "born": "9999-12-31"}),
    ("DROP born, ADD at DATETIME(6) FIRST", {"at": "1999-12-31 23:59:59.999999", "id": 4, "note": "x", "a": None, "amount": None}),
    ("MODIFY amount VARCHAR(9), ADD raw VARBINARY(4), ADD flag BIT(1)", {"id": 5, "amount": "many", "raw": "\x01\x02", "flag": 1}),
    ("RENAME COLUMN a TO b, RENAME COLUMN note TO a", {"id": 6, "b": 8, "a": "was a note"[:9]}),
    ("MODIFY id BIGINT UNSIGNED, ADD f DOUBLE, ADD s FLOAT", {"id": 2**64 - 1, "f": 0.5, "s": -1.5}),
    ("MODIFY id INT, ADD born DATE", {"id": 8, "born": "1970-01-01"}),
]
COLUMNS = ["id", "id__decimal_20_0", "a", "a__string", "b", "note", "amount", "amount__string", "born", "at", "raw", "flag", "f", "s"]
# The values that those columns have, in the order in which they were written; all others are null.
EXPECTED: list[dict[str, Any]] = [
    {"id": 1, "a": -5, "amount": Decimal("1.50"), "born": datetime.date(2024, 2, 29)},
    {"id": 2, "note": "é", "a": 7, "amount": Decimal("-2.25")},
    {"id": 3, "a": 2**40, "amount": Decimal("99999999999.99"), "born": datetime.date(9999, 12, 31)},
    {"at": datetime.datetime(1999, 12, 31, 23, 59, 59, 999999), "id": 4, "note": "x"},
    {"id": 5, "amount__string": "many", "raw": b"\x01\x02", "flag": True},
    {"id": 6, "b": 8, "a__string": "was a not"},
    {"id__decimal_20_0": Decimal(2**64 - 1), "f": 0.5, "s": -1.5},
    {"id": 8, "born": datetime.date(1970, 1, 1)},
]


@pytest.fixture(scope="module")
def folder(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    server, connector = pool.get("mysql-9.7"), Connector(tmp_path_factory.mktemp("versions"))
    server.execute(f"DROP DATABASE IF EXISTS {DATABASE}", f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4",
                   f"CREATE TABLE {DATABASE}.t (id INT PRIMARY KEY, a INT, amount DECIMAL(10,2), born DATE)")
    start = server.next_file()
    with server.session(database=DATABASE, autocommit=True) as cursor:
        for change, values in STEPS:
            if change:
                cursor.execute("DELETE FROM t")
                cursor.execute(f"ALTER TABLE t {change}")
            cursor.execute(f"INSERT INTO t ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))})", list(values.values()))
            cursor.execute("FLUSH BINARY LOGS")
    config = connector.parquet(server, start, server.history(), parquet_layout="tables", operations=["insert"])
    connector.run(config).expect(EXIT_OK)
    server.execute(f"DROP DATABASE {DATABASE}")
    yield connector.output / DATABASE / "t"


def check(found: Answer, columns: list[str] = COLUMNS, **replaced: Any) -> None:
    """Compares rows with `_cdc_seq` and `columns`. `replaced` has, for columns that an engine has otherwise, how it has them."""
    assert isinstance(found, list)
    rows = sorted(found)
    assert len(rows) == len(EXPECTED)
    for (_, *values), fields in zip(rows, EXPECTED, strict=True):
        wanted = [replaced.get(name, lambda value: value)(fields.get(name)) for name in columns]
        assert [bytes(value) if isinstance(value, bytearray) else value for value in values] == wanted


def selected(folder: Path, columns: list[str] = COLUMNS) -> list[tuple[str, list[str], None]]:
    return [(str(folder / "*.parquet"), ["_cdc_seq", *columns], None)]


def test_there_is_a_file_for_each_version(folder: Path) -> None:
    schemas = [pq.read_schema(path) for path in folder.iterdir()]
    assert len(schemas) == len(STEPS)
    names = {name for schema in schemas for name in schema.names if not name.startswith("_cdc_")}
    assert names == set(COLUMNS)


def test_pyarrow(folder: Path) -> None:
    paths = sorted(folder.iterdir())
    schema = pa.unify_schemas([pq.read_schema(path) for path in paths])
    table = ds.dataset(paths, schema=schema).to_table(columns=["_cdc_seq", *COLUMNS])
    check(list(zip(*table.to_pydict().values(), strict=True)))


def test_clickhouse(folder: Path) -> None:
    """Its strings are bytes, and its dates end in 2299."""
    columns = ["toInt32(born)" if name == "born" else "toUnixTimestamp64Micro(at)" if name == "at" else name for name in COLUMNS]
    epoch, text = datetime.datetime(1970, 1, 1), lambda value: value and value.encode()
    [found] = ask("clickhouse", selected(folder, columns))
    check(found, note=text, a__string=text, amount__string=text, born=lambda day: day and (day - epoch.date()).days,
          at=lambda time: time and (time - epoch) // datetime.timedelta(microseconds=1))


def test_datafusion(folder: Path) -> None:
    [found] = ask("datafusion", selected(folder))
    check(found)


@pytest.mark.soak
@needs_spark
def test_spark(folder: Path) -> None:
    [found] = ask("spark", selected(folder))
    check(found)


def test_fastparquet_file_by_file(folder: Path) -> None:
    """It puts no files of different schemas together, so pandas does; decimals are floats to it, and times have nanoseconds."""
    with pytest.raises(ValueError, match="Incompatible schemas"):
        fastparquet.ParquetFile([str(path) for path in sorted(folder.iterdir())], verify=True)
    columns = ["id", "a", "a__string", "b", "note", "amount__string", "raw", "flag", "f", "s"]
    frames = []
    for path in sorted(folder.iterdir()):
        file = fastparquet.ParquetFile(path)
        frames.append(file.to_pandas(columns=["_cdc_seq", *(name for name in columns if name in file.columns)]).astype(object))
    table = pandas.concat(frames)
    rows = [tuple(None if pandas.isna(value) else value for value in row) for row in table[["_cdc_seq", *columns]].itertuples(index=False)]
    check(rows, columns)
