"""What the server compressed: the place of rows in a payload, and columns. Values are compared by test_oracle.py."""

from __future__ import annotations

import pytest

from changes import read_folder
from connector import EXIT_OK, Connector
from servers import Server
from strict_json import Json

MARIADB = ("mariadb-10.11", "mariadb-11.8")


@pytest.fixture(params=MARIADB)
def mariadb(request: pytest.FixtureRequest, pool: object) -> Server:
    """Each MariaDB server in turn."""
    return pool.get(request.param)  # type: ignore[attr-defined, no-any-return]


def test_rows_of_one_payload_are_numbered_through(mysql: Server, connector: Connector) -> None:
    """They share one log_pos, so that only the number tells them apart."""
    start = mysql.next_file()
    mysql.execute("DROP DATABASE IF EXISTS it_payload", "CREATE DATABASE it_payload",
                  "CREATE TABLE it_payload.a (id INT PRIMARY KEY)", "CREATE TABLE it_payload.b (id INT PRIMARY KEY)",
                  "SET SESSION binlog_transaction_compression = ON", "BEGIN", "INSERT INTO it_payload.a VALUES (1), (2)",
                  "INSERT INTO it_payload.b VALUES (3)", "DELETE FROM it_payload.a WHERE id = 1", "COMMIT",
                  "INSERT INTO it_payload.b VALUES (4)")
    connector.run(connector.parquet(mysql, start, mysql.history())).expect(EXIT_OK)
    rows = read_folder(connector.output)
    assert [(row.table_name, row.dml_type, row.event_row_index) for row in rows] == [
        ("a", "INSERT", 1), ("a", "INSERT", 2), ("b", "INSERT", 3), ("a", "DELETE", 4), ("b", "INSERT", 1)]
    assert len({row.log_pos for row in rows[:4]}) == 1
    mysql.execute("DROP DATABASE it_payload")


def test_a_filter_looks_into_a_payload(mysql: Server, connector: Connector) -> None:
    start = mysql.next_file()
    mysql.execute("DROP DATABASE IF EXISTS it_payload", "CREATE DATABASE it_payload",
                  "CREATE TABLE it_payload.a (id INT PRIMARY KEY)", "CREATE TABLE it_payload.b (id INT PRIMARY KEY)",
                  "SET SESSION binlog_transaction_compression = ON", "BEGIN", "INSERT INTO it_payload.a VALUES (1)",
                  "INSERT INTO it_payload.b VALUES (2)", "COMMIT")
    connector.run(connector.parquet(mysql, start, mysql.history(), include=["it_payload.b"])).expect(EXIT_OK)
    assert [row.table_name for row in read_folder(connector.output)] == ["b"]
    mysql.execute("DROP DATABASE it_payload")


def test_compressed_columns(mariadb: Server, connector: Connector) -> None:
    """Values that are empty, too short to gain, and compressed with and without zlib's wrapping."""
    table = "it_columns.t"
    start = mariadb.next_file()
    mariadb.execute("DROP DATABASE IF EXISTS it_columns", "CREATE DATABASE it_columns CHARACTER SET utf8mb4",
                    f"CREATE TABLE {table} (id INT PRIMARY KEY, a VARCHAR(500) COMPRESSED, b TEXT COMPRESSED, "
                    "c BLOB COMPRESSED, d VARCHAR(254) COMPRESSED CHARACTER SET latin1)",
                    f"INSERT INTO {table} VALUES (1, REPEAT('abc ', 100), REPEAT('größe ', 500), REPEAT(x'00ff', 500), "
                    "REPEAT('é', 254)), (2, '', '', '', ''), (3, 'x', 'y', 'z', 'é'), (4, NULL, NULL, NULL, NULL)",
                    "SET column_compression_zlib_wrap = ON", f"INSERT INTO {table} SELECT id + 10, a, b, c, d FROM {table}",
                    f"UPDATE {table} SET b = CONCAT(b, 'more') WHERE id IN (1, 12)")
    connector.run(connector.parquet(mariadb, start, mariadb.history())).expect(EXIT_OK)
    state: dict[str, dict[str, Json]] = {}
    for change in read_folder(connector.output):
        assert change.after is not None
        state[change.after["id"].text] = change.after
    for row_id, a, b, c, d in mariadb.execute(f"SELECT * FROM {table}"):
        image = state[str(row_id)]
        assert (image["a"], image["b"], image["d"]) == (a, b, d)
        assert image["c"] == (None if c is None else "0x" + bytes(c).hex())
    mariadb.execute("DROP DATABASE it_columns")
