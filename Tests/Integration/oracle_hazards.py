"""Transactions that end in other ways than COMMIT, or lose a part of their rows on the way, and statements that fail."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

SAVEPOINTS = ("s", "S", "`a b`", "`grö``ße`", "rollback_to")
NO_SUCH_TABLE = "`no such table`"
Execute = Callable[[str], None]


class Savepoints:
    """The savepoints of one transaction. Their names do not tell capitals from small letters."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._names: list[str] = []

    def statement(self) -> str:
        """Sets one, goes back to one, or lets one go."""
        if not self._names or self._random.random() < 0.5:
            name = self._random.choice(SAVEPOINTS)
            self._names = [other for other in self._names if other.lower() != name.lower()] + [name]
            return f"SAVEPOINT {name}"
        place = self._random.randrange(len(self._names))
        name = self._names[place]
        if self._random.random() < 0.2:
            del self._names[place:]
            return f"RELEASE SAVEPOINT {name}"
        del self._names[place + 1:]
        return f"ROLLBACK TO {self._random.choice(('', 'SAVEPOINT '))}{name}"

    def refused(self) -> None:
        """The savepoint that was to be set is not: Aria has none, where it is the only engine in the transaction."""
        self._names.pop()


class Notes:
    """A table without transactions, changed within those of others; now and then by a statement that fails in its middle."""

    def __init__(self, random: Random, quoted: str) -> None:
        self._random = random
        self._quoted = quoted

    def ddl(self, engine: str) -> str:
        return f"CREATE TABLE {self._quoted} (id INT AUTO_INCREMENT PRIMARY KEY, what INT) ENGINE = {engine}"

    def trigger(self, name: str, other: str) -> str:
        """Each row that comes into `other` leaves a note."""
        return f"CREATE TRIGGER {name} AFTER INSERT ON {other} FOR EACH ROW INSERT INTO {self._quoted} (what) VALUES (NEW.id)"

    def statement(self) -> str:
        number = self._random.randrange(1, 1000)
        return self._random.choice((
            f"INSERT INTO {self._quoted} (what) VALUES ({number}), ({number + 1})",
            f"UPDATE {self._quoted} SET what = what + 1 WHERE id % 3 = {number % 3}",
            f"DELETE FROM {self._quoted} WHERE id % 7 = {number % 7}"))

    def failing_statement(self) -> str:
        """Its first row stays; its second one has the first one's key."""
        return (f"INSERT INTO {self._quoted} SELECT n, n FROM (SELECT COALESCE(MAX(id), 0) + 1 AS n FROM {self._quoted}) AS a "
                f"CROSS JOIN (SELECT 1 AS one UNION ALL SELECT 2) AS b")


def temporary_table(random: Random) -> str:
    """Makes the transaction one that the server takes for not safe to roll back."""
    name = f"`temporary {random.randrange(1000)}`"
    return random.choice((f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} (i INT)", f"DROP TEMPORARY TABLE IF EXISTS {name}",
                          f"DROP TEMPORARY TABLE IF EXISTS {NO_SUCH_TABLE}"))
