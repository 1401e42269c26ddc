"""Pitfalls that show only against real servers; docs/pitfalls.md has their numbers."""

from __future__ import annotations

import re
from pathlib import Path

from connector import EXIT_OK, Connector
from servers import REPLICA_USER, Server
from workloads import orders


def _statements(log: Path, user: str) -> list[str]:
    """What the user's connections sent, by the server's general log: time, connection, kind, text."""
    found, own = [], set()
    for line in log.read_text(errors="replace").splitlines():
        if entry := re.match(r"(?:\S+(?: +\S+)?)?\s+(\d+) (Connect|Query)\t?\s*(.*)", line):
            number, kind, text = entry.groups()
            if kind == "Connect" and text.startswith(f"{user}@"):
                own.add(number)
            elif kind == "Query" and number in own:
                found.append(text)
    return found


def test_19_every_statement_is_one_that_all_servers_know(server: Server, connector: Connector, database: str) -> None:
    """SHOW MASTER STATUS is not known to MySQL 8.4 and later, SHOW BINARY LOG STATUS to no other: neither is needed."""
    log = orders(server, database)
    file = server.data / f"general-{log.start.file}.log"
    with server.settings({"general_log_file": str(file), "general_log": "ON"}):
        connector.run(connector.parquet(server, log.start, log.stop)).expect(EXIT_OK)
    sent = _statements(file, REPLICA_USER)
    file.unlink()
    assert any(statement.startswith("SHOW BINARY LOGS") for statement in sent), sent
    assert not [statement for statement in sent if re.search(r"\bSTATUS\b|\bSHOW (MASTER|SLAVE)\b", statement)]
    for statement in sent:
        # The dump that this one ended is gone.
        if not statement.startswith("KILL "):
            server.execute(statement)
