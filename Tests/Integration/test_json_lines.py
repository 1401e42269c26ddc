"""Lines of JSON on standard output: Debezium's envelope around the images that Parquet has, and what every row knows."""

from __future__ import annotations

import json
import signal
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

import binlog_file
import checkpoints
from changes import read_folder, read_lines
from connector import EXIT_OK, Connector
from servers import Position, Server
from strict_json import parse
from workloads import log_since, many_rows, orders

ENVELOPE = ["op", "ts_ms", "before", "after", "source", "transaction"]
SOURCE = ["connector", "version", "db", "table", "server_id", "gtid", "file", "pos", "row", "thread", "query", "ts_ms", "ts_us",
          "seq"]


def lines(connector: Connector, config: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of a run, each of which is one object and ends with the end of the line."""
    text = connector.run({"output_mode": "json"} | config).expect(EXIT_OK).stdout
    assert not text or text.endswith(b"\n")
    return [json.loads(line) for line in text.splitlines()]


def test_an_xa_transaction_has_its_rows_and_no_statements(server: Server, connector: Connector, database: str) -> None:
    start = server.next_file()
    with server.session(database=database) as cursor:
        cursor.execute("CREATE TABLE t (id INT PRIMARY KEY)")
        for statement in ("XA START 'x'", "INSERT INTO t VALUES (1)", "XA END 'x'", "XA PREPARE 'x'", "XA COMMIT 'x'"):
            cursor.execute(statement)
    found = lines(connector, connector.config(server, start, server.history(), events="all"))
    kinds = [line.get("status") or line.get("op") or "ddl" for line in found]
    assert kinds == ["BEGIN", "ddl", "END", "BEGIN", "c", "END"]


@pytest.mark.smoke
def test_rows_are_those_of_parquet(server: Server, connector: Connector, database: str) -> None:
    log = orders(server, database)
    result = connector.run(connector.config(server, log.start, log.stop, output_mode="json")).expect(EXIT_OK)
    connector.run(connector.parquet(server, log.start, log.stop)).expect(EXIT_OK)
    found = [replace(change, timestamp=0) for change in read_lines(result.stdout)]
    assert found == [replace(change, timestamp=0) for change in read_folder(connector.output)]
    assert len(result.stdout.splitlines()) == 11


def test_what_a_line_says(server: Server, connector: Connector, database: str) -> None:
    start = server.next_file()
    with server.session(database=database) as cursor:
        variable = "binlog_annotate_row_events" if server.is_mariadb else "binlog_rows_query_log_events"
        cursor.execute("CREATE TABLE a (id INT PRIMARY KEY, t VARCHAR(20))")
        cursor.execute("CREATE TABLE b (id INT PRIMARY KEY)")
        cursor.execute(f"SET SESSION {variable} = ON")
        cursor.execute("SELECT CONNECTION_ID()")
        thread = cursor.fetchone()[0]  # type: ignore[index]
        cursor.execute("BEGIN")
        cursor.execute("INSERT INTO a VALUES (1, 'größe \"1\"'), (2, NULL)")
        cursor.execute(f"SET SESSION {variable} = OFF")
        cursor.execute("INSERT INTO b VALUES (7)")
        cursor.execute("UPDATE a SET t = 'x' WHERE id = 2")
        cursor.execute("COMMIT")
        cursor.execute("DELETE FROM a WHERE id = 1")
    log = log_since(server, start)
    found = lines(connector, connector.config(server, log.start, log.stop))
    assert all(list(line) == ENVELOPE and list(line["source"]) == SOURCE for line in found)
    assert [(line["op"], line["source"]["table"]) for line in found] == [
        ("c", "a"), ("c", "a"), ("c", "b"), ("u", "a"), ("d", "a")]
    assert [line["before"] for line in found] == [None, None, None, {"id": 2, "t": None}, {"id": 1, "t": 'größe "1"'}]
    assert [line["after"] for line in found] == [{"id": 1, "t": 'größe "1"'}, {"id": 2, "t": None}, {"id": 7}, {"id": 2, "t": "x"}, None]
    sources = [line["source"] for line in found]
    assert {source["connector"] for source in sources} == {"mariadb" if server.is_mariadb else "mysql"}
    assert {source["db"] for source in sources} == {database}
    ends = [event.end for event in log.events if event.kind in binlog_file.ROWS]
    assert [source["pos"] for source in sources] == [ends[0], *ends]
    assert [source["row"] for source in sources] == [0, 1, 0, 0, 0]
    # MariaDB 10.11 logs no connections.
    knows_threads = server.is_mysql or server.version_number >= (11, 5)
    assert {source["thread"] for source in sources} == {thread if knows_threads else None}
    statement = "INSERT INTO a VALUES (1, 'größe \"1\"'), (2, NULL)"
    assert [source["query"] for source in sources] == [statement, statement, None, None, None]
    for line in found:
        assert line["ts_ms"] == line["source"]["ts_ms"] == line["source"]["ts_us"] // 1000
    if server.is_mysql:
        assert any(source["ts_us"] % 1_000_000 for source in sources)
    ids = [line["transaction"]["id"] for line in found]
    assert ids[:4] == [ids[0]] * 4 and ids[4] != ids[0]
    assert [line["transaction"]["total_order"] for line in found] == [1, 2, 3, 4, 1]
    assert [line["transaction"]["data_collection_order"] for line in found] == [1, 2, 1, 3, 1]
    if server.is_mariadb or str(server.variable("gtid_mode")) == "ON":
        assert ids == [source["gtid"] for source in sources]
    else:
        assert {source["gtid"] for source in sources} == {None} and ids[0].startswith(log.start.file + ":")
    numbers = [source["seq"] for source in sources]
    assert numbers == [sequence(log.start.file, ends[0]), sequence(log.start.file, ends[0]) + 1,
                       *(sequence(log.start.file, end) for end in ends[1:])]


def sequence(file: str, end: int) -> int:
    return int(file.rsplit(".", 1)[1]) << 40 | end


def test_statements_and_transactions(server: Server, connector: Connector, database: str) -> None:
    start = server.next_file()
    table = f"`{database}`.t"
    server.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY) COMMENT = 'größe \\\\ \"x\"'", "BEGIN",
                   f"INSERT INTO {table} VALUES (1)", "SAVEPOINT a", f"INSERT INTO {table} VALUES (2), (3)", "COMMIT",
                   f"DROP TABLE {table}")
    found = lines(connector, connector.config(server, start, server.history(), events="all"))
    kinds = [line.get("status") or line.get("op") or "ddl" for line in found]
    assert kinds == ["BEGIN", "ddl", "END", "BEGIN", "c", "c", "c", "END", "BEGIN", "ddl", "t", "END"]
    assert "größe \\\\ \"x\"" in found[1]["ddl"] and found[1]["ddl"].startswith("CREATE TABLE")
    assert found[9]["ddl"].startswith("DROP TABLE")
    assert [line["event_count"] for line in found if line.get("status") == "END"] == [0, 3, 1]
    assert {line["transaction"]["id"] for line in found[4:7]} == {found[3]["id"]} == {found[7]["id"]}
    # Without them the rows are the same.
    rows = lines(connector, connector.config(server, start, server.history()))
    assert rows == [*found[4:7], found[10]]


SPELLINGS: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({}, {"d": "2024-01-31 10:11:12.50", "s": "2024-01-31T10:11:12.500Z", "z": "0000-00-00 00:00:00", "b": 9007199254740993}),
    ({"json_timestamps": "iso"}, {"d": "2024-01-31T10:11:12.50", "s": "2024-01-31T10:11:12.500Z", "z": "0000-00-00T00:00:00",
                                  "b": 9007199254740993}),
    ({"json_timestamps": "sql"}, {"d": "2024-01-31 10:11:12.50", "s": "2024-01-31 10:11:12.500Z", "z": "0000-00-00 00:00:00",
                                  "b": 9007199254740993}),
    ({"json_big_numbers": "string"}, {"d": "2024-01-31 10:11:12.50", "s": "2024-01-31T10:11:12.500Z", "z": "0000-00-00 00:00:00",
                                      "b": "9007199254740993"}),
]


@pytest.mark.parametrize(("options", "expected"), SPELLINGS)
def test_spellings(server: Server, connector: Connector, database: str, options: dict[str, str], expected: dict[str, Any]) -> None:
    start = server.next_file()
    with server.session(database=database) as cursor:
        cursor.execute("SET SESSION sql_mode = '', time_zone = '+00:00'")
        cursor.execute("CREATE TABLE t (id INT PRIMARY KEY, day DATE, d DATETIME(2), s TIMESTAMP(3) NULL, z DATETIME, t TIME(1), b BIGINT, "
                       "m BIGINT, n BIGINT, u BIGINT UNSIGNED, bits BIT(64))")
        cursor.execute("INSERT INTO t VALUES (1, '2024-01-31', '2024-01-31 10:11:12.5', '2024-01-31 10:11:12.5', 0, '10:11:12.5', "
                       "9007199254740993, 9007199254740992, -9223372036854775808, 18446744073709551615, ~0)")
    after = lines(connector, connector.config(server, start, server.history(), **options))[0]["after"]
    assert {name: after[name] for name in expected} == expected
    assert (after["id"], after["day"], after["t"], after["m"]) == (1, "2024-01-31", "10:11:12.5", 9007199254740992)
    big = str if options.get("json_big_numbers") == "string" else int
    assert [after[name] for name in ("n", "u", "bits")] == [big(-1 << 63), big((1 << 64) - 1), big((1 << 64) - 1)]


def test_a_long_statement_does_not_stand_beside_its_rows(server: Server, connector: Connector, database: str) -> None:
    """It would be written once for each of them: two megabytes of rows were gigabytes of output."""
    start = server.next_file()
    with server.session(database=database) as cursor:
        variable = "binlog_annotate_row_events" if server.is_mariadb else "binlog_rows_query_log_events"
        cursor.execute("CREATE TABLE t (id INT PRIMARY KEY)")
        cursor.execute(f"SET SESSION {variable} = ON")
        cursor.execute(f"INSERT /* {'x' * 65000} */ INTO t VALUES (1)")
        cursor.execute(f"INSERT /* {'x' * 66000} */ INTO t VALUES (2)")
        cursor.execute("INSERT INTO t VALUES (3)")
    found = lines(connector, connector.config(server, start, server.history()))
    assert [len(line["source"]["query"] or "") for line in found] == [len(f"INSERT /* {'x' * 65000} */ INTO t VALUES (1)"), 0, 24]


def test_a_file_says_the_same_as_the_server(server: Server, connector: Connector, database: str) -> None:
    log = orders(server, database)
    streamed = lines(connector, connector.config(server, log.start, log.stop))
    config = {"source": "file", "files": [str(server.binlog_path(log.start.file))], "to_binlog_file": log.stop.file,
              "to_binlog_position": log.stop.offset, "from_binlog_file": log.start.file,
              "from_binlog_position": log.start.offset}
    assert lines(connector, config) == streamed


def test_jq_reads_it(server: Server, connector: Connector, database: str) -> None:
    log = orders(server, database)
    result = connector.run(connector.config(server, log.start, log.stop, output_mode="json")).expect(EXIT_OK)
    found = subprocess.run(["jq", "-c", "[.op, .source.table, .after.id]"], input=result.stdout, capture_output=True, check=True)
    assert found.stdout.splitlines()[0] == b'["c","orders",1]' and len(found.stdout.splitlines()) == 11


def test_duckdb_reads_it(server: Server, connector: Connector, database: str, tmp_path: Path) -> None:
    log = orders(server, database)
    path = tmp_path / "changes.jsonl"
    path.write_bytes(connector.run(connector.config(server, log.start, log.stop, output_mode="json")).expect(EXIT_OK).stdout)
    found = duckdb.connect().execute(
        f"SELECT op, source.\"table\", after->>'id', source.seq, transaction.total_order FROM read_json('{path}', "
        "columns={op: 'VARCHAR', after: 'JSON', source: 'STRUCT(\"table\" VARCHAR, seq BIGINT)', "
        "transaction: 'STRUCT(total_order BIGINT)'}) ORDER BY source.seq").fetchall()
    assert len(found) == 11 and found[0][:3] == ("c", "orders", "1") and found[0][4] == 1
    # Without columns given, it finds them out.
    assert duckdb.connect().execute(f"SELECT count(DISTINCT source.seq) FROM read_json('{path}')").fetchall() == [(11,)]


def test_a_reader_that_goes_away_is_no_error(server: Server, connector: Connector, database: str) -> None:
    log = many_rows(server, database, 500, 40)
    command = connector.command(connector.config(server, log.start, log.stop, output_mode="json"))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        first = process.stdout.readline()
        process.stdout.close()
        text = process.stderr.read().decode()
        assert process.wait(30) == EXIT_OK, text
    assert parse(first)["op"] == "c"


def numbered(stdout: bytes) -> dict[tuple[str, int, int], int]:
    """The number of each row, by its place."""
    found: dict[tuple[str, int, int], int] = {}
    for line in stdout[:stdout.rfind(b"\n") + 1].splitlines():
        source = json.loads(line)["source"]
        place = (source["file"], source["pos"], source["row"])
        assert found.setdefault(place, source["seq"]) == source["seq"], place
    return found


@pytest.mark.parametrize("compressed", [False, True])
def test_numbers_are_the_same_after_kills(server: Server, connector: Connector, database: str, tmp_path: Path,
                                          compressed: bool) -> None:
    """Runs that are killed and go on from a checkpoint number every row as one run over all of the log does."""
    if compressed and server.is_mariadb:
        pytest.skip("MariaDB compresses rows events, not transactions")
    start = server.next_file()
    checkpoint = tmp_path / "checkpoint.json"
    config = connector.config(server, start, output_mode="json", checkpoint_file=str(checkpoint),
                              include=[f"{database}.*"])
    server.execute(f"CREATE TABLE `{database}`.t (id INT AUTO_INCREMENT PRIMARY KEY, filler VARCHAR(50))")
    found: dict[tuple[str, int, int], int] = {}
    for round_ in range(4):
        with server.session(database=database) as cursor:
            if compressed:
                cursor.execute("SET SESSION binlog_transaction_compression = ON")
            for _ in range(20):
                cursor.execute("BEGIN")
                for _ in range(3):
                    cursor.execute("INSERT INTO t (filler) VALUES " + ",".join(["(REPEAT('f', 50))"] * 20))
                cursor.execute("COMMIT")
        stop = server.history()
        if round_ < 3:
            with connector.start(config) as running:
                running.wait_until(lambda: len(running.stdout().splitlines()) > 100, "rows")
                if round_ == 1:
                    running.wait_until(lambda: checkpoints.has_passed(checkpoint, stop), "a checkpoint")
                running.send(signal.SIGKILL)
                rows = numbered(running.wait().stdout)
        else:
            rows = numbered(connector.run(config | end(stop)).expect(EXIT_OK).stdout)
        assert all(found.setdefault(place, number) == number for place, number in rows.items())
        server.next_file()
    whole = numbered(connector.run(connector.config(server, start, stop, output_mode="json", include=[f"{database}.*"]))
                     .expect(EXIT_OK).stdout)
    assert found == whole and len(whole) == 4 * 20 * 60
    ordered = [whole[place] for place in sorted(whole)]
    assert all(a < b for a, b in zip(ordered, ordered[1:]))
    fields = checkpoints.read(checkpoint)
    assert fields and fields.fields["seq"] == ordered[-1]


def end(stop: Position) -> dict[str, Any]:
    return {"to_binlog_file": stop.file, "to_binlog_position": stop.offset}
