"""Parquet files and the checkpoint in an object store: whole, exactly once, and through everything a store can do."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow.fs
import pyarrow.parquet as pq
import pytest

import object_stores
from conftest import Pool
from connector import EXIT_CONFIG, EXIT_OK, EXIT_OUTPUT, Connector, Result, Running
from layouts import CHANGES, TABLES, Layout, over_layouts
from live_load import LiveLoad, Mix
from measure import measure, peak
from object_stores import KEY_ID, REGION, SECRET, ObjectStore
from output_files import compare, rows_in
from s3_proxy import Fault, Request, S3Proxy
from servers import Position, Server
from table_replay import expect_same, replay
from workloads import Log, log_since, many_rows, orders

ROLL = {"parquet_roll_rows": 100, "parquet_roll_bytes": 400_000, "parquet_roll_seconds": 1, "parquet_batch_size": 100}
PART_BYTES = 16 << 20
PARQUET = re.compile(r"[.]parquet$")
# Two parts, what the connection needs, and queues that are full because a store is slower than a disk.
LIMIT_MEGABYTES = 80


@pytest.fixture(scope="session")
def server(pool: Pool) -> Server:
    """One server is enough: the store does not see which it is."""
    return pool.get("mariadb-11.8")


def config(connector: Connector, server: Server, log: Log | Position, bucket: str, checkpoint: bool = False,
           stop: Position | None = None, **fields: Any) -> dict[str, Any]:
    """A run whose output, and whose checkpoint if wanted, are in a bucket."""
    start = log.start if isinstance(log, Log) else log
    stop = log.stop if isinstance(log, Log) else stop
    if checkpoint:
        fields["checkpoint_file"] = f"s3://{bucket}/state/place.json"
    return connector.parquet(server, start, stop, parquet_output_dir=f"s3://{bucket}/out/rows", **fields)


def expected(connector: Connector, server: Server, start: Position, stop: Position, layout: Layout = CHANGES, **fields: Any) -> list[Any]:
    """The rows as one run writes them into a folder."""
    folder = connector.folder / "reference"
    settings = connector.parquet(server, start, stop, parquet_output_dir=str(folder), **layout.fields, **fields)
    connector.run(settings, limit=300).expect(EXIT_OK)
    return layout.rows_in(folder)


def found(connector: Connector, store: ObjectStore, bucket: str, layout: Layout = CHANGES) -> list[Any]:
    """The rows in the bucket."""
    connector._runs += 1
    return layout.rows_in(store.download(bucket, "out/rows", connector.folder / f"downloaded-{connector._runs}"))


def files(store: ObjectStore, bucket: str) -> dict[str, int]:
    """The keys of the Parquet files in the bucket, and their sizes."""
    return {key: size for key, size in store.sizes(bucket, "out/").items() if key.endswith(".parquet")}


def no_secret(result: Result | Running) -> None:
    text = result.stderr if isinstance(result, Result) else result.stderr()
    assert SECRET not in text and KEY_ID not in text, "a secret is in the log"


def noise(server: Server, database: str, megabytes: int) -> Log:
    """Rows that do not compress, in one binlog file."""
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.noise (id INT PRIMARY KEY, body LONGBLOB)")
    with server.session() as cursor:
        for number in range(megabytes):
            cursor.execute(f"INSERT INTO `{database}`.noise VALUES (%s, RANDOM_BYTES(1024))", (number * 10,))
            cursor.execute(f"INSERT INTO `{database}`.noise SELECT {number * 10 + 1}, REPEAT(body, 480) FROM "
                           f"`{database}`.noise WHERE id = {number * 10}")
    return log_since(server, start)


# ---------------------------------------------------------------------------------------------------------------------
# What is written


@pytest.mark.smoke
def test_whole_run(server: Server, connector: Connector, database: str, store: ObjectStore) -> None:
    """Keys, rows, and readers that know object stores themselves."""
    bucket = store.make_bucket()
    log = orders(server, database)
    result = connector.run(config(connector, server, log, bucket), env=store.environment()).expect(EXIT_OK)
    key = f"out/rows/{log.start.file}-{log.start.offset:010}.parquet"
    assert list(store.sizes(bucket)) == [key]
    assert f"s3://{bucket}/{key}" in result.stderr
    rows = found(connector, store, bucket)
    compare(rows, expected(connector, server, log.start, log.stop)).expect_equal()
    system = pyarrow.fs.S3FileSystem(access_key=KEY_ID, secret_key=SECRET, endpoint_override=f"127.0.0.1:{store.port}",
                                     scheme="http", region=REGION)
    assert pq.read_table(f"{bucket}/{key}", filesystem=system).num_rows == 11
    [path] = connector.folder.glob("downloaded-*/*.parquet")
    counts = duckdb.sql(f"SELECT dml_type, count(*) FROM '{path}' GROUP BY ALL ORDER BY ALL").fetchall()
    assert counts == [("DELETE", 2), ("INSERT", 7), ("UPDATE", 2)]
    assert not connector.output.exists() and not list(connector.folder.glob("s3:*")), "something was written here, too"
    no_secret(result)


@over_layouts("moto")
def test_overwrites_itself(server: Server, connector: Connector, database: str, store: ObjectStore, layout: Layout) -> None:
    """A run that is repeated writes the same keys."""
    bucket = store.make_bucket()
    log = many_rows(server, database, rows=50, statements=20)
    settings = config(connector, server, log, bucket, parquet_roll_rows=100, **layout.fields)
    for _ in range(2):
        connector.run(settings, env=store.environment()).expect(EXIT_OK)
    assert len(files(store, bucket)) == 10
    compare(found(connector, store, bucket, layout), expected(connector, server, log.start, log.stop, layout)).expect_equal()


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_multipart(server: Server, connector: Connector, database: str, store: ObjectStore, compression: str) -> None:
    """An object of several parts, of which few are in memory."""
    bucket = store.make_bucket()
    log = noise(server, database, 90 if compression == "none" else 4)
    with S3Proxy(store.port) as proxy:
        settings = config(connector, server, log, bucket, compression=compression, parquet_batch_size=16)
        megabytes = 0.0
        with connector.start(settings, env=store.environment(proxy.endpoint)) as running:
            while running.process.poll() is None:
                megabytes = max(megabytes, peak(running.process))
                time.sleep(0.005)
            running.wait(120).expect(EXIT_OK)
    [(key, size)] = store.sizes(bucket).items()
    parts = [request.size for request in proxy.requests if request.operation == "UploadPart"]
    if compression == "none":
        assert size > 80_000_000
        assert parts == [PART_BYTES] * (size // PART_BYTES) + ([size % PART_BYTES] if size % PART_BYTES else [])
        assert proxy.count("CreateMultipartUpload") == proxy.count("CompleteMultipartUpload") == 1
    else:
        assert not parts and proxy.count("PutObject") == 1
    local = measure(connector, connector.parquet(server, log.start, log.stop, compression=compression, parquet_batch_size=16),
                    120)
    print(f"\n  {store.name}: {size} bytes in {len(parts)} parts, peak {megabytes:.0f} MB, into a folder {local.megabytes:.0f} MB")
    assert 0 < megabytes < local.megabytes + LIMIT_MEGABYTES
    compare(found(connector, store, bucket), rows_in(connector.output)).expect_equal()
    assert store.uploads(bucket) == []


def test_uploads_while_writing(server: Server, connector: Connector, database: str, moto: ObjectStore) -> None:
    """Parts are there before the file is complete, and nobody sees the object until then."""
    bucket = moto.make_bucket()
    log = noise(server, database, 40)
    with S3Proxy(moto.port) as proxy:
        settings = config(connector, server, log.start, bucket, compression="none", parquet_batch_size=16)
        with connector.start(settings, env=moto.environment(proxy.endpoint)) as running:
            running.wait_until(lambda: proxy.count("UploadPart") >= 2, "two parts")
            time.sleep(0.5)
            assert moto.sizes(bucket) == {} and proxy.count("CompleteMultipartUpload") == 0
            running.send(signal.SIGTERM)
            running.wait(60).expect(EXIT_OK)
    compare(found(connector, moto, bucket), expected(connector, server, log.start, log.stop)).expect_equal()


def test_tls(server: Server, connector: Connector, database: str, tmp_path: Path) -> None:
    """A store with a certificate of an authority of one's own, which the program must be told of."""
    from certificates import Authority

    authority = Authority(tmp_path / "ca", "test authority")
    pair = authority.issue("store", ("127.0.0.1",))
    options = ["--cert", str(pair.certificate), "--key", str(pair.key)]
    log = orders(server, database)
    with object_stores.running("rclone", tmp_path / "rclone", "https", options) as store:
        bucket = store.make_bucket()
        settings = config(connector, server, log, bucket)
        refused = connector.run(settings, env=store.environment()).expect(EXIT_OUTPUT)
        assert "CERTIFICATE_VERIFY_FAILED" in refused.last_line and "AWS_CA_BUNDLE" in refused.last_line
        assert "attempts" not in refused.last_line
        assert store.sizes(bucket) == {}
        connector.run(settings, env=store.environment(AWS_CA_BUNDLE=str(authority.path))).expect(EXIT_OK)
        compare(found(connector, store, bucket), expected(connector, server, log.start, log.stop)).expect_equal()


# ---------------------------------------------------------------------------------------------------------------------
# The checkpoint


def position(store: ObjectStore, bucket: str) -> Position | None:
    document = store.read(bucket, "state/place.json")
    fields = json.loads(document) if document else None
    return Position(fields["binlog_file"], fields["binlog_position"]) if fields else None


@over_layouts("moto")
def test_resume(server: Server, connector: Connector, database: str, store: ObjectStore, layout: Layout) -> None:
    """A run that was stopped goes on where its checkpoint says; then there is nothing left to do."""
    bucket = store.make_bucket()
    first = many_rows(server, database, rows=50, statements=10)
    fields = {"parquet_roll_rows": 100} | layout.fields
    connector.run(config(connector, server, first, bucket, True, **fields), env=store.environment()).expect(EXIT_OK)
    assert position(store, bucket) == first.stop
    server.execute(f"DELETE FROM `{database}`.many WHERE id % 3 = 0")
    stop = server.history()
    settings = config(connector, server, first.start, bucket, True, stop, **fields)
    for _ in range(2):
        result = connector.run(settings, env=store.environment()).expect(EXIT_OK)
        assert "going on from the checkpoint" in result.stderr
        assert position(store, bucket) == stop
    compare(found(connector, store, bucket, layout), expected(connector, server, first.start, stop, layout)).expect_equal()


@over_layouts("tables")
def test_checkpoint_comes_last(server: Server, connector: Connector, database: str, moto: ObjectStore, layout: Layout) -> None:
    """Every file that a checkpoint names was complete before it, and was announced in the one before."""
    bucket = moto.make_bucket()
    log = many_rows(server, database, rows=50, statements=20)
    with S3Proxy(moto.port) as proxy:
        settings = config(connector, server, log, bucket, True, parquet_roll_rows=100, **layout.fields)
        connector.run(settings, env=moto.environment(proxy.endpoint)).expect(EXIT_OK)
    writes = [request.path.rsplit("/", 1)[1] for request in proxy.requests if request.method == "PUT"]
    if layout is TABLES:
        assert writes.count("many.json") == 1 and writes.index("many.json") < writes.index(next(filter(PARQUET.search, writes)))
        writes.remove("many.json")
    # The last one is that of the end, which has no file.
    assert writes.pop() == "place.json"
    assert len(writes) == 30 and writes[0::3] == writes[2::3] == ["place.json"] * 10 and "place.json" not in writes[1::3]


@over_layouts("tables")
def test_two_writers(server: Server, connector: Connector, database: str, moto: ObjectStore, layout: Layout) -> None:
    """Of two runs with one checkpoint one fails at its next save, and the other goes on."""
    bucket = moto.make_bucket()
    log = many_rows(server, database, rows=10, statements=2)
    settings = config(connector, server, log.start, bucket, True, parquet_roll_rows=1, **layout.fields)
    with connector.start(settings, env=moto.environment()) as one:
        one.wait_until(lambda: position(moto, bucket) == log.stop, "the first checkpoint")
        with connector.start(settings, env=moto.environment()) as other:
            other.wait_until(lambda: "going on from the checkpoint" in other.stderr(), "the other's start")
            other.wait_until(lambda: "pipeline started" in other.stderr(), "the other's stream")
            server.execute(f"INSERT INTO `{database}`.many SELECT id + 1000, name, amount, filler FROM `{database}`.many")
            deadline = time.monotonic() + 30
            while one.process.poll() is None and other.process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            loser, winner = (one, other) if one.process.poll() is not None else (other, one)
            result = loser.wait(1).expect(EXIT_CONFIG)
            assert "another run has written" in result.last_line and "checkpoint_file" in result.last_line
            assert winner.process.poll() is None
            winner.send(signal.SIGTERM)
            winner.wait(20).expect(EXIT_OK)
    stop = position(moto, bucket)
    assert stop
    compare(found(connector, moto, bucket, layout), expected(connector, server, log.start, stop, layout)).expect_equal()


@over_layouts("moto")
def test_late_writer(server: Server, connector: Connector, database: str, store: ObjectStore, layout: Layout) -> None:
    """A run whose checkpoint another one has moved publishes nothing more, also where the store knows no conditions."""
    bucket = store.make_bucket()
    log = many_rows(server, database, rows=10, statements=5)
    late = config(connector, server, log.start, bucket, True, **layout.fields)
    with connector.start(late, env=store.environment()) as running:
        running.wait_until(lambda: "pipeline started" in running.stderr(), "the stream")
        time.sleep(1)
        settings = config(connector, server, log, bucket, True, parquet_roll_rows=1, **layout.fields)
        connector.run(settings, env=store.environment()).expect(EXIT_OK)
        before = store.sizes(bucket)
        assert len(files(store, bucket)) == 5
        running.send(signal.SIGTERM)
        result = running.wait(20).expect(EXIT_CONFIG)
    assert "another run has written" in result.last_line
    assert store.sizes(bucket) == before
    compare(found(connector, store, bucket, layout), expected(connector, server, log.start, log.stop, layout)).expect_equal()


@pytest.mark.parametrize("operation", ["first", "later"])
def test_lost_answer_to_the_checkpoint(server: Server, connector: Connector, database: str, moto: ObjectStore,
                                       operation: str) -> None:
    """The store has written it, and says so only when asked again, in the form of a condition that does not hold."""
    bucket = moto.make_bucket()
    log = many_rows(server, database, rows=50, statements=10)
    seen = 0

    def decide(request: Request) -> Fault | None:
        nonlocal seen
        if request.operation != "PutObject" or not request.path.endswith("place.json"):
            return None
        seen += 1
        return Fault("lose") if seen == (1 if operation == "first" else 4) else None

    with S3Proxy(moto.port, decide) as proxy:
        settings = config(connector, server, log, bucket, True, parquet_roll_rows=100)
        connector.run(settings, env=moto.environment(proxy.endpoint)).expect(EXIT_OK)
        assert proxy.faults["lose"] == 1
        # At the beginning, before each of five files, and after the condition that did not hold.
        assert proxy.count("GetObject") == 7
    assert position(moto, bucket) == log.stop


def test_damaged_checkpoint(server: Server, connector: Connector, database: str, store: ObjectStore) -> None:
    bucket = store.make_bucket()
    log = orders(server, database)
    store.client.put_object(Bucket=bucket, Key="state/place.json", Body=b"{")
    result = connector.run(config(connector, server, log, bucket, True), env=store.environment()).expect(EXIT_CONFIG)
    assert f"s3://{bucket}/state/place.json" in result.last_line and "restore it" in result.last_line


# ---------------------------------------------------------------------------------------------------------------------
# Failures


def first(kind: Fault, operation: str, times: int = 1) -> Any:
    """Disturbs the first requests of an operation."""
    left = times

    def decide(request: Request) -> Fault | None:
        nonlocal left
        if request.operation != operation or left == 0:
            return None
        left -= 1
        return kind

    return decide


TRANSIENT = [Fault("error", 500, "InternalError"), Fault("error", 503, "SlowDown"), Fault("error", 429, "TooManyRequests"),
             Fault("error", 400, "RequestTimeout"), Fault("cut"), Fault("lose"), Fault("half")]


@pytest.mark.parametrize("operation", ["GetObject", "PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"])
@pytest.mark.parametrize("fault", TRANSIENT, ids=lambda fault: f"{fault.kind}-{fault.status}-{fault.code}")
def test_transient(server: Server, connector: Connector, database: str, store: ObjectStore, fault: Fault,
                   operation: str, big_log: Log) -> None:
    """Every request is tried again, and what was done twice is there once."""
    bucket = store.make_bucket()
    log = many_rows(server, database, rows=50, statements=2) if operation in ("GetObject", "PutObject") else big_log
    with S3Proxy(store.port, first(fault, operation, 2)) as proxy:
        settings = config(connector, server, log, bucket, operation == "GetObject", compression="none", parquet_batch_size=16)
        connector.run(settings, env=store.environment(proxy.endpoint)).expect(EXIT_OK)
        assert proxy.faults.total() == 2
    rows = expected(connector, server, log.start, log.stop, parquet_batch_size=16, compression="none")
    compare(found(connector, store, bucket), rows).expect_equal()


@pytest.fixture(scope="module")
def big_log(server: Server) -> Iterator[Log]:
    """Enough for three parts."""
    server.execute("DROP DATABASE IF EXISTS it_s3_big", "CREATE DATABASE it_s3_big")
    yield noise(server, "it_s3_big", 45)
    server.execute("DROP DATABASE it_s3_big")


def test_damaged_on_its_way(server: Server, connector: Connector, database: str, tmp_path: Path) -> None:
    """rclone finds a body that is not the one that was signed, and gets it again."""
    log = orders(server, database)
    with object_stores.running("rclone", tmp_path) as store, S3Proxy(store.port, first(Fault("damage"), "PutObject")) as proxy:
        bucket = store.make_bucket()
        connector.run(config(connector, server, log, bucket), env=store.environment(proxy.endpoint)).expect(EXIT_OK)
        assert proxy.faults["damage"] == 1 and proxy.count("PutObject") == 2
        compare(found(connector, store, bucket), expected(connector, server, log.start, log.stop)).expect_equal()


def test_complete_that_fails_with_200(server: Server, connector: Connector, store: ObjectStore, big_log: Log) -> None:
    bucket = store.make_bucket()
    fault = Fault("error", 200, "InternalError")
    settings = config(connector, server, big_log, bucket, compression="none", parquet_batch_size=16)
    with S3Proxy(store.port, first(fault, "CompleteMultipartUpload", 2)) as proxy:
        connector.run(settings, env=store.environment(proxy.endpoint)).expect(EXIT_OK)
        assert proxy.count("CompleteMultipartUpload") == 3
    assert len(store.sizes(bucket)) == 1
    with S3Proxy(store.port, first(fault, "CompleteMultipartUpload", 99)) as proxy:
        environment = store.environment(proxy.endpoint, AWS_MAX_ATTEMPTS="3")
        other = store.make_bucket()
        settings = config(connector, server, big_log, other, compression="none", parquet_batch_size=16)
        result = connector.run(settings, env=environment).expect(EXIT_OUTPUT)
    assert "CompleteMultipartUpload" in result.last_line and "InternalError" in result.last_line
    assert "REQ-1" in result.last_line and "3 attempts" in result.last_line
    assert store.sizes(other) == {} and store.uploads(other) == []


def test_stalled(server: Server, connector: Connector, database: str, moto: ObjectStore) -> None:
    """A connection on which nothing happens is given up after half a minute, and another one is made."""
    bucket = moto.make_bucket()
    log = orders(server, database)
    with S3Proxy(moto.port, first(Fault("stall"), "PutObject")) as proxy:
        result = connector.run(config(connector, server, log, bucket), env=moto.environment(proxy.endpoint)).expect(EXIT_OK)
    assert 25 < result.seconds < 50
    compare(found(connector, moto, bucket), expected(connector, server, log.start, log.stop)).expect_equal()


@pytest.mark.parametrize("operation", ["PutObject", "CreateMultipartUpload", "UploadPart"])
@pytest.mark.parametrize(("status", "code"), [(403, "AccessDenied"), (404, "NoSuchBucket")])
def test_refused(server: Server, connector: Connector, database: str, moto: ObjectStore, big_log: Log, operation: str,
                 status: int, code: str) -> None:
    """What no waiting can cure is not tried again; nothing appears, and no upload is left behind."""
    bucket = moto.make_bucket()
    log = orders(server, database) if operation == "PutObject" else big_log
    refuse = first(Fault("error", status, code), operation, 99)
    with S3Proxy(moto.port, lambda request: refuse(request) if "/out/" in request.path else None) as proxy:
        settings = config(connector, server, log, bucket, True, compression="none", parquet_batch_size=16)
        result = connector.run(settings, env=moto.environment(proxy.endpoint)).expect(EXIT_OUTPUT)
        assert [request.operation for request in proxy.requests if "/out/" in request.path].count(operation) == 1
    for word in (operation, f"s3://{bucket}/out/rows/{log.start.file}", str(status), code, "REQ-1"):
        assert word in result.last_line, result.last_line
    assert moto.sizes(bucket, "out/") == {} and moto.uploads(bucket) == []
    no_secret(result)


def test_wrong_secret(server: Server, connector: Connector, database: str, tmp_path: Path) -> None:
    log = orders(server, database)
    with object_stores.running("rclone", tmp_path) as store:
        bucket = store.make_bucket()
        environment = store.environment(AWS_SECRET_ACCESS_KEY="wrong-secret")
        result = connector.run(config(connector, server, log, bucket), env=environment).expect(EXIT_OUTPUT)
    assert "403" in result.last_line and "AWS_SECRET_ACCESS_KEY" in result.last_line, result.last_line
    assert "wrong-secret" not in result.stderr


def test_clock(server: Server, connector: Connector, database: str, moto: ObjectStore) -> None:
    """A store whose clock is an hour behind: its time is taken for all requests that follow."""
    bucket = moto.make_bucket()
    log = many_rows(server, database, rows=50, statements=4)
    behind = datetime.now(timezone.utc) - timedelta(hours=1)
    fault = Fault("error", 403, "RequestTimeTooSkewed", f"{behind:%a, %d %b %Y %H:%M:%S} GMT")
    with S3Proxy(moto.port, first(fault, "PutObject")) as proxy:
        settings = config(connector, server, log, bucket, parquet_roll_rows=100)
        connector.run(settings, env=moto.environment(proxy.endpoint)).expect(EXIT_OK)
        times = [datetime.strptime(request.date, "%Y%m%dT%H%M%S%z") - behind for request in proxy.requests]
    assert len(times) == 3 and times[0] > timedelta(minutes=59) and max(times[1:]) < timedelta(minutes=1), times
    with S3Proxy(moto.port, first(fault, "PutObject", 99)) as proxy:
        result = connector.run(settings, env=moto.environment(proxy.endpoint)).expect(EXIT_OUTPUT)
        assert len(proxy.requests) == 2 and "clock" in result.last_line


def test_nobody_there(server: Server, connector: Connector, database: str, moto: ObjectStore) -> None:
    environment = moto.environment("http://127.0.0.1:9", AWS_MAX_ATTEMPTS="3")
    result = connector.run(config(connector, server, orders(server, database), "bucket"), env=environment).expect(EXIT_OUTPUT)
    assert "3 attempts" in result.last_line and "PutObject s3://bucket/out/rows/" in result.last_line
    assert result.stderr.count("trying again in") == 2


@pytest.mark.timeout(900)
@over_layouts()
def test_faults_under_load(server: Server, connector: Connector, database: str, store: ObjectStore, seed: str, layout: Layout) -> None:
    """Every tenth request fails in some way: every row is there, once."""
    chance = Random(f"{seed}/{store.name}/{layout.name}")
    bucket = store.make_bucket()
    start = server.next_file()

    def decide(request: Request) -> Fault | None:
        return chance.choice(TRANSIENT) if chance.random() < 0.1 else None

    fields = {"include": [f"{database}.*"]} | ROLL | layout.fields
    with S3Proxy(store.port, decide) as proxy:
        settings = config(connector, server, start, bucket, True, **fields)
        with connector.start(settings, env=store.environment(proxy.endpoint)) as running:
            with LiveLoad(server, database, f"{seed}/{store.name}", Mix(big_share=0.003)) as load:
                time.sleep(10)
                assert running.process.poll() is None, running.stderr()[-3000:]
            stop = server.history()
            time.sleep(2)
            running.send(signal.SIGTERM)
            running.wait(120).expect(EXIT_OK)
    last = config(connector, server, start, bucket, True, stop, **fields)
    connector.run(last, env=store.environment()).expect(EXIT_OK)
    rows = found(connector, store, bucket, layout)
    print(f"\n  {store.name} {layout.name}: {load.transactions} transactions, {len(rows)} rows, {len(store.sizes(bucket))} objects, "
          f"{len(proxy.requests)} requests, faults {dict(proxy.faults)}, MBC_SEED={seed}")
    assert proxy.faults.total() > 0
    compare(rows, expected(connector, server, start, stop, layout, include=[f"{database}.*"])).expect_equal()
    expect_same(replay(rows), server, database)


@pytest.mark.timeout(900)
@over_layouts()
def test_kill(server: Server, connector: Connector, database: str, store: ObjectStore, seed: str, layout: Layout) -> None:
    """Killed at random moments, many of them during an upload: every row is there, once."""
    chance = Random(f"{seed}/{store.name}/{layout.name}-kill")
    bucket = store.make_bucket()
    start = server.next_file()
    fields = {"include": [f"{database}.*"]} | ROLL | layout.fields
    settings = connector.write(config(connector, server, start, bucket, True, **fields))
    with S3Proxy(store.port) as proxy, LiveLoad(server, database, f"{seed}/{store.name}") as load:
        environment = store.environment(proxy.endpoint)
        for number in range(8):
            with connector.start(settings, env=environment) as running:
                if number % 2:
                    before = len([request for request in proxy.requests if request.method == "PUT"])
                    running.wait_until(lambda: len([r for r in proxy.requests if r.method == "PUT"]) > before, "an upload")
                    time.sleep(chance.uniform(0, 0.01))
                else:
                    time.sleep(chance.uniform(0.1, 1.5))
                running.kill()
    stop = server.history()
    connector.run(config(connector, server, start, bucket, True, stop, **fields), env=store.environment()).expect(EXIT_OK)
    rows = found(connector, store, bucket, layout)
    print(f"\n  {store.name} {layout.name}: 8 kills, {load.transactions} transactions, {len(rows)} rows, {len(store.sizes(bucket))} objects")
    compare(rows, expected(connector, server, start, stop, layout, include=[f"{database}.*"])).expect_equal()
    expect_same(replay(rows), server, database)


@over_layouts("moto")
def test_kill_during_multipart(server: Server, connector: Connector, store: ObjectStore, big_log: Log, layout: Layout) -> None:
    """A part is on its way when the process dies: nothing is there; the next run writes all of it."""
    bucket = store.make_bucket()
    settings = config(connector, server, big_log, bucket, True, compression="none", parquet_batch_size=16, **layout.fields)
    with S3Proxy(store.port) as proxy:
        with connector.start(settings, env=store.environment(proxy.endpoint)) as running:
            running.wait_until(lambda: proxy.count("UploadPart") == 2, "the second part")
            running.kill()
    assert files(store, bucket) == {}
    connector.run(settings, env=store.environment()).expect(EXIT_OK)
    rows = expected(connector, server, big_log.start, big_log.stop, layout, parquet_batch_size=16, compression="none")
    compare(found(connector, store, bucket, layout), rows).expect_equal()


def test_server_error_aborts_the_upload(server: Server, connector: Connector, store: ObjectStore, big_log: Log) -> None:
    """A run that fails for another reason takes back what it sent."""
    bucket = store.make_bucket()
    copy = connector.folder / "logs" / big_log.start.file
    copy.parent.mkdir()
    data = server.binlog_path(big_log.start.file).read_bytes()
    place = len(data) * 9 // 10
    copy.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1:])
    settings = {"source": "file", "files": [str(copy)], "output_mode": "parquet", "compression": "none",
                "parquet_batch_size": 16, "parquet_output_dir": f"s3://{bucket}/out/rows",
                # The reader, which finds the damage, is not far ahead of the upload.
                "pipeline_queue_capacity": 1}
    with S3Proxy(store.port) as proxy:
        connector.run(settings, env=store.environment(proxy.endpoint)).expect(65)
        assert proxy.count("UploadPart") >= 1 and proxy.count("AbortMultipartUpload") == 1
    assert store.sizes(bucket) == {} and store.uploads(bucket) == []
