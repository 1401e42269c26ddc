"""Lines of JSON in an object store: a late write of a run that is dead, and a function that keeps its output there."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Pool
from connector import EXIT_OK, Connector
from lambda_emulator import SCHEDULE_EVENT, Function
from lambda_schedule import catch_up
from object_stores import ObjectStore
from s3_proxy import S3Proxy
from servers import Position, Server
from test_json_files import ENDINGS, config, streamed, unpacked
from test_s3_late import PRECONDITION_FAILED, holds, kill_while_sent
from workloads import log_since, many_rows, orders


@pytest.fixture(scope="session")
def server(pool: Pool) -> Server:
    """One server is enough: the store does not see which it is."""
    return pool.get("mariadb-11.8")


def into(connector: Connector, server: Server, start: Position, stop: Position | None, bucket: str, **fields: Any) -> dict[str, Any]:
    return config(connector, server, start, stop, output_dir=f"s3://{bucket}/out/rows", **fields)


def text_in(store: ObjectStore, bucket: str) -> bytes:
    """The lines of all objects, without the blanks that tell an object from one with the same rows."""
    keys = sorted(store.sizes(bucket, "out/rows/"))
    return b"".join(unpacked(key, store.client.get_object(Bucket=bucket, Key=key)["Body"].read()).lstrip(b" \t") for key in keys)


@pytest.mark.parametrize("compression", ENDINGS)
@pytest.mark.parametrize("checkpoint", [True, False], ids=["checkpoint", "none"])
def test_shorter_object_of_the_same_name(server: Server, connector: Connector, database: str, moto: ObjectStore, compression: str,
                                         checkpoint: bool) -> None:
    """Ten lines come late, over the twenty of the next run."""
    bucket = moto.make_bucket()
    log = many_rows(server, database, rows=10, statements=1)
    server.execute(f"INSERT INTO `{database}`.many SELECT id + 1000, name, amount, filler FROM `{database}`.many")
    stop = log_since(server, log.start).stop
    fields = {"compression": compression} | ({"checkpoint_file": f"s3://{bucket}/state/place.json"} if checkpoint else {})
    with S3Proxy(moto.port, holds("PutObject", "/out/rows")) as proxy:
        kill_while_sent(connector, moto, into(connector, server, log.start, log.stop, bucket, **fields), proxy)
        connector.run(into(connector, server, log.start, stop, bucket, **fields), env=moto.environment()).expect(EXIT_OK)
        assert proxy.apply() == [PRECONDITION_FAILED]
    assert text_in(moto, bucket) == streamed(connector, server, log.start, stop)


def test_function(server: Server, connector: Connector, database: str, moto: ObjectStore) -> None:
    """Each invocation goes on where the one before it ended, with the same numbers that one run gives."""
    log, bucket = orders(server, database), moto.make_bucket()
    settings = into(connector, server, log.start, None, bucket, include=[f"{database}.*"], parquet_roll_rows=3,
                    checkpoint_file=f"s3://{bucket}/state/place.json")
    with Function(connector.folder, settings, timeout=10, env=moto.environment()) as function:
        assert '"status":"ok"' in function.invoke(SCHEDULE_EVENT).text
        server.execute(f"INSERT INTO `{database}`.orders VALUES (6, 'new', 1.00, NULL, NULL)", f"TRUNCATE `{database}`.orders")
        stop = log_since(server, log.start).stop
        last = catch_up(function)
    assert last["next"]["pos"] >= stop.offset
    assert text_in(moto, bucket) == streamed(connector, server, log.start, stop, include=[f"{database}.*"])
