"""Requests that an object store carries out long after the run that sent them was killed, and answers that only look like success."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow.parquet as pq
import pytest

from conftest import Pool
from connector import EXIT_CONFIG, EXIT_OK, EXIT_OUTPUT, Connector
from layouts import PARTITIONS, TABLES, Layout, over_layouts
from object_stores import ObjectStore
from output_files import compare
from s3_proxy import Fault, Request, S3Proxy
from servers import Server
from test_partition_s3 import Gate, downloaded, table_of
from test_partition_s3 import config as partitions
from test_partition_s3 import found as found_partitions
from test_partition_safety import few_rows, whole
from test_s3 import config, expected, first, found, noise
from workloads import Log, log_since, many_rows

PRECONDITION_FAILED = 412


@pytest.fixture(scope="session")
def server(pool: Pool) -> Server:
    """One server is enough: the store does not see which it is."""
    return pool.get("mariadb-11.8")


def holds(operation: str, what: str = ".parquet") -> Callable[[Request], Fault | None]:
    """Holds requests of one kind back."""
    return lambda request: Fault("hold") if request.operation == operation and what in request.path else None


def kill_while_sent(connector: Connector, store: ObjectStore, settings: dict[str, Any], proxy: S3Proxy) -> None:
    """A run is killed when the whole body of the request is sent and nothing is done of it."""
    with connector.start(settings, env=store.environment(proxy.endpoint)) as running:
        running.wait_until(lambda: bool(proxy.held), "the request that is held back")
        running.kill()


# ---------------------------------------------------------------------------------------------------------------------
# Writes of a run that is dead


@over_layouts("checkpoint")
@pytest.mark.parametrize("checkpoint", [True, False], ids=["checkpoint", "none"])
def test_shorter_object_of_the_same_name(server: Server, connector: Connector, database: str, moto: ObjectStore, checkpoint: bool,
                                         layout: Layout) -> None:
    """Ten rows come late, over the twenty of the next run."""
    bucket = moto.make_bucket()
    log = many_rows(server, database, rows=10, statements=1)
    server.execute(f"INSERT INTO `{database}`.many SELECT id + 1000, name, amount, filler FROM `{database}`.many")
    whole_log = log_since(server, log.start)
    with S3Proxy(moto.port, holds("PutObject")) as proxy:
        kill_while_sent(connector, moto, config(connector, server, log, bucket, checkpoint, **layout.fields), proxy)
        settings = config(connector, server, whole_log, bucket, checkpoint, **layout.fields)
        connector.run(settings, env=moto.environment()).expect(EXIT_OK)
        assert proxy.apply() == [PRECONDITION_FAILED]
    compare(found(connector, moto, bucket, layout), expected(connector, server, log.start, whole_log.stop, layout)).expect_equal()


# The next run's requests on objects are: the blank ones, then one for each part, and what it takes to replace them.
@over_layouts("8-tables", first=PARTITIONS)
@pytest.mark.parametrize("moment", [1, 3, 5, 8, 99])
def test_objects_of_names_that_are_not_used_again(server: Server, connector: Connector, database: str, moto: ObjectStore,
                                                  moment: int, layout: Layout) -> None:
    """The next run cuts its parts elsewhere; what is late comes before any of its requests on objects, or after the last."""
    bucket = moto.make_bucket()
    start, stop = few_rows(server, database)
    hold = lambda request: Fault("hold") if table_of(request) == "first" else None  # noqa: E731
    with S3Proxy(moto.port, hold) as late:
        kill_while_sent(connector, moto, partitions(connector, server, bucket, start, stop, parquet_roll_rows=6, **layout.fields), late)
        seen = 0

        def decide(request: Request) -> None:
            nonlocal seen
            seen += table_of(request) != ""
            if seen == moment:
                late.apply()

        with S3Proxy(moto.port, decide) as proxy:
            settings = partitions(connector, server, bucket, start, stop, parquet_roll_rows=1, **layout.fields)
            connector.run(settings, env=moto.environment(proxy.endpoint)).expect(EXIT_OK)
        answers = late.apply()
    assert answers == ([PRECONDITION_FAILED] if seen < moment else [])
    compare(found_partitions(connector, moto, bucket, layout), whole(connector, server, start, stop, layout)).expect_equal()
    blanks = [path for path in downloaded(connector, moto, bucket).rglob("*.parquet") if not pq.read_metadata(path).num_rows]
    assert {path.parent.name.removeprefix("tbl=") for path in blanks} <= {"first", "second"}


@pytest.fixture(scope="module")
def big_log(server: Server) -> Iterator[Log]:
    """Enough for two parts, and two rows in a transaction of their own."""
    server.execute("DROP DATABASE IF EXISTS it_s3_late", "CREATE DATABASE it_s3_late")
    log = noise(server, "it_s3_late", 36)
    server.execute("DELETE FROM it_s3_late.noise WHERE id < 5")
    yield log
    server.execute("DROP DATABASE it_s3_late")


LARGE = {"compression": "none", "parquet_batch_size": 16}


@over_layouts("tables")
def test_multipart_upload(server: Server, connector: Connector, big_log: Log, moto: ObjectStore, layout: Layout) -> None:
    """The request that lets an object appear in one piece comes late."""
    bucket, fields = moto.make_bucket(), LARGE | layout.fields
    start, stop = big_log.start, log_since(server, big_log.start).stop
    with S3Proxy(moto.port, holds("CompleteMultipartUpload")) as proxy:
        kill_while_sent(connector, moto, config(connector, server, big_log, bucket, True, **fields), proxy)
        settings = config(connector, server, start, bucket, True, stop, **fields)
        connector.run(settings, env=moto.environment()).expect(EXIT_OK)
        assert proxy.apply() == [PRECONDITION_FAILED]
    compare(found(connector, moto, bucket, layout), expected(connector, server, start, stop, layout, **LARGE)).expect_equal()


@pytest.mark.parametrize("moment", ["before", "between", "behind"])
def test_description_of_a_table(server: Server, connector: Connector, database: str, moto: ObjectStore, moment: str) -> None:
    """The description that comes late lacks a column of the next run's files; no later run may give its name another type."""
    bucket = moto.make_bucket()
    start, table = server.next_file(), f"`{database}`.t"
    server.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY)", f"INSERT INTO {table} VALUES (1)")
    log = log_since(server, start)
    server.execute(f"ALTER TABLE {table} ADD COLUMN a INT", f"INSERT INTO {table} VALUES (2, 20)")
    middle = server.history()
    server.execute(f"ALTER TABLE {table} MODIFY a VARCHAR(9)", f"INSERT INTO {table} VALUES (3, 'x')")
    with S3Proxy(moto.port, holds("PutObject", "/_schemas/")) as late:
        kill_while_sent(connector, moto, config(connector, server, log, bucket, True, **TABLES.fields), late)
        if moment == "before":
            assert late.apply() == [200]

        def decide(request: Request) -> None:
            if moment == "between" and request.method == "PUT" and "/_schemas/" in request.path:
                late.apply()

        with S3Proxy(moto.port, decide) as proxy:
            settings = config(connector, server, start, bucket, True, middle, **TABLES.fields)
            connector.run(settings, env=moto.environment(proxy.endpoint)).expect(EXIT_OK)
        assert late.apply() == ([PRECONDITION_FAILED] if moment == "behind" else [])
    settings = config(connector, server, start, bucket, True, server.history(), **TABLES.fields)
    connector.run(settings, env=moto.environment()).expect(EXIT_OK)
    rows = [dict(row.columns) for row in found(connector, moto, bucket, TABLES)]
    assert [(row["id"], row.get("a"), row.get("a__string")) for row in rows] == [(1, None, None), (2, 20, None), (3, None, "x")]


def test_checkpoint(server: Server, connector: Connector, database: str, moto: ObjectStore) -> None:
    """A checkpoint that covers the shorter object comes late: before the next run's first object, which is longer."""
    bucket = moto.make_bucket()
    log = many_rows(server, database, rows=10, statements=1)
    server.execute(f"INSERT INTO `{database}`.many SELECT id + 1000, name, amount, filler FROM `{database}`.many")
    whole_log = log_since(server, log.start)
    writes = 0

    def hold(request: Request) -> Fault | None:
        nonlocal writes
        if request.method != "PUT" or not request.path.endswith("place.json"):
            return None
        writes += 1
        return Fault("hold") if writes == 2 else None

    with S3Proxy(moto.port, hold) as late:
        kill_while_sent(connector, moto, config(connector, server, log, bucket, True), late)
        saves, answers = 0, []

        def decide(request: Request) -> None:
            """The next run has said that it takes over, and has announced the same object: its own is on its way."""
            nonlocal saves
            saves += request.method == "PUT" and request.path.endswith("place.json")
            if saves == 2 and "/out/" in request.path:
                answers.extend(late.apply())

        with S3Proxy(moto.port, decide) as proxy:
            settings = config(connector, server, whole_log, bucket, True)
            connector.run(settings, env=moto.environment(proxy.endpoint)).expect(EXIT_OK)
    assert answers == [PRECONDITION_FAILED]
    compare(found(connector, moto, bucket), expected(connector, server, log.start, whole_log.stop)).expect_equal()


@over_layouts("tables")
def test_run_that_was_frozen(server: Server, connector: Connector, database: str, moto: ObjectStore, layout: Layout) -> None:
    """A run that slept before its request went out finds that another one has taken over, and replaces nothing."""
    bucket = moto.make_bucket()
    log = many_rows(server, database, rows=10, statements=1)
    server.execute(f"INSERT INTO `{database}`.many SELECT id + 1000, name, amount, filler FROM `{database}`.many")
    whole_log = log_since(server, log.start)
    gate = Gate(lambda request: ".parquet" in request.path)
    with S3Proxy(moto.port, gate) as proxy:
        settings = config(connector, server, log, bucket, True, **layout.fields)
        with connector.start(settings, env=moto.environment(proxy.endpoint)) as frozen:
            assert gate.reached.wait(30)
            connector.run(config(connector, server, whole_log, bucket, True, **layout.fields), env=moto.environment()).expect(EXIT_OK)
            gate.opened.set()
            assert "another run has written" in frozen.wait().expect(EXIT_CONFIG).last_line
    compare(found(connector, moto, bucket, layout), expected(connector, server, log.start, whole_log.stop, layout)).expect_equal()


# ---------------------------------------------------------------------------------------------------------------------
# Answers that look like success


@pytest.fixture
def small_log(server: Server, database: str) -> Log:
    return many_rows(server, database, rows=20, statements=3)


@pytest.mark.parametrize(("operation", "what"), [
    ("PutObject", "/out/"), ("PutObject", "place.json"), ("GetObject", "place.json")], ids=["object", "save", "load"])
@pytest.mark.parametrize("fault", [Fault("error", 200, "InternalError"), Fault("pretend", 200), Fault("pretend", 204)],
                         ids=["error", "no ETag", "204"])
def test_no_success(server: Server, connector: Connector, moto: ObjectStore, small_log: Log, fault: Fault,
                    operation: str, what: str) -> None:
    """A status that says success over an answer that does not: tried again, and a failure if it stays so."""
    bucket = moto.make_bucket()
    disturb = first(fault, operation, 2)
    with S3Proxy(moto.port, lambda request: disturb(request) if what in request.path else None) as proxy:
        settings = config(connector, server, small_log, bucket, True)
        connector.run(settings, env=moto.environment(proxy.endpoint)).expect(EXIT_OK)
        assert proxy.faults.total() == 2
    rows = expected(connector, server, small_log.start, small_log.stop)
    assert len(rows) == 60
    compare(found(connector, moto, bucket), rows).expect_equal()
    other = moto.make_bucket()
    always = lambda request: fault if request.operation == operation and what in request.path else None  # noqa: E731
    with S3Proxy(moto.port, always) as proxy:
        settings = config(connector, server, small_log, other, True)
        result = connector.run(settings, env=moto.environment(proxy.endpoint, AWS_MAX_ATTEMPTS="2")).expect(EXIT_OUTPUT)
    assert operation in result.last_line and "2 attempts" in result.last_line


@pytest.mark.parametrize(("operation", "fault"), [
    ("CreateMultipartUpload", Fault("pretend", 200)), ("UploadPart", Fault("pretend", 200)),
    ("UploadPart", Fault("error", 200, "InternalError")), ("CompleteMultipartUpload", Fault("pretend", 200))],
    ids=["create", "part", "error", "complete"])
def test_no_success_of_an_upload(server: Server, connector: Connector, moto: ObjectStore, big_log: Log, fault: Fault,
                                 operation: str) -> None:
    bucket = moto.make_bucket()
    with S3Proxy(moto.port, first(fault, operation, 1)) as proxy:
        settings = config(connector, server, big_log, bucket, **LARGE)
        connector.run(settings, env=moto.environment(proxy.endpoint)).expect(EXIT_OK)
        assert proxy.faults.total() == 1 and proxy.count(operation) >= 2
    [_] = moto.sizes(bucket)
    rows = expected(connector, server, big_log.start, big_log.stop, **LARGE)
    compare(found(connector, moto, bucket), rows).expect_equal()


# ---------------------------------------------------------------------------------------------------------------------
# What is there already


def test_empty_object(server: Server, connector: Connector, moto: ObjectStore, small_log: Log) -> None:
    """An object without bytes, of which no first one can be read, gives way like any other."""
    bucket = moto.make_bucket()
    key = f"out/rows/{small_log.start.file}-{small_log.start.offset:010}.parquet"
    moto.client.put_object(Bucket=bucket, Key=key, Body=b"")
    connector.run(config(connector, server, small_log, bucket, True), env=moto.environment()).expect(EXIT_OK)
    compare(found(connector, moto, bucket), expected(connector, server, small_log.start, small_log.stop)).expect_equal()


def test_store_that_refuses_conditions(server: Server, connector: Connector, moto: ObjectStore, small_log: Log) -> None:
    """Without a checkpoint in it, such a store is written as before, with a warning; a checkpoint needs them."""
    bucket, refused = moto.make_bucket(), Fault("error", 501, "NotImplemented")
    with S3Proxy(moto.port, lambda request: refused if request.conditions else None) as proxy:
        settings = config(connector, server, small_log, bucket, parquet_roll_rows=20)
        result = connector.run(settings, env=moto.environment(proxy.endpoint)).expect(EXIT_OK)
        assert result.stderr.count("does not keep the conditions") == 1 and proxy.faults.total() == 1
        settings = config(connector, server, small_log, bucket, True)
        result = connector.run(settings, env=moto.environment(proxy.endpoint)).expect(EXIT_OUTPUT)
        assert "501 NotImplemented" in result.last_line and "conditional writes" in result.last_line
    compare(found(connector, moto, bucket), expected(connector, server, small_log.start, small_log.stop)).expect_equal()
