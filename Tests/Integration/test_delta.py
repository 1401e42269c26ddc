"""Delta tables: every reader sees each row exactly once, at whatever moment a run dies, and beside other writers."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chdb
import deltalake
import polars
import pyarrow.parquet as pq
import pytest
from chdb.session import Session as ClickHouse

import table_files
from conftest import Pool
from connector import EXIT_CONFIG, EXIT_OK, EXIT_OUTPUT, Connector
from kill_at_call import RENAMES, killed_at, needs_strace
from live_load import TABLES, LiveLoad
from object_stores import ObjectStore
from s3_proxy import Fault, Request, S3Proxy
from servers import PROJECT, Position, Server
from test_exactly_once import KILLS, ROLL
from test_partition_safety import TreeKiller, few_rows
from test_typed_tables import TYPES

DELTA: dict[str, Any] = {"parquet_layout": "tables", "table_format": "delta"}
Rows = Counter[tuple[Any, ...]]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "state" / "checkpoint.json"


def run(connector: Connector, server: Server, start: Position, place: Path, **fields: Any) -> None:
    config = connector.parquet(server, start, server.history(), checkpoint_file=str(place), **DELTA | fields)
    connector.run(config, limit=300).expect(EXIT_OK)


def tables(folder: Path) -> dict[str, deltalake.DeltaTable]:
    return {log.parent.name: deltalake.DeltaTable(log.parent.as_uri()) for log in sorted(path.parent for path in folder.glob(f"*/*/_delta_log/{0:020}.json"))}


def live(table: deltalake.DeltaTable) -> list[str]:
    """The paths of the table's files, as they are on the disk."""
    return [urllib.parse.unquote(uri.removeprefix("file://")) for uri in table.file_uris()]


def rows_of(folder: Path) -> Rows:
    """The rows that the logs name, from the files themselves: what is there twice is told from what is there once."""
    rows: Rows = Counter()
    for name, table in tables(folder).items():
        for path in live(table):
            for row in pq.read_table(path, partitioning=None).to_pylist():
                rows[(name, *((key, str(value)) for key, value in row.items() if value is not None))] += 1
    return rows


def whole(connector: Connector, server: Server, start: Position, stop: Position, **fields: Any) -> Rows:
    """The rows of a range as one run writes them that nothing disturbs."""
    folder = connector.folder / "whole"
    shutil.rmtree(folder, ignore_errors=True)
    fields = {"parquet_output_dir": str(folder / "out"), "checkpoint_file": str(folder / "place.json")} | fields
    connector.run(connector.parquet(server, start, stop, **DELTA | fields), limit=300).expect(EXIT_OK)
    return rows_of(folder / "out")


def expect_equal(found: Rows, expected: Rows) -> None:
    assert found.total() > 0
    lost, strange = expected - found, found - expected
    assert not lost and not strange, f"{lost.total()} rows lost, {strange.total()} too many: {[*lost, *strange][:2]}"


# ---------------------------------------------------------------------------------------------------------------------
# Types, schemas, partitions


def log_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in sorted((folder / "_delta_log").glob("*.json")) for line in file.read_text().splitlines()]


def test_types_and_readers(server: Server, connector: Connector, database: str, place: Path) -> None:
    """Each type, and NULL, is the same in the table as in its file, for every reader; statistics pass over no row."""
    columns = ", ".join(f"c{number} {ddl}" for number, (ddl, *_) in enumerate(TYPES))
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, {columns})")
    start = server.next_file()
    with server.session() as cursor:
        cursor.execute("SET time_zone = '+00:00'")
        cursor.execute(f"INSERT INTO `{database}`.t VALUES (1, {', '.join(literal for _, literal, *_ in TYPES)})")
        cursor.execute(f"INSERT INTO `{database}`.t (id) VALUES (2)")
    run(connector, server, start, place)
    folder = connector.output / database / "t"
    table = deltalake.DeltaTable(str(folder))
    [file] = live(table)
    expected = pq.read_table(file, partitioning=None).to_pylist()
    assert [row["id"] for row in expected] == [1, 2]
    lazy = polars.scan_delta(str(folder))
    assert lazy.collect().to_dicts() == polars.read_parquet(file).to_dicts()
    for name, (_, _, _, value) in ((f"c{number}", case) for number, case in enumerate(TYPES)):
        if isinstance(value, (int, float, str, datetime.date)) and not isinstance(value, bool):
            assert lazy.filter(polars.col(name) == polars.lit(value)).select("id").collect()["id"].to_list() == [1], name
    assert table.to_pyarrow_table().sort_by("id").column("c0").to_pylist() == [-128, None]
    query = f"SELECT id, c0, c12, c19, c24 FROM deltaLakeLocal('{folder}') ORDER BY id"
    # ClickHouse reads local tables below the working folder only.
    with contextlib.chdir(folder):
        found = chdb.query(query, "JSONEachRow")
    assert [json.loads(line)["id"] for line in str(found).splitlines()] in ([1, 2], ["1", "2"])
    if DUCKDB:
        assert [row[0] for row in duckdb_rows(f"SELECT id FROM delta_scan('{folder}') ORDER BY id")] == [1, 2]
    [add] = [action["add"] for action in log_of(folder) if "add" in action]
    stats = json.loads(add["stats"])
    assert stats["numRecords"] == 2 and stats["nullCount"]["c0"] == 1
    assert stats["minValues"]["id"] == 1 and stats["maxValues"]["id"] == 2


def test_altered_between_parts(mysql: Server, connector: Connector, place: Path) -> None:
    """Columns come, go and change their types: each version of the schema has all columns that there ever were."""
    mysql.execute("DROP DATABASE IF EXISTS it_delta", "CREATE DATABASE it_delta", "CREATE TABLE it_delta.t (id INT PRIMARY KEY, a INT)")
    start = mysql.next_file()
    mysql.execute("INSERT INTO it_delta.t VALUES (1, 1)")
    run(connector, mysql, start, place)
    steps = ["ALTER TABLE it_delta.t ADD b DATETIME", "INSERT INTO it_delta.t VALUES (2, 2, '2026-01-31')",
             "ALTER TABLE it_delta.t DROP a", "INSERT INTO it_delta.t VALUES (3, NULL)", "ALTER TABLE it_delta.t ADD a VARCHAR(9)",
             "INSERT INTO it_delta.t VALUES (4, NULL, 'four')", "ALTER TABLE it_delta.t ADD `x y;z` INT, ADD dt INT",
             "INSERT INTO it_delta.t VALUES (5, NULL, NULL, 55, 66)", "TRUNCATE TABLE it_delta.t"]
    for step in steps:
        mysql.execute(step)
    run(connector, mysql, start, place, parquet_roll_rows=1)
    folder = connector.output / "it_delta" / "t"
    table = deltalake.DeltaTable(str(folder))
    assert (table.protocol().min_reader_version, table.protocol().min_writer_version) == (3, 7)
    assert deltalake.DeltaTable(str(folder), version=0).protocol().min_reader_version == 1
    frame = polars.scan_delta(str(folder)).sort("_cdc_seq").collect()
    assert frame["_cdc_op"].to_list() == ["c"] * 5 + ["t"]
    for name, values in {"a": [1, 2, None, None, None, None], "a__string": [None, None, None, "four", None, None],
                         "x_y_z": [None] * 4 + [55, None], "_dt": [None] * 4 + [66, None]}.items():
        assert frame[name].to_list() == values, name
    assert frame["b"].to_list()[1] == datetime.datetime(2026, 1, 31)
    mysql.execute("DROP DATABASE it_delta")


def test_dates(mysql: Server, connector: Connector, place: Path) -> None:
    """Days divide the files, and the day is a column of the table; another division of the same table is refused."""
    mysql.execute("DROP DATABASE IF EXISTS it_delta", "CREATE DATABASE it_delta", "CREATE TABLE it_delta.t (id INT PRIMARY KEY)")
    start = mysql.next_file()
    mysql.execute("SET timestamp = 1700000000", *(f"INSERT INTO it_delta.t VALUES ({number})" for number in range(3)))
    with mysql.session() as cursor:
        cursor.execute("SET timestamp = 1600000000")
        cursor.execute("INSERT INTO it_delta.t VALUES (9)")
    run(connector, mysql, start, place, partition_by="date")
    [folder] = (connector.output / "it_delta").iterdir()
    frame = polars.scan_delta(str(folder)).filter(polars.col("dt") == datetime.date(2020, 9, 13)).collect()
    assert frame["id"].to_list() == [9]
    assert polars.scan_delta(str(folder)).collect().height == 4
    mysql.execute("INSERT INTO it_delta.t VALUES (10)")
    config = connector.parquet(mysql, start, mysql.history(), checkpoint_file=str(place), **DELTA)
    assert "partition_by" in connector.run(config).expect(EXIT_OUTPUT).stderr
    run(connector, mysql, start, place, partition_by="date")
    assert polars.scan_delta(str(folder)).collect().height == 5
    mysql.execute("DROP DATABASE it_delta")


def test_odd_names(mysql: Server, connector: Connector, place: Path) -> None:
    """Folders with what URLs escape. (Polars finds no table in a folder with a space, and deltalake none in one with a percent sign.)"""
    names = ["a b", "ü"]
    mysql.execute("DROP DATABASE IF EXISTS it_delta", "CREATE DATABASE it_delta", *(f"CREATE TABLE it_delta.`{name}` (id INT PRIMARY KEY)" for name in names))
    start = mysql.next_file()
    mysql.execute(*(f"INSERT INTO it_delta.`{name}` VALUES ({number})" for number, name in enumerate(names)))
    run(connector, mysql, start, place)
    found = tables(connector.output)
    assert sorted(row for table in found.values() for row in table.to_pyarrow_table()["id"].to_pylist()) == [0, 1]
    assert rows_of(connector.output).total() == 2
    mysql.execute("DROP DATABASE it_delta")


def test_names_that_files_write_alike(mysql: Server, connector: Connector, place: Path) -> None:
    """`a b` is a_b in the table. A column a_b that comes later and stands before it gets another name, in this run and in the next."""
    mysql.execute("DROP DATABASE IF EXISTS alike", "CREATE DATABASE alike", "CREATE TABLE alike.t (id INT PRIMARY KEY, `a b` INT)")
    start = mysql.next_file()
    mysql.execute("INSERT INTO alike.t VALUES (1, 10)", "ALTER TABLE alike.t ADD a_b INT AFTER id",
                  "INSERT INTO alike.t (id, `a b`, a_b) VALUES (2, 20, 200)")
    run(connector, mysql, start, place)
    mysql.execute("ALTER TABLE alike.t MODIFY a_b INT AFTER `a b`", "INSERT INTO alike.t (id, `a b`, a_b) VALUES (3, 30, 300)")
    run(connector, mysql, start, place)
    rows = deltalake.DeltaTable(connector.output / "alike" / "t").to_pyarrow_table(columns=["id", "a_b", "a_b__bigint"]).to_pylist()
    assert sorted(tuple(row.values()) for row in rows) == [(1, 10, None), (2, 20, 200), (3, 30, 300)]


def test_needs_a_checkpoint_and_tables(mysql: Server, connector: Connector) -> None:
    start = mysql.history()
    assert "checkpoint_file" in connector.run(connector.parquet(mysql, start, start, **DELTA)).expect(EXIT_CONFIG).stderr
    config = connector.parquet(mysql, start, start, table_format="delta", checkpoint_file="x.json")
    assert "table_format" in connector.run(config).expect(EXIT_CONFIG).stderr


def test_a_table_of_somebody_else(mysql: Server, connector: Connector, place: Path) -> None:
    """A log with another schema, or one that demands more of writers than is known, is refused by name."""
    mysql.execute("DROP DATABASE IF EXISTS it_delta", "CREATE DATABASE it_delta", "CREATE TABLE it_delta.t (id INT PRIMARY KEY)")
    start = mysql.next_file()
    mysql.execute("INSERT INTO it_delta.t VALUES (1)")
    folder = connector.output / "it_delta" / "t"
    folder.mkdir(parents=True)
    deltalake.write_deltalake(str(folder), polars.DataFrame({"id": [1]}))
    config = connector.parquet(mysql, start, mysql.history(), checkpoint_file=str(place), **DELTA)
    assert "it_delta/t is none of this program" in connector.run(config).expect(EXIT_OUTPUT).stderr
    log = folder / "_delta_log" / f"{1:020}.json"
    log.write_text(json.dumps({"protocol": {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": ["deletionVectors"],
                                            "writerFeatures": ["deletionVectors"]}}))
    stderr = connector.run(config).expect(EXIT_OUTPUT).stderr
    assert "deletionVectors" in stderr and log.name in stderr
    shutil.rmtree(folder)
    connector.run(config).expect(EXIT_OK)
    assert polars.scan_delta(str(folder)).collect()["id"].to_list() == [1]
    mysql.execute("DROP DATABASE it_delta")


# ---------------------------------------------------------------------------------------------------------------------
# Exactly once

# Transactions beside which others maintain the tables.
WRITTEN = int(os.environ.get("MBC_DELTA_TRANSACTIONS", "100"))
# A commit of a log is a link; everything else that appears is renamed.
NAMES = f"{RENAMES},link,linkat"


@pytest.mark.timeout(3600)
@pytest.mark.soak("mysql-9.7")
def test_kill(server: Server, connector: Connector, database: str, place: Path, seed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Killed again and again under load, the tables hold each row exactly once, and the newest are what the server has."""
    chance = random.Random(f"{seed}/{server.name}/delta")
    start = server.next_file()
    fields = {"checkpoint_file": str(place), "include": [f"{database}.*"]} | DELTA | ROLL
    config = connector.write(connector.parquet(server, start, **fields))
    killer, kills = TreeKiller(chance, connector.output, place), 0
    with LiveLoad(server, database, f"{seed}/{server.name}") as load:
        while kills < KILLS:
            with connector.start(config) as running:
                killer.wait(running)
                assert running.process.poll() is None, running.stderr()[-3000:]
                running.send(signal.SIGKILL)
                running.process.wait()
                kills += 1
    stop = server.history()
    connector.run(connector.parquet(server, start, stop, **fields), limit=300).expect(EXIT_OK)
    found = rows_of(connector.output)
    expect_equal(found, whole(connector, server, start, stop, include=[f"{database}.*"]))
    with capsys.disabled():
        print(f"\n  {server.name}: {kills} kills, {load.transactions} transactions, {found.total()} rows, MBC_SEED={seed}")
    for table in TABLES:
        frame = polars.scan_delta(str(connector.output / database / table)).sort("_cdc_seq").group_by("id").last().collect()
        newest = {row["id"]: row["body"] for row in frame.to_dicts() if row["_cdc_op"] != "d"}
        assert newest == dict(server.execute(f"SELECT id, body FROM `{database}`.{table}"))


@pytest.mark.soak
def test_dies_at_each_name(server: Server, connector: Connector, database: str, tmp_path: Path) -> None:
    """Killed at the first rename or link, the second, and so on: between two tables' commits, too. The next run cuts its parts elsewhere."""
    needs_strace()
    start, stop = few_rows(server, database)
    expected = whole(connector, server, start, stop)
    deaths = 0
    for number in range(1, 200):
        folder = tmp_path / str(number)
        folder.mkdir()
        fields = {"checkpoint_file": str(folder / "checkpoint.json"), "parquet_output_dir": str(folder / "parquet")} | DELTA
        config = connector.write(connector.parquet(server, start, stop, parquet_roll_rows=6, **fields))
        if not killed_at(NAMES, number, connector.command(config), folder):
            break
        deaths += 1
        connector.run(connector.parquet(server, start, stop, parquet_roll_rows=1, **fields)).expect(EXIT_OK)
        expect_equal(rows_of(folder / "parquet"), expected)
    assert deaths >= 25


def test_an_old_checkpoint(mysql: Server, connector: Connector, place: Path) -> None:
    """A checkpoint from before parts that the tables have would write rows twice."""
    mysql.execute("DROP DATABASE IF EXISTS it_delta", "CREATE DATABASE it_delta", "CREATE TABLE it_delta.t (id INT PRIMARY KEY)")
    start = mysql.next_file()
    mysql.execute("INSERT INTO it_delta.t VALUES (1)")
    run(connector, mysql, start, place)
    old = place.read_bytes()
    mysql.execute("INSERT INTO it_delta.t VALUES (2)")
    run(connector, mysql, start, place)
    place.write_bytes(old)
    mysql.execute("INSERT INTO it_delta.t VALUES (3)")
    config = connector.parquet(mysql, start, mysql.history(), checkpoint_file=str(place), **DELTA)
    assert "checkpoint" in connector.run(config).expect(EXIT_OUTPUT).stderr
    mysql.execute("DROP DATABASE it_delta")


@pytest.mark.soak("mariadb-11.8")
def test_other_writers(server: Server, connector: Connector, database: str, place: Path, seed: str) -> None:
    """Compaction, vacuum and checkpoints by deltalake beside a live stream lose nothing, and the stream nothing of theirs."""
    start = server.next_file()
    fields = {"checkpoint_file": str(place), "include": [f"{database}.*"]} | DELTA | ROLL
    config = connector.parquet(server, start, **fields)
    done = threading.Event()
    problems: list[BaseException] = []
    rounds = Counter[str]()

    def maintain() -> None:
        while not done.wait(0.3):
            for name, table in tables(connector.output).items():
                try:
                    rounds[name] += table.optimize.compact()["numFilesRemoved"] > 0
                    table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
                    table.create_checkpoint()
                except deltalake.exceptions.CommitFailedError:
                    pass
                except BaseException as problem:  # noqa: BLE001 - told to the test
                    problems.append(problem)

    with LiveLoad(server, database, seed) as load, connector.start(config) as running:
        running.wait_until(lambda: len(tables(connector.output)) == len(TABLES), "tables")
        worker = threading.Thread(target=maintain)
        worker.start()
        running.wait_until(lambda: load.transactions > WRITTEN or bool(problems), "load", limit=120)
        done.set()
        worker.join()
        running.send(signal.SIGTERM)
        running.wait().expect(EXIT_OK)
    assert not problems
    assert sum(rounds.values()) > 0
    stop = server.history()
    connector.run(connector.parquet(server, start, stop, **fields), limit=300).expect(EXIT_OK)
    expect_equal(rows_of(connector.output), whole(connector, server, start, stop, include=[f"{database}.*"]))


def test_more_than_a_hundred_versions(mysql: Server, connector: Connector, place: Path) -> None:
    """The state is kept in a checkpoint of the log, which readers take in place of the versions before it."""
    mysql.execute("DROP DATABASE IF EXISTS it_delta", "CREATE DATABASE it_delta", "CREATE TABLE it_delta.t (id INT PRIMARY KEY, born DATETIME)")
    start = mysql.next_file()
    mysql.execute(*(f"INSERT INTO it_delta.t VALUES ({number}, '2026-01-31')" for number in range(120)))
    run(connector, mysql, start, place, parquet_roll_rows=1, partition_by="date")
    folder = connector.output / "it_delta" / "t"
    log = folder / "_delta_log"
    assert json.loads((log / "_last_checkpoint").read_text())["version"] == 100
    for version in range(100):
        (log / f"{version:020}.json").rename(folder.parent / f"{version}.json")
    table = deltalake.DeltaTable(str(folder))
    assert table.version() == 119 and table.metadata().configuration["delta.appendOnly"] == "true"
    assert sorted(table.to_pyarrow_table()["id"].to_pylist()) == list(range(120))
    frame = polars.scan_delta(str(folder)).filter(polars.col("id") < 7).collect()
    assert sorted(frame["id"].to_list()) == list(range(7)) and frame["dt"].null_count() == 0
    with contextlib.chdir(folder):
        assert str(chdb.query(f"SELECT count(), sum(id) FROM deltaLakeLocal('{folder}')", "CSV")).strip() == "120,7140"
    if DUCKDB:
        assert duckdb_rows(f"SELECT count(*), sum(id), max(dt) FROM delta_scan('{folder}') WHERE id >= 0")[0][:2] == [120, 7140]
    [txn] = [row["txn"] for row in pq.read_table(log / f"{100:020}.checkpoint.parquet").to_pylist() if row["txn"]]
    assert table.transaction_version(txn["appId"]) == 120
    mysql.execute("INSERT INTO it_delta.t VALUES (120, NULL)")
    config = connector.parquet(mysql, start, mysql.history(), checkpoint_file=str(place), partition_by="date", **DELTA)
    assert "no version 0" in connector.run(config).expect(EXIT_OUTPUT).stderr
    for version in range(100):
        (folder.parent / f"{version}.json").rename(log / f"{version:020}.json")
    connector.run(config).expect(EXIT_OK)
    assert deltalake.DeltaTable(str(folder)).version() == 120
    mysql.execute("DROP DATABASE it_delta")


# ---------------------------------------------------------------------------------------------------------------------
# S3


def options(store: ObjectStore) -> dict[str, str]:
    environment = store.environment()
    return {key: environment[key] for key in ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")} | {
        "AWS_ENDPOINT_URL": store.endpoint, "AWS_ALLOW_HTTP": "true"}


@pytest.fixture
def small(pool: Pool) -> Iterator[tuple[Server, str, Position, Position]]:
    server = pool.get("mariadb-11.8")
    database = "it_delta_objects"
    server.execute(f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database}")
    yield server, database, *few_rows(server, database)
    server.execute(f"DROP DATABASE {database}")


def test_objects(small: tuple[Server, str, Position, Position], connector: Connector, moto: ObjectStore) -> None:
    """A run that dies between the commits of two tables, and one that goes on: each row is there once."""
    server, database, start, stop = small
    bucket = moto.make_bucket()
    fields = {"checkpoint_file": f"s3://{bucket}/state/place.json", "parquet_output_dir": f"s3://{bucket}/out"} | DELTA

    def refuse(request: Request) -> Fault | None:
        is_commit = request.method == "PUT" and "/second/_delta_log/" in request.path
        return Fault("error", 403, "AccessDenied") if is_commit else None

    with S3Proxy(moto.port, refuse) as proxy:
        config = connector.parquet(server, start, stop, parquet_roll_rows=6, **fields)
        connector.run(config, env=moto.environment(proxy.endpoint)).expect(EXIT_OUTPUT)
    connector.run(connector.parquet(server, start, stop, parquet_roll_rows=1, **fields), env=moto.environment()).expect(EXIT_OK)
    for index, name in enumerate(TABLES):
        table = deltalake.DeltaTable(f"s3://{bucket}/out/{database}/{name}", storage_options=options(moto))
        found = table.to_pyarrow_table(columns=["id"]).column("id").to_pylist()
        assert sorted(found) == [number for number in range(12) if 2 - number % 3 == index]


def test_a_store_without_conditions(small: tuple[Server, str, Position, Position], connector: Connector, store: ObjectStore) -> None:
    """A store that would let two writers take each other's place is refused."""
    server, _, start, stop = small
    bucket = store.make_bucket()
    fields = {"checkpoint_file": f"s3://{bucket}/state/place.json", "parquet_output_dir": f"s3://{bucket}/out"} | DELTA
    result = connector.run(connector.parquet(server, start, stop, **fields), env=store.environment())
    if store.name == "moto":
        result.expect(EXIT_OK)
    else:
        assert "If-None-Match" in result.expect(EXIT_OUTPUT).stderr


# ---------------------------------------------------------------------------------------------------------------------
# Recipes

RECIPES = (PROJECT / "docs/how-to/current-state.md").read_text()


def recipe(language: str, folder: Path) -> str:
    [block] = re.findall(rf"^```{language}\n(.*?)^```", RECIPES, re.MULTILINE | re.DOTALL)
    return block.replace("CHANGES", str(folder)).replace("STATE", str(folder.parent / "state"))


# A folder in which pip has put a duckdb and the duckdb-ext-delta of its version, which is an older one than the other tests use.
DUCKDB = os.environ.get("MBC_DUCKDB_DELTA")
DUCKDB_SCRIPT = """
import glob, json, os, sys, duckdb
connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
[extension] = glob.glob(os.environ["PYTHONPATH"] + "/duckdb_ext/extensions/*/*/delta.duckdb_extension")
connection.execute(f"LOAD '{extension}'")
print(json.dumps(connection.execute(sys.argv[1]).fetchall(), default=str))
"""


def duckdb_rows(query: str) -> list[list[Any]]:
    done = subprocess.run([sys.executable, "-c", DUCKDB_SCRIPT, query], env=os.environ | {"PYTHONPATH": DUCKDB}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_current_state(mysql: Server, connector: Connector, place: Path) -> None:
    """The recipes give the server's table, also when rows change their keys, go and come again, or go all at once."""
    mysql.execute("DROP DATABASE IF EXISTS it_delta", "CREATE DATABASE it_delta", "CREATE TABLE it_delta.t (id INT PRIMARY KEY, v INT)")
    start = mysql.next_file()
    rounds = [["INSERT INTO it_delta.t VALUES (1, 1), (2, 2), (3, 3)", "DELETE FROM it_delta.t WHERE id = 2"],
              ["UPDATE it_delta.t SET id = 20 WHERE id = 3", "UPDATE it_delta.t SET v = 11 WHERE id = 1", "INSERT INTO it_delta.t VALUES (2, 22)"],
              ["DELETE FROM it_delta.t WHERE id = 1"],
              ["TRUNCATE TABLE it_delta.t", "INSERT INTO it_delta.t VALUES (1, 111)", "ALTER TABLE it_delta.t ADD w INT", "INSERT INTO it_delta.t VALUES (5, 5, 5)"]]
    folder = connector.output / "it_delta" / "t"
    for statements in rounds:
        mysql.execute(*statements)
        run(connector, mysql, start, place)
        expected = [tuple(row[:2]) for row in mysql.execute("SELECT * FROM it_delta.t ORDER BY id")]
        for _ in range(2):
            exec(recipe("python", folder), {})  # noqa: S102 - the page's own example
            state = polars.scan_delta(str(folder.parent / "state")).sort("id").collect()
            assert list(zip(state["id"], state["v"], strict=True)) == expected
        with contextlib.chdir(folder):
            lines = str(chdb.query(recipe("sql clickhouse", folder), "JSONEachRow")).splitlines()
        assert [(int(row["id"]), int(row["v"])) for row in map(json.loads, lines)] == expected
        if DUCKDB:
            query = recipe("sql duckdb", folder).rstrip().rstrip(";")
            assert [tuple(row) for row in duckdb_rows(f"SELECT id, v FROM ({query})")] == expected
    mysql.execute("DROP DATABASE it_delta")


def test_schema_reads_logs(mysql: Server, connector: Connector, place: Path) -> None:
    """Behind a compaction the folder has each row twice, and the log once: what `schema` prints reads the log."""
    mysql.execute("DROP DATABASE IF EXISTS it_delta", "CREATE DATABASE it_delta", "CREATE TABLE it_delta.t (id INT PRIMARY KEY, v INT)")
    start = mysql.next_file()
    mysql.execute(*(f"INSERT INTO it_delta.t VALUES ({number}, {number})" for number in range(6)))
    run(connector, mysql, start, place, parquet_roll_rows=1)
    folder = connector.output / "it_delta" / "t"
    deltalake.DeltaTable(str(folder)).optimize.compact()
    assert len(list(folder.glob("*.parquet"))) == 7
    config = connector.write(connector.parquet(mysql, start, checkpoint_file=str(place), **DELTA))

    def statements(dialect: str) -> list[str]:
        text = connector.run_arguments("schema", str(config), "--dialect", dialect).expect(EXIT_OK).text
        return [statement for statement in text.split(";\n") if statement.strip()]

    with contextlib.chdir(folder), ClickHouse() as session:
        for statement in statements("clickhouse"):
            session.query(statement)
        assert str(session.query("SELECT count(), sum(v) FROM it_delta.t", "CSV")).strip() == "6,15"
    if DUCKDB:
        [view] = [statement for statement in statements("duckdb") if "VIEW" in statement]
        query = view.split(" AS\n", 1)[1]
        assert duckdb_rows(f"SELECT count(*), sum(v)::INT FROM ({query})") == [[6, 15]]
    mysql.execute("DROP DATABASE it_delta")
