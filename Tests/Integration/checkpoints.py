"""Checkpoint files as somebody sees them who looks while a run is at work."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from servers import Position


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint file holds."""

    position: Position
    gtid_set: str | None
    fields: dict[str, Any]


def read(path: Path) -> Checkpoint | None:
    """None where there is no file. A file that is not whole is a failure."""
    try:
        fields = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return Checkpoint(Position(fields["binlog_file"], fields["binlog_position"]), fields.get("gtid_set"), fields)


def position(path: Path) -> Position | None:
    checkpoint = read(path)
    return checkpoint.position if checkpoint else None


def has_passed(path: Path, place: Position) -> bool:
    """Whether the checkpoint is at a place or behind it: servers add events of their own, too."""
    found = position(path)
    return found is not None and _order(found) >= _order(place)


def _order(place: Position) -> tuple[int, int]:
    return int(place.file.rsplit(".", 1)[1]), place.offset


class Watcher:
    """Reads a checkpoint file again and again, and keeps every position that it saw, in order."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.seen: list[Position] = []
        self.error: Exception | None = None

    def _watch(self) -> None:
        while not self._ended.wait(0.003):
            try:
                found = position(self._path)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test must hear of it
                self.error = error
                return
            if found and (not self.seen or self.seen[-1] != found):
                self.seen.append(found)

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()
        if self.error and not error:
            raise self.error
