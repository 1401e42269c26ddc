"""Every kind of column through every reader: types, nulls, extremes, page index and bloom filters.

The files are written by the unit test `ReaderSamples`; their values are computed here once more.
"""

from __future__ import annotations

import datetime
import os
import subprocess
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow.parquet as pq
import pytest

from servers import PROJECT

ROWS = 3000
COLUMNS = ["id", "text", "flag", "single", "double", "money", "wide", "day", "local", "nothing", "vector"]
CODECS = ["none", "gzip", "zstd"]
EPOCH = datetime.datetime(1970, 1, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    command = ["swift", "test", "-c", "release", "--skip-build", "--filter", "ReaderSamples"]
    done = subprocess.run(command, cwd=PROJECT, env=os.environ | {"MBC_PARQUET_SAMPLES": str(folder)}, capture_output=True, text=True)
    if not any(folder.iterdir()):
        pytest.skip(f"the unit tests are not built: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def text(row: int) -> str:
    return f"value {row % 10}" if row % ROWS < 1500 else f"é😀 {row} " + "ü" * 40


def wide(row: int) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return Decimal(-(10**38 - 1) if row == 5 else (row - 1500) * 2**80).scaleb(-2)


def expected(row: int) -> tuple[Any, ...]:
    place = row % ROWS
    if row % 7 == 3 or place < 5 or place > ROWS - 5:
        return (row, *[None] * (len(COLUMNS) - 1))
    return (row, text(row), row % 3 == 0, row / 4, row % 9 / 8, Decimal(row * 7 - 5000).scaleb(-2), wide(row),
            datetime.date(1970, 1, 1) + datetime.timedelta(days=row - 800), EPOCH + datetime.timedelta(microseconds=row * 1_000_001 - 7),
            None, [float(row + index) for index in range(row % 4)])


EXPECTED = [expected(row) for row in range(2 * ROWS)]


@pytest.mark.parametrize("codec", CODECS)
def test_readers_read_the_values(folder: Path, codec: str) -> None:
    path = folder / f"{codec}.parquet"
    arrow = pq.read_table(path).to_pydict()
    assert list(zip(*(arrow[name] for name in COLUMNS), strict=True)) == EXPECTED
    assert duckdb.execute(f"SELECT {', '.join(COLUMNS)} FROM '{path}'").fetchall() == EXPECTED
    assert polars.read_parquet(path).select(COLUMNS).rows() == EXPECTED


def test_the_types_are_those_of_the_schema(folder: Path) -> None:
    types = {field.name: str(field.type) for field in pq.read_schema(folder / "none.parquet")}
    assert types == {
        "id": "int64", "text": "string", "flag": "bool", "single": "float", "double": "double", "money": "decimal128(18, 2)",
        "wide": "decimal128(38, 2)", "day": "date32[day]", "local": "timestamp[us]", "nothing": "string",
        "vector": "list<element: float not null>"}


@pytest.mark.parametrize("codec", CODECS)
def test_a_dictionary_serves_the_pages_before_it_grew_too_large(folder: Path, codec: str) -> None:
    chunk = pq.read_metadata(folder / f"{codec}.parquet").row_group(0).column(1)
    assert {"PLAIN", "RLE_DICTIONARY"} <= set(chunk.encodings)
    assert chunk.has_dictionary_page


@pytest.mark.parametrize("codec", CODECS)
def test_page_indices(folder: Path, codec: str) -> None:
    metadata = pq.read_metadata(folder / f"{codec}.parquet")
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(column)
            assert chunk.has_offset_index and chunk.has_column_index, chunk.path_in_schema


@pytest.mark.parametrize("codec", CODECS)
def test_filters_find_the_rows(folder: Path, codec: str) -> None:
    path = folder / f"{codec}.parquet"
    for row in (6, 1400, 2222, ROWS + 2500):
        want = EXPECTED[row]
        for column, value in zip(COLUMNS[:2] + COLUMNS[5:9], want[:2] + want[5:9], strict=True):
            rows = [number for number, fields in enumerate(EXPECTED) if fields[COLUMNS.index(column)] == value]
            found = duckdb.execute(f"SELECT id FROM '{path}' WHERE {column} = ? ORDER BY id", [value]).fetchall()
            assert [number for (number,) in found] == rows, column
            assert pq.read_table(path, filters=[(column, "=", value)])["id"].to_pylist() == rows
            assert polars.scan_parquet(path).filter(polars.col(column) == value).collect()["id"].to_list() == rows


def test_bloom_filters_exclude_row_groups(folder: Path) -> None:
    path = folder / "zstd.parquet"

    def excluded(column: str, value: Any) -> list[bool]:
        query = f"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{path}', '{column}', ?) ORDER BY row_group_id"
        return [excludes for (excludes,) in duckdb.execute(query, [value]).fetchall()]

    for row in (6, 1400, 2222):
        assert excluded("id", row)[0] is False and excluded("text", text(row))[0] is False
    missing = [excluded("id", number) for number in range(10**6, 10**6 + 100)]
    assert sum(all(groups) for groups in missing) > 90
    assert all(excluded("text", "nobody has this text"))


def test_fastparquet_reads_what_it_can(folder: Path) -> None:
    fastparquet = pytest.importorskip("fastparquet")
    for codec in CODECS:
        frame = fastparquet.ParquetFile(folder / f"{codec}.parquet").to_pandas(columns=["id", "text", "flag", "single", "day"])
        assert frame["id"].tolist() == list(range(2 * ROWS))
        texts = [None if value is None or value != value else value for value in frame["text"].tolist()]
        assert texts == [fields[1] for fields in EXPECTED]
