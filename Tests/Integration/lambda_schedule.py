"""A schedule of short invocations under live writes, some of them killed: every committed row is in the files exactly once."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import object_stores
from connector import EXIT_OK, Config, Connector
from lambda_emulator import SCHEDULE_EVENT, Function
from layouts import Layout
from live_load import TABLES, LiveLoad, Mix
from output_files import compare
from proxy import Proxy
from servers import Position, Server
from table_replay import expect_same, replay

# What becomes of an invocation: nothing, a kill at any moment, a process that stands still until Lambda's time is over, a
# network that falls silent.
FATES = ("none", "kill", "freeze", "stall")
MIX = Mix(writers=3, pause_seconds=0.005, big_share=0.005)


class Place(Protocol):
    """Where the function's files and its checkpoint are."""

    fields: dict[str, str]
    env: dict[str, str]

    def files(self) -> Path:
        """The finished files, in a folder."""


class LocalPlace:
    def __init__(self, folder: Path) -> None:
        self._output = folder / "output"
        self.fields = {"parquet_output_dir": str(self._output), "checkpoint_file": str(folder / "state" / "checkpoint.json")}
        self.env: dict[str, str] = {}

    def files(self) -> Path:
        return self._output


class BucketPlace:
    def __init__(self, store: object_stores.ObjectStore, folder: Path) -> None:
        self._store, self._folder, self._bucket = store, folder, store.make_bucket()
        self.fields = {"parquet_output_dir": f"s3://{self._bucket}/changes",
                       "checkpoint_file": f"s3://{self._bucket}/state/checkpoint.json"}
        self.env = store.environment()

    def files(self) -> Path:
        return self._store.download(self._bucket, "changes", self._folder / "downloaded")


class StallingProxy(Proxy):
    """Passes nothing on while `stalled` is set."""

    def __init__(self, server: Server) -> None:
        self.stalled = threading.Event()
        super().__init__(server.host, server.port, self._pass)

    def _pass(self, offset: int, data: bytes) -> bytes:
        while self.stalled.is_set():
            time.sleep(0.01)
        return data


class Trouble:
    """Strikes the running invocation after a while."""

    def __init__(self, fate: str, function: Function, proxy: StallingProxy, chance: random.Random) -> None:
        self._fate, self._function, self._proxy = fate, function, proxy
        self._delay = chance.uniform(0.02, 0.5)
        self._thread = threading.Thread(target=self._strike)

    def _strike(self) -> None:
        time.sleep(self._delay)
        if self._fate == "stall":
            self._proxy.stalled.set()
        elif self._fate in ("kill", "freeze"):
            for pid in self._function.runtimes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL if self._fate == "kill" else signal.SIGSTOP)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        self._proxy.stalled.clear()


def reference(server: Server, connector: Connector, start: Position, stop: Position, database: str, layout: Layout) -> list[Any]:
    folder = connector.folder / "reference"
    config = connector.parquet(server, start, stop, parquet_output_dir=str(folder), include=[f"{database}.*"], **layout.fields)
    connector.run(config, limit=300).expect(EXIT_OK)
    return layout.rows_in(folder)


def expect_rows_of_the_server(folder: Path, server: Server, database: str, layout: Layout) -> int:
    """Asks DuckDB for the last state of every row, and the server for its rows. Returns how many there are."""
    count = 0
    for table in TABLES:
        found = layout.newest(folder, table)
        assert found == dict(server.execute(f"SELECT id, body FROM `{database}`.`{table}`")), table
        count += len(found)
    return count


def catch_up(function: Function) -> dict[str, Any]:
    """Invokes until there is no more; on a machine that is busy, invocations of four seconds may fail too."""
    for _ in range(30):
        answer = function.invoke(SCHEDULE_EVENT)
        if '"status":"ok"' in answer.text and not answer.ok["more"]:
            return answer.ok
    raise AssertionError(answer.text)


# Makes the function of a configuration, with more variables in its environment.
Make = Callable[[Config, Mapping[str, str]], Function]


def run_schedule(server: Server, connector: Connector, database: str, place: Place, seed: str, invocations: int,
                 layout: Layout, make: Make) -> str:
    """Invokes so often, catches up, and compares. Returns the figures."""
    chance = random.Random(f"{seed}/{server.name}/lambda")
    fates = [FATES[number % len(FATES)] for number in range(invocations)]
    chance.shuffle(fates)
    start = server.next_file()
    failures: list[str] = []
    with StallingProxy(server) as proxy:
        config = connector.parquet(server, start, include=[f"{database}.*"], **place.fields, **layout.fields) | {"port": proxy.port}
        with make(config, place.env) as function:
            with LiveLoad(server, database, f"{seed}/{server.name}", MIX) as load:
                for fate in fates:
                    with Trouble(fate, function, proxy, chance):
                        answer = function.invoke(SCHEDULE_EVENT)
                    failures += [fate] if '"status":"ok"' not in answer.text else []
            stop = server.history()
            last = catch_up(function)
            starts = len(function.start_milliseconds())
    # A MariaDB server may add a BINLOG_CHECKPOINT event at any time.
    assert Position(last["next"]["file"], last["next"]["pos"]) >= stop
    files = place.files()
    found = layout.rows_in(files)
    result = compare(found, reference(server, connector, start, stop, database, layout))
    rows = expect_rows_of_the_server(files, server, database, layout)
    result.expect_equal()
    expect_same(replay(found), server, database)
    # Frozen processes cannot answer, and killed ones hardly ever.
    assert len(failures) >= fates.count("freeze")
    return (f"{server.name} {layout.name}: {len(fates)} invocations, {len(failures)} failed ({', '.join(failures)}), {starts} starts,"
            f" {load.transactions} transactions, {len(list(files.rglob('*.parquet')))} files, {result.rows} rows,"
            f" {result.lost} lost, {result.duplicated} duplicated, {rows} rows in the tables, MBC_SEED={seed}")
