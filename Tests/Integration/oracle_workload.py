"""Random tables and random changes to them, with the server's own text of every state in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import pymysql

from oracle_types import Kind
from oracle_values import Expectation
from servers import Position, Server

COLUMNS_IN_A_TABLE = 14
INLINE_BYTES_IN_A_TABLE = 12_000
NULL_SHARE = 0.12
LENIENT_MODE = "ALLOW_INVALID_DATES"
Text = str | None


@dataclass(frozen=True)
class Column:
    """A column and the name its values have in the output."""

    name: str
    kind: Kind

    @property
    def quoted(self) -> str:
        return "`" + self.name.replace("`", "``") + "`"

    @property
    def definition(self) -> str:
        generated = self.kind.literal is None or "INVISIBLE" in self.kind.ddl
        return f"{self.quoted} {self.kind.ddl}{'' if generated else ' NULL'}"

    def expected(self, text: Text, full: bool) -> Expectation | None:
        return None if text is None else self.kind.expect(text, full)


@dataclass
class Table:
    """A table with an integer `id` first. Without a key, its full row is what replication identifies it by."""

    database: str
    name: str
    columns: list[Column]
    keyed: bool
    next_id: int = 1
    ids: list[int] = field(default_factory=list)

    @property
    def quoted(self) -> str:
        return f"`{self.database}`.`{self.name}`"

    @property
    def writable(self) -> list[Column]:
        return [column for column in self.columns if column.kind.literal]

    def ddl(self) -> str:
        key = "PRIMARY KEY" if self.keyed else "NOT NULL"
        return f"CREATE TABLE {self.quoted} (id INT {key}, " + ", ".join(c.definition for c in self.columns) + ")"

    def output_names(self, full: bool) -> list[str]:
        return ["id" if full else "c0"] + [c.name if full else f"c{n}" for n, c in enumerate(self.columns, 1)]


@dataclass(frozen=True)
class Snapshot:
    """The whole of a table as the server prints it, right after the event that ends at `position`."""

    position: Position
    table: Table
    rows: dict[int, tuple[Text, ...]]


class Workload:
    """Creates tables over all kinds of columns and changes them at random, in one session."""

    def __init__(self, server: Server, random: Random, database: str, kinds: Sequence[Kind],
                 session: Mapping[str, str | int], diffs: bool) -> None:
        self._random = random
        self._diffs = diffs
        self._status = "SHOW BINARY LOG STATUS" if server.is_mysql else "SHOW MASTER STATUS"
        self._connection = server.connect(conv={}, database=database, max_allowed_packet=64 << 20)
        self._cursor = self._connection.cursor()
        self._database = database
        self.snapshots: list[Snapshot] = []
        for name, value in {"sql_mode": f"'{LENIENT_MODE}'", "time_zone": "'+00:00'", **session}.items():
            self._cursor.execute(f"SET SESSION {name} = {value}")
        self.tables = self._make_tables(kinds)

    def close(self) -> None:
        self._connection.close()

    def position(self) -> Position:
        self._cursor.execute(self._status)
        row = self._cursor.fetchone()
        return Position(str(row[0]), int(row[1]))

    # -----------------------------------------------------------------------------------------------------------------
    # Tables

    def _make_tables(self, declared: Sequence[Kind]) -> list[Table]:
        shuffled = self._random.sample(declared, len(declared))
        groups: list[list[Kind]] = [[]]
        for kind in shuffled:
            size = sum(other.inline_bytes for other in groups[-1]) + kind.inline_bytes
            if len(groups[-1]) == COLUMNS_IN_A_TABLE or size > INLINE_BYTES_IN_A_TABLE:
                groups.append([])
            groups[-1].append(kind)
        return [self._make_table(number, group) for number, group in enumerate(groups)]

    def _make_table(self, number: int, group: Sequence[Kind]) -> Table:
        # MariaDB cannot open a table that has a column of no bytes at its end, and a virtual one before it.
        group = sorted(group, key=lambda kind: not kind.ddl.startswith("CHAR(0)"))
        spellings = ("col{}", "größe {}", 'quo"te\\{}', "列{}", "`tick{}")
        columns = [Column(self._random.choice(spellings).format(place), kind) for place, kind in enumerate(group)]
        table = Table(self._database, f"t{number}", columns, keyed=self._random.random() < 0.75)
        self._execute(table.ddl())
        return table

    def _execute(self, statement: str) -> None:
        try:
            self._cursor.execute(statement)
        except pymysql.Error as error:
            raise AssertionError(f"{error} in {statement[:2000]}") from error

    # -----------------------------------------------------------------------------------------------------------------
    # Changes

    def run(self, transactions: int) -> None:
        """Each table is filled first, so that updates and deletes find rows."""
        for table in self.tables:
            self._transaction([table], [self._insert, self._insert])
        for _ in range(transactions):
            touched = self._random.sample(self.tables, self._random.randint(1, min(3, len(self.tables))))
            self._transaction(touched, self._random.choices(
                (self._insert, self._update, self._delete, self._replace, self._upsert, self._move), (3, 6, 2, 1, 1, 1),
                k=self._random.randint(1, 4)))
        if self._random.random() < 0.5:
            self._update_two_tables()

    def _transaction(self, touched: Sequence[Table], changes: Sequence[object]) -> None:
        """Now and then one is rolled back first: none of its rows may come out."""
        if self._random.random() < 0.1:
            self._execute("BEGIN")
            self._execute(f"UPDATE {touched[0].quoted} SET id = id + 1000000")
            self._execute("ROLLBACK")
        self._execute("BEGIN")
        for change in changes:
            change(self._random.choice(touched))  # type: ignore[operator]
        self._execute("COMMIT")
        self._snapshot(touched)

    def _snapshot(self, touched: Sequence[Table]) -> None:
        position = self.position()
        for table in touched:
            wanted = ", ".join(column.kind.select.format(column.quoted) for column in table.columns)
            self._execute(f"SELECT id, {wanted} FROM {table.quoted}")
            rows = {int(row[0]): tuple(map(_as_text, row)) for row in self._cursor.fetchall()}
            self.snapshots.append(Snapshot(position, table, rows))
            table.ids = sorted(rows)

    def _value(self, column: Column) -> str:
        assert column.kind.literal
        return "NULL" if self._random.random() < NULL_SHARE else column.kind.literal(self._random)

    def _tuple(self, table: Table, row_id: int) -> str:
        return f"({row_id}, " + ", ".join(map(self._value, table.writable)) + ")"

    def _into(self, table: Table) -> str:
        return f"INTO {table.quoted} (id, " + ", ".join(c.quoted for c in table.writable) + ") VALUES "

    def _insert(self, table: Table) -> None:
        fresh = range(table.next_id, table.next_id + self._random.randint(1, 6))
        table.next_id = fresh.stop
        table.ids.extend(fresh)
        self._execute("INSERT " + self._into(table) + ", ".join(self._tuple(table, row_id) for row_id in fresh))

    def _some_ids(self, table: Table) -> str:
        chosen = self._random.sample(table.ids, min(len(table.ids), self._random.randint(1, 5)))
        return f"id IN ({', '.join(map(str, chosen)) or '0'})"

    def _assignments(self, table: Table) -> str:
        chosen = self._random.sample(table.writable, self._random.randint(1, len(table.writable)))
        return ", ".join(f"{column.quoted} = {self._change(column)}" for column in chosen)

    def _change(self, column: Column) -> str:
        if self._diffs and column.kind.change and self._random.random() < 0.8:
            return column.kind.change(self._random, column.quoted)
        return self._value(column)

    def _update(self, table: Table) -> None:
        self._execute(f"UPDATE {table.quoted} SET {self._assignments(table)} WHERE {self._some_ids(table)}")

    def _delete(self, table: Table) -> None:
        self._execute(f"DELETE FROM {table.quoted} WHERE {self._some_ids(table)}")

    def _replace(self, table: Table) -> None:
        chosen = self._random.choice(table.ids) if table.ids and table.keyed else table.next_id
        table.next_id = max(table.next_id, chosen + 1)
        self._execute("REPLACE " + self._into(table) + self._tuple(table, chosen))

    def _upsert(self, table: Table) -> None:
        if table.ids and table.keyed:
            self._execute("INSERT " + self._into(table) + self._tuple(table, self._random.choice(table.ids))
                          + f" ON DUPLICATE KEY UPDATE {self._assignments(table)}")

    def _move(self, table: Table) -> None:
        """Rows get another id, so before and after images differ in the very column that identifies them."""
        if table.ids:
            target, table.next_id = table.next_id, table.next_id + 1
            self._execute(f"UPDATE {table.quoted} SET id = {target} WHERE id = {self._random.choice(table.ids)}")

    def _update_two_tables(self) -> None:
        """One statement, two table maps before its rows."""
        if len(self.tables) < 2:
            return
        left, right = self._random.sample(self.tables, 2)
        one, two = self._random.choice(left.writable), self._random.choice(right.writable)
        self._execute(f"UPDATE {left.quoted} AS l JOIN {right.quoted} AS r ON l.id = r.id "
                      f"SET l.{one.quoted} = {self._value(one)}, r.{two.quoted} = {self._value(two)}")
        self._snapshot([left, right])


def _as_text(value: str | bytes | None) -> Text:
    return value.decode("utf-8") if isinstance(value, bytes) else value
