"""Every kind of column through every reader: types, nulls, extremes, nesting, page index and bloom filters.

The files are written by the unit test `ReaderSamples`; their values are computed here once more.
"""

from __future__ import annotations

import datetime
import operator
import os
import re
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import fastparquet
import pandas
import polars
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from parquet_engines import SKIPPED, Answer, ask, needs_spark
from servers import PROJECT

ROWS = 3000
COLUMNS = ["id", "text", "flag", "single", "double", "number", "money", "wide", "big", "day", "local", "utc", "blob", "nothing", "vector"]
CODECS = ["none", "gzip", "zstd"]
EPOCH = datetime.datetime(1970, 1, 1)
MICROSECOND = datetime.timedelta(microseconds=1)
INFINITY, NAN = float("inf"), float("nan")
LARGEST_SINGLE, SMALLEST_SINGLE = float.fromhex("0x1.fffffep+127"), 2.0**-149
LARGEST_DOUBLE, SMALLEST_DOUBLE = float.fromhex("0x1.fffffffffffffp+1023"), 2.0**-1074
MOMENTS = [EPOCH, EPOCH - MICROSECOND, EPOCH + MICROSECOND, datetime.datetime.min, datetime.datetime.max]
TEXTS = ["", "\0", "z" * 200, "\U0010FFFF" * 10, "日本", "NaN", "'", '"\\', "😀", " "]
SPECIAL: dict[str, list[Any]] = {
    "text": TEXTS,
    "flag": [True, False],
    "single": [-0.0, 0.0, NAN, INFINITY, -INFINITY, LARGEST_SINGLE, -LARGEST_SINGLE, SMALLEST_SINGLE, 1.5, -1.5],
    "double": [-0.0, 0.0, NAN, INFINITY, -INFINITY, LARGEST_DOUBLE, -LARGEST_DOUBLE, SMALLEST_DOUBLE, 1.5, -1.5],
    "number": [-(2**63), 2**63 - 1, 0, -1],
    "money": [Decimal(digits).scaleb(-2) for digits in (0, -1, 1, 10**18 - 1, 1 - 10**18)],
    "wide": [Decimal(f"{sign}{digits[:-2]}.{digits[-2:]}") for sign, digits in
             (("", "000"), ("-", "001"), ("", "001"), ("", "9" * 38), ("-", "9" * 38))],
    "big": [Decimal(digits) for digits in (0, 1, 2**64 - 1, 2**63, 9)],
    "day": [moment.date() for moment in MOMENTS[:1]] + [datetime.date(1969, 12, 31), datetime.date(1970, 1, 2), datetime.date.min, datetime.date.max],
    "local": MOMENTS,
    "utc": MOMENTS,
    "blob": [b"", b"\0", b"\xFF" * 100, b"\x80"],
    "nothing": [None],
    "vector": [[], [-0.0], [NAN], [INFINITY, -INFINITY], None, [0.5] * 700, [], [SMALLEST_SINGLE]],
}


def wide(digits: int) -> Decimal:
    return Decimal((int(digits < 0), tuple(map(int, str(abs(digits)))), -2))


def usual(row: int) -> dict[str, Any]:
    place = row % ROWS
    return {
        "text": f"value {row % 10}" if place < 1500 else f"é😀 {row} " + "ü" * 40, "flag": row % 3 == 0, "single": row / 4,
        "double": row % 9 / 8, "number": row * 3 - 4000, "money": wide(row * 7 - 5000), "wide": wide((row - 1500) * 2**80),
        "big": Decimal(row * 2**40), "day": datetime.date(1970, 1, 1) + datetime.timedelta(days=row - 800),
        "local": EPOCH + MICROSECOND * (row * 1_000_001 - 7), "utc": EPOCH + MICROSECOND * (row * 1_000_003 + 7),
        "blob": bytes([0x80 + row % 10]) * 3 if place < 1500 else row.to_bytes(4, "little") * 10, "nothing": None,
        "vector": [float(row + index) for index in range(row % 4)],
    }


def expected(row: int) -> dict[str, Any]:
    place = row % ROWS
    if 10 <= place < 20:
        return {"id": row} | {name: values[(place - 10) % len(values)] for name, values in SPECIAL.items()}
    if row % 7 == 3 or place < 5 or place > ROWS - 5:
        return {"id": row} | dict.fromkeys(COLUMNS[1:])
    return {"id": row} | usual(row)


EXPECTED = [expected(row) for row in range(2 * ROWS)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples; without the unit tests' program, `swift test` builds it."""
    folder = tmp_path_factory.mktemp("samples")
    command = ["swift", "test", "-c", "release", "--skip-build", "--filter", "ReaderSamples"]
    done = subprocess.run(command, cwd=PROJECT, env=os.environ | {"MBC_PARQUET_SAMPLES": str(folder)}, capture_output=True, text=True)
    found = {path.stem for path in folder.iterdir()}
    assert done.returncode == 0 and found == {*CODECS, "row-groups", "nested"}, done.stdout + done.stderr
    return folder


def plain(value: Any) -> Any:
    """A value that equals those of other readers if all bits are the same: NaN itself, -0.0 not 0.0, times in UTC."""
    if isinstance(value, float):
        return "NaN" if value != value else repr(value)
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(datetime.UTC).replace(tzinfo=None)
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def check(found: Answer, columns: list[str], rows: list[dict[str, Any]] = EXPECTED, **replaced: Any) -> None:
    """Compares value by value. `replaced` has, for columns that a reader has otherwise by its nature, how it has them."""
    assert isinstance(found, list) and len(found) == len(rows)
    for place, name in enumerate(columns):
        as_reader_has_it = replaced.get(name, lambda value: value)
        for row, fields in zip(found, rows, strict=True):
            want = plain(as_reader_has_it(fields[name]))
            assert plain(row[place]) == want, f"{name} of row {fields['id']}: {row[place]!r} instead of {want!r}"


def microseconds(moment: datetime.datetime | None) -> int | None:
    return None if moment is None else (moment - EPOCH) // MICROSECOND


# ---------------------------------------------------------------------------------------------------------------------
# Values


@pytest.mark.parametrize("codec", CODECS)
def test_pyarrow_reads_the_values(folder: Path, codec: str) -> None:
    table = pq.read_table(folder / f"{codec}.parquet").to_pydict()
    check(list(zip(*(table[name] for name in COLUMNS), strict=True)), COLUMNS)


@pytest.mark.parametrize("codec", CODECS)
def test_duckdb_reads_the_values(folder: Path, codec: str) -> None:
    columns = [f"{name} AT TIME ZONE 'UTC'" if name == "utc" else f'"{name}"' for name in COLUMNS]
    check(duckdb.execute(f"SELECT {', '.join(columns)} FROM '{folder / codec}.parquet' ORDER BY id").fetchall(), COLUMNS)


@pytest.mark.parametrize("codec", CODECS)
def test_polars_reads_the_values(folder: Path, codec: str) -> None:
    check(polars.read_parquet(folder / f"{codec}.parquet").select(COLUMNS).rows(), COLUMNS)


def test_clickhouse_reads_the_values(folder: Path) -> None:
    """Its dates are said to reach from 1900 to 2299, so they are read as numbers; it has no arrays that are null, and strings are bytes."""
    numbers = {"day": "toInt32(day)", "local": "toUnixTimestamp64Micro(local)", "utc": "toUnixTimestamp64Micro(utc)"}
    columns = [numbers.get(name, name) for name in COLUMNS]
    for found in ask("clickhouse", [(str(folder / f"{codec}.parquet"), columns, None) for codec in CODECS]):
        check(found, COLUMNS, day=lambda day: day and (day - EPOCH.date()).days, local=microseconds, utc=microseconds,
              text=lambda value: None if value is None else value.encode(), vector=lambda value: value or [])


def test_datafusion_reads_the_values(folder: Path) -> None:
    for found in ask("datafusion", [(str(folder / f"{codec}.parquet"), COLUMNS, None) for codec in CODECS]):
        check(found, COLUMNS)


@pytest.mark.soak
@needs_spark
def test_spark_reads_the_values(folder: Path) -> None:
    for found in ask("spark", [(str(folder / f"{codec}.parquet"), COLUMNS, None) for codec in CODECS]):
        check(found, COLUMNS)


def test_fastparquet_reads_what_it_can(folder: Path) -> None:
    """It has no null among floats, where that is NaN; decimals are floats to it, and times have nanoseconds and end in 2262."""
    columns = ["id", "text", "flag", "single", "double", "number", "blob"]
    for codec in CODECS:
        frame = fastparquet.ParquetFile(folder / f"{codec}.parquet").to_pandas(columns=columns)
        kept = [[None if name in ("text", "flag", "number", "blob") and pandas.isna(value) else value for value in frame[name].tolist()]
                for name in columns]
        check(list(zip(*kept, strict=True)), columns, single=lambda value: NAN if value is None else value,
              double=lambda value: NAN if value is None else value)


def test_fastparquet_keeps_the_strings_of_row_groups_that_differ(folder: Path) -> None:
    path = folder / "row-groups.parquet"
    want = pq.read_table(path).to_pydict()
    frame = fastparquet.ParquetFile(path).to_pandas()
    for name in ("mostly", "seldom"):
        assert [value if isinstance(value, str) else None for value in frame[name].tolist()] == want[name]
        metadata = pq.read_metadata(path)
        index = metadata.schema.names.index(name)
        chunks = [metadata.row_group(group).column(index) for group in range(metadata.num_row_groups)]
        assert len({chunk.has_dictionary_page for chunk in chunks if chunk.statistics.null_count < chunk.num_values}) == 1
    assert [None if str(value) in ("nan", "<NA>") else value for value in frame["number"].tolist()] == want["number"]


def test_the_types_are_those_of_the_schema(folder: Path) -> None:
    types = {field.name: str(field.type) for field in pq.read_schema(folder / "none.parquet")}
    assert types == {
        "id": "int64", "text": "string", "flag": "bool", "single": "float", "double": "double", "number": "int64",
        "money": "decimal128(18, 2)", "wide": "decimal128(38, 2)", "big": "decimal128(20, 0)", "day": "date32[day]",
        "local": "timestamp[us]", "utc": "timestamp[us, tz=UTC]", "blob": "binary", "nothing": "string",
        "vector": "list<element: float not null>"}


@pytest.mark.parametrize("codec", CODECS)
def test_a_dictionary_serves_the_pages_before_it_grew_too_large(folder: Path, codec: str) -> None:
    chunk = pq.read_metadata(folder / f"{codec}.parquet").row_group(0).column(COLUMNS.index("blob"))
    assert {"PLAIN", "RLE_DICTIONARY"} <= set(chunk.encodings)
    assert chunk.has_dictionary_page


def test_structs_maps_and_lists_of_lists(folder: Path) -> None:
    path = folder / "nested.parquet"
    rows = [
        {"path": "a", "tags": {"k": "v", "l": None}, "grid": [[1, 2], None, [], [None, 3]]}, None,
        {"path": "b", "tags": {}, "grid": []}, {"path": "c", "tags": None, "grid": None},
    ] * 2

    def with_maps(add: dict[str, Any] | None) -> dict[str, Any] | None:
        if add is None or add["tags"] is None or isinstance(add["tags"], dict):
            return add
        pairs = [tuple(tag.values()) if isinstance(tag, dict) else tag for tag in add["tags"]]
        return add | {"tags": dict(pairs)}

    assert [with_maps(add) for add in pq.read_table(path)["add"].to_pylist()] == rows
    assert [with_maps(add) for (add,) in duckdb.execute(f"SELECT add FROM '{path}'").fetchall()] == rows
    assert [with_maps(add) for add in polars.read_parquet(path)["add"].to_list()] == rows


# ---------------------------------------------------------------------------------------------------------------------
# Filters: statistics, page indices and bloom filters neither hide a row nor lack what lets a reader skip

SQL_TYPES = {"id": "BIGINT", "number": "BIGINT", "money": "DECIMAL(18,2)", "wide": "DECIMAL(38,2)", "big": "DECIMAL(20,0)",
             "day": "DATE", "single": "FLOAT", "double": "DOUBLE"}
OPERATORS = {"=": operator.eq, "<": operator.lt, ">": operator.gt}
FILTERS: list[tuple[str, str, Any]] = [
    ("id", "=", 6), ("id", "=", 5500), ("id", ">", 5990), ("text", "=", "value 3"), ("text", "=", "é😀 2223 " + "ü" * 40),
    ("text", "=", "z" * 200), ("text", "=", "\U0010FFFF" * 10), ("text", "=", ""), ("text", ">", "é😀 5990 "), ("single", "=", 0.0),
    ("single", "=", 24.5), ("single", "<", 0.0), ("double", "=", 0.0), ("double", "=", -1.5), ("double", "<", 0.0),
    ("double", "=", INFINITY), ("double", "=", LARGEST_DOUBLE), ("number", "=", -(2**63)), ("number", "=", 2**63 - 1), ("number", "<", -3990),
    ("money", "=", SPECIAL["money"][4]), ("money", "<", Decimal(0)), ("money", "=", Decimal(-43)), ("wide", "=", SPECIAL["wide"][3]),
    ("wide", "=", SPECIAL["wide"][4]), ("wide", "<", Decimal(0)), ("wide", "=", wide(-(2**80) * 1001)), ("big", "=", Decimal(2**64 - 1)),
    ("big", ">", Decimal(2**63 - 1)), ("day", "=", datetime.date(1970, 1, 2)), ("day", "<", datetime.date(1968, 1, 1)),
]


def matching(name: str, sign: str, value: Any) -> list[int]:
    return [fields["id"] for fields in EXPECTED if fields[name] is not None and OPERATORS[sign](fields[name], value)]


def sql(name: str, sign: str, value: Any) -> str:
    if isinstance(value, str):
        return f"{name} {sign} '{value}'"
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return f"{name} {sign} CAST('{text}' AS {SQL_TYPES[name]})"


@pytest.mark.parametrize("codec", CODECS)
def test_filters_of_pyarrow_duckdb_and_polars_find_the_rows(folder: Path, codec: str) -> None:
    path = folder / f"{codec}.parquet"
    for name, sign, value in FILTERS:
        rows = matching(name, sign, value)
        assert rows, (name, sign, value)
        condition = OPERATORS[sign](pc.field(name), pc.scalar(value).cast(pq.read_schema(path).field(name).type))
        assert pq.read_table(path, filters=condition)["id"].to_pylist() == rows, (name, sign, value)
        found = duckdb.execute(f"SELECT id FROM '{path}' WHERE {sql(name, sign, value)} ORDER BY id").fetchall()
        assert [number for (number,) in found] == rows, (name, sign, value)
        lazy = polars.scan_parquet(path).filter(OPERATORS[sign](polars.col(name), value))
        assert lazy.collect()["id"].to_list() == rows, (name, sign, value)


@pytest.mark.parametrize("engine", ["clickhouse", "datafusion", pytest.param("spark", marks=[pytest.mark.soak, needs_spark])])
def test_filters_of_other_engines_find_the_rows(folder: Path, engine: str) -> None:
    path = str(folder / "zstd.parquet")
    is_nan = "isNaN" if engine == "clickhouse" else "isnan"
    # ClickHouse's DATE begins in 1970.
    date = "AS DATE32)" if engine == "clickhouse" else "AS DATE)"
    questions = [sql(*question).replace("AS DATE)", date) for question in FILTERS] + [f"{is_nan}(double)", f"{is_nan}(single)"]
    found = ask(engine, [(path, ["id"], question) for question in questions])
    nans = [[fields["id"] for fields in EXPECTED if fields[name] != fields[name]] for name in ("double", "single")]
    for question, ids in zip([*FILTERS, "double is NaN", "single is NaN"], found, strict=True):
        want = matching(*question) if isinstance(question, tuple) else nans[question.startswith("single")]
        assert [number for (number,) in ids] == want, question


@pytest.mark.parametrize("codec", CODECS)
def test_page_indices(folder: Path, codec: str) -> None:
    """A binary value that is longer than bounds may be leaves its column without them."""
    metadata = pq.read_metadata(folder / f"{codec}.parquet")
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(column)
            assert chunk.has_offset_index, chunk.path_in_schema
            assert chunk.has_column_index == (chunk.path_in_schema != "blob"), chunk.path_in_schema


def test_pyarrow_skips_row_groups(folder: Path) -> None:
    (fragment,) = ds.dataset(folder / "zstd.parquet").get_fragments()
    for name, sign, value, groups in (("id", "=", 5500, 1), ("id", "<", 3000, 1), ("local", ">", expected(5990)["local"] or EPOCH, 2)):
        assert len(fragment.split_by_row_group(OPERATORS[sign](pc.field(name), value))) == groups, name


def test_duckdb_skips_row_groups(folder: Path) -> None:
    path = folder / "zstd.parquet"

    def excluded(column: str, value: Any) -> list[bool]:
        query = f"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{path}', '{column}', ?) ORDER BY row_group_id"
        return [excludes for (excludes,) in duckdb.execute(query, [value]).fetchall()]

    for fields in EXPECTED:
        if fields["id"] % 97 == 0:
            assert excluded("id", fields["id"])[fields["id"] // ROWS] is False
            assert fields["text"] is None or excluded("text", fields["text"])[fields["id"] // ROWS] is False
    assert sum(all(excluded("id", number)) for number in range(10**6, 10**6 + 100)) > 90
    assert all(excluded("text", "nobody has this text"))
    for condition, scanned in (("id = 5500", 1), ("id < 3000", 1), ("text = 'nobody has this text'", 0)):
        plan = str(duckdb.execute(f"EXPLAIN ANALYZE SELECT text FROM '{path}' WHERE {condition}").fetchall()[0][1])
        assert re.search(rf"Row Groups Scanned: {scanned} / 2\b", plan), plan


def test_clickhouse_skips_pages_and_row_groups(folder: Path) -> None:
    path = str(folder / "zstd.parquet")
    page, group, absent = ask("clickhouse", [(path, SKIPPED, condition) for condition in ("id = 5500", "id < 3000", "text = 'nobody has this'")])
    assert page["ParquetPrunedRowGroups"] == 1 and page["ParquetPrunedPages"] > 0, page
    assert group["ParquetPrunedRowGroups"] == 1, group
    assert absent["ParquetReadPages"] == 0, absent


def test_datafusion_skips_pages_and_row_groups(folder: Path) -> None:
    path = str(folder / "zstd.parquet")
    page, absent = ask("datafusion", [(path, SKIPPED, condition) for condition in ("id = 5500", "text = 'nobody has this'")])
    assert "row_groups_pruned_statistics=2 total → 1 matched" in page, page
    assert "page_index_rows_pruned=3.00 K total → 500 matched" in page, page
    assert "row_groups_pruned_bloom_filter=2 total → 0 matched" in absent, absent


@pytest.mark.soak
@needs_spark
def test_spark_skips_pages_and_row_groups(folder: Path) -> None:
    """Pages have 500 rows of numbers. The first of each row group has the largest and the smallest there are."""
    path = str(folder / "zstd.parquet")
    conditions = ("id = 5500", "number = 11000", "text = 'nobody has this'")
    page, number, absent = ask("spark", [(path, SKIPPED, condition) for condition in conditions])
    assert (page["rows"], number["rows"], absent["rows"]) == (500, 1500, 0)
