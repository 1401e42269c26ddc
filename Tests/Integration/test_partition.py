"""Files divided by table and by day: where rows go, and what readers of such folders make of the names."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

import partition_files
from connector import EXIT_CONFIG, EXIT_OK, Connector
from output_files import compare, key_values
from output_files import rows_in as rows_of_folder
from partition_files import files, rows_in
from servers import Position, Server
from workloads import orders

DAY = 86_400
# Each a time of its own: the last second of a leap day, the first one of the next day, and a day before the first one.
TIMES = (1_709_251_199, 1_709_251_200, 946_684_799)
DATES = ("2024-02-29", "2024-03-01", "1999-12-31")
SCHEMA = "it odd /=%41 ü"
TABLES = (
    "plain", "a/b", "a=b", "ü", "%41", "100%", "a b", ".", "..", "...", ".x", "_x", "a+b", "a&b;c", "null", "NULL",
    "None", "{x}", "[x]*?", "日" * 48, "/" * 48, "é", "e\u0301", "it's", 'say "x"', "a\\b", "a|b", "#", "x,y", "a:b", "-",
    "~", "$x", "<x>", "a\nb\tc", "\x01\x7f", "\x80\u2028", "1", "007", "1.5", "2024-01-01", "true", "db=x", "T", "t",
)


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def whole(connector: Connector, server: Server, start: Position, stop: Position, **fields: Any) -> list[Any]:
    """The rows of a range as one run writes them without partitions."""
    folder = connector.folder / "whole"
    connector.run(connector.parquet(server, start, stop, parquet_output_dir=str(folder), **fields)).expect(EXIT_OK)
    return rows_of_folder(folder)


@pytest.fixture
def odd_names(server: Server) -> Iterator[tuple[Position, Position]]:
    """A row in each of many tables, whose names mean something to paths, patterns or readers."""
    server.execute(f"DROP DATABASE IF EXISTS {quoted(SCHEMA)}", f"CREATE DATABASE {quoted(SCHEMA)} CHARACTER SET utf8mb4")
    tables = [f"{quoted(SCHEMA)}.{quoted(name)}" for name in TABLES]
    server.execute(*(f"CREATE TABLE {table} (id INT PRIMARY KEY)" for table in tables))
    start = server.next_file()
    with server.session() as cursor:
        for number, table in enumerate(tables):
            cursor.execute(f"SET timestamp = {TIMES[number % len(TIMES)]}")
            cursor.execute(f"INSERT INTO {table} VALUES (1), (2)")
    yield start, server.history()
    server.execute(f"DROP DATABASE {quoted(SCHEMA)}")


def expected() -> list[tuple[str, str, datetime.date]]:
    return sorted((SCHEMA, name, datetime.date.fromisoformat(DATES[number % len(DATES)]))
                  for number, name in enumerate(TABLES) for _ in range(2))


def in_duckdb(folder: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(
            """SELECT db, tbl, dt, database, table_name FROM read_parquet($1, hive_partitioning = true,
               hive_types = {'db': VARCHAR, 'tbl': VARCHAR, 'dt': DATE})""", [f"{folder}/**/*.parquet"]).fetchall()


def in_pyarrow(folder: Path) -> list[tuple[Any, ...]]:
    schema = pa.schema([("db", pa.string()), ("tbl", pa.string()), ("dt", pa.date32())])
    table = ds.dataset(folder, partitioning=ds.partitioning(schema, flavor="hive")).to_table()
    return [tuple(row[key] for key in ("db", "tbl", "dt", "database", "table_name")) for row in table.to_pylist()]


def in_polars(folder: Path) -> list[tuple[Any, ...]]:
    schema = {"db": polars.String, "tbl": polars.String, "dt": polars.Date}
    frame = polars.scan_parquet(f"{folder}/**/*.parquet", hive_partitioning=True, hive_schema=schema)
    return frame.select("db", "tbl", "dt", "database", "table_name").collect().rows()


@pytest.mark.parametrize("read", [in_duckdb, in_pyarrow, in_polars])
def test_odd_names(server: Server, connector: Connector, odd_names: tuple[Position, Position], read: Any) -> None:
    """The folders say of each row what its columns say."""
    start, stop = odd_names
    connector.run(connector.parquet(server, start, stop, partition_by="table,date")).expect(EXIT_OK)
    found = read(connector.output)
    assert sorted(row[:3] for row in found) == expected()
    assert all(row[:2] == row[3:] for row in found)
    compare(rows_in(connector.output), whole(connector, server, start, stop)).expect_equal()


def test_readers_without_types(server: Server, connector: Connector, database: str) -> None:
    """With ordinary names nothing need be said about the types of the folders."""
    log = orders(server, database)
    connector.run(connector.parquet(server, log.start, log.stop, partition_by="table,date")).expect(EXIT_OK)
    day = datetime.datetime.now(datetime.timezone.utc).date()
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT tbl, count(*), min(dt) FROM read_parquet($1, hive_partitioning = true) WHERE db = $2 GROUP BY ALL ORDER BY 1",
            [f"{connector.output}/**/*.parquet", database]).fetchall()
    assert [row[:2] for row in rows] == [("audit", 2), ("orders", 9)]
    assert all(day - row[2] <= datetime.timedelta(days=1) for row in rows)
    table = ds.dataset(connector.output, partitioning="hive").to_table(filter=ds.field("tbl") == "audit")
    assert table.num_rows == 2 and set(table["db"].to_pylist()) == {database}
    frame = polars.scan_parquet(connector.output, hive_partitioning=True).filter(polars.col("tbl") == "orders").collect()
    assert frame.height == 9


@pytest.mark.parametrize(("words", "keys"), [
    ("table", ("db", "tbl")), ("date", ("dt",)), ("table,date", ("db", "tbl", "dt")), ("date, table", ("db", "tbl", "dt")),
])
def test_words(server: Server, connector: Connector, database: str, words: str, keys: tuple[str, ...]) -> None:
    """The folders that there are, in one order whatever that of the words; and their files, named after their start."""
    start = server.next_file()
    server.execute(
        f"CREATE TABLE `{database}`.a (id INT PRIMARY KEY)", f"CREATE TABLE `{database}`.b (id INT PRIMARY KEY)",
        *(statement for time in TIMES for table in "ab" for statement in (
            f"SET timestamp = {time}", f"INSERT INTO `{database}`.{table} VALUES ({time})",
            f"DELETE FROM `{database}`.{table} WHERE id = {time}")))
    stop = server.history()
    connector.run(connector.parquet(server, start, stop, partition_by=words)).expect(EXIT_OK)
    found = files(connector.output)
    assert {tuple(part.split("=")[0] for part in file.path.relative_to(connector.output).parts[:-1])
            for file in found} == {keys}
    assert len(found) == (2 if "tbl" in keys else 1) * (3 if "dt" in keys else 1)
    for file in found:
        assert file.path.name == f"{start.file}-{start.offset:010}.parquet"
        file.check()
        tags = key_values(file.path)
        assert int(tags["first_position"]) == start.offset
        assert all(start.offset < row.log_pos <= int(tags["last_position"]) for row in file.rows)
    compare(rows_in(connector.output), whole(connector, server, start, stop)).expect_equal()
    assert not list(connector.output.parent.glob(".*.staging"))


def test_parts(server: Server, connector: Connector, database: str) -> None:
    """Each part has a file for each of its tables; all of one part have the same start, and limits count all of them."""
    server.execute(f"CREATE TABLE `{database}`.a (id INT PRIMARY KEY)", f"CREATE TABLE `{database}`.b (id INT PRIMARY KEY)")
    start = server.next_file()
    with server.session(autocommit=False) as cursor:
        for number in range(6):
            cursor.execute(f"INSERT INTO `{database}`.a VALUES ({number})")
            cursor.execute(f"INSERT INTO `{database}`.b VALUES ({number})")
            cursor.connection.commit()
    stop = server.history()
    connector.run(connector.parquet(server, start, stop, partition_by="table", parquet_roll_rows=4)).expect(EXIT_OK)
    found = files(connector.output)
    assert len(found) == 6 and all(len(file.rows) == 2 for file in found)
    assert len({file.start for file in found}) == 3
    compare(rows_in(connector.output), whole(connector, server, start, stop)).expect_equal()


@pytest.mark.parametrize("value", ["", "tables", "table;date", "table,table", "table,", 7, ["table"]])
def test_wrong_words(mysql: Server, connector: Connector, value: Any) -> None:
    config = connector.parquet(mysql, Position("binlog.000001", 4), partition_by=value)
    result = connector.run(config).expect(EXIT_CONFIG)
    assert "InvalidValue: partition_by must be" in result.stderr
