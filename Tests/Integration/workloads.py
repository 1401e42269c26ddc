"""Small workloads whose rows are known, for the tests that are about everything but values."""

from __future__ import annotations

from dataclasses import dataclass

import binlog_file
from servers import Position, Server


@dataclass(frozen=True)
class Log:
    """A stretch of one binlog file: where it starts and ends, and its events."""

    start: Position
    stop: Position
    events: tuple[binlog_file.Event, ...]


def log_since(server: Server, start: Position) -> Log:
    """What the server has written since a position. The file of `start` must still be the current one."""
    stop = server.history()
    assert stop.file == start.file, "the log rotated in between"
    found = [event for event in binlog_file.events(server.binlog_path(start.file))
             if start.offset <= event.start and event.end <= stop.offset]
    return Log(start, stop, tuple(found))


def orders(server: Server, database: str) -> Log:
    """Eleven row changes: inserts, an update of two rows, a delete, in a file of their own."""
    start = server.next_file()
    table = f"`{database}`.orders"
    server.execute(
        f"CREATE TABLE {table} (id INT PRIMARY KEY, status ENUM('new','paid') NOT NULL, amount DECIMAL(10,2), "
        "note VARCHAR(40) CHARACTER SET utf8mb4, data VARBINARY(300))",
        f"CREATE TABLE `{database}`.audit (id BIGINT UNSIGNED PRIMARY KEY, what VARCHAR(20))",
        f"INSERT INTO {table} VALUES (1,'new',10.00,'first',0x00ff),(2,'new',20.50,NULL,NULL),(3,'paid',0.01,'größe \"x\"','')",
        f"INSERT INTO `{database}`.audit VALUES (18446744073709551615,'opened')",
        f"UPDATE {table} SET status = 'paid' WHERE id IN (1, 2)",
        "BEGIN", f"DELETE FROM {table} WHERE id = 3", f"INSERT INTO `{database}`.audit VALUES (1,'removed')",
        f"INSERT INTO {table} VALUES (4,'new',-1.00,'back\\\\slash\\nnewline',REPEAT('a',300))", "COMMIT",
        f"INSERT INTO {table} VALUES (5,'new',5.00,NULL,NULL)", f"DELETE FROM {table} WHERE id = 5")
    return log_since(server, start)


def many_rows(server: Server, database: str, rows: int, statements: int) -> Log:
    """A table of a few columns, filled in so many statements of so many rows each."""
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.many (id INT PRIMARY KEY, name VARCHAR(40), amount DOUBLE, filler VARCHAR(100))")
    with server.session() as cursor:
        for number in range(statements):
            first = number * rows
            values = ",".join(f"({first + n},'name {first + n}',{(first + n) / 7!r},REPEAT('f',60))" for n in range(rows))
            cursor.execute(f"INSERT INTO `{database}`.many VALUES {values}")
    return log_since(server, start)
