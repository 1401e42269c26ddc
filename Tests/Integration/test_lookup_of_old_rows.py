"""Column look-ups for rows that are older than the table is now: the server's answer holds only behind the last DDL."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from connector import EXIT_OK, Connector
from servers import Server
from test_column_lookup import after, run, terse

__all__ = ["terse"]

OTHER = "it_lookup_other"
# Long enough for log_bin_compress.
LONG = "x" * 300


class Case(NamedTuple):
    """A table `t`, a row, statements after which the table has the same types, and another row."""

    columns: str
    row: str
    statements: tuple[str, ...]
    next_row: str
    old: dict[str, object]
    new: dict[str, object]


CASES = {
    "label_inserted": Case("s ENUM('new','paid')", "'paid'", ("ALTER TABLE {t} MODIFY s ENUM('draft','new','paid')",), "'paid'",
                           {"c0": 2}, {"s": "paid"}),
    "labels_reordered": Case("s SET('a','b')", "'b'", ("DROP TABLE {t}", "CREATE TABLE {t} (s SET('b','a'))"), "'b'",
                             {"c0": 2}, {"s": "b"}),
    "signed": Case("n INT UNSIGNED", "4294967295", ("DELETE FROM {t}", "ALTER TABLE {t} MODIFY n INT"), "-1",
                   {"c0": 4294967295}, {"n": -1}),
    "character_set": Case("v VARCHAR(9) CHARACTER SET latin1", "'é'",
                          ("DELETE FROM {t}", "ALTER TABLE {t} MODIFY v VARCHAR(9) CHARACTER SET cp1251"), "'й'",
                          {"c0": "é"}, {"v": "й"}),
    "shifted": Case("a INT, b INT", "1, 2", ("ALTER TABLE {t} DROP a, ADD c INT",), "3, 4",
                    {"c0": 1, "c1": 2}, {"b": 3, "c": 4}),
    "long": Case("a INT", "1", (f"/* {LONG} */ alter table\n{{t}} CHANGE a b INT COMMENT '{LONG}'",), "2", {"c0": 1}, {"b": 2}),
    "default_schema": Case("a INT", "1", ("USE {schema}", "ALTER TABLE `{name}` RENAME COLUMN a TO b"), "2", {"c0": 1}, {"b": 2}),
    "replaced": Case("a INT", "1", ("DROP TABLE IF EXISTS nothing.x, {t}", "CREATE TABLE IF NOT EXISTS {t} (b INT)"), "2",
                     {"c0": 1}, {"b": 2}),
    "swapped": Case("a INT", "1", ("CREATE TABLE {t}_2 (b INT)", "RENAME TABLE {t} TO {t}_3, {t}_2 TO {t}"), "2",
                    {"c0": 1}, {"b": 2}),
    "renamed": Case("a INT", "1", ("ALTER TABLE {t} RENAME TO {t}_2", "CREATE TABLE {t}_4 (b INT)",
                                   "ALTER TABLE {t}_4 RENAME {t}"), "2", {"c0": 1}, {"b": 2}),
}
MARIADB = {
    "or_replace": Case("a INT", "1", ("CREATE OR REPLACE TABLE {t} (b INT)",), "2", {"c0": 1}, {"b": 2}),
    "two_phases": Case("a INT", "1", ("SET SESSION binlog_alter_two_phase = 1", "ALTER TABLE {t} CHANGE a b INT"), "2",
                       {"c0": 1}, {"b": 2}),
}


@pytest.fixture
def compressed(terse: Server) -> Iterator[Server]:
    """Long statements are compressed in the log of MariaDB."""
    with terse.settings({"log_bin_compress": "ON"} if terse.is_mariadb else {}):
        yield terse


def expected(server: Server, name: str, case: Case) -> dict[str, object]:
    """MariaDB's log with NO_LOG has neither signs nor character sets."""
    raw: dict[str, dict[str, object]] = {"signed": {"c0": -1}, "character_set": {"c0": "0xe9"}}
    return raw[name] if server.is_mariadb and name in raw else case.old


def test_rows_from_before_a_change(compressed: Server, connector: Connector, database: str) -> None:
    """None of them is read with the table's names, labels, signs or character sets of today, and those behind it are."""
    cases = CASES | (MARIADB if compressed.is_mariadb else {})
    compressed.execute(f"DROP DATABASE IF EXISTS {OTHER}", f"CREATE DATABASE {OTHER}", f"CREATE TABLE {OTHER}.t (a INT)",
                       f"CREATE TABLE `{database}`.calm (a INT)",
                       *(f"CREATE TABLE `{database}`.{name} ({case.columns})" for name, case in cases.items()))
    start = compressed.next_file()
    for name, case in cases.items():
        table = f"`{database}`.{name}"
        compressed.execute(f"INSERT INTO {table} VALUES ({case.row})")
        compressed.execute(*(text.format(t=table, schema=f"`{database}`", name=name) for text in case.statements))
        compressed.execute(f"INSERT INTO {table} VALUES ({case.next_row})")
    compressed.execute(f"INSERT INTO {OTHER}.t VALUES (1)", f"DROP DATABASE {OTHER}", f"CREATE DATABASE {OTHER}",
                       f"CREATE TABLE {OTHER}.t (b INT)", f"INSERT INTO {OTHER}.t VALUES (2)",
                       f"INSERT INTO `{database}`.calm VALUES (1)", f"USE `{database}`", "TRUNCATE calm",
                       "CREATE TEMPORARY TABLE calm (b INT)", "DROP TEMPORARY TABLE calm",
                       "CREATE TABLE IF NOT EXISTS calm (b INT)")
    result, found = run(compressed, connector, start)
    inserts = [change for change in found if change.dml_type == "INSERT"]
    images = {name: [after(change) for change in inserts if (change.database, change.table_name) == (schema, table)]
              for name, schema, table in [("other", OTHER, "t"), *((name, database, name) for name in [*cases, "calm"])]}
    wanted = {name: [expected(compressed, name, case), case.new] for name, case in cases.items()}
    assert images == wanted | {"other": [{"c0": 1}, {"b": 2}], "calm": [{"a": 1}]}, result.stderr
    assert len(re.findall("no column names for .* may have changed them", result.stderr)) == len(cases) + 1
    compressed.execute(f"DROP DATABASE {OTHER}")


def test_a_table_that_changes_all_the_time(terse: Server, connector: Connector, database: str) -> None:
    """Two columns exchange their names between inserts while the run asks: no row has them the wrong way round."""
    table = f"`{database}`.t"
    engine = "MyISAM" if terse.is_mysql else "InnoDB"
    terse.execute(f"CREATE TABLE {table} (a INT, b INT) ENGINE = {engine}")
    start = terse.next_file()
    with connector.start(connector.config(terse, start, column_names="lookup")) as running:
        with terse.session() as cursor:
            for _ in range(60):
                cursor.execute(f"INSERT INTO {table} (a, b) VALUES (1, 2)")
                cursor.execute(f"ALTER TABLE {table} RENAME COLUMN a TO b, RENAME COLUMN b TO a")
            cursor.execute(f"INSERT INTO {table} (a, b) VALUES (1, 2)")
            cursor.execute(f"CREATE TABLE `{database}`.last (z INT)")
            cursor.execute(f"INSERT INTO `{database}`.last VALUES (7)")
        running.wait_until(lambda: b"z = 7" in running.stdout(), "the last row")
        running.send(signal.SIGTERM)
        text = running.wait(10).expect(EXIT_OK).text
    assert text.count("After Values") == 62
    named = re.findall(r"\] ([ab]) = (\d)$", text, re.MULTILINE)
    assert set(named) == {("a", "1"), ("b", "2")}


def test_without_the_end_of_the_log(terse: Server, connector: Connector, database: str) -> None:
    """An account that may not ask for the log's end: the log is looked through as far as it goes."""
    terse.execute("DROP USER IF EXISTS 'narrow'@'%'", "CREATE USER 'narrow'@'%' IDENTIFIED BY 'x'",
                  "GRANT SELECT, REPLICATION SLAVE ON *.* TO 'narrow'@'%'", f"CREATE TABLE `{database}`.t (a INT)",
                  f"CREATE TABLE `{database}`.u (a INT)")
    start = terse.next_file()
    terse.execute(f"INSERT INTO `{database}`.t VALUES (1)", f"INSERT INTO `{database}`.u VALUES (1)",
                  f"ALTER TABLE `{database}`.t RENAME COLUMN a TO b", f"INSERT INTO `{database}`.t VALUES (2)")
    _, found = run(terse, connector, start, user="narrow", password="x", ssl_mode="required")
    assert [after(change) for change in found] == [{"c0": 1}, {"a": 1}, {"b": 2}]
    terse.execute("DROP USER 'narrow'@'%'")


def test_a_log_that_is_refused(terse: Server, connector: Connector, database: str) -> None:
    """Where nobody knows whether a table has changed its columns are numbered, with a warning."""
    terse.execute(f"CREATE TABLE `{database}`.t (a INT)", f"CREATE TABLE `{database}`.u (a INT)")
    start = terse.next_file()
    terse.execute(f"INSERT INTO `{database}`.t VALUES (1)")
    with connector.start(connector.config(terse, start, column_names="lookup")) as running:
        running.wait_until(lambda: b"[0] a = 1" in running.stdout(), "the first row")
        try:
            terse.execute("REVOKE REPLICATION SLAVE ON *.* FROM 'repl'@'%'", f"INSERT INTO `{database}`.u VALUES (2)")
            running.wait_until(lambda: b"] 2\n" in running.stdout() or b"a = 2" in running.stdout(), "the second row")
        finally:
            terse.execute("GRANT REPLICATION SLAVE ON *.* TO 'repl'@'%'")
        running.send(signal.SIGTERM)
        result = running.wait(10).expect(EXIT_OK)
    assert "  [0] 2\n" in result.text
    assert re.search(r"no column names for .*\.u, .*its log could not be looked through", result.stderr)
