"""TRUNCATE, DROP TABLE and partitions that go remove rows that no server logs as rows: a warning with its place, and a count."""

from __future__ import annotations

import pytest

from connector import EXIT_OK, Connector
from servers import Server

COUNTED = "rows of included tables were removed 4 times without being logged as rows (TRUNCATE, DROP TABLE, partitions)"


@pytest.mark.parametrize("mode", ["stdout", "json", "parquet"])
def test_removed_rows_are_told_of(server: Server, connector: Connector, database: str, mode: str) -> None:
    start = server.next_file()
    with server.session(database=database) as cursor:
        for name in ("a", "b", "other"):
            cursor.execute(f"CREATE TABLE {name} (id INT PRIMARY KEY) PARTITION BY RANGE (id) "
                           "(PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))")
            cursor.execute(f"INSERT INTO {name} VALUES (1), (11)")
        places = []
        for statement in ("TRUNCATE a", "ALTER TABLE b DROP PARTITION p0", "DROP TABLE a, b", "DROP TABLE other"):
            places.append(server.history())
            cursor.execute(statement)
        cursor.execute("CREATE TEMPORARY TABLE a (id INT)")
        cursor.execute("DROP TEMPORARY TABLE a")
    output = connector.parquet if mode == "parquet" else connector.config
    config = output(server, start, server.history(), exclude=[f"{database}.other"],
                    **({} if mode == "parquet" else {"output_mode": mode}))
    result = connector.run(config).expect(EXIT_OK)
    told = [line for line in result.stderr.splitlines() if "were removed by TRUNCATE" in line]
    # The second time within a minute is counted only.
    assert [f'rows of "{database}.{name}"' in line for name, line in zip("ab", told, strict=True)] == [True, True]
    for place, line in zip(places, told, strict=False):
        offset = int(line.split(f"{place.file}:")[1].split(":")[0])
        assert place.offset <= offset < place.offset + 200
    assert COUNTED in result.stderr


def test_nothing_is_told_without_cause(server: Server, connector: Connector, database: str) -> None:
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, n INT)", f"INSERT INTO `{database}`.t VALUES (1, 2)",
                   f"DELETE FROM `{database}`.t", f"ALTER TABLE `{database}`.t DROP COLUMN n", f"DROP DATABASE `{database}`",
                   f"CREATE DATABASE `{database}`")
    result = connector.run(connector.config(server, start, server.history())).expect(EXIT_OK)
    assert "were removed" not in result.stderr
