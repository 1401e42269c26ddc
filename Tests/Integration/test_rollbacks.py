"""Transactions that the log itself takes back, whole or behind a savepoint, leave no rows, as on a replica."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

import checkpoints
from binlog_file import ROWS, events
from connector import EXIT_OK, EXIT_OUTPUT, Connector
from output_files import rows_in
from servers import Position, Server

# Each is a session of its own. The numbers of rows that must not appear are above 1000.
KINDS: dict[str, list[str]] = {
    "temporary table": ["BEGIN", "INSERT INTO acc VALUES (1001)", "CREATE TEMPORARY TABLE w (i INT)", "ROLLBACK"],
    "no such temporary table": ["BEGIN", "INSERT INTO acc VALUES (1002)", "DROP TEMPORARY TABLE IF EXISTS nope", "ROLLBACK"],
    "committed": ["BEGIN", "INSERT INTO acc VALUES (1)", "CREATE TEMPORARY TABLE w (i INT)", "COMMIT"],
    "and chain": ["BEGIN", "INSERT INTO acc VALUES (1003)", "CREATE TEMPORARY TABLE w (i INT)", "ROLLBACK AND CHAIN",
                  "INSERT INTO acc VALUES (2)", "COMMIT"],
    "update and delete": ["BEGIN", "INSERT INTO acc VALUES (1004)", "UPDATE acc SET id = 1005 WHERE id = 1",
                          "DELETE FROM acc WHERE id = 2", "CREATE TEMPORARY TABLE w (i INT)", "ROLLBACK"],
    "savepoint": ["BEGIN", "INSERT INTO acc VALUES (3)", "SAVEPOINT s", "INSERT INTO acc VALUES (1006)",
                  "CREATE TEMPORARY TABLE w (i INT)", "ROLLBACK TO S", "INSERT INTO acc VALUES (4)", "COMMIT"],
    "savepoints": ["BEGIN", "CREATE TEMPORARY TABLE w (i INT)", "INSERT INTO acc VALUES (5)", "SAVEPOINT `a b`",
                   "INSERT INTO acc VALUES (6)", "SAVEPOINT `A B`", "INSERT INTO acc VALUES (1007)", "SAVEPOINT c",
                   "INSERT INTO acc VALUES (1008)", "ROLLBACK TO `a b`", "INSERT INTO acc VALUES (7)", "SAVEPOINT d",
                   "INSERT INTO acc VALUES (8)", "RELEASE SAVEPOINT d", "COMMIT"],
    "savepoint, then all": ["BEGIN", "INSERT INTO acc VALUES (1009)", "SAVEPOINT a", "INSERT INTO acc VALUES (1010)",
                            "CREATE TEMPORARY TABLE w (i INT)", "ROLLBACK TO a", "ROLLBACK"],
    "disconnected": ["BEGIN", "INSERT INTO acc VALUES (1011)", "CREATE TEMPORARY TABLE w (i INT)"],
    "implicit commit": ["BEGIN", "INSERT INTO acc VALUES (9)", "CREATE TEMPORARY TABLE w (i INT)", "CREATE TABLE other (i INT)",
                        "INSERT INTO other VALUES (9)", "ROLLBACK"],
    "XA": ["XA START 'x'", "INSERT INTO acc VALUES (1012)", "DROP TEMPORARY TABLE IF EXISTS nope", "XA END 'x'", "XA ROLLBACK 'x'"],
}

# MySQL refuses them where every transaction has an id.
OF_MARIADB_ALONE: dict[str, list[str]] = {
    "MyISAM, savepoint": ["BEGIN", "INSERT INTO acc VALUES (10)", "SAVEPOINT s", "INSERT INTO acc VALUES (1013)",
                          "INSERT INTO my VALUES (11)", "ROLLBACK TO s", "INSERT INTO acc VALUES (12)", "COMMIT"],
    "trigger, savepoint": ["BEGIN", "INSERT INTO acc VALUES (13)", "SAVEPOINT s", "INSERT INTO tr VALUES (1014)",
                           "ROLLBACK TO s", "COMMIT"],
    "MyISAM": ["BEGIN", "INSERT INTO acc VALUES (1015)", "INSERT INTO my VALUES (14)", "INSERT INTO acc VALUES (1016)",
               "CREATE TEMPORARY TABLE w (i INT)", "ROLLBACK"],
    "Aria": ["BEGIN", "INSERT INTO acc VALUES (15)", "SAVEPOINT s", "INSERT INTO aria VALUES (16)",
             "INSERT INTO acc VALUES (1017)", "ROLLBACK TO s", "COMMIT"],
    "sequence": ["BEGIN", "INSERT INTO acc VALUES (1018 + 0 * NEXTVAL(numbers))", "CREATE TEMPORARY TABLE w (i INT)", "ROLLBACK"],
}
# The trigger on tr writes 17 into the MyISAM table.
COMMITTED = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "9"]
COMMITTED_OF_MARIADB = ["10", "11", "12", "13", "14", "15", "16", "17"]
TABLES = ["CREATE TABLE acc (id INT) ENGINE = InnoDB", "CREATE TABLE my (id INT) ENGINE = MyISAM",
          "CREATE TABLE tr (id INT) ENGINE = InnoDB",
          "CREATE TRIGGER trigger_of_tr AFTER INSERT ON tr FOR EACH ROW INSERT INTO my VALUES (17)"]
TABLES_OF_MARIADB = ["CREATE TABLE aria (id INT) ENGINE = Aria", "CREATE SEQUENCE numbers"]


def numbers(folder: Path) -> list[str]:
    """What was inserted into the tables with one column, and not into the sequence."""
    images = [json.loads(row.after) for row in rows_in(folder) if row.after and row.table != "numbers"]
    return sorted(str(value) for image in images for value in image.values())


def expected(server: Server) -> list[str]:
    return sorted(COMMITTED + (COMMITTED_OF_MARIADB if server.is_mariadb else []))


@pytest.fixture
def log(server: Server, database: str) -> tuple[Position, Position]:
    more = TABLES_OF_MARIADB if server.is_mariadb else []
    server.execute(f"USE `{database}`", *TABLES, *more)
    start = server.next_file()
    for statements in (KINDS | (OF_MARIADB_ALONE if server.is_mariadb else {})).values():
        server.execute(f"USE `{database}`", *statements)
    wait_for_disconnections(server)
    return start, server.history()


def wait_for_disconnections(server: Server) -> None:
    """What a connection leaves is logged when the server has seen its end."""
    end = server.history()
    while True:
        time.sleep(0.2)
        now = server.history()
        if now == end:
            return
        end = now


def source(server: Server, connector: Connector, log: tuple[Position, Position], kind: str) -> dict[str, Any]:
    if kind == "server":
        return connector.parquet(server, *log)
    copy = connector.folder / log[0].file
    shutil.copyfile(server.binlog_path(log[0].file), copy)
    return {"source": "file", "files": [str(copy)], "output_mode": "parquet", "parquet_output_dir": str(connector.output)}


def bounds(start: Position, stop: Position) -> dict[str, Any]:
    return {"from_binlog_file": start.file, "from_binlog_position": start.offset, "to_binlog_file": stop.file,
            "to_binlog_position": stop.offset}


@pytest.mark.parametrize("kind", ["server", "file"])
def test_parquet(server: Server, connector: Connector, database: str, log: tuple[Position, Position], kind: str) -> None:
    place = connector.folder / "checkpoint.json"
    config = source(server, connector, log, kind) | {"checkpoint_file": str(place), "log_level": "debug"}
    done = connector.run(config).expect(EXIT_OK)
    assert numbers(connector.output) == expected(server)
    end = checkpoints.position(place)
    assert end and end.file == log[0].file and end.offset >= log[1].offset
    assert ("rolled back in the log" in done.stderr) == server.is_mariadb
    connector.run(config).expect(EXIT_OK)
    assert numbers(connector.output) == expected(server)


@pytest.mark.parametrize("kind", ["server", "file"])
def test_text(server: Server, connector: Connector, database: str, log: tuple[Position, Position], kind: str) -> None:
    """Each event has its block where all are asked for; a row that was taken back has none."""
    config = source(server, connector, log, kind) | {"output_mode": "stdout", "events": "all"}
    done = connector.run(config).expect(EXIT_OK)
    assert "=== DML Event" in done.text
    assert not re.findall(r"\] id = 10\d\d", done.text)
    if server.is_mariadb:
        assert "ROLLBACK" in done.text


def test_stops_within(server: Server, connector: Connector, database: str, log: tuple[Position, Position], seed: str) -> None:
    """What comes behind the end of the range decides over what comes before it."""
    ends = [event.end for event in events(server.binlog_path(log[0].file)) if event.kind in ROWS]
    for number, end in enumerate(Random(seed).sample(ends, 6)):
        connector.output = connector.folder / f"parquet-{number}"
        connector.run(connector.parquet(server, log[0], Position(log[0].file, end))).expect(EXIT_OK)
        assert set(numbers(connector.output)) <= set(expected(server)), end


class TestLarge:
    """A transaction that does not fit into memory."""

    @pytest.fixture
    def large(self, pool: Any, request: pytest.FixtureRequest) -> Iterator[tuple[Server, Position, Position, Position]]:
        server = pool.get("mariadb-11.8")
        insert = "INSERT INTO t SELECT {}, REPEAT('x', 100000) FROM seq_1_to_200"
        server.execute("DROP DATABASE IF EXISTS it_large", "CREATE DATABASE it_large",
                       "CREATE TABLE it_large.t (id INT, body LONGTEXT)")
        start = server.next_file()
        server.execute("USE it_large", "INSERT INTO t VALUES (0, 'before')", "BEGIN", insert.format("seq"), "SAVEPOINT s",
                       insert.format("1000 + seq"), "CREATE TEMPORARY TABLE w (i INT)", "ROLLBACK TO s",
                       insert.format("200 + seq"), "COMMIT")
        middle = server.history()
        server.execute("USE it_large", "BEGIN", insert.format("2000 + seq"), "CREATE TEMPORARY TABLE w (i INT)", "ROLLBACK")
        server.execute("INSERT INTO it_large.t VALUES (401, 'behind')")
        yield server, start, middle, server.history()
        server.execute("DROP DATABASE it_large")

    @pytest.mark.parametrize("kind", ["server", "file"])
    def test_rows(self, large: tuple[Server, Position, Position, Position], connector: Connector, kind: str) -> None:
        server, start, middle, stop = large
        fields = {"checkpoint_file": str(connector.folder / "checkpoint.json")}
        for end, count in ((middle, 401), (stop, 402)):
            connector.run(source(server, connector, (start, stop), kind) | bounds(start, end) | fields).expect(EXIT_OK)
            assert [json.loads(row.after)["id"] for row in rows_in(connector.output) if row.after] == list(range(count))

    def test_no_room(self, large: tuple[Server, Position, Position, Position], connector: Connector) -> None:
        server, start, _, stop = large
        missing = connector.folder / "missing"
        with connector.start(source(server, connector, (start, stop), "server"), env={"TMPDIR": str(missing)}) as running:
            done = running.wait().expect(EXIT_OUTPUT)
        assert "TMPDIR" in done.last_line
        assert not rows_in(connector.output)


def test_a_large_transaction_keeps_its_order(server: Server, connector: Connector, database: str) -> None:
    """What does not fit into memory until the end is known goes into a file, and smaller rows behind it do not overtake it."""
    sizes = [1, 9, 1, 9, 1, 2, 1]
    start = server.next_file()
    with server.session(database=database) as cursor:
        cursor.execute("CREATE TABLE big (id INT PRIMARY KEY, data LONGTEXT)")
        cursor.execute("BEGIN")
        cursor.execute("CREATE TEMPORARY TABLE w (i INT)")
        for number, size in enumerate(sizes):
            cursor.execute(f"INSERT INTO big VALUES ({number}, REPEAT('x', {size << 20}))")
        cursor.execute("COMMIT")
    result = connector.run(connector.config(server, start, server.history(), output_mode="json", include=[f"{database}.big"])).expect(EXIT_OK)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["after"]["id"], len(row["after"]["data"]) >> 20) for row in rows] == list(enumerate(sizes))
    places = [row["source"]["pos"] for row in rows]
    assert places == sorted(places)
