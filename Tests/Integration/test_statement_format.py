"""Servers that log statements, and what is said about their settings at the start."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pymysql
import pytest

from connector import EXIT_OK, Connector, Result
from servers import Position, Server

MISSING = "binlog_format is not ROW: changes are missing"


@contextmanager
def statements(server: Server, database: str, form: str = "STATEMENT") -> Iterator[pymysql.cursors.Cursor]:
    with server.session(database=database, local_infile=True) as cursor:
        cursor.execute(f"SET SESSION binlog_format = {form}")
        yield cursor


@pytest.fixture
def start(server: Server, database: str) -> Position:
    server.execute(f"CREATE TABLE `{database}`.a (id INT PRIMARY KEY, x INT)", f"CREATE TABLE `{database}`.b (id INT PRIMARY KEY)")
    return server.next_file()


def run(server: Server, connector: Connector, start: Position, **fields: object) -> Result:
    return connector.run(connector.config(server, start, server.history(), **fields)).expect(EXIT_OK)


def total(result: Result) -> int:
    """What the summary at the end says."""
    found = re.findall(rf"warn\S*\(main\): {MISSING}: (\d+) statement", result.stderr)
    return int(found[-1]) if found else 0


def test_statements_are_counted_and_warned_about(
    server: Server, connector: Connector, database: str, start: Position
) -> None:
    with statements(server, database) as cursor:
        for statement in ("INSERT INTO a VALUES (1, 1)", "REPLACE INTO a VALUES (1, 2)", "UPDATE a SET x = 3",
                          "DELETE FROM a", "CREATE TABLE c SELECT 1 AS id", "INSERT INTO b VALUES (1)"):
            cursor.execute(statement)
    result = run(server, connector, start)
    assert result.stdout == b""
    # MySQL logs CREATE TABLE … SELECT as a whole in this format; so does MariaDB.
    assert total(result) == 6
    warnings = [line for line in result.stderr.splitlines() if MISSING in line and "the latest at" in line]
    assert len(warnings) == 1 and re.search(rf"the latest at {start.file}:\d+$", warnings[0])


def test_rows_are_no_reason_to_warn(server: Server, connector: Connector, database: str, start: Position) -> None:
    server.execute(f"INSERT INTO `{database}`.a VALUES (1, 1)", f"CREATE TABLE `{database}`.c SELECT 1 AS id",
                   f"TRUNCATE `{database}`.a", f"ALTER TABLE `{database}`.a ADD y INT", f"DROP TABLE `{database}`.c")
    result = run(server, connector, start)
    assert result.stdout.count(b"=== DML Event (INSERT) ===") == 2
    assert MISSING not in result.stderr


def test_mixed_counts_what_came_as_statements(
    server: Server, connector: Connector, database: str, start: Position
) -> None:
    with statements(server, database, "MIXED") as cursor:
        cursor.execute("INSERT INTO a VALUES (1, 1)")
        cursor.execute("INSERT INTO b SELECT FLOOR(RAND() * 1000) + UUID_SHORT() % 10")
    result = run(server, connector, start)
    assert total(result) == 1
    assert result.stdout.count(b"=== DML Event (INSERT) ===") == 1


@pytest.mark.parametrize(("include", "exclude", "count"), [
    (["{0}.a"], None, 2), (["{0}.b"], None, 1), (None, ["{0}.a"], 1), (["*.b"], None, 1), (["other.*"], None, 0),
    (None, ["{0}.*"], 0)])
def test_the_filter_decides(server: Server, connector: Connector, database: str, start: Position,
                            include: list[str] | None, exclude: list[str] | None, count: int) -> None:
    with statements(server, database) as cursor:
        cursor.execute("INSERT INTO a VALUES (1, 1)")
        cursor.execute(f"/* comment */ INSERT INTO `{database}`.`b` VALUES (1)")
        cursor.execute("UPDATE a SET x = 2")
    patterns = {key: [pattern.format(database) for pattern in value]
                for key, value in (("include", include), ("exclude", exclude)) if value}
    assert total(run(server, connector, start, **patterns)) == count


def test_a_function_may_change_any_table(
    server: Server, connector: Connector, database: str, start: Position
) -> None:
    """The log has the call; the table stands in the function."""
    with statements(server, database) as cursor:
        cursor.execute("CREATE FUNCTION f() RETURNS INT DETERMINISTIC BEGIN INSERT INTO a VALUES (1, 1); RETURN 1; END")
        cursor.execute("SELECT f()")
    for patterns in ({}, {"include": [f"{database}.a"]}, {"include": [f"{database}.b"]}, {"exclude": ["other.*"]}):
        assert total(run(server, connector, start, **patterns)) == 1


def test_load_data(server: Server, connector: Connector, database: str, start: Position) -> None:
    with statements(server, database) as cursor:
        cursor.execute(f"SELECT 1, 2 INTO OUTFILE '{server.data}/load-{start.file}.txt'")
        cursor.execute(f"LOAD DATA INFILE '{server.data}/load-{start.file}.txt' INTO TABLE a")
    assert total(run(server, connector, start)) == 1


@pytest.mark.parametrize(("variable", "value"), [("binlog_format", "STATEMENT"), ("binlog_row_image", "MINIMAL"),
                                                 ("binlog_row_metadata", "MINIMAL")])
def test_settings_are_judged(server: Server, connector: Connector, start: Position, variable: str, value: str) -> None:
    before = server.execute(f"SELECT @@global.{variable}")[0][0]
    server.execute(f"SET GLOBAL {variable} = {value}")
    server.execute("FLUSH BINARY LOGS")
    try:
        result = run(server, connector, start, column_names="log")
    finally:
        server.execute(f"SET GLOBAL {variable} = {before}")
    assert re.search(rf"warn\S*\(connection\): {variable} is {value}: ", result.stderr)
    assert f"{variable}={value}" in result.stderr


def test_good_settings_are_only_shown(server: Server, connector: Connector, start: Position) -> None:
    server.execute("FLUSH BINARY LOGS")
    result = run(server, connector, start)
    assert "log_bin=ON binlog_format=ROW binlog_row_image=FULL binlog_row_metadata=FULL" in result.stderr
    assert [line for line in result.stderr.splitlines() if line.startswith("warn") and "held no event" not in line] == []
