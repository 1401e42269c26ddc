"""Random tables and random changes to them, with the server's own text of every state in between."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import pymysql

from oracle_hazards import Notes, Savepoints, temporary_table
from oracle_settings import Pieces, Settings
from oracle_types import PLAIN, Kind, number
from oracle_values import Expectation
from servers import Position, Server

COLUMNS_IN_A_TABLE = 14
INLINE_BYTES_IN_A_TABLE = 12_000
NULL_SHARE = 0.12
HAZARD_SHARE = 0.25
REDEFINITION_SHARE = 0.06
FOREIGN_IDS = (4242, 77)
DOMAINS = (0, 3, 8)
NO_SAVEPOINTS = 1178
# Seconds by which the time of a statement may differ from the clock's: it was slow, or somebody set it.
TIME_SHIFTS = (-40, -3, -1, 0, 0, 0, 1, 3600)
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

    def expected(self, text: Text, settings: Settings) -> Expectation | None:
        expect = self.kind.looked_up if settings.lookup and self.kind.looked_up else self.kind.expect
        return None if text is None else expect(text, settings.describes(self.kind))


@dataclass(eq=False)
class Table:
    """A table with an integer `id` first. Without a key, its full row is what replication identifies it by.

    One that was dropped, and made anew with other columns, is another one, whose rows come behind `since`.
    """

    database: str
    name: str
    columns: list[Column]
    keyed: bool
    since: Position
    is_last: bool = True
    # Rows of another table, which had the name before, were neither deleted nor dropped.
    has_strange_rows: bool = False
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

    def __init__(self, server: Server, random: Random, database: str, kinds: Sequence[Kind], settings: Settings) -> None:
        self._server = server
        self._random = random
        self._settings = settings
        self._status = "SHOW BINARY LOG STATUS" if server.is_mysql else "SHOW MASTER STATUS"
        self.database = database
        self._connect()
        self.snapshots: list[Snapshot] = []
        # The times of statements, as far as they were set.
        self.times: list[int] = []
        # Tables that were dropped, or renamed, to make place for others.
        self.former: list[Table] = []
        self.tables = self._make_tables(kinds)
        self.notes, self._notes = self._make_notes()

    def _connect(self) -> None:
        self._connection = self._server.connect(conv={}, database=self.database, max_allowed_packet=64 << 20)
        self._cursor = self._connection.cursor()
        session = {"sql_mode": f"'{LENIENT_MODE}'", "time_zone": "'+00:00'", **self._settings.locals}
        for name, value in session.items():
            self._cursor.execute(f"SET SESSION {name} = {value}")

    def close(self) -> None:
        self._connection.close()

    @property
    def all_tables(self) -> list[Table]:
        return [*self.former, *self.tables, *self.notes]

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
        return [self._make_table(f"t{number}", group) for number, group in enumerate(groups)]

    def _make_table(self, name: str, group: Sequence[Kind], created_as: str | None = None) -> Table:
        # MariaDB cannot open a table that has a column of no bytes at its end, and a virtual one before it.
        group = sorted(group, key=lambda kind: not kind.ddl.startswith("CHAR(0)"))
        spellings = ("col{}", "größe {}", 'quo"te\\{}', "列{}", "`tick{}")
        columns = [Column(self._random.choice(spellings).format(place), kind) for place, kind in enumerate(group)]
        keyed = self._random.random() < 0.75
        self._execute(Table(self.database, created_as or name, columns, keyed, self.position()).ddl())
        return Table(self.database, name, columns, keyed, self.position())

    def _make_notes(self) -> tuple[list[Table], Notes | None]:
        """A table without transactions, where those may be mixed with others; with a trigger that writes into it now and then."""
        if not self._settings.mixed_engines:
            return [], None
        columns = [Column("what", Kind("INT", None, PLAIN, number))]
        table = Table(self.database, "notes", columns, True, self.position())
        notes = Notes(self._random, table.quoted)
        self._execute(notes.ddl("MyISAM" if self._server.is_mysql else self._random.choice(("MyISAM", "Aria"))))
        if self._random.random() < 0.5:
            self._execute(notes.trigger(f"`{self.database}`.also", self.tables[0].quoted))
        return [table], notes

    def _redefine(self) -> None:
        """A table is dropped and made anew, altered while it is empty, or exchanged with another one of its name."""
        old = self._random.choice(self.tables[1:] or self.tables)
        group = [column.kind for column in old.columns]
        # In the same order only names, keys and the meaning of the id change, which no type gives away.
        if self._random.random() < 0.5:
            self._random.shuffle(group)
        way = self._random.randrange(3)
        if way == 0:
            self._execute(f"DROP TABLE {old.quoted}")
            new = self._make_table(old.name, group)
        elif way == 1:
            self._execute(f"DELETE FROM {old.quoted}")
            self._snapshot([old])
            new = self._alter(old, group)
            new.has_strange_rows = old.has_strange_rows
        else:
            spare = Table(self.database, f"{old.name} of {len(self.former)}", old.columns, old.keyed, old.since)
            new = self._make_table(old.name, group, created_as="exchange")
            self._execute(f"RENAME TABLE {old.quoted} TO {spare.quoted}, `{self.database}`.exchange TO {old.quoted}")
            new.since = self.position()
            new.has_strange_rows = True
        old.is_last = False
        self.former.append(old)
        self.tables[self.tables.index(old)] = new
        self._transaction([new], [self._insert, self._update])

    def _alter(self, old: Table, group: Sequence[Kind]) -> Table:
        """Other columns under new names, and some under the old ones."""
        scratch = self._make_table(old.name, group, created_as="scratch")
        self._execute(f"DROP TABLE `{self.database}`.scratch")
        changes = [f"DROP COLUMN {column.quoted}" for column in reversed(old.columns)]
        changes += [f"ADD COLUMN {column.definition}" for column in scratch.columns]
        # A virtual column cannot be the only one that is left, and MariaDB checks each step's names.
        self._execute(f"ALTER TABLE {old.quoted} ADD COLUMN `of old` INT")
        self._execute(f"ALTER TABLE {old.quoted} " + ", ".join(changes[:len(old.columns)]))
        self._execute(f"ALTER TABLE {old.quoted} " + ", ".join(changes[len(old.columns):]) + ", DROP COLUMN `of old`")
        return Table(self.database, old.name, scratch.columns, old.keyed, self.position())

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
            self._draw_session()
            if self._random.random() < REDEFINITION_SHARE:
                self._redefine()
            touched = self._random.sample(self.tables, self._random.randint(1, min(3, len(self.tables))))
            transaction = self._hazardous_transaction if self._random.random() < HAZARD_SHARE else self._transaction
            transaction(touched, self._random.choices(
                (self._insert, self._update, self._delete, self._replace, self._upsert, self._move), (3, 6, 2, 1, 1, 1),
                k=self._random.randint(1, 4)))
        if self._random.random() < 0.5:
            self._update_two_tables()

    def _transaction(self, touched: Sequence[Table], changes: Sequence[object]) -> None:
        self._execute("BEGIN")
        for change in changes:
            change(self._random.choice(touched))  # type: ignore[operator]
        self._execute("COMMIT")
        self._snapshot(touched)

    def _hazardous_transaction(self, touched: Sequence[Table], changes: Sequence[object]) -> None:
        """What is rolled back, as a whole or in part, may not come out; what stays in spite of that must."""
        savepoints = Savepoints(self._random)
        self._execute("BEGIN")
        for change in changes:
            if self._random.random() < 0.5:
                self._hazard()
            if self._random.random() < 0.5:
                self._savepoint(savepoints)
            change(self._random.choice(touched))  # type: ignore[operator]
        end = self._random.choice(("COMMIT", "ROLLBACK", "disconnect"))
        if end == "disconnect":
            self._disconnect()
        else:
            self._execute(end)
        self._snapshot(touched)

    def _savepoint(self, savepoints: Savepoints) -> None:
        statement = savepoints.statement()
        try:
            self._cursor.execute(statement)
        except pymysql.err.OperationalError as error:
            assert error.args[0] == NO_SAVEPOINTS and statement.startswith("SAVEPOINT"), f"{error} in {statement}"
            savepoints.refused()

    def _hazard(self) -> None:
        if self._notes is None or self._random.random() < 0.4:
            return self._execute(temporary_table(self._random))
        if self._random.random() < 0.7:
            return self._execute(self._notes.statement())
        try:
            self._cursor.execute(self._notes.failing_statement())
        except pymysql.IntegrityError:
            return
        raise AssertionError("a key was taken twice")

    def _disconnect(self) -> None:
        """The server rolls back, and drops temporary tables, some time after the client has gone."""
        self._cursor.execute("SELECT CONNECTION_ID()")
        number = str(self._cursor.fetchone()[0])
        self._connection.close()
        self._connect()
        for _ in range(1000):
            self._cursor.execute("SELECT COUNT(*) FROM information_schema.processlist WHERE id = " + number)
            if str(self._cursor.fetchone()[0]) == "0":
                return
            time.sleep(0.005)
        raise AssertionError(f"connection {number} does not end")

    def _draw_session(self) -> None:
        """On a server of its own, the transactions of other servers, and times of other days."""
        if not self._settings.own_server:
            return
        if self._server.is_mariadb and self._random.random() < 0.3:
            self._execute(f"SET SESSION server_id = {self._random.choice((*FOREIGN_IDS, self._server.port))}")
            self._execute(f"SET SESSION gtid_domain_id = {self._random.choice(DOMAINS)}")
        if self._settings.pieces is Pieces.TIME:
            self.times.append(int(time.time()) + self._random.choice(TIME_SHIFTS))
            self._execute(f"SET SESSION timestamp = {self.times[-1]}")

    def _snapshot(self, touched: Sequence[Table]) -> None:
        position = self.position()
        for table in [*touched, *self.notes]:
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
        if self._settings.diffs and column.kind.change and self._random.random() < 0.8:
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
