"""TRUNCATE, DROP TABLE and partitions that go remove rows that no server logs as rows: a warning with its place, and a count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from conftest import Pool
from connector import EXIT_OK, EXIT_OUTPUT, Connector
from kill_at_call import RENAMES, killed_at, needs_strace
from object_stores import ObjectStore
from output_files import compare
from s3_proxy import Fault, S3Proxy
from servers import Position, Server
from table_files import files, rows_in
from test_json_files import paths, text_of

COUNTED = "rows of included tables were removed {} times without being logged as rows (TRUNCATE, DROP TABLE, DROP DATABASE, partitions)"

COUNTED_ONCE = COUNTED.format(1).replace("1 times", "once")


def remove(server: Server, database: str) -> tuple[Position, list[Position]]:
    """Removes rows of a and b in three statements; returns where the log of that starts, and the place before each of them."""
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
    return start, places


@pytest.mark.parametrize("mode", ["stdout", "parquet"])
def test_removed_rows_are_told_of(server: Server, connector: Connector, database: str, mode: str) -> None:
    start, places = remove(server, database)
    output = connector.parquet if mode == "parquet" else connector.config
    result = connector.run(output(server, start, server.history(), exclude=[f"{database}.other"])).expect(EXIT_OK)
    told = [line for line in result.stderr.splitlines() if "were removed by TRUNCATE" in line]
    # The second time within a minute is counted only.
    assert [f'rows of "{database}.{name}"' in line for name, line in zip("ab", told, strict=True)] == [True, True]
    for place, line in zip(places, told, strict=False):
        offset = int(line.split(f"{place.file}:")[1].split(":")[0])
        assert place.offset <= offset < place.offset + 200
    assert COUNTED.format(4) in result.stderr


@pytest.mark.parametrize("statement", ["EXCHANGE PARTITION p0 WITH TABLE u", "CONVERT PARTITION p0 TO TABLE w",
                                       "CONVERT TABLE u TO PARTITION p2 VALUES LESS THAN (30)"])
def test_rows_that_go_to_another_table_are_told_of(server: Server, connector: Connector, database: str, statement: str) -> None:
    """Partitions that are exchanged with a table, become one, or are made of one: no row of that is logged for either table."""
    if statement.startswith("CONVERT") and (server.is_mysql or server.version_number < (10, 11)):
        pytest.skip("MySQL has no such statement")
    start = server.next_file()
    with server.session(database=database, autocommit=True) as cursor:
        cursor.execute("CREATE TABLE t (id INT) PARTITION BY RANGE (id) "
                       "(PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))")
        cursor.execute("CREATE TABLE u (id INT)")
        cursor.execute("INSERT INTO t VALUES (1)")
        cursor.execute(f"INSERT INTO u VALUES ({25 if 'p2' in statement else 2})")
        cursor.execute(f"ALTER TABLE t {statement}")
    result = connector.run(connector.parquet(server, start, server.history())).expect(EXIT_OK)
    told = [line for line in result.stderr.splitlines() if "or exchanged for others" in line]
    other = "w" if "TO TABLE" in statement else "u"
    assert [f'rows of "{database}.{name}"' in line for name, line in zip(["t", other], told, strict=True)] == [True, True]
    assert COUNTED.format(2) in result.stderr


def test_nothing_is_told_without_cause(server: Server, connector: Connector, database: str) -> None:
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, n INT)", f"INSERT INTO `{database}`.t VALUES (1, 2)",
                   f"DELETE FROM `{database}`.t", f"ALTER TABLE `{database}`.t DROP COLUMN n", f"CREATE DATABASE `{database}_2`",
                   f"DROP DATABASE `{database}_2`")
    result = connector.run(connector.config(server, start, server.history(), include=[f"{database}.*"])).expect(EXIT_OK)
    assert "removed" not in result.stderr


@pytest.mark.parametrize("mode", ["stdout", "json", "parquet"])
def test_a_dropped_database_is_told_of(server: Server, connector: Connector, database: str, mode: str) -> None:
    """In JSON too: the log does not name its tables, so that there is no line for any of them."""
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)", f"INSERT INTO `{database}`.t VALUES (1)")
    place = server.history()
    server.execute(f"DROP DATABASE `{database}`", f"CREATE DATABASE `{database}`")
    output = connector.parquet if mode == "parquet" else connector.config
    fields: dict[str, Any] = {} if mode == "parquet" else {"output_mode": mode}
    for filters, counts in (({}, True), ({"include": [f"{database}.*"]}, True), ({"exclude": [f"{database}.*"]}, False)):
        for path in connector.files():
            path.unlink()
        errors = connector.run(output(server, start, server.history(), **fields, **filters)).expect(EXIT_OK).stderr
        told = [line for line in errors.splitlines() if f'DROP DATABASE "{database}" removed its tables' in line]
        assert len(told) == counts and ("were removed once without being logged" in errors) == counts
        for line in told:
            assert place.offset <= int(line.split(f"{place.file}:")[1].split(":")[0]) < place.offset + 200


def lines(connector: Connector, server: Server, start: Position, **fields: Any) -> list[dict[str, Any]]:
    result = connector.run(connector.config(server, start, server.history(), output_mode="json", **fields)).expect(EXIT_OK)
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.smoke
def test_lines_of_json_show_truncate_and_drop(server: Server, connector: Connector, database: str) -> None:
    """And they are told of, like the partition, of which there is no line."""
    start, places = remove(server, database)
    config = connector.config(server, start, server.history(), exclude=[f"{database}.other"], output_mode="json")
    result = connector.run(config).expect(EXIT_OK)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    removed = [line for line in found if line["op"] == "t"]
    assert [line["source"]["table"] for line in removed] == ["a", "a", "b"]
    assert [line["source"]["row"] for line in removed] == [0, 0, 1]
    assert [line["transaction"]["total_order"] for line in removed] == [1, 1, 2]
    assert [line["transaction"]["data_collection_order"] for line in removed] == [1, 1, 1]
    for line in removed:
        assert list(line) == list(found[0]) and list(line["source"]) == list(found[0]["source"])
        assert line["before"] is None and line["after"] is None and line["source"]["db"] == database
    assert places[0].offset < removed[0]["source"]["pos"] <= places[1].offset < places[2].offset < removed[1]["source"]["pos"]
    numbers = [line["source"]["seq"] for line in found]
    assert numbers == sorted(set(numbers)) and numbers[-1] == numbers[-2] + 1
    assert result.stderr.count("were removed by TRUNCATE") == 2 and COUNTED.format(4) in result.stderr


@pytest.mark.parametrize(("operations", "kinds"), [
    (["insert", "delete"], "cccc"), (["insert", "update", "delete"], "cccc"), (["truncate"], "ttt"), (["truncate", "insert"], "ccccttt"),
])
def test_operations_choose_them(server: Server, connector: Connector, database: str, operations: list[str], kinds: str) -> None:
    start, _ = remove(server, database)
    found = lines(connector, server, start, exclude=[f"{database}.other"], operations=operations)
    assert sorted(line["op"] for line in found) == sorted(kinds)


def test_statements_remain_beside(server: Server, connector: Connector, database: str) -> None:
    start, _ = remove(server, database)
    found = lines(connector, server, start, include=[f"{database}.a", f"{database}.b"], events="all")
    at = next(index for index, line in enumerate(found) if line.get("ddl", "").startswith("DROP TABLE"))
    assert [line.get("status") or line.get("op") or "ddl" for line in found[at - 1:at + 4]] == ["BEGIN", "ddl", "t", "t", "END"]
    assert found[at + 3]["event_count"] == 2


@pytest.mark.parametrize("by", [None, "table", "date"])
def test_files_have_the_same_lines(server: Server, connector: Connector, database: str, by: str | None) -> None:
    start, _ = remove(server, database)
    # Rows behind it, so that its part is not the last.
    server.execute(f"CREATE TABLE `{database}`.a (id INT PRIMARY KEY)", f"INSERT INTO `{database}`.a VALUES (7)")
    fields = {"partition_by": by} if by else {}
    stop = server.history()
    connector.run(connector.config(server, start, stop, output_mode="json", output_dir=str(connector.output), parquet_roll_rows=1,
                                   **fields)).expect(EXIT_OK)
    found = [json.loads(line) for path in paths(connector.output) for line in text_of([path]).splitlines()]
    expected = lines(connector, server, start)
    assert sorted(found, key=lambda line: line["source"]["seq"]) == expected and [line["op"] for line in expected].count("t") == 4
    if by == "table":
        for path in paths(connector.output):
            tables = {json.loads(line)["source"]["table"] for line in text_of([path]).splitlines()}
            assert [f"tbl={table}" for table in tables] == [path.relative_to(connector.output).parts[1]]


def test_other_outputs_number_rows_as_if_they_showed_it(server: Server, connector: Connector, database: str) -> None:
    start, _ = remove(server, database)
    server.execute(f"CREATE TABLE `{database}`.a (id INT PRIMARY KEY)", f"INSERT INTO `{database}`.a VALUES (7)")
    stop = server.history()
    connector.run(connector.parquet(server, start, stop, extra_columns=["seq"])).expect(EXIT_OK)
    [path] = connector.files()
    found = pq.read_table(path, partitioning=None).column("seq").to_pylist()
    assert found == [line["source"]["seq"] for line in lines(connector, server, start) if line["op"] != "t"]


@pytest.mark.parametrize("layout", ["json", "tables"])
def test_a_replaced_table_loses_its_rows(server: Server, connector: Connector, database: str, layout: str) -> None:
    """CREATE OR REPLACE TABLE of MariaDB drops the table before: its rows are gone, and those of the new one are not."""
    if server.is_mysql:
        pytest.skip("MySQL has no CREATE OR REPLACE TABLE")
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)", f"INSERT INTO `{database}`.t VALUES (1)",
                   f"CREATE OR REPLACE TABLE `{database}`.t (id INT PRIMARY KEY) AS SELECT 2 AS id",
                   f"CREATE OR REPLACE TEMPORARY TABLE `{database}`.t (id INT)")
    if layout == "tables":
        connector.run(connector.parquet(server, start, server.history(), parquet_layout="tables")).expect(EXIT_OK)
        rows = sorted(((row["_cdc_seq"], row["_cdc_op"], row["id"]) for file in files(connector.output) for row in file.rows()))
        assert [row[1:] for row in rows] == [("c", 1), ("t", None), ("c", 2)]
    else:
        config = connector.config(server, start, server.history(), output_mode="json")
        lines = [json.loads(line) for line in connector.run(config).expect(EXIT_OK).stdout.splitlines()]
        assert [(line["op"], line["after"]) for line in lines] == [("c", {"id": 1}), ("t", None), ("c", {"id": 2})]


# ---------------------------------------------------------------------------------------------------------------------
# DROP DATABASE in typed datasets


def drop_database(server: Server, database: str) -> tuple[Position, Position]:
    """Drops a database with four tables, and makes two tables in a new one of its name; returns where that starts, and a place before."""
    server.execute(*(f"CREATE TABLE `{database}`.{name} (id INT PRIMARY KEY)" for name in ("early", "late", "other", "unseen")))
    start = server.next_file()
    server.execute(f"INSERT INTO `{database}`.early VALUES (1), (2)")
    middle = server.history()
    server.execute(f"INSERT INTO `{database}`.late VALUES (3)", f"INSERT INTO `{database}`.other VALUES (4)",
                   f"DROP DATABASE `{database}`", f"CREATE DATABASE `{database}`",
                   *(f"CREATE TABLE `{database}`.{name} (id INT PRIMARY KEY)" for name in ("late", "made")),
                   f"INSERT INTO `{database}`.late VALUES (5)", f"INSERT INTO `{database}`.made VALUES (6)")
    return start, middle


def found_rows(folder: Path) -> list[tuple[str, str, int | None]]:
    return [(row.table, dict(row.columns)["_cdc_op"], dict(row.columns)["id"]) for row in
            sorted(rows_in(folder), key=lambda row: (row.order, row.table))]


DROPPED = [("early", "c", 1), ("early", "c", 2), ("late", "c", 3), ("early", "t", None), ("late", "t", None), ("late", "c", 5), ("made", "c", 6)]


@pytest.mark.parametrize("by", [None, "date"])
def test_a_dropped_database_empties_its_datasets(server: Server, connector: Connector, database: str, by: str | None) -> None:
    """Those of tables that had rows before, in this run or in an earlier one, and are included; with one number, as in other outputs."""
    start, middle = drop_database(server, database)
    stop = server.history()
    fields = {"parquet_layout": "tables", "exclude": [f"{database}.other"], "partition_by": by}
    connector.run(connector.parquet(server, start, middle, **fields)).expect(EXIT_OK)
    result = connector.run(connector.parquet(server, middle, stop, **fields)).expect(EXIT_OK)
    assert found_rows(connector.output) == DROPPED
    assert "2 of them with rows in the output have a row t behind these" in result.stderr and COUNTED_ONCE in result.stderr
    numbers = sorted({row.seq for row in rows_in(connector.output)})
    written = lines(connector, server, start, exclude=fields["exclude"])
    assert [number for number in numbers if number != numbers[3]] == [line["source"]["seq"] for line in written]
    # A run that is repeated knows the datasets of what comes later, and writes the same.
    before = {row for row in rows_in(connector.output) if row.table in ("late", "made")}
    connector.run(connector.parquet(server, middle, stop, **fields)).expect(EXIT_OK)
    assert {row for row in rows_in(connector.output) if row.table in ("late", "made")} == before


def test_operations_leave_dropped_databases_out(server: Server, connector: Connector, database: str) -> None:
    start, _ = drop_database(server, database)
    config = connector.parquet(server, start, server.history(), parquet_layout="tables", operations=["insert"])
    connector.run(config).expect(EXIT_OK)
    assert not [row for row in found_rows(connector.output) if row[1] == "t"]


@pytest.mark.soak("mariadb-11.8")
def test_a_run_that_dies_about_a_dropped_database(server: Server, connector: Connector, database: str, tmp_path: Path) -> None:
    """Killed at the first change of a name, the second, and so on: the next run gives the same rows the same numbers."""
    needs_strace()
    start, _ = drop_database(server, database)
    fields = {"parquet_layout": "tables", "exclude": [f"{database}.other"]}
    connector.run(connector.parquet(server, start, server.history(), **fields)).expect(EXIT_OK)
    expected = rows_in(connector.output)
    for number in range(1, 100):
        folder = tmp_path / str(number)
        folder.mkdir()
        fields |= {"checkpoint_file": str(folder / "checkpoint.json"), "parquet_output_dir": str(folder / "parquet")}
        config = connector.write(connector.parquet(server, start, server.history(), parquet_roll_rows=1, **fields))
        if not killed_at(RENAMES, number, connector.command(config), folder):
            break
        connector.run(connector.parquet(server, start, server.history(), **fields)).expect(EXIT_OK)
        compare(rows_in(folder / "parquet"), expected).expect_equal()
    assert number > 19


def test_a_database_dropped_from_a_bucket(pool: Pool, connector: Connector, moto: ObjectStore) -> None:
    """The descriptions are listed, for which an account needs a permission of its own."""
    server, bucket, database = pool.get("mariadb-11.8"), moto.make_bucket(), "it_dropped_from_a_bucket"
    server.execute(f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database}")
    start, middle = drop_database(server, database)
    fields = {"parquet_layout": "tables", "exclude": [f"{database}.other"], "parquet_output_dir": f"s3://{bucket}/out"}
    connector.run(connector.parquet(server, start, middle, **fields), env=moto.environment()).expect(EXIT_OK)
    rest = connector.parquet(server, middle, server.history(), **fields)
    refuse = lambda request: Fault("error", 403, "AccessDenied") if "list-type" in request.query else None  # noqa: E731
    with S3Proxy(moto.port, refuse) as proxy:
        result = connector.run(rest, env=moto.environment(proxy.endpoint)).expect(EXIT_OUTPUT)
    assert "ListObjectsV2" in result.last_line and "AccessDenied" in result.last_line
    connector.run(rest, env=moto.environment()).expect(EXIT_OK)
    assert found_rows(moto.download(bucket, "out", connector.folder / "downloaded")) == DROPPED
    server.execute(f"DROP DATABASE {database}")
