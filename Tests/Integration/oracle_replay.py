"""Replays the images of the output and compares every state with what the server printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from changes import Change
from oracle_settings import Settings
from oracle_workload import Column, Snapshot, Table
from servers import Position
from strict_json import Json

Row = dict[str, Json]


def order(position: Position) -> tuple[int, int]:
    """File names compare by their number, not as text."""
    return int(position.file.rsplit(".", 1)[1]), position.offset


class Replay:
    """The state of all tables as the images tell it. `cells` counts the comparisons made."""

    def __init__(self, tables: Sequence[Table], settings: Settings) -> None:
        self._tables = sorted(tables, key=lambda table: order(table.since))
        self._settings = {table: settings if table.is_last else settings.before_redefinition for table in tables}
        self._names = {table: table.output_names(self._settings[table].names_are_known) for table in tables}
        self._optional = {
            table: {name for name, column in zip(self._names[table][1:], table.columns, strict=True) if column.kind.optional}
            for table in tables}
        self._state: dict[Table, dict[int, Row]] = {table: {} for table in tables}
        self._full_image = settings.image == "FULL"
        self.cells = 0

    def run(self, changes: Sequence[Change], snapshots: Sequence[Snapshot]) -> None:
        """Applies the changes up to each snapshot, compares, and goes on; nothing may be left over."""
        pending = iter(changes)
        change = next(pending, None)
        for position, group in groupby(snapshots, key=lambda snapshot: snapshot.position):
            while change is not None and order(change.end) <= order(position):
                self._apply(change)
                change = next(pending, None)
            for snapshot in group:
                self._compare(snapshot)
        assert change is None, f"a change that the server did not make: {change}"

    # -----------------------------------------------------------------------------------------------------------------
    # Applying

    def _table(self, change: Change) -> Table:
        """The table that had the name when its row was changed."""
        named = [table for table in self._tables if table.name == change.table_name and order(table.since) < order(change.end)]
        assert named, f"a change of a table that is not there: {change}"
        return named[-1]

    def _id(self, table: Table, image: Row) -> int:
        value = image[self._names[table][0]]
        return int(value.text)

    def _check_keys(self, change: Change, table: Table, image: Row) -> None:
        names = self._names[table]
        assert [name for name in names if name in image] == list(image), f"columns out of order in {change}"
        if self._full_image:
            missing = set(names) - set(image) - self._optional[table]
            assert not missing, f"no columns {missing} at {change.end}"

    def _apply(self, change: Change) -> None:
        table = self._table(change)
        rows = self._state[table]
        before: Row = {}
        if change.before is not None:
            self._check_keys(change, table, change.before)
            before = rows.pop(self._id(table, change.before), {})
            assert before, f"a before image of a row that is not there: {change}"
            self._compare_before(change, before)
        if change.after is not None:
            self._check_keys(change, table, change.after)
            kept = {name: value for name, value in before.items() if name not in self._optional[table]}
            after = kept | change.after
            row_id = self._id(table, after)
            assert row_id not in rows, f"a second row with id {row_id}: {change}"
            rows[row_id] = after

    def _compare_before(self, change: Change, state: Row) -> None:
        assert change.before is not None
        for name, value in change.before.items():
            self.cells += 1
            if name in state:
                assert value == state[name] and _key_order(value) == _key_order(state[name]), (
                    f"before image differs from the state before it, {change.table_name}.{name} at {change.end}: "
                    f"{_short(value)} instead of {_short(state[name])}")

    def last_states(self) -> dict[Table, dict[int, Row]]:
        """The state at the end of each table that is there then, and that all rows under its name are of."""
        return {table: self._state[table] for table in self._tables if table.is_last and not table.has_strange_rows}

    # -----------------------------------------------------------------------------------------------------------------
    # Comparing

    def _compare(self, snapshot: Snapshot) -> None:
        table = snapshot.table
        state = self._state[table]
        assert sorted(state) == sorted(snapshot.rows), (
            f"rows of {table.name} at {snapshot.position}: {sorted(state)}, the server has {sorted(snapshot.rows)}")
        names = self._names[table][1:]
        for row_id, texts in snapshot.rows.items():
            for column, name, text in zip(table.columns, names, texts[1:], strict=True):
                self._compare_cell(snapshot, row_id, column, name, text, state[row_id])

    def _compare_cell(self, snapshot: Snapshot, row_id: int, column: Column, name: str, text: str | None, row: Row) -> None:
        if name not in row and (column.kind.optional or not self._full_image and (text is None or column.kind.literal is None)):
            return
        if not self._settings[snapshot.table].tells(column.kind):
            return
        where = f"{snapshot.table.name}.{name} ({column.kind.ddl[:80]}), id {row_id}, at {snapshot.position}"
        assert name in row, f"no value for {where}"
        self.cells += 1
        expected = column.expected(text, self._settings[snapshot.table])
        actual = row[name]
        fits = actual is None if expected is None else expected.matches(actual)
        assert fits, f"{where}: {_short(actual)}; the server says {_short(text)}, so expected {_short(expected)}"


def _key_order(value: Json) -> list[str]:
    """Equality of dicts ignores the order of their keys, the format does not."""
    return list(_keys(value))


def _keys(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 400 else f"{text[:400]}… ({len(text)} characters)"
