"""Tables that are changed, renamed, swapped, dropped and made again between their rows, in typed datasets, with each kind of metadata.

No row ever stands under the names of another definition of its table. With all metadata it has the names that it was written under; where
the log has none the server is asked, which knows those behind the last statement that may have changed them: rows before it are numbered.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import table_files
from connector import EXIT_OK, Connector
from servers import Position, Server
from table_files import SUFFIX, TableFile
from test_typed_tables import check_dataset


def literal(value: Any) -> str:
    return "NULL" if value is None else repr(value)


@dataclass(frozen=True)
class Row:
    """A row of a table of the scenario, by the names that its columns have then."""

    table: str
    values: dict[str, Any]

    @property
    def statement(self) -> str:
        return f"INSERT INTO {self.table} ({', '.join(self.values)}) VALUES ({', '.join(map(literal, self.values.values()))})"


Step = Row | str
PARTITIONED = "CREATE TABLE t (id INT PRIMARY KEY, a INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))"
FIRST = Row("t", {"id": 1, "a": 10})
CREATE = "CREATE TABLE t (id INT PRIMARY KEY, a INT)"

# Statements between rows of tables. The tables that each of them may have changed are those that it names.
SCENARIOS: dict[str, list[Step]] = {
    "gh_ost": [CREATE, FIRST, "CREATE TABLE _t_gho LIKE t", "ALTER TABLE _t_gho MODIFY a VARCHAR(9), ADD n INT FIRST",
               Row("_t_gho", {"n": None, "id": 1, "a": "10"}), Row("t", {"id": 2, "a": 20}), Row("_t_gho", {"n": None, "id": 2, "a": "20"}),
               "RENAME TABLE t TO _t_del, _t_gho TO t", Row("t", {"n": 7, "id": 3, "a": "x"}), "DROP TABLE _t_del",
               Row("t", {"n": 8, "id": 4, "a": "y"})],
    "pt_online_schema_change": [CREATE, FIRST, "CREATE TABLE _t_new (id INT PRIMARY KEY, b INT)",
                                "CREATE TRIGGER copy AFTER INSERT ON t FOR EACH ROW REPLACE INTO _t_new VALUES (NEW.id, NEW.a)",
                                "DROP TRIGGER copy", "RENAME TABLE t TO _t_old", "RENAME TABLE _t_new TO t", Row("t", {"id": 2, "b": 20}),
                                "DROP TABLE IF EXISTS _t_old"],
    "swap": [CREATE, "CREATE TABLE u (id INT PRIMARY KEY, z VARCHAR(9))", FIRST, Row("u", {"id": 1, "z": "one"}),
             "RENAME TABLE t TO away, u TO t, away TO u", Row("t", {"id": 2, "z": "two"}), Row("u", {"id": 2, "a": 20}),
             "RENAME TABLE t TO away, u TO t, away TO u", Row("t", {"id": 3, "a": 30}), Row("u", {"id": 3, "z": "three"})],
    "drop_and_create": [CREATE, FIRST, "DROP TABLE t", "CREATE TABLE t (id INT PRIMARY KEY, b INT)", Row("t", {"id": 1, "b": 11}),
                        "DROP TABLE t", CREATE, Row("t", {"id": 1, "a": 12})],
    "names_exchanged": ["CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)", Row("t", {"id": 1, "a": 10, "b": 100}),
                        "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a", Row("t", {"id": 2, "b": 20, "a": 200}),
                        "ALTER TABLE t RENAME COLUMN b TO a, RENAME COLUMN a TO b", Row("t", {"id": 3, "a": 30, "b": 300})],
    "instant": [CREATE, FIRST, "ALTER TABLE t ADD COLUMN n INT AFTER id, ALGORITHM = INSTANT", Row("t", {"id": 2, "n": 5, "a": 20}),
                "ALTER TABLE t DROP COLUMN a, ALGORITHM = INSTANT", Row("t", {"id": 3, "n": 6}),
                "ALTER TABLE t ADD COLUMN a INT FIRST, ALGORITHM = INSTANT", Row("t", {"a": 40, "id": 4, "n": 7})],
    "emptied_partition": [PARTITIONED, FIRST, Row("t", {"id": 11, "a": 110}), "ALTER TABLE t TRUNCATE PARTITION p0", Row("t", {"id": 2, "a": 20}),
                          "ALTER TABLE t DROP PARTITION p0", Row("t", {"id": 12, "a": 120})],
    "exchanged_partition": [PARTITIONED, "CREATE TABLE u (id INT PRIMARY KEY, a INT)", FIRST, Row("u", {"id": 2, "a": 20}),
                            "ALTER TABLE t EXCHANGE PARTITION p0 WITH TABLE u", Row("t", {"id": 3, "a": 30}), Row("u", {"id": 4, "a": 40})],
    "reorganized_partitions": [PARTITIONED, FIRST, "ALTER TABLE t ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))", Row("t", {"id": 21, "a": 210}),
                               "ALTER TABLE t REMOVE PARTITIONING", Row("t", {"id": 31, "a": 310})],
    "temporary": [CREATE, FIRST, "CREATE TEMPORARY TABLE t (x VARCHAR(9))", "DROP TEMPORARY TABLE t", Row("t", {"id": 2, "a": 20})],
    "in_two_files": [CREATE, FIRST, "FLUSH BINARY LOGS", "ALTER TABLE t CHANGE a b INT", "FLUSH BINARY LOGS", Row("t", {"id": 2, "b": 20})],
}
OF_MARIADB: dict[str, list[Step]] = {
    "replaced": [CREATE, FIRST, "CREATE OR REPLACE TABLE t (id INT PRIMARY KEY, b VARCHAR(9))", Row("t", {"id": 1, "b": "x"})],
    "in_two_phases": [CREATE, FIRST, "SET SESSION binlog_alter_two_phase = 1", "ALTER TABLE t CHANGE a b INT, ADD c INT FIRST",
                      Row("t", {"c": 3, "id": 2, "b": 20})],
}
CHANGES_NOTHING = ("TEMPORARY", "FLUSH", "SET SESSION", "TRIGGER", "LIKE t")


@dataclass
class Expected:
    """A row, and whether a statement behind it may have changed its table."""

    row: Row
    is_old: bool = False


@dataclass
class Played:
    """The rows of one scenario by their tables, and where they are in the log."""

    database: str
    rows: dict[str, list[Expected]] = field(default_factory=dict)

    def note(self, step: Step) -> None:
        if isinstance(step, Row):
            self.rows.setdefault(step.table, []).append(Expected(step))
        elif not any(word in step for word in CHANGES_NOTHING):
            words = step.replace(",", " ").split()
            for table in self.rows.keys() & set(words):
                for expected in self.rows[table]:
                    expected.is_old = True


def play(server: Server, prefix: str) -> list[Played]:
    played = []
    for name, steps in (SCENARIOS | (OF_MARIADB if server.is_mariadb else {})).items():
        scenario = Played(f"{prefix}_{name}")
        server.execute(f"DROP DATABASE IF EXISTS {scenario.database}", f"CREATE DATABASE {scenario.database} CHARACTER SET utf8mb4")
        with server.session(database=scenario.database, autocommit=True) as cursor:
            for step in steps:
                cursor.execute(step if isinstance(step, str) else step.statement)
                scenario.note(step)
        played.append(scenario)
    return played


def names_of(file: TableFile) -> list[str]:
    """The table's names of the columns in a file."""
    return [SUFFIX.sub("", name) for name in file.columns]


def check(connector: Connector, scenario: Played, column_names: str | None) -> None:
    folder = connector.output / scenario.database
    files = [file for file in table_files.files(connector.output) if file.path.is_relative_to(folder)]
    for table, rows in scenario.rows.items():
        check_dataset(connector, scenario.database, table)
        found = sorted((row["_cdc_seq"], names_of(file), [row[name] for name in file.columns])
                       for file in files if file.table[1] == table for row in file.rows() if row["_cdc_op"] == "c")
        where = f"{scenario.database}.{table}"
        assert len(found) == len(rows), where
        for (_, names, values), expected in zip(found, rows, strict=True):
            assert values == list(expected.row.values.values()), where
            numbered = column_names == "log" or column_names == "lookup" and expected.is_old
            assert names == ([f"c{number}" for number in range(len(values))] if numbered else list(expected.row.values)), where


def all_scenarios(server: Server, connector: Connector, played: list[Played], start: Position, stop: Position, column_names: str | None) -> None:
    for rows in (None, 1):
        connector.output = Path(f"{connector.folder}/{column_names}-{rows}")
        config = connector.parquet(server, start, stop, parquet_layout="tables", column_names=column_names, parquet_roll_rows=rows,
                                   include=[f"{scenario.database}.*" for scenario in played])
        connector.run(config).expect(EXIT_OK)
        for scenario in played:
            check(connector, scenario, column_names)


@pytest.mark.soak("mariadb-11.8")
@pytest.mark.parametrize("metadata", ["FULL", "MINIMAL", "NO_LOG"])
def test_no_row_has_the_names_of_another_definition(server: Server, connector: Connector, metadata: str) -> None:
    if server.is_mysql and metadata == "NO_LOG":
        pytest.skip("MySQL has no such setting")
    with server.settings({"binlog_row_metadata": metadata}):
        start = server.next_file()
        played = play(server, f"it_changes_{metadata.lower()}")
        stop = server.history()
        for column_names in [None] if metadata == "FULL" else ["lookup", "log"]:
            all_scenarios(server, connector, played, start, stop, column_names)
        server.execute(*(f"DROP DATABASE {scenario.database}" for scenario in played))


def test_a_table_that_changes_while_it_is_read(server: Server, connector: Connector, database: str) -> None:
    """Two columns exchange their names between inserts while the run asks for them: no value stands under the other's name."""
    table = f"`{database}`.t"
    with server.settings({"binlog_row_metadata": "NO_LOG" if server.is_mariadb else "MINIMAL"}):
        server.execute(f"CREATE TABLE {table} (a INT, b INT)")
        start = server.next_file()
        config = connector.parquet(server, start, parquet_layout="tables", column_names="lookup", parquet_roll_seconds=1)
        with connector.start(config) as running, server.session(autocommit=True) as cursor:
            for _ in range(40):
                cursor.execute(f"INSERT INTO {table} (a, b) VALUES (1, 2)")
                cursor.execute(f"ALTER TABLE {table} RENAME COLUMN a TO b, RENAME COLUMN b TO a")
            cursor.execute(f"INSERT INTO {table} (a, b) VALUES (1, 2)")
            running.wait_until(lambda: sum(file.footer.num_rows for file in table_files.files(connector.output)) == 41, "all rows")
            running.send(signal.SIGTERM)
            running.wait(10).expect(EXIT_OK)
    rows = [dict(row.columns) for row in table_files.rows_in(connector.output)]
    images = [{name: value for name, value in row.items() if not name.startswith("_cdc_")} for row in rows]
    assert all(image in ({"a": 1, "b": 2}, {"c0": 1, "c1": 2}, {"c0": 2, "c1": 1}) for image in images)
    assert {"a": 1, "b": 2} in images
