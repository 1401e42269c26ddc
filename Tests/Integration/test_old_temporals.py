"""MariaDB's temporal columns that were made with mysql56_temporal_format=OFF: read without fractions, refused with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from changes import read_folder
from connector import EXIT_DATA, EXIT_OK, Connector
from conftest import Pool
from servers import Server

VALUES = {"TIME": "03:04:05.5", "DATETIME": "2024-01-31 03:04:05.5", "TIMESTAMP": "2024-01-31 03:04:05.5"}
# What stands beside the column: nothing, a key, and what can take the bytes that are left over.
NEIGHBOURS = {
    "alone": ("x {type} NULL", "(x) VALUES ('{value}')"),
    "behind a key": ("id INT PRIMARY KEY, x {type} NULL", "VALUES (1, '{value}'), (2, '{value}')"),
    "before a text": ("x {type} NULL, v VARCHAR(300)", "VALUES ('{value}', REPEAT('x', 253)), ('{value}', '')"),
    "of eight": ("x {type} NULL, " + ", ".join(f"c{n} TINYINT" for n in range(7)), "(x) VALUES ('{value}'), ('{value}')"),
}


@pytest.fixture(scope="module", params=["mariadb-10.11", "mariadb-11.8"])
def old(request: pytest.FixtureRequest, pool: Pool) -> Iterator[Server]:
    """A MariaDB whose new tables have the formats of MariaDB 5.3, and a database old_temporals."""
    server = pool.get(request.param)
    with server.settings({"mysql56_temporal_format": "OFF"}):
        server.execute("DROP DATABASE IF EXISTS old_temporals", "CREATE DATABASE old_temporals")
        yield server
        server.execute("DROP DATABASE old_temporals")


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("neighbours", NEIGHBOURS)
def test_fractions_are_refused_by_name(old: Server, connector: Connector, kind: str, neighbours: str) -> None:
    if neighbours != "behind a key" and old.name != "mariadb-11.8":
        return  # Both servers write the same.
    columns, insert = NEIGHBOURS[neighbours]
    for digits in range(1, 7) if neighbours == "behind a key" else (1, 3, 6):
        table = f"old_temporals.t{digits}"
        old.execute(f"CREATE OR REPLACE TABLE {table} ({columns.format(type=f'{kind}({digits})')})")
        start = old.next_file()
        old.execute(f"INSERT INTO {table} {insert.format(value=VALUES[kind])}")
        result = connector.run(connector.config(old, start, old.history())).expect(EXIT_DATA)
        assert result.stdout == b"", f"{kind}({digits}) {neighbours}: {result.text}"
        assert f"{start.file}:" in result.last_line
        assert f"of {table}, column x: the column was made with mysql56_temporal_format=OFF" in result.last_line


def test_columns_without_fractions_are_read(old: Server, connector: Connector) -> None:
    """All that the proof looks at: NULL, zero dates, an update, several rows, and a text that hides nothing."""
    table = "old_temporals.plain"
    old.execute(f"CREATE OR REPLACE TABLE {table} (id INT PRIMARY KEY, t TIME, dt DATETIME, ts TIMESTAMP NULL, v VARCHAR(300))")
    start = old.next_file()
    with old.session() as cursor:
        cursor.execute("SET time_zone = '+00:00'")
        cursor.execute("SET sql_mode = ''")
        cursor.execute(f"INSERT INTO {table} VALUES (1, NULL, NULL, NULL, NULL)")
        cursor.execute(f"INSERT INTO {table} VALUES (2, '-838:59:59', '0000-00-00', '0000-00-00', ''), (3, '00:00:00', "
                       "'9999-12-31 23:59:59', '2024-01-31 10:11:12', 'x')")
        cursor.execute(f"UPDATE {table} SET t = '10:11:12', dt = '2024-01-31 10:11:12' WHERE id = 3")
    connector.run(connector.parquet(old, start, old.history())).expect(EXIT_OK)
    found: list[Any] = [[change.after[key] for key in ("t", "dt", "ts")] for change in read_folder(connector.output) if change.after]
    assert found == [
        [None, None, None], ["-838:59:59", "0000-00-00 00:00:00", "0000-00-00T00:00:00Z"],
        ["00:00:00", "9999-12-31 23:59:59", "2024-01-31T10:11:12Z"],
        ["10:11:12", "2024-01-31 10:11:12", "2024-01-31T10:11:12Z"]]


@pytest.mark.parametrize("names", ["auto", "lookup"])
def test_the_server_tells_where_the_log_cannot(old: Server, connector: Connector, names: str) -> None:
    """A text of 48 characters that begins with "/" (47): with a fraction before it, it would be one of 47."""
    table = "old_temporals.ambiguous"
    old.execute(f"CREATE OR REPLACE TABLE {table} (ts TIMESTAMP NULL, v VARCHAR(60))")
    start = old.next_file()
    with old.session() as cursor:
        cursor.execute("SET time_zone = '+00:00'")
        cursor.execute(f"INSERT INTO {table} VALUES ('2024-01-31 10:11:12', CONCAT('/', REPEAT('x', 47)))")
    result = connector.run(connector.config(old, start, old.history(), column_names=names))
    if names == "auto":
        assert "column ts: the column was made with" in result.expect(EXIT_DATA).last_line
        assert "column_names to lookup" in result.last_line
    else:
        assert " ts = 2024-01-31 10:11:12\n" in result.expect(EXIT_OK).text


def test_the_advice_helps(old: Server, connector: Connector) -> None:
    table = "old_temporals.forced"
    old.execute(f"CREATE OR REPLACE TABLE {table} (id INT PRIMARY KEY, x TIME(3))")
    with old.settings({"mysql56_temporal_format": "ON"}):
        old.execute(f"ALTER TABLE {table} FORCE")
        start = old.next_file()
        old.execute(f"INSERT INTO {table} VALUES (1, '03:04:05.125')")
    connector.run(connector.parquet(old, start, old.history())).expect(EXIT_OK)
    assert [change.after and change.after["x"] for change in read_folder(connector.output)] == ["03:04:05.125"]
