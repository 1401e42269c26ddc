"""Typed datasets of thousands of tables, and a table with many rows among them, in bounded memory."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import table_files
from conftest import Pool
from connector import EXIT_OK, Connector
from measure import measure
from test_partition_safety import MANY

LIMIT_MEGABYTES = 160


def test_thousands_of_tables(pool: Pool, connector: Connector, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Many tables with a row each, and one with many rows, in one transaction: in bounded memory."""
    server = pool.get("mariadb-11.8")
    database = "it_many_typed_tables"
    columns = ", ".join(f"c{number} {kind}" for number, kind in enumerate(("INT", "VARCHAR(40)", "DECIMAL(10,2)", "DATETIME", "BIGINT") * 4))
    server.execute(f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database}",
                   *(f"CREATE TABLE {database}.t{number} (id INT PRIMARY KEY, {columns}) ENGINE=InnoDB" for number in range(MANY)),
                   f"CREATE TABLE {database}.large (id INT PRIMARY KEY, body VARBINARY(9000)) ENGINE=InnoDB")
    start = server.next_file()
    with server.session(autocommit=False) as cursor:
        for number in range(MANY):
            cursor.execute(f"INSERT INTO {database}.t{number} (id, c1) VALUES ({number}, 'text')")
            cursor.execute(f"INSERT INTO {database}.large VALUES ({number}, CONCAT(RANDOM_BYTES(1000), REPEAT('x', 8000)))")
        cursor.connection.commit()
    stop = server.history()
    server.execute(f"DROP DATABASE {database}")
    measured = measure(connector, connector.parquet(server, start, stop, checkpoint_file=str(tmp_path / "state" / "checkpoint.json"),
                                                     parquet_layout="tables", partition_by="date", include=[f"{database}.*"]), 300)
    measured.result.expect(EXIT_OK)
    found = table_files.files(connector.output)
    with capsys.disabled():
        print(f"\n  {MANY} typed tables: {len(found)} files, {measured.megabytes:.0f} MB, {measured.result.seconds:.1f} s")
    files = str(connector.output / database / "t*" / "**" / "*.parquet")
    assert duckdb.sql(f"SELECT count(*), sum(id) FROM read_parquet('{files}')").fetchall() == [(MANY, MANY * (MANY - 1) // 2)]
    large = str(connector.output / database / "large" / "**" / "*.parquet")
    assert duckdb.sql(f"SELECT count(*), sum(octet_length(body)) FROM read_parquet('{large}')").fetchall() == [(MANY, MANY * 9000)]
    assert 0 < measured.megabytes < LIMIT_MEGABYTES
