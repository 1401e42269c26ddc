"""The same files through pyarrow, DuckDB and Polars, and the schema and statistics as the format promises them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow.parquet as pq
import pytest

from changes import COLUMNS, read_file
from connector import EXIT_OK, Connector
from servers import PROJECT, Server
from workloads import Log, many_rows, orders

ROWS, STATEMENTS, BATCH = 100, 30, 500

# name, physical type, logical type, converted type, maximum definition level
SCHEMA = [
    ("timestamp", "INT64", "None", "NONE", 0),
    ("server_id", "INT32", "Int(bitWidth=32, isSigned=false)", "UINT_32", 0),
    ("log_pos", "INT64", "None", "NONE", 0),
    ("event_row_index", "INT64", "None", "NONE", 0),
    ("database", "BYTE_ARRAY", "String", "UTF8", 1),
    ("table_name", "BYTE_ARRAY", "String", "UTF8", 1),
    ("dml_type", "BYTE_ARRAY", "String", "UTF8", 0),
    ("before_values", "BYTE_ARRAY", "String", "UTF8", 1),
    ("after_values", "BYTE_ARRAY", "String", "UTF8", 1),
]
IMAGES = ("before_values", "after_values")


def export(server: Server, connector: Connector, log: Log, **fields: Any) -> Path:
    connector.run(connector.parquet(server, log.start, log.stop, **fields)).expect(EXIT_OK)
    path = connector.output / f"{log.start.file}.parquet"
    assert connector.files() == [path]
    return path


@pytest.fixture
def many(server: Server, connector: Connector, database: str) -> Path:
    return export(server, connector, many_rows(server, database, ROWS, STATEMENTS), parquet_batch_size=BATCH)


def rows_of_each_reader(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows by each reader, in file order, as plain Python values."""
    arrow = pq.read_table(path, partitioning=None).select(COLUMNS).to_pydict()
    duck = duckdb.connect().execute(f"SELECT {', '.join(COLUMNS)} FROM read_parquet('{path}')").fetchall()
    return {"pyarrow": list(zip(*arrow.values(), strict=True)), "duckdb": duck,
            "polars": polars.read_parquet(path).select(COLUMNS).rows()}


@pytest.mark.parametrize("compression", ["gzip", "zstd", "none"])
@pytest.mark.smoke
def test_all_readers_agree(server: Server, connector: Connector, database: str, compression: str) -> None:
    log = orders(server, database)
    path = export(server, connector, log, compression=compression, include=[f"{database}.*"])
    read = rows_of_each_reader(path)
    assert len(read["pyarrow"]) == 11
    assert read["duckdb"] == read["pyarrow"]
    assert read["polars"] == read["pyarrow"]


def test_all_readers_agree_over_row_groups(many: Path) -> None:
    read = rows_of_each_reader(many)
    assert len(read["pyarrow"]) == ROWS * STATEMENTS
    assert read["duckdb"] == read["pyarrow"]
    assert read["polars"] == read["pyarrow"]


def test_folder_is_read_as_one_table(server: Server, connector: Connector, database: str) -> None:
    """Several files of a range over several binlog files, and nothing else beside them."""
    first = orders(server, database)
    server.execute(f"DROP TABLE `{database}`.orders, `{database}`.audit")
    second = orders(server, database)
    connector.run(connector.parquet(server, first.start, second.stop, include=[f"{database}.*"])).expect(EXIT_OK)
    assert [path.name for path in connector.files()] == [f"{log.start.file}.parquet" for log in (first, second)]
    pattern = f"{connector.output}/*.parquet"
    assert duckdb.connect().execute(f"SELECT count(*) FROM '{pattern}'").fetchall() == [(22,)]
    assert polars.scan_parquet(connector.output).collect().height == 22
    assert pq.read_table(connector.output).num_rows == 22


def test_the_state_of_a_table_as_the_readme_asks_for_it(server: Server, connector: Connector, database: str) -> None:
    """Rows that change their key, swap keys, become NULL or go, over several files."""
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.orders (id INT PRIMARY KEY, amount DECIMAL(10,2))",
                   f"INSERT INTO `{database}`.orders VALUES (1, 1), (2, 2), (3, 3), (11, 11), (20, 20)",
                   f"UPDATE `{database}`.orders SET id = 9000011 WHERE id = 11", "FLUSH BINARY LOGS",
                   f"UPDATE `{database}`.orders SET id = id + 1 ORDER BY id DESC LIMIT 3",
                   f"UPDATE `{database}`.orders SET amount = NULL WHERE id = 2",
                   f"DELETE FROM `{database}`.orders WHERE id = 1", f"INSERT INTO `{database}`.orders VALUES (11, 12), (1, 5)")
    expected = server.execute(f"SELECT id, amount FROM `{database}`.orders ORDER BY id")
    connector.run(connector.parquet(server, start, server.history())).expect(EXIT_OK)
    text = (PROJECT / "README.md").read_text()
    query = next(block for block in re.findall(r"```sql\n(.*?)```", text, re.DOTALL) if "parquet_output/" in block)
    query = query.replace("parquet_output/", f"{connector.output}/").replace("'shop'", f"'{database}'")
    found = duckdb.connect().execute(query).fetchall()
    assert found == [(str(key), None if amount is None else str(amount)) for key, amount in expected]


def test_schema(many: Path) -> None:
    schema = pq.ParquetFile(many).schema
    found = [(column.name, column.physical_type, str(column.logical_type), column.converted_type, column.max_definition_level)
             for column in map(schema.column, range(len(schema.names)))]
    assert found == SCHEMA


def test_json_annotation_on_request(server: Server, connector: Connector, database: str) -> None:
    path = export(server, connector, orders(server, database), parquet_json_type="json")
    schema = pq.ParquetFile(path).schema
    for index in (7, 8):
        assert (str(schema.column(index).logical_type), schema.column(index).converted_type) == ("JSON", "JSON")


def test_row_groups_and_metadata(many: Path, server: Server) -> None:
    metadata = pq.ParquetFile(many).metadata
    groups = [metadata.row_group(index).num_rows for index in range(metadata.num_row_groups)]
    assert groups == [BATCH] * (ROWS * STATEMENTS // BATCH)
    assert metadata.created_by.startswith("mysql-binlog-connector version ")
    assert "(build " in metadata.created_by
    pairs = {key.decode(): value.decode() for key, value in (metadata.metadata or {}).items()}
    text = " ".join(pairs.values())
    assert many.stem in text and server.version.split("-")[0] in text, pairs


def test_statistics(many: Path) -> None:
    metadata = pq.ParquetFile(many).metadata
    for group in range(metadata.num_row_groups):
        for index, (name, *_) in enumerate(SCHEMA):
            statistics = metadata.row_group(group).column(index).statistics
            assert statistics is not None and statistics.has_null_count, name
            assert statistics.has_min_max == (name not in IMAGES), name
            assert statistics.null_count == (BATCH if name == "before_values" else 0), name
    changes = read_file(many)
    positions = metadata.row_group(0).column(2).statistics
    assert (positions.min, positions.max) == (changes[0].log_pos, changes[BATCH - 1].log_pos)
    assert metadata.row_group(0).column(6).statistics.min == "INSERT"


def test_statistics_of_server_ids_are_unsigned(many: Path, server: Server) -> None:
    statistics = pq.ParquetFile(many).metadata.row_group(0).column(1).statistics
    assert (statistics.min, statistics.max) == (server.port, server.port)


def test_encodings_are_the_safe_ones(many: Path) -> None:
    safe = {"PLAIN", "RLE", "RLE_DICTIONARY", "PLAIN_DICTIONARY", "DELTA_BINARY_PACKED", "BIT_PACKED"}
    metadata = pq.ParquetFile(many).metadata
    for group in range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            assert set(metadata.row_group(group).column(index).encodings) <= safe


def test_duckdb_skips_row_groups(many: Path) -> None:
    """The statistics are what DuckDB sees, and a filter on them reads less than the whole file."""
    duck = duckdb.connect()
    changes = read_file(many)
    last_group = changes[-BATCH].log_pos
    seen = duck.execute("SELECT stats_min_value, stats_max_value FROM parquet_metadata(?) WHERE path_in_schema = 'log_pos' "
                        "ORDER BY row_group_id", [str(many)]).fetchall()
    assert len(seen) == ROWS * STATEMENTS // BATCH
    assert all(low is not None and high is not None for low, high in seen)
    assert sum(int(high) > last_group for _, high in seen) == 1, "the filter below must fit one row group"
    query = f"SELECT count(*) FROM '{many}' WHERE log_pos > {last_group}"
    assert duck.execute(query).fetchall() == [(sum(change.log_pos > last_group for change in changes),)]
    plan = str(duck.execute(f"EXPLAIN ANALYZE {query}").fetchall()[0][1])
    assert re.search(rf"Row Groups Scanned: 1 / {len(seen)}\b", plan), plan
