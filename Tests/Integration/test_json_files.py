"""Lines of JSON in files and objects: cut, named and published as Parquet files are, exactly once, in forms that every reader takes."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import polars
import pytest

import checkpoints
from changes import in_order, read_folder, read_lines
from connector import EXIT_CONFIG, EXIT_OK, Connector
from live_load import LiveLoad
from object_stores import ObjectStore
from servers import Position, Server
from test_exactly_once import Killer
from workloads import many_rows, orders

ENDINGS = {"none": ".jsonl", "gzip": ".jsonl.gz", "zstd": ".jsonl.zst"}
ROLL = {"parquet_roll_rows": 100, "parquet_roll_bytes": 20_000, "parquet_roll_seconds": 1}


def config(connector: Connector, server: Server, start: Position, stop: Position | None = None, **fields: Any) -> dict[str, Any]:
    return connector.config(server, start, stop, **({"output_mode": "json", "output_dir": str(connector.output)} | fields))


def unpacked(name: str, content: bytes) -> bytes:
    """The lines of a file: `gzip` and `zstd` themselves say whether it is whole."""
    if name.endswith(".zst"):
        return subprocess.run(["zstd", "-dc"], input=content, capture_output=True, check=True).stdout
    return gzip.decompress(content) if name.endswith(".gz") else content


def paths(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def text_of(files: Iterable[Path]) -> bytes:
    """The lines of files, whose names are in the order of the log."""
    return b"".join(unpacked(path.name, path.read_bytes()) for path in files)


def streamed(connector: Connector, server: Server, start: Position, stop: Position, **fields: Any) -> bytes:
    return connector.run(connector.config(server, start, stop, output_mode="json", **fields), limit=300).expect(EXIT_OK).stdout


@pytest.mark.parametrize("compression", ENDINGS)
@pytest.mark.parametrize("events", ["rows", "all"])
def test_files_hold_what_the_stream_shows(server: Server, connector: Connector, database: str, compression: str,
                                          events: str) -> None:
    log = many_rows(server, database, 300, 40)
    server.next_file()
    stop = server.history()
    connector.run(config(connector, server, log.start, stop, compression=compression, events=events)).expect(EXIT_OK)
    found = paths(connector.output)
    assert [path.name for path in found][0] == f"{log.start.file}{ENDINGS[compression]}" and len(found) == 2
    assert text_of(found) == streamed(connector, server, log.start, stop, events=events)


@pytest.mark.parametrize("compression", ENDINGS)
def test_parts_end_with_their_transactions(server: Server, connector: Connector, database: str, compression: str,
                                           tmp_path: Path) -> None:
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)",
                   *[f"INSERT INTO `{database}`.t VALUES ({n}), ({n + 1}), ({n + 2})" for n in range(0, 90, 3)])
    stop = server.history()
    connector.run(config(connector, server, start, stop, compression=compression, events="all", parquet_roll_rows=10,
                         checkpoint_file=str(tmp_path / "place.json"))).expect(EXIT_OK)
    found = paths(connector.output)
    assert len(found) >= 7 and text_of(found) == streamed(connector, server, start, stop, events="all")
    for path in found:
        kinds = [json.loads(line).get("status") for line in text_of([path]).splitlines()]
        assert kinds[0] == "BEGIN" and kinds[-1] == "END", path.name
    assert checkpoints.position(tmp_path / "place.json") == stop


@pytest.mark.parametrize("by", ["table", "date", "table,date"])
def test_partitions(server: Server, connector: Connector, database: str, by: str) -> None:
    log = orders(server, database)
    server.execute(f"CREATE TABLE `{database}`.other (id INT PRIMARY KEY)", f"INSERT INTO `{database}`.other VALUES (1), (2)")
    stop = server.history()
    connector.run(config(connector, server, log.start, stop, partition_by=by)).expect(EXIT_OK)
    found = paths(connector.output)
    assert {path.parent.relative_to(connector.output).as_posix().split("/")[0].split("=")[0] for path in found} == {
        "dt" if by == "date" else "db"}
    for path in found:
        tables = {json.loads(line)["source"]["table"] for line in text_of([path]).splitlines()}
        assert by == "date" or [f"tbl={table}" for table in tables] == [path.relative_to(connector.output).parts[1]]
    lines = [line for path in found for line in text_of([path]).splitlines()]
    assert sorted(lines) == sorted(streamed(connector, server, log.start, stop).splitlines())


@pytest.mark.parametrize("compression", ENDINGS)
def test_readers(server: Server, connector: Connector, database: str, compression: str) -> None:
    """Statements of few rows: MariaDB logs them, and each row has its statement beside it."""
    log = many_rows(server, database, 50, 400)
    connector.run(config(connector, server, log.start, log.stop, compression=compression, parquet_roll_bytes=1 << 30)).expect(EXIT_OK)
    pattern = f"{connector.output}/*{ENDINGS[compression]}"
    expected = [(line["source"]["seq"],) for line in
                map(json.loads, streamed(connector, server, log.start, log.stop).splitlines())]
    query = f"SELECT source.seq FROM read_json('{pattern}') ORDER BY 1"
    assert duckdb.connect().execute(query).fetchall() == expected
    text = text_of(paths(connector.output))
    selected = subprocess.run(["jq", ".source.seq"], input=text, capture_output=True, check=True).stdout
    assert [(int(number),) for number in selected.split()] == expected
    # One frame a file: a reader that stops behind the first has all of it.
    for path in paths(connector.output):
        assert polars.read_ndjson(path).height == len(text_of([path]).splitlines())


@pytest.mark.parametrize("compression", ENDINGS)
def test_clickhouse_reads_them(mysql: Server, connector: Connector, compression: str) -> None:
    mysql.execute("DROP DATABASE IF EXISTS it_clickhouse", "CREATE DATABASE it_clickhouse")
    log = many_rows(mysql, "it_clickhouse", 500, 40)
    mysql.execute("DROP DATABASE it_clickhouse")
    connector.run(config(connector, mysql, log.start, log.stop, compression=compression)).expect(EXIT_OK)
    expected = [line["source"]["seq"] for line in map(json.loads, text_of(paths(connector.output)).splitlines())]
    query = f"SELECT source.seq FROM file('{connector.output}/*{ENDINGS[compression]}', 'JSONEachRow') ORDER BY 1"
    found = subprocess.run([sys.executable, "-c", "import chdb, sys; print(chdb.query(sys.argv[1], 'CSV'))", query], capture_output=True, check=True)
    assert [int(number) for number in found.stdout.split()] == expected and len(expected) == 20_000


@pytest.mark.parametrize("compression", ENDINGS)
@pytest.mark.timeout(3600)
def test_kill(server: Server, connector: Connector, database: str, tmp_path: Path, seed: str, compression: str) -> None:
    """Every line comes once, with the number that one run over all of the log gives it."""
    chance = random.Random(f"{seed}/{server.name}/json")
    start = server.next_file()
    place = tmp_path / "state" / "checkpoint.json"
    fields = {"include": [f"{database}.*"], "events": "all"}
    settings = config(connector, server, start, checkpoint_file=str(place), compression=compression, **fields, **ROLL)
    killer = Killer(chance, connector.output, place)
    gone = f"`{database}`.gone"
    with LiveLoad(server, database, f"{seed}/{server.name}"):
        for _ in range(6):
            server.execute(f"CREATE TABLE {gone} (id INT PRIMARY KEY)", f"INSERT INTO {gone} VALUES (1)", f"TRUNCATE {gone}",
                           f"DROP TABLE {gone}")
            with connector.start(settings) as running:
                killer.wait(running)
                running.send(signal.SIGKILL)
                running.process.wait()
    stop = server.history()
    end = {"to_binlog_file": stop.file, "to_binlog_position": stop.offset}
    connector.run(settings | end, limit=300).expect(EXIT_OK)
    assert checkpoints.position(place) == stop
    found = text_of(paths(connector.output))
    assert found == streamed(connector, server, start, stop, **fields)
    changes = [line for line in map(json.loads, found.splitlines()) if "op" in line]
    numbers = [line["source"]["seq"] for line in changes]
    assert numbers and numbers == sorted(set(numbers))
    assert sum(line["op"] == "t" for line in changes) >= 12


def test_objects(server: Server, connector: Connector, database: str, store: ObjectStore) -> None:
    log = orders(server, database)
    bucket = store.make_bucket()
    settings = config(connector, server, log.start, log.stop, output_dir=f"s3://{bucket}/changes",
                      checkpoint_file=f"s3://{bucket}/state/checkpoint.json", parquet_roll_rows=4)
    connector.run(settings, env=store.environment()).expect(EXIT_OK)
    keys = sorted(store.sizes(bucket, "changes/"))
    text = b"".join(unpacked(key, store.client.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys)
    assert len(keys) > 1 and all(key.endswith(".jsonl.gz") for key in keys)
    assert text == streamed(connector, server, log.start, log.stop)


def test_rows_are_those_of_parquet(server: Server, connector: Connector, database: str) -> None:
    log = orders(server, database)
    connector.run(config(connector, server, log.start, log.stop)).expect(EXIT_OK)
    found = [change.key for change in in_order(read_lines(text_of(paths(connector.output))))]
    shutil.rmtree(connector.output)
    connector.run(connector.parquet(server, log.start, log.stop)).expect(EXIT_OK)
    assert found == [change.key for change in read_folder(connector.output)]


WRONG = [
    ({"output_mode": "parquet"}, "output_dir is for output_mode \"json\""),
    ({"output_mode": "stdout"}, "output_dir is for output_mode \"json\""),
    ({"partition_by": "table", "events": "all"}, "partition_by has no place for what belongs to no table"),
    ({"compression": "snappy"}, "compression must be one of"),
    ({"compression_level": 12}, "compression_level must be 1 to 9"),
    ({"checkpoint_file": "{output}/checkpoint.json"}, "checkpoint_file must be outside of output_dir"),
    ({"output_dir": "gs://bucket/x"}, "output_dir must be a path, or an address that begins with s3://"),
]


@pytest.mark.parametrize(("fields", "message"), WRONG)
def test_wrong_settings(mysql: Server, connector: Connector, fields: dict[str, Any], message: str) -> None:
    fields = {key: str(value).format(output=connector.output) if isinstance(value, str) else value for key, value in fields.items()}
    result = connector.run(config(connector, mysql, Position("binlog.000001", 4), **fields)).expect(EXIT_CONFIG)
    assert message in result.stderr, result.stderr
