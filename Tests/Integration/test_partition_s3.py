"""Objects divided by table and day: their keys, and every row exactly once whenever a run dies."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs
import pytest

from conftest import Pool
from connector import EXIT_CONFIG, EXIT_OK, EXIT_OUTPUT, Connector
from layouts import PARTITIONS, TABLES, Layout, over_layouts
from live_load import TABLES as TABLE_NAMES
from live_load import LiveLoad
from measure import peak
from object_stores import KEY_ID, REGION, SECRET, ObjectStore
from output_files import compare
from s3_proxy import Fault, Request, S3Proxy
from servers import Position, Server
from table_files import TableRow
from table_replay import expect_same, replay
from test_exactly_once import KILLS, ROLL
from test_partition import SCHEMA, expected, odd_names  # noqa: F401 - a fixture
from test_partition import TABLES as ODD_TABLES
from test_partition_safety import BEFORE_THE_CHECKPOINT, few_rows, included, rows_behind_others, whole

LIMIT_MEGABYTES = 256


@pytest.fixture(scope="session")
def server(pool: Pool) -> Server:
    """One server is enough: the store does not see which it is."""
    return pool.get("mariadb-11.8")


def config(connector: Connector, server: Server, bucket: str, start: Position, stop: Position | None = None,
           **fields: Any) -> dict[str, Any]:
    fields = {"checkpoint_file": f"s3://{bucket}/state/place.json"} | fields
    return connector.parquet(server, start, stop, parquet_output_dir=f"s3://{bucket}/out", **fields)


def downloaded(connector: Connector, store: ObjectStore, bucket: str) -> Path:
    folder = connector.folder / f"downloaded-{random.getrandbits(32)}"
    return store.download(bucket, "out", folder)


def test_odd_names(server: Server, connector: Connector, odd_names: tuple[Position, Position],  # noqa: F811
                   moto: ObjectStore) -> None:
    """A reader that looks into the bucket itself finds of each row what its columns say. (rclone takes two spellings of one
    letter for one name.)"""
    bucket = moto.make_bucket()
    start, stop = odd_names
    settings = config(connector, server, bucket, start, stop, partition_by="table,date")
    connector.run(settings, env=moto.environment()).expect(EXIT_OK)
    keys = [key for key in moto.sizes(bucket) if key.startswith("out/")]
    assert len(keys) == len(ODD_TABLES) and all(key.startswith("out/db=it odd %2F%3D%2541 ü/tbl=") for key in keys)
    system = pyarrow.fs.S3FileSystem(access_key=KEY_ID, secret_key=SECRET, endpoint_override=f"127.0.0.1:{moto.port}",
                                     scheme="http", region=REGION)
    schema = pa.schema([("db", pa.string()), ("tbl", pa.string()), ("dt", pa.date32())])
    table = ds.dataset(f"{bucket}/out", filesystem=system, partitioning=ds.partitioning(schema, flavor="hive")).to_table()
    rows = table.to_pylist()
    assert sorted((row["db"], row["tbl"], row["dt"]) for row in rows) == expected()
    assert all((row["db"], row["tbl"]) == (row["database"], row["table_name"]) for row in rows)
    assert {row["db"] for row in rows} == {SCHEMA}


def found(connector: Connector, store: ObjectStore, bucket: str, layout: Layout) -> list[Any]:
    return layout.rows_in(downloaded(connector, store, bucket))


def table_of(request: Request) -> str:
    """The table of the object that is written; empty for the checkpoint and for descriptions."""
    if "/out/" not in request.path or not request.path.endswith(".parquet"):
        return ""
    return request.path.split("/")[-2].removeprefix("tbl%3D")


@over_layouts("moto", first=PARTITIONS)
def test_dies_while_objects_appear(server: Server, connector: Connector, database: str, store: ObjectStore, layout: Layout) -> None:
    """One object of a part is there and another is not; the next run cuts its parts elsewhere."""
    bucket = store.make_bucket()
    start, stop = few_rows(server, database)
    refuse = lambda request: Fault("error", 403, "AccessDenied") if table_of(request) == "second" else None  # noqa: E731
    with S3Proxy(store.port, refuse) as proxy:
        settings = config(connector, server, bucket, start, stop, parquet_roll_rows=6, **layout.fields)
        connector.run(settings, env=store.environment(proxy.endpoint)).expect(EXIT_OUTPUT)
    assert {row.table for row in found(connector, store, bucket, layout)} == {"first"}
    with S3Proxy(store.port) as proxy:
        settings = config(connector, server, bucket, start, stop, parquet_roll_rows=1, **layout.fields)
        result = connector.run(settings, env=store.environment(proxy.endpoint)).expect(EXIT_OK)
    # A store that keeps conditions has an object without rows under each name before others are written.
    blanks = [request.method for request in proxy.requests if table_of(request)][:6]
    keeps = store.name == "moto"
    assert proxy.count("DeleteObject") == (0 if keeps else 3) and blanks[0] == "PUT"
    assert ("does not keep the conditions" in result.stderr) != keeps
    compare(found(connector, store, bucket, layout), whole(connector, server, start, stop, layout)).expect_equal()
    if layout is TABLES:
        documents = {key.rsplit("/", 1)[1] for key in store.sizes(bucket, f"out/_schemas/{database}/")}
        assert documents == {f"{table}.json" for table in TABLE_NAMES}


@BEFORE_THE_CHECKPOINT
def test_dies_before_the_checkpoint(server: Server, connector: Connector, database: str, store: ObjectStore, layout: Layout) -> None:
    """The store refuses the first change of the checkpoint, or the second, and so on. The next run moves the checkpoint into the
    part that is visible, without an object."""
    start, middle, stop = rows_behind_others(server, database)
    expected = whole(connector, server, start, stop, layout, **included(database))
    removed = 0
    for number in range(1, 100):
        bucket = store.make_bucket()
        fields = {"parquet_roll_rows": 3} | layout.fields | included(database)
        settings = config(connector, server, bucket, start, stop, **fields)
        with S3Proxy(store.port, RefusedCheckpoint(number)) as proxy:
            result = connector.run(settings, env=store.environment(proxy.endpoint))
        if result.code == EXIT_OK:
            break
        result.expect(EXIT_OUTPUT)
        with S3Proxy(store.port) as proxy:
            settings = config(connector, server, bucket, start, middle, **fields)
            connector.run(settings, env=store.environment(proxy.endpoint)).expect(EXIT_OK)
            removed += any(request.method in ("PUT", "DELETE") and table_of(request) for request in proxy.requests)
        settings = config(connector, server, bucket, start, stop, **fields)
        connector.run(settings, env=store.environment()).expect(EXIT_OK)
        compare(found(connector, store, bucket, layout), expected).expect_equal()
    assert removed > 0, "no run died behind an object and before its checkpoint"


class RefusedCheckpoint:
    """Refuses a run's checkpoint from one of its writes on."""

    def __init__(self, number: int) -> None:
        self._writes, self._number = 0, number

    def __call__(self, request: Request) -> Fault | None:
        if request.operation != "PutObject" or not request.path.endswith("/state/place.json"):
            return None
        self._writes += 1
        return Fault("error", 403, "AccessDenied") if self._writes >= self._number else None


class Gate:
    """Holds requests of one kind back until it is opened."""

    def __init__(self, holds: Any) -> None:
        self._holds = holds
        self.reached, self.opened = threading.Event(), threading.Event()

    def __call__(self, request: Request) -> None:
        if not self.opened.is_set() and self._holds(request):
            self.reached.set()
            self.opened.wait(60)


@over_layouts("tables", first=PARTITIONS)
def test_two_runs_at_one_part(server: Server, connector: Connector, database: str, moto: ObjectStore, layout: Layout) -> None:
    """The second takes the first one's objects away; the first can then save no checkpoint that counts on them."""
    bucket = moto.make_bucket()
    start, stop = few_rows(server, database)
    settings = config(connector, server, bucket, start, stop, parquet_roll_rows=6, **layout.fields)
    first, second = Gate(lambda request: table_of(request) == "second"), Gate(lambda request: table_of(request) == "second")
    with S3Proxy(moto.port, first) as one, S3Proxy(moto.port, second) as other:
        with connector.start(settings, env=moto.environment(one.endpoint)) as old:
            assert first.reached.wait(30)
            with connector.start(settings, env=moto.environment(other.endpoint)) as new:
                assert second.reached.wait(30)
                first.opened.set()
                assert "another run" in old.wait().expect(EXIT_CONFIG).last_line
                second.opened.set()
                new.wait().expect(EXIT_OK)
    compare(found(connector, moto, bucket, layout), whole(connector, server, start, stop, layout)).expect_equal()


@pytest.mark.timeout(3600)
@over_layouts("moto", first=PARTITIONS)
def test_kill(server: Server, connector: Connector, database: str, store: ObjectStore, seed: str, layout: Layout,
              capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(f"{seed}/{store.name}/{layout.name}")
    bucket = store.make_bucket()
    start = server.next_file()
    fields = {"include": [f"{database}.*"]} | layout.by_day | ROLL
    config_path = connector.write(config(connector, server, bucket, start, **fields))
    kills = during = 0
    with LiveLoad(server, database, f"{seed}/{store.name}") as load, S3Proxy(store.port) as proxy:
        while kills < KILLS:
            with connector.start(config_path, env=store.environment(proxy.endpoint)) as running:
                before, limit = len(proxy.requests), time.monotonic() + chance.uniform(0.2, 1.5)
                wanted = chance.choice([1, 4, 6, 8, 1_000_000])
                while time.monotonic() < limit and len(proxy.requests) - before < wanted:
                    time.sleep(0.001)
                assert running.process.poll() is None, running.stderr()[-3000:]
                running.kill()
                kills += 1
            during += 1 if len(proxy.requests) > before and "/out/" in proxy.requests[-1].path else 0
    stop = server.history()
    settings = config(connector, server, bucket, start, stop, **fields)
    connector.run(settings, env=store.environment(), limit=300).expect(EXIT_OK)
    folder = downloaded(connector, store, bucket)
    rows = layout.rows_in(folder)
    result = compare(rows, whole(connector, server, start, stop, layout, include=fields["include"]))
    with capsys.disabled():
        print(f"\n  {store.name} {layout.name}: {kills} kills, {during} of them while objects appeared, {load.transactions} transactions,"
              f" {len(store.sizes(bucket, 'out/'))} objects, {result.rows} rows, {result.lost} lost, {result.duplicated} duplicated,"
              f" MBC_SEED={seed}")
    result.expect_equal()
    expect_same(replay(rows), server, database)


@over_layouts("tables", first=PARTITIONS)
def test_many_large_objects(server: Server, connector: Connector, database: str, moto: ObjectStore, layout: Layout,
                            capsys: pytest.CaptureFixture[str]) -> None:
    """One transaction on more tables than there is memory for uploads: some objects wait, sealed, for the others."""
    bucket = moto.make_bucket()
    tables = [f"t{number}" for number in range(12)]
    server.execute(*(f"CREATE TABLE `{database}`.{table} (id INT PRIMARY KEY, body LONGBLOB)" for table in tables))
    start = server.next_file()
    with server.session(autocommit=False) as cursor:
        for turn in range(8):
            for table in tables:
                cursor.execute(f"INSERT INTO `{database}`.{table} VALUES ({turn}, REPEAT(RANDOM_BYTES(1000), 1000))")
        cursor.connection.commit()
    stop = server.history()
    settings = config(connector, server, bucket, start, stop, compression="none", parquet_batch_size=1, **layout.fields)
    megabytes = 0.0
    with S3Proxy(moto.port) as proxy, connector.start(settings, env=moto.environment(proxy.endpoint)) as running:
        while running.process.poll() is None:
            megabytes = max(megabytes, peak(running.process))
            time.sleep(0.005)
        result = running.wait().expect(EXIT_OK)
    rows = found(connector, moto, bucket, layout)
    parts = proxy.count("UploadPart")
    with capsys.disabled():
        print(f"\n  {len(tables)} tables: {len(moto.sizes(bucket, 'out/'))} objects, {parts} parts, {megabytes:.0f} MB")
    assert parts > 0 and moto.uploads(bucket) == []
    expected_rows = whole(connector, server, start, stop, layout, compression="none", parquet_batch_size=1)
    if layout is TABLES:
        assert "ends within a transaction" in result.stderr
        rows, expected_rows = without_xids(rows), without_xids(expected_rows)
    compare(rows, expected_rows).expect_equal()
    assert 0 < megabytes < LIMIT_MEGABYTES


def without_xids(rows: list[TableRow]) -> list[TableRow]:
    """Rows of files that did not wait for the end of their transaction lack its XID, as a warning says."""
    return [row._replace(columns=tuple(column for column in row.columns if column[0] != "_cdc_xid")) for row in rows]
