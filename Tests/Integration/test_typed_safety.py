"""Typed datasets hold every row exactly once, at whatever moment a run dies, however many tables there are, in a folder and in S3."""

from __future__ import annotations

import random
import shutil
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

import checkpoints
import table_files
from conftest import Pool
from connector import EXIT_OK, EXIT_OUTPUT, Connector
from kill_at_call import RENAMES, killed_at, needs_strace
from live_load import LiveLoad
from measure import measure
from object_stores import ObjectStore
from s3_proxy import Fault, Request, S3Proxy
from servers import Position, Server
from table_files import TableFile
from test_exactly_once import KILLS, ROLL
from test_partition_safety import MANY, TABLES, TreeKiller, few_rows

Rows = Counter[tuple[Any, ...]]
FIELDS: dict[str, Any] = {"parquet_layout": "tables", "partition_by": "date"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "state" / "checkpoint.json"


def rows_of(found: list[TableFile]) -> Rows:
    """All rows with all of their columns, which count: what is there twice is told from what is there once."""
    rows: Rows = Counter()
    for file in found:
        for row in file.rows():
            rows[file.table + tuple(row.items())] += 1
    return rows


def whole(connector: Connector, server: Server, start: Position, stop: Position, **fields: Any) -> Rows:
    """The rows of a range as one run writes them that nothing disturbs."""
    folder = connector.folder / "whole"
    shutil.rmtree(folder, ignore_errors=True)
    config = connector.parquet(server, start, stop, parquet_output_dir=str(folder), **FIELDS, **fields)
    connector.run(config, limit=300).expect(EXIT_OK)
    return rows_of(table_files.files(folder))


def expect_equal(found: Rows, expected: Rows) -> None:
    assert found.total() > 0
    lost, strange = expected - found, found - expected
    assert not lost and not strange, f"{lost.total()} rows lost, {strange.total()} too many: {[*lost, *strange][:2]}"


@pytest.mark.timeout(3600)
def test_kill(server: Server, connector: Connector, database: str, place: Path, seed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers, places and values of the rows are those of a run that nothing disturbed, and the newest are what the server has."""
    chance = random.Random(f"{seed}/{server.name}/typed")
    start = server.next_file()
    fields = {"checkpoint_file": str(place), "include": [f"{database}.*"]} | ROLL
    config = connector.write(connector.parquet(server, start, **FIELDS, **fields))
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
    connector.run(connector.parquet(server, start, stop, **FIELDS, **fields), limit=300).expect(EXIT_OK)
    found = table_files.files(connector.output)
    rows = rows_of(found)
    expect_equal(rows, whole(connector, server, start, stop, include=[f"{database}.*"]))
    with capsys.disabled():
        print(f"\n  {server.name}: {kills} kills, {load.transactions} transactions, {len(found)} files, {rows.total()} rows, MBC_SEED={seed}")
    for table in TABLES:
        own = [file for file in found if file.table[1] == table]
        newest = table_files.newest_by_duckdb(own, "id")
        assert {key: row["body"] for key, row in newest.items()} == dict(server.execute(f"SELECT id, body FROM `{database}`.{table}"))
    assert not list(connector.output.parent.glob(".*.staging/*")), "unfinished files were left behind"


@pytest.mark.soak("mariadb-11.8")
def test_dies_at_each_rename(server: Server, connector: Connector, database: str, tmp_path: Path) -> None:
    """Killed at the first change of a name, of a file or of a description, the second, and so on."""
    needs_strace()
    start, stop = few_rows(server, database)
    expected = whole(connector, server, start, stop)
    deaths = 0
    for number in range(1, 100):
        folder = tmp_path / str(number)
        folder.mkdir()
        fields = {"checkpoint_file": str(folder / "checkpoint.json"), "parquet_output_dir": str(folder / "parquet")} | FIELDS
        config = connector.write(connector.parquet(server, start, stop, parquet_roll_rows=6, **fields))
        if not killed_at(RENAMES, number, connector.command(config), folder):
            break
        deaths += 1
        connector.run(connector.parquet(server, start, stop, parquet_roll_rows=1, **fields)).expect(EXIT_OK)
        expect_equal(rows_of(table_files.files(folder / "parquet")), expected)
    assert deaths >= 19


def test_dies_while_objects_appear(pool: Pool, connector: Connector, store: ObjectStore) -> None:
    """One object of a part is there and another is not; the next run cuts its parts elsewhere."""
    server = pool.get("mariadb-11.8")
    database = f"it_typed_objects_{store.name.replace('-', '_')}"
    server.execute(f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database}")
    start, stop = few_rows(server, database)
    bucket = store.make_bucket()
    fields = {"checkpoint_file": f"s3://{bucket}/state/place.json", "parquet_output_dir": f"s3://{bucket}/out"} | FIELDS

    def refuse(request: Request) -> Fault | None:
        return Fault("error", 403, "AccessDenied") if request.path.endswith(".parquet") and "/second/" in request.path else None

    with S3Proxy(store.port, refuse) as proxy:
        config = connector.parquet(server, start, stop, parquet_roll_rows=6, **fields)
        connector.run(config, env=store.environment(proxy.endpoint)).expect(EXIT_OUTPUT)
    connector.run(connector.parquet(server, start, stop, parquet_roll_rows=1, **fields), env=store.environment()).expect(EXIT_OK)
    folder = store.download(bucket, "out", connector.folder / "downloaded")
    found = [file for file in table_files.files(folder) if file.metadata.get("first_seq")]
    expect_equal(rows_of(found), whole(connector, server, start, stop))
    assert {path.name for path in (folder / "_schemas" / database).iterdir()} == {f"{table}.json" for table in TABLES}
    server.execute(f"DROP DATABASE {database}")


# ---------------------------------------------------------------------------------------------------------------------
# Many tables

LIMIT_MEGABYTES = 160


def test_thousands_of_tables(pool: Pool, connector: Connector, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Many tables with a row each, and one with many rows, in one transaction: in bounded memory."""
    server = pool.get("mariadb-11.8")
    database = "it_many_typed_tables"
    columns = ", ".join(f"c{number} {kind}" for number, kind in enumerate(("INT", "VARCHAR(40)", "DECIMAL(10,2)", "DATETIME", "BIGINT") * 4))
    server.execute(f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database}",
                   *(f"CREATE TABLE {database}.t{number} (id INT PRIMARY KEY, {columns}) ENGINE=InnoDB" for number in range(MANY)),
                   f"CREATE TABLE {database}.large (id INT PRIMARY KEY, body VARBINARY(9000)) ENGINE=InnoDB")
    start = server.next_file()
    with server.session(autocommit=False) as cursor:
        for number in range(MANY):
            cursor.execute(f"INSERT INTO {database}.t{number} (id, c1) VALUES ({number}, 'text')")
            cursor.execute(f"INSERT INTO {database}.large VALUES ({number}, CONCAT(RANDOM_BYTES(1000), REPEAT('x', 8000)))")
        cursor.connection.commit()
    stop = server.history()
    server.execute(f"DROP DATABASE {database}")
    measured = measure(connector, connector.parquet(server, start, stop, checkpoint_file=str(place), include=[f"{database}.*"], **FIELDS), 300)
    measured.result.expect(EXIT_OK)
    found = table_files.files(connector.output)
    with capsys.disabled():
        print(f"\n  {MANY} typed tables: {len(found)} files, {measured.megabytes:.0f} MB, {measured.result.seconds:.1f} s")
    files = str(connector.output / database / "t*" / "**" / "*.parquet")
    assert duckdb.sql(f"SELECT count(*), sum(id) FROM read_parquet('{files}')").fetchall() == [(MANY, MANY * (MANY - 1) // 2)]
    large = str(connector.output / database / "large" / "**" / "*.parquet")
    assert duckdb.sql(f"SELECT count(*), sum(octet_length(body)) FROM read_parquet('{large}')").fetchall() == [(MANY, MANY * 9000)]
    assert 0 < measured.megabytes < LIMIT_MEGABYTES
