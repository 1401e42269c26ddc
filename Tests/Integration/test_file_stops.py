"""Files of which a range stops at any byte and at any time: the rows of the range, and never a signal.

MBC_FILE_STOPS says how many ranges are drawn from the logs of each server, and from the corpus.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from random import Random

import pytest

import file_stops
import test_transactions
from connector import EXIT_DATA, EXIT_OK, Connector
from file_stops import MODES, Files
from servers import Server
from test_corpus import CORPUS, ROWS, needs_corpus
from workloads import many_rows, orders

DRAWS = int(os.environ.get("MBC_FILE_STOPS", "60"))


@pytest.fixture
def files(server: Server, database: str, tmp_path: Path, connector: Connector) -> Files:
    """Three files: small transactions, every kind of transaction, some of them compressed, and the rows of two chunks."""
    folder = tmp_path / "logs"
    folder.mkdir()
    first = orders(server, database).start
    test_transactions.play(server, database, test_transactions.kinds(server))
    last = many_rows(server, database, 2000, 8).stop
    paths = [Path(shutil.copy(path, folder)) for path in server.binlog_paths(first, last)]
    return file_stops.read(connector, *paths)


def test_any_range(connector: Connector, files: Files, seed: str) -> None:
    random = Random(f"{seed}/{files.paths[0]}")
    for number in range(DRAWS):
        drawn = file_stops.draw(random, files)
        place = None if drawn.time is None else files.place(drawn.time)
        file_stops.check(connector, files, drawn, MODES[number % 2], place)


def test_any_end_of_a_file(connector: Connector, files: Files, seed: str, tmp_path: Path) -> None:
    """The last file is copied while it grows, from nothing on: its rows come up to some place."""
    random = Random(f"{seed}/{files.paths[0]}")
    folder = tmp_path / "cut"
    folder.mkdir()
    for number in range(DRAWS // 4):
        whole = random.choice(files.paths)
        count = random.choice([random.randrange(200), random.randrange(whole.stat().st_size + 1)])
        result = connector.run(Files((file_stops.cut(folder, whole, count),)).config())
        # Without its first event whole, a file does not say that it is in use; one of magic bytes alone is empty.
        header = files.events[0][0].end
        result.expect(EXIT_OK if count >= header or count == 4 else result.code)
        assert result.code in (EXIT_OK, EXIT_DATA), result.last_line
        found = file_stops.LOG_POS.findall(result.stdout)
        ends = [end for file, end in files.rows if files.paths[file] == whole and end <= count]
        assert [int(end) for end in found] == ends[:len(found)]


@needs_corpus
def test_any_range_of_the_corpus(connector: Connector, seed: str) -> None:
    random = Random(seed)
    known: dict[str, Files] = {}
    for number in range(DRAWS):
        name = random.choice(ROWS)["file"]
        if name not in known:
            known[name] = file_stops.read(connector, CORPUS / name)
        files = known[name]
        if files.events[0]:
            file_stops.check(connector, files, file_stops.draw(random, files), MODES[number % 2], None)
