"""`extra_columns`: what the log knows of each row beside the nine columns, in the order that was asked for."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow.parquet as pq
import pytest

import binlog_file
from changes import COLUMNS
from connector import EXIT_CONFIG, EXIT_OK, Connector
from servers import Position, Server
from workloads import Log, log_since, orders

EXTRA = ["file", "seq", "gtid", "xid", "thread_id", "commit_time", "query"]
TYPES = {"file": "string", "seq": "int64", "gtid": "string", "xid": "int64", "thread_id": "int64",
         "commit_time": "timestamp[us, tz=UTC]", "query": "string"}
REQUIRED = {"file", "seq", "commit_time"}


def rows(folder: Path) -> list[dict[str, Any]]:
    """The rows of all files, in the order of the log."""
    found = [row for path in folder.rglob("*.parquet") for row in pq.read_table(path, partitioning=None).to_pylist()]
    return sorted(found, key=lambda row: row["seq"])


def sources(connector: Connector, server: Server, log: Log) -> list[dict[str, Any]]:
    """What the lines of JSON say of the same rows."""
    text = connector.run(connector.config(server, log.start, log.stop, output_mode="json")).expect(EXIT_OK).stdout
    return [json.loads(line)["source"] for line in text.splitlines()]


def logged_xids(server: Server, log: Log) -> dict[int, int]:
    """The XID of each event with rows, by where the event ends, as the file's bytes have it."""
    data, waiting, found = server.binlog_path(log.start.file).read_bytes(), [], {}
    for event in log.events:
        if event.kind in binlog_file.ROWS:
            waiting.append(event.end)
        elif event.kind == binlog_file.XID:
            number = int.from_bytes(data[event.start + 19:event.start + 27], "little")
            found |= dict.fromkeys(waiting, number)
            waiting = []
        elif event.kind in binlog_file.TRANSACTION_BEGINS:
            waiting = []
    return found


def statements_logged(server: Server) -> str:
    return "binlog_annotate_row_events" if server.is_mariadb else "binlog_rows_query_log_events"


@pytest.mark.smoke
def test_columns_say_what_lines_of_json_say(server: Server, connector: Connector, database: str) -> None:
    with server.settings({statements_logged(server): "ON"}):
        log = orders(server, database)
    connector.run(connector.parquet(server, log.start, log.stop, extra_columns=EXTRA)).expect(EXIT_OK)
    found = rows(connector.output)
    expected = sources(connector, server, log)
    assert [row["file"] for row in found] == [source["file"] for source in expected]
    assert [row["seq"] for row in found] == [source["seq"] for source in expected]
    assert [row["gtid"] for row in found] == [source["gtid"] for source in expected]
    assert [row["thread_id"] for row in found] == [source["thread"] for source in expected]
    assert [row["query"] for row in found] == [source["query"] for source in expected]
    assert all(row["query"].startswith(("INSERT", "UPDATE", "DELETE")) for row in found)
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    microsecond = datetime.timedelta(microseconds=1)
    assert [(row["commit_time"] - epoch) // microsecond for row in found] == [source["ts_us"] for source in expected]
    xids = logged_xids(server, log)
    assert len(set(xids.values())) > 4
    assert [row["xid"] for row in found] == [xids[row["log_pos"]] for row in found]


@pytest.mark.parametrize("names", [EXTRA, EXTRA[::-1], ["xid"], ["seq", "file"]])
def test_the_nine_come_first_and_the_order_is_the_users(server: Server, connector: Connector, database: str,
                                                        names: list[str]) -> None:
    log = orders(server, database)
    connector.run(connector.parquet(server, log.start, log.stop)).expect(EXIT_OK)
    [nine] = connector.files()
    expected = pq.read_table(nine, partitioning=None).to_pylist()
    nine.unlink()
    connector.run(connector.parquet(server, log.start, log.stop, extra_columns=names)).expect(EXIT_OK)
    [path] = connector.files()
    schema = pq.read_schema(path)
    assert schema.names == [*COLUMNS, *names]
    for name in names:
        assert (str(schema.field(name).type), schema.field(name).nullable) == (TYPES[name], name not in REQUIRED)
    assert pq.read_table(path, columns=list(COLUMNS), partitioning=None).to_pylist() == expected


def of_each_reader(path: Path) -> list[list[tuple[Any, ...]]]:
    names = [*COLUMNS[:7], *EXTRA]
    arrow = pq.read_table(path, partitioning=None).select(names).to_pydict()
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    # Python's DuckDB wants a further package for times with a zone.
    columns = ", ".join("epoch_us(commit_time)" if name == "commit_time" else name for name in names)
    duck = connection.execute(f"SELECT {columns} FROM read_parquet('{path}')").fetchall()
    frame = polars.read_parquet(path).select(names).with_columns(polars.col("commit_time").dt.epoch("us"))
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    arrow["commit_time"] = [(time - epoch) // datetime.timedelta(microseconds=1) for time in arrow["commit_time"]]
    return [list(zip(*arrow.values(), strict=True)), duck, frame.rows()]


@pytest.mark.parametrize("compression", ["gzip", "zstd", "none"])
def test_all_readers_agree_on_transactions_over_many_row_groups(server: Server, connector: Connector, database: str,
                                                                compression: str) -> None:
    """The XID comes behind all rows of its transaction, and row groups do not wait for it."""
    log = transactions(server, database)
    connector.run(connector.parquet(server, log.start, log.stop, extra_columns=EXTRA, parquet_batch_size=7, compression=compression)
                  ).expect(EXIT_OK)
    [path] = connector.files()
    assert pq.ParquetFile(path).num_row_groups > 20
    arrow, duck, frame = of_each_reader(path)
    assert len(arrow) == 8 + 3 * 60 + 5 and duck == arrow and frame == arrow
    assert duckdb.execute(f"SELECT count(DISTINCT xid), count(*) FILTER (xid IS NULL) FROM '{path}'").fetchall() == [(13, 1)]
    assert of_the_log(server, log, connector)


def transactions(server: Server, database: str) -> Log:
    """Eight of one row, one of three statements of sixty rows for two tables, four of one row, and one without an XID."""
    start = server.next_file()
    a, b = f"`{database}`.a", f"`{database}`.b"
    sixty = ",".join(f"({{0}} + {number})" for number in range(60))
    server.execute(
        f"CREATE TABLE {a} (id INT PRIMARY KEY)", f"CREATE TABLE {b} (id INT PRIMARY KEY)",
        f"CREATE TABLE `{database}`.c (id INT PRIMARY KEY) ENGINE = MyISAM",
        *[f"INSERT INTO {a} VALUES ({number})" for number in range(8)],
        "BEGIN", f"INSERT INTO {a} VALUES {sixty.format(100)}", f"INSERT INTO {b} VALUES {sixty.format(0)}",
        f"INSERT INTO {a} VALUES {sixty.format(200)}", "COMMIT",
        *[f"INSERT INTO {b} VALUES ({number})" for number in range(1000, 1004)],
        f"INSERT INTO `{database}`.c VALUES (1)")
    return log_since(server, start)


def of_the_log(server: Server, log: Log, connector: Connector) -> bool:
    """Says whether all XIDs are those of the file's bytes, null where they have none."""
    xids = logged_xids(server, log)
    return [row["xid"] for row in rows(connector.output)] == [xids.get(row["log_pos"]) for row in rows(connector.output)]


@pytest.mark.parametrize("by", ["table", "date", "table,date"])
@pytest.mark.parametrize("batch", [7, 8192])
def test_partitions(server: Server, connector: Connector, database: str, by: str, batch: int) -> None:
    log = transactions(server, database)
    connector.run(connector.parquet(server, log.start, log.stop, extra_columns=["xid", "seq"], partition_by=by,
                                    parquet_batch_size=batch)).expect(EXIT_OK)
    assert len(rows(connector.output)) == 193 and of_the_log(server, log, connector)


def test_parts_end_behind_their_transactions(server: Server, connector: Connector, database: str) -> None:
    log = transactions(server, database)
    connector.run(connector.parquet(server, log.start, log.stop, extra_columns=["xid", "seq"], parquet_roll_rows=3,
                                    parquet_batch_size=2)).expect(EXIT_OK)
    assert len(connector.files()) > 4 and of_the_log(server, log, connector)


def test_a_file_is_the_same_each_time(server: Server, connector: Connector, database: str) -> None:
    log = transactions(server, database)
    contents = set()
    for _ in range(5):
        connector.run(connector.parquet(server, log.start, log.stop, extra_columns=EXTRA, parquet_batch_size=7)).expect(EXIT_OK)
        [path] = connector.files()
        contents.add(path.read_bytes())
        path.unlink()
    assert len(contents) == 1


def test_an_end_within_a_transaction_leaves_its_rows_without_xid(server: Server, connector: Connector, database: str) -> None:
    log = transactions(server, database)
    ends = [event.end for event in log.events if event.kind in binlog_file.ROWS]
    stop = Position(log.start.file, ends[8])
    connector.run(connector.parquet(server, log.start, stop, extra_columns=["xid", "seq"], parquet_batch_size=7)).expect(EXIT_OK)
    found = [row["xid"] for row in rows(connector.output)]
    assert None not in found[:8] and found[8:] == [None] * 60


def test_compressed_transactions_have_theirs(server: Server, connector: Connector, database: str) -> None:
    with server.settings({"log_bin_compress" if server.is_mariadb else "binlog_transaction_compression": "ON"}):
        log = transactions(server, database)
    text = connector.run(connector.config(server, log.start, log.stop, events="all")).expect(EXIT_OK).text
    connector.run(connector.parquet(server, log.start, log.stop, extra_columns=EXTRA, parquet_batch_size=7)).expect(EXIT_OK)
    found = rows(connector.output)
    assert list(dict.fromkeys(row["xid"] for row in found)) == [*map(int, re.findall(r"^XID: +(\d+)$", text, re.MULTILINE)), None]
    assert [sum(row["xid"] == xid for row in found) for xid in {row["xid"] for row in found}].count(180) == 1


def test_xa_transactions_have_none(server: Server, connector: Connector, database: str) -> None:
    start = server.next_file()
    with server.session(database=database) as cursor:
        for statement in ("CREATE TABLE t (id INT PRIMARY KEY)", "XA START 'x'", "INSERT INTO t VALUES (1)", "XA END 'x'",
                          "XA PREPARE 'x'", "XA COMMIT 'x'", "INSERT INTO t VALUES (2)"):
            cursor.execute(statement)
    connector.run(connector.parquet(server, start, server.history(), extra_columns=["seq", "xid"])).expect(EXIT_OK)
    first, second = (row["xid"] for row in rows(connector.output))
    assert first is None and second > 0


def test_statements_fill_row_groups_of_their_own(server: Server, connector: Connector, database: str) -> None:
    """Each has a dictionary: fastparquet loses strings that have one in some row groups only."""
    start = server.next_file()
    with server.session(database=database) as cursor:
        cursor.execute("CREATE TABLE t (id INT PRIMARY KEY)")
        cursor.execute(f"SET SESSION {statements_logged(server)} = ON")
        for number in range(60):
            cursor.execute(f"INSERT /* {'x' * 50_000} */ INTO t VALUES ({number}), ({number + 1000})")
    connector.run(connector.parquet(server, start, server.history(), extra_columns=["query", "seq"])).expect(EXIT_OK)
    [path] = connector.files()
    assert [len(row["query"]) > 50_000 for row in rows(connector.output)] == [True] * 120
    metadata = pq.ParquetFile(path).metadata
    chunks = [metadata.row_group(group).column(9) for group in range(metadata.num_row_groups)]
    assert len(chunks) > 2 and all(chunk.has_dictionary_page for chunk in chunks)


@pytest.mark.parametrize(("fields", "message"), [
    ({"extra_columns": ["xid", "gtid", "xid"]}, 'extra_columns names "xid" twice'),
    ({"extra_columns": ["position"]}, 'must hold "file", "seq", "gtid", "xid", "thread_id", "commit_time", "query" only, holds "position"'),
    ({"extra_columns": ["xid"], "output_mode": "json"}, 'extra_columns is for output_mode "parquet"'),
    ({"extra_columns": ["xid"], "output_mode": "stdout"}, 'extra_columns is for output_mode "parquet"'),
    ({"extra_columns": "xid"}, "extra_columns must be a list of strings"),
])
def test_wrong_settings(connector: Connector, fields: dict[str, Any], message: str) -> None:
    config = {"source": "file", "files": ["binlog.000001"], "output_mode": "parquet"} | fields
    assert message in connector.run(config).expect(EXIT_CONFIG).stderr


@pytest.mark.parametrize("by", [None, "table"])
@pytest.mark.parametrize("batch", [3, 8192])
def test_large_transactions(server: Server, connector: Connector, database: str, by: str | None, batch: int) -> None:
    """Larger than what waits in memory, rolled back whole and in part, over row groups and partitions: numbers and XIDs are those of one stream."""
    start = server.next_file()
    with server.session(database=database) as cursor:
        for table in "abc":
            cursor.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY, data LONGTEXT)")
        for turn, end in enumerate(["COMMIT", "ROLLBACK", "COMMIT"]):
            cursor.execute("BEGIN")
            for number, size in enumerate([1, 9, 1, 9, 1, 2, 1]):
                for table in "abc":
                    cursor.execute(f"INSERT INTO {table} VALUES ({turn * 100 + number}, REPEAT('x', {size << 18}))")
            cursor.execute("SAVEPOINT s")
            cursor.execute("INSERT INTO a VALUES (9999, 'gone')")
            cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS w (i INT)")
            cursor.execute("ROLLBACK TO s")
            cursor.execute(end)
        cursor.execute("TRUNCATE a")
        cursor.execute("INSERT INTO a VALUES (5, 'behind it')")
    stop, include = server.history(), [f"{database}.*"]
    fields = {"partition_by": by} if by else {}
    connector.run(connector.parquet(server, start, stop, extra_columns=["seq", "xid"], parquet_batch_size=batch, include=include,
                                    **fields)).expect(EXIT_OK)
    rows = []
    for path in connector.output.rglob("*.parquet"):
        found = pq.read_table(path, partitioning=None).to_pylist()
        assert [row["seq"] for row in found] == sorted({row["seq"] for row in found})
        rows += found
    rows.sort(key=lambda row: row["seq"])
    result = connector.run(connector.config(server, start, stop, output_mode="json", include=include)).expect(EXIT_OK)
    lines = [line for line in map(json.loads, result.stdout.splitlines()) if line["op"] != "t"]
    assert [(row["seq"], row["log_pos"], json.loads(row["after_values"])["id"]) for row in rows] == \
        [(line["source"]["seq"], line["source"]["pos"], line["after"]["id"]) for line in lines]
    assert len(rows) == 2 * 21 + 1 and len({row["xid"] for row in rows}) == 3 and None not in {row["xid"] for row in rows}
