"""A live write load: transactions of random size on several tables by several writers, for as long as a test wants.

Every row has an id that is never given again, and the images of an UPDATE differ, so that each change can be told from
every other one.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

import pymysql

from servers import Server

TABLES = ("first", "second", "third")
ID_RANGE = 1_000_000_000
OUTAGE_SECONDS = 90


@dataclass(frozen=True)
class Mix:
    """What the writers do. Shares are of all transactions; the rest are inserts, updates and deletes of some rows."""

    writers: int = 2
    first_writer: int = 0
    pause_seconds: float = 0.01
    rows: int = 12
    body_bytes: int = 300
    big_share: float = 0.01
    big_bytes: int = 3_000_000
    rollback_share: float = 0.1
    ddl_share: float = 0.02
    flush_share: float = 0.01


class LiveLoad:
    """Writes from `with` on until its end. A server that is away is waited for."""

    def __init__(self, server: Server, database: str, seed: str, mix: Mix = Mix()) -> None:
        self._server, self._database, self._mix = server, database, mix
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(number, random.Random(f"{seed}/{number}")), daemon=True)
                         for number in range(mix.first_writer, mix.first_writer + mix.writers)]
        self._errors: list[BaseException] = []
        self.transactions = 0
        for table in TABLES:
            server.execute(f"CREATE TABLE IF NOT EXISTS `{database}`.`{table}` "
                           "(id BIGINT PRIMARY KEY, body LONGTEXT CHARACTER SET latin1 NOT NULL)")

    def _write(self, number: int, chance: random.Random) -> None:
        writer = _Writer(self._database, number, chance, self._mix)
        try:
            while not self._ended.is_set():
                self._connected(writer)
        except BaseException as error:  # noqa: BLE001 - told when the load ends
            self._errors.append(error)

    def _connected(self, writer: _Writer) -> None:
        """Writes over one connection, until the end or until the server goes away."""
        try:
            connection = self._patiently(self._server.connect)
            with connection, connection.cursor() as cursor:
                while not self._ended.is_set():
                    writer.transaction(cursor)
                    self.transactions += 1
                    self._ended.wait(writer.pause())
        except (pymysql.err.OperationalError, pymysql.err.InterfaceError, ConnectionError):
            writer.forget()

    def _patiently(self, connect: Callable[[], pymysql.Connection]) -> pymysql.Connection:
        deadline = time.monotonic() + OUTAGE_SECONDS
        while True:
            try:
                return connect()
            except pymysql.err.OperationalError:
                if self._ended.wait(0.1) or time.monotonic() > deadline:
                    raise

    def stop(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(OUTAGE_SECONDS)
        if self._errors:
            raise self._errors[0]

    def __enter__(self) -> LiveLoad:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._ended.set()
        if error is None:
            self.stop()


class _Writer:
    """One writer: it changes only rows of its own, so that writers never wait for each other."""

    def __init__(self, database: str, number: int, chance: random.Random, mix: Mix) -> None:
        self._database, self._number, self._chance, self._mix = database, number, chance, mix
        self._next_id = number * ID_RANGE + 1
        self._ids: dict[str, list[int]] = {table: [] for table in TABLES}

    def forget(self) -> None:
        """Nobody knows whether the last transaction was committed: its rows are left alone from now on."""
        self._ids = {table: [] for table in TABLES}

    def pause(self) -> float:
        return self._chance.expovariate(1 / self._mix.pause_seconds)

    def transaction(self, cursor: pymysql.cursors.Cursor) -> None:
        mix, what = self._mix, self._chance.random()
        if what < mix.flush_share:
            cursor.execute("FLUSH BINARY LOGS")
        elif what < mix.flush_share + mix.ddl_share:
            self._define(cursor)
        elif what < mix.flush_share + mix.ddl_share + mix.big_share:
            self._change(cursor, 20, mix.big_bytes // 20)
        else:
            self._change(cursor, self._chance.randint(1, mix.rows), mix.body_bytes)

    def _name(self, table: str) -> str:
        return f"`{self._database}`.`{table}`"

    def _define(self, cursor: pymysql.cursors.Cursor) -> None:
        """A table that lives for a moment, or a change of one that stays."""
        if self._chance.random() < 0.5:
            name = self._name(f"short_{self._take_id()}")
            cursor.execute(f"CREATE TABLE {name} (id BIGINT PRIMARY KEY, body INT)")
            cursor.execute(f"INSERT INTO {name} VALUES (1, 1), (2, 2)")
            cursor.execute(f"DROP TABLE {name}")
        else:
            cursor.execute(f"ALTER TABLE {self._name(self._chance.choice(TABLES))} COMMENT = 'changed {self._take_id()}'")

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _body(self, size: int) -> str:
        return self._chance.randbytes(self._chance.randint(size // 4, size) // 2).hex()

    def _change(self, cursor: pymysql.cursors.Cursor, rows: int, size: int) -> None:
        ids = {table: list(known) for table, known in self._ids.items()}
        cursor.execute("BEGIN")
        for _ in range(self._chance.randint(1, 4)):
            self._statement(cursor, self._chance.choice(TABLES), ids, rows, size)
        if self._chance.random() < self._mix.rollback_share:
            cursor.execute("ROLLBACK")
        else:
            cursor.execute("COMMIT")
            self._ids = ids

    def _statement(self, cursor: pymysql.cursors.Cursor, table: str, ids: dict[str, list[int]], rows: int, size: int) -> None:
        known, what = ids[table], self._chance.random()
        if what < 0.6 or not known:
            fresh = [self._take_id() for _ in range(rows)]
            values = ",".join(f"({number},'{self._body(size)}')" for number in fresh)
            cursor.execute(f"INSERT INTO {self._name(table)} VALUES {values}")
            known.extend(fresh)
            return
        some = self._chance.sample(known, min(len(known), rows))
        listed = ",".join(map(str, some))
        if what < 0.8:
            cursor.execute(f"UPDATE {self._name(table)} SET body = '{self._take_id()}-{self._body(size)}' WHERE id IN ({listed})")
        else:
            cursor.execute(f"DELETE FROM {self._name(table)} WHERE id IN ({listed})")
            ids[table] = [number for number in known if number not in set(some)]
