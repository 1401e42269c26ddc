"""A function whose object store fails, in every way of s3_proxy.py: each invocation answers before its time is over, says what
the store did, and loses nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from conftest import Pool
from connector import Connector
from lambda_emulator import SCHEDULE_EVENT, Answer, Function
from lambda_schedule import catch_up
from layouts import Layout, over_layouts
from live_load import LiveLoad, Mix
from object_stores import ObjectStore
from output_files import compare
from s3_proxy import Fault, Request, S3Proxy
from servers import Position, Server
from table_replay import expect_same, replay
from test_s3 import expected, found
from workloads import Log, log_since, orders

# An eighth of the margin is enough for an answer, also on a machine that is busy.
TIMEOUT, MARGIN = 10, 5
# What an invocation answers when the store is to blame.
OUTPUT_FAILED = "Connector.OutputFailed"
PLACE = "state/place.json"
ERROR = Fault("error")
STALL = Fault("stall")
LOSE = Fault("lose")


@pytest.fixture(scope="session")
def server(pool: Pool) -> Server:
    """One server is enough: the store does not see which it is."""
    return pool.get("mariadb-11.8")


def function(connector: Connector, server: Server, database: str, start: Position, bucket: str, env: dict[str, str],
             **fields: Any) -> Function:
    """A function that keeps its output and its checkpoint in a bucket."""
    config = connector.parquet(
        server, start, include=[f"{database}.*"], parquet_output_dir=f"s3://{bucket}/out/rows",
        checkpoint_file=f"s3://{bucket}/{PLACE}", lambda_margin_seconds=MARGIN, **fields)
    return Function(connector.folder, config, timeout=TIMEOUT, env=env)


def expect_in_time(answer: Answer) -> None:
    """The function answered by itself: of one that is killed, the emulator only says that its time is over."""
    assert answer.text.startswith("{"), f"{answer.text} after {answer.seconds:.1f} s"


def is_for(operation: str, place: bool) -> Callable[[Request], bool]:
    """Whether a request is of this operation, on the checkpoint or on a file."""
    return lambda request: request.operation == operation and request.path.endswith(PLACE) == place


@pytest.mark.parametrize("fault", [ERROR, STALL, LOSE, Fault("half")], ids=lambda fault: fault.kind)
@pytest.mark.parametrize(("operation", "place"), [("GetObject", True), ("PutObject", False), ("PutObject", True)],
                         ids=["load", "file", "checkpoint"])
def test_answers_in_time(server: Server, connector: Connector, database: str, moto: ObjectStore, operation: str,
                         place: bool, fault: Fault) -> None:
    """A request of each kind fails for as long as the invocation lasts; the next one has all rows, once."""
    log, bucket = orders(server, database), moto.make_bucket()
    applies = is_for(operation, place)
    with S3Proxy(moto.port, lambda request: fault if applies(request) else None) as proxy:
        with function(connector, server, database, log.start, bucket, moto.environment(proxy.endpoint)) as lambda_function:
            answer = lambda_function.invoke(SCHEDULE_EVENT)
            expect_in_time(answer)
            tried = proxy.faults.total()
            # The answer to a write may be lost: that it was done is found out where something else than its own bytes tells.
            if '"status":"ok"' not in answer.text:
                assert answer.error == OUTPUT_FAILED and f"{operation} s3://{bucket}/" in answer.message, answer.text
                assert fault is not ERROR or "503 SlowDown" in answer.message
            proxy.decide = lambda request: None
            assert tried >= 1
            last = catch_up(lambda_function)
        text = lambda_function.log()
    assert text.count('"_aws"') >= 2, "an invocation has not told its figures"
    assert last["next"]["pos"] >= log.stop.offset
    compare(found(connector, moto, bucket), expected(connector, server, log.start, log.stop)).expect_equal()


@pytest.fixture
def big_log(server: Server, database: str) -> Log:
    """One transaction, because output is cut between transactions; its rows do not compress."""
    start = server.next_file()
    table = f"`{database}`.noise"
    server.execute(
        f"CREATE TABLE {table} (id INT PRIMARY KEY, body LONGBLOB)", "BEGIN",
        *(f"INSERT INTO {table} SELECT {number}, REPEAT(RANDOM_BYTES(1024), 512)" for number in range(48)), "COMMIT")
    return log_since(server, start)


@pytest.mark.parametrize(("operation", "fault"), [
    ("CreateMultipartUpload", ERROR), ("CreateMultipartUpload", STALL), ("UploadPart", ERROR), ("UploadPart", STALL),
    ("UploadPart", LOSE), ("CompleteMultipartUpload", ERROR), ("CompleteMultipartUpload", STALL),
    ("CompleteMultipartUpload", LOSE)], ids=lambda value: value if isinstance(value, str) else value.kind)
def test_multipart_upload(server: Server, connector: Connector, database: str, moto: ObjectStore, big_log: Log,
                          operation: str, fault: Fault) -> None:
    """An upload that the store does not let through is aborted, also when the time is over."""
    bucket = moto.make_bucket()
    settings = {"compression": "none", "parquet_batch_size": 16}
    with S3Proxy(moto.port, lambda request: fault if request.operation == operation else None) as proxy:
        with function(connector, server, database, big_log.start, bucket, moto.environment(proxy.endpoint),
                      **settings) as lambda_function:
            answer = lambda_function.invoke(SCHEDULE_EVENT)
            expect_in_time(answer)
            assert proxy.faults.total() >= 1
            if '"status":"ok"' not in answer.text:
                assert answer.error == OUTPUT_FAILED and operation in answer.message, answer.text
            assert moto.uploads(bucket) == []
            proxy.decide = lambda request: None
            catch_up(lambda_function)
    assert moto.uploads(bucket) == []
    compare(found(connector, moto, bucket), expected(connector, server, big_log.start, big_log.stop)).expect_equal()


def test_credentials_endpoint_that_stalls(server: Server, connector: Connector, database: str, moto: ObjectStore) -> None:
    """The time that credentials take is the invocation's, too."""
    log = orders(server, database)
    with S3Proxy(moto.port, lambda request: STALL) as endpoint:
        env = {"AWS_ENDPOINT_URL_S3": moto.endpoint, "AWS_REGION": "eu-central-1",
               "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{endpoint.endpoint}/credentials"}
        with function(connector, server, database, log.start, moto.make_bucket(), env) as lambda_function:
            answer = lambda_function.invoke(SCHEDULE_EVENT)
    expect_in_time(answer)
    assert answer.error == OUTPUT_FAILED and "credentials endpoint" in answer.message


# ---------------------------------------------------------------------------------------------------------------------
# A schedule


class Weather:
    """What the store does to the requests of one invocation: a fault, and the share of the requests that it strikes."""

    def __init__(self, fault: Fault | None, share: float, chance: random.Random) -> None:
        self._fault, self._share, self._chance = fault, share, chance

    def __call__(self, request: Request) -> Fault | None:
        return self._fault if self._chance.random() < self._share else None


# Every kind of fault on some requests, which attempts get over, and outages, which they do not.
WEATHERS: dict[str, tuple[Fault | None, float]] = {
    "fair": (None, 0), "503": (Fault("error"), 0.3), "500": (Fault("error", 500, "InternalError"), 0.3),
    "cut": (Fault("cut"), 0.3), "lose": (LOSE, 0.3), "half": (Fault("half"), 0.3), "stall": (STALL, 0.15),
    "expired": (Fault("error", 400, "ExpiredToken"), 0.2), "outage": (Fault("error"), 1), "cut off": (Fault("cut"), 1),
    "silence": (STALL, 1), "no answers": (LOSE, 1), "all expired": (Fault("error", 400, "ExpiredToken"), 1),
}


@pytest.mark.soak("mysql-9.7", "moto")
@over_layouts()
@pytest.mark.timeout(900)
def test_schedule(server: Server, connector: Connector, database: str, store: ObjectStore, seed: str, layout: Layout,
                  capsys: pytest.CaptureFixture[str]) -> None:
    """Under live writes, every committed row is there exactly once whatever the store does, and no invocation is killed."""
    chance = random.Random(f"{seed}/{store.name}/weather")
    names = list(WEATHERS)
    chance.shuffle(names)
    start, bucket = server.next_file(), store.make_bucket()
    answers: dict[str, str] = {}
    with S3Proxy(store.port) as proxy:
        with function(connector, server, database, start, bucket, store.environment(proxy.endpoint),
                      **layout.fields) as lambda_function:
            with LiveLoad(server, database, f"{seed}/{store.name}", Mix(writers=2, pause_seconds=0.02)):
                for name in names:
                    fault, share = WEATHERS[name]
                    proxy.decide = Weather(fault, share, random.Random(chance.random()))
                    answer = lambda_function.invoke(SCHEDULE_EVENT)
                    expect_in_time(answer)
                    answers[name] = answer.fields.get("errorType", "ok")
            proxy.decide = lambda request: None
            stop = server.history()
            last = catch_up(lambda_function)
    assert Position(last["next"]["file"], last["next"]["pos"]) >= stop
    rows = found(connector, store, bucket, layout)
    result = compare(rows, expected(connector, server, start, stop, layout, include=[f"{database}.*"]))
    with capsys.disabled():
        print(f"\n  {store.name} {layout.name}: {answers}, {dict(proxy.faults)}, {result.rows} rows, {result.lost} lost,"
              f" {result.duplicated} duplicated, MBC_SEED={seed}")
    result.expect_equal()
    expect_same(replay(rows), server, database)
    assert answers["fair"] == "ok"
    assert {answers[name] for name in ("outage", "cut off", "silence", "all expired")} == {OUTPUT_FAILED}
